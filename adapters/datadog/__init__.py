"""Datadog: spans of jobs. Metrics go out over DogStatsD from the runtime itself, without a library."""

# The process variable a trace travels in. Here, not in `tracing`: who only needs the name must not load the library.
TRACE_VARIABLE = "_trace"
