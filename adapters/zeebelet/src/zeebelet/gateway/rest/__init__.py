"""The Orchestration Cluster REST API v2."""
