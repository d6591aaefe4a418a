"""From the outside into the journey: Kafka records, answers and callbacks."""
