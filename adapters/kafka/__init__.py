"""Events out and records in over Kafka."""
