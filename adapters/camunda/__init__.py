"""Camunda 8: jobs and processes over gRPC (pyzeebe's channels, credentials and stubs), user tasks and incidents over REST."""
