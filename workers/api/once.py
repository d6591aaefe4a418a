"""What the routes that take answers have in common: at most once, whoever calls how often.

Stored first, then told to Camunda. A repeat of the same call finds what was stored, tells Camunda again (which knows the
message) and answers the same: a caller that got no answer simply calls again.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from workers.bootstrap import Platform
from workers.ports.effects import Effect
from workers.ports.processes import Processes, ProcessMessage
from workers.ports.repositories import UnitOfWork

# Lines and tabs are text; the rest of the control characters and lone surrogates are not.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Body(BaseModel):
    """A JSON body: camelCase names, nothing unknown, no signs that are no text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, told: Any) -> Any:
        """Control characters, NUL and halves of characters get no further, in whichever field."""
        if not plain(told):
            raise ValueError("Expected text and numbers, but a control character, a half character or no number came")
        return told


def plain(told: Any) -> bool:
    """Whether every text and number in a JSON value is one that can be kept and shown."""
    if isinstance(told, str):
        return not _UNFIT.search(told)
    if isinstance(told, float):
        return math.isfinite(told)
    if isinstance(told, Mapping):
        return all(plain(name) and plain(item) for name, item in told.items())
    return all(plain(item) for item in told) if isinstance(told, list | tuple) else True


class Acted(Protocol):
    """What an act leaves to be told."""

    @property
    def message(self) -> ProcessMessage:
        """To be published after the commit."""
        ...


def once(request: Request, key: str, act: Callable[[UnitOfWork], Acted]) -> dict[str, str]:
    """Acts at most once per key; tells Camunda and Kafka each time, until they have it."""
    platform: Platform = request.app.state.platform
    with platform.ledger.open(key, task_type="answer") as effect:
        message = _told(effect.stored["message"]) if effect.stored else _acted(effect, act)
    if effect.events:
        platform.bus.publish(*effect.events)
        platform.ledger.published(key)
    platform.get(Processes).publish(message)
    return {"message": message.name, "correlationKey": message.correlation_key}


def _acted(effect: Effect, act: Callable[[UnitOfWork], Acted]) -> ProcessMessage:
    message: ProcessMessage = act(effect.unit).message
    kept = {
        "name": message.name,
        "key": message.correlation_key,
        "id": message.message_id,
        "ttl": message.ttl.total_seconds(),
        "variables": dict(message.variables),
    }
    effect.store({"message": kept})
    return message


def _told(kept: Mapping[str, Any]) -> ProcessMessage:
    return ProcessMessage(
        kept["name"], kept["key"], kept["id"], timedelta(seconds=kept["ttl"]), variables=kept["variables"]
    )


def report_key(what: str, visit_id: UUID, report: Mapping[str, Any]) -> str:
    """The same report about the same visit has the same key."""
    digest = hashlib.sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()[:16]
    return f"{what}:{visit_id}:{digest}"
