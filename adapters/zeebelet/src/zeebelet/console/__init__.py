"""The console: pages on the REST port for people. It asks what any client could ask, and shows the request beside it."""
