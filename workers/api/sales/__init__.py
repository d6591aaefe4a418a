"""The REST side of the sales systems: intake when Kafka is away, slot queries, look-ups by their own ids (domain brief 3)."""

from __future__ import annotations

from workers.api.sales.routes import UnknownCallerError, prepare, router

__all__ = ["UnknownCallerError", "prepare", "router"]
