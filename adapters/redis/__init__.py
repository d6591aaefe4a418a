"""Redis: counters and caches shared by all processes. Nothing in it is ever the truth: losing it costs time only."""
