"""Where the brokers are and how to log in; librdkafka's own property names are behind `properties`."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class KafkaSettings(BaseModel):
    """Settings of the Kafka adapter. `properties` are given to librdkafka as they are and win over everything here."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    bootstrap_servers: str = Field(min_length=3)
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: str | None = None
    client_id: str = "fsm-platform"
    group_prefix: str = ""
    # `consumer` is the protocol of KIP-848 (brokers from 4.0): partitions move quicker and the broker sets the time-outs.
    group_protocol: Literal["classic", "consumer"] = "classic"
    # The name of this process in its groups, the same after a restart (the pod's, of a StatefulSet): its partitions wait for it
    # a session long instead of moving twice. Two processes of one name fence each other.
    instance_id: str = ""
    delivery_timeout: timedelta = timedelta(seconds=10)
    max_message_bytes: int = 1_000_000
    properties: dict[str, str | int | bool] = {}


class SchemaRegistrySettings(BaseModel):
    """Where Confluent's Schema Registry is. Without a user nobody logs in; `timeout` bounds every request to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    url: str = Field(pattern=r"^https?://")
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: str | None = None
    timeout: timedelta = timedelta(seconds=5)
