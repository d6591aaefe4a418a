"""The engine's gateway: Zeebe's gRPC protocol, the Orchestration Cluster REST API v2 and the search side they read from."""
