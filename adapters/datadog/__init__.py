"""Datadog: spans of jobs. Metrics go out over DogStatsD from the runtime itself, without a library."""
