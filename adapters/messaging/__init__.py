"""Messages through the client's enterprise messaging service."""
