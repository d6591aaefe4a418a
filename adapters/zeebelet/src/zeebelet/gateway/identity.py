"""What this engine says about itself."""

from __future__ import annotations

from typing import NamedTuple

VERSION = "8.9.0"
CLUSTER_ID = "embedded"


class Identity(NamedTuple):
    """Where the engine is reached; the topology tells clients."""

    host: str
    grpc_port: int
