"""The search side: tables a listener builds from the engine's events, and one query module for all of them."""
