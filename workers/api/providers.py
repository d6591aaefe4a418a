"""What a provider's app and a team's phone send: answers to offers, arrival, departure, withdrawal.

Stored first, then told to Camunda. A repeat of the same call finds what was stored, tells Camunda again (which knows the
message) and answers the same: a caller that got no answer simply calls again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from workers.bootstrap import Platform
from workers.intake import answers
from workers.intake.answers import Answer
from workers.ports.effects import Effect
from workers.ports.processes import Processes, ProcessMessage
from workers.ports.repositories import UnitOfWork

router = APIRouter(tags=["providers"])


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class OfferAnswer(_Body):
    """Yes or no to an offer."""

    accepted: bool
    reason: str | None = Field(default=None, max_length=500)


class Arrival(_Body):
    """The team stands at the door."""

    at: AwareDatetime


class Modification(_Body):
    """What the sold work needs beside what was sold."""

    description: str = Field(min_length=1, max_length=1000)
    extra_minutes: int = Field(default=0, ge=0, le=10_000)
    requires_repricing: bool = False
    estimated_delta: float | None = None


class Departure(_Body):
    """The team leaves: how far it came, and what a technical visit found."""

    at: AwareDatetime
    completion_status: Literal["COMPLETED", "PARTIALLY_COMPLETED", "INCOMPLETE", "CANCELLED", "REQUIRES_FOLLOWUP"]
    tv_outcome: Literal["YES", "YES_BUT", "NO"] | None = None
    modifications: list[Modification] = Field(default_factory=list, max_length=50)
    reason: str | None = Field(default=None, max_length=500)


class Withdrawal(_Body):
    """The provider cannot come, and why."""

    reason: str = Field(min_length=1, max_length=500)


@router.post("/offers/{offer_id}/answer")
def answer_offer(offer_id: UUID, answer: OfferAnswer, request: Request) -> dict[str, str]:
    """Accepts or rejects an open offer. 409 when somebody or the clock was quicker."""
    return _once(
        request,
        f"answer-offer:{offer_id}:{answer.accepted}",
        lambda unit: answers.answer_offer(unit, offer_id, accepted=answer.accepted, reason=answer.reason),
    )


@router.post("/visits/{visit_id}/check-in")
def check_in(visit_id: UUID, arrival: Arrival, request: Request) -> dict[str, str]:
    """The team arrived. 409 when it is more than half an hour early, or the visit is not ready for it."""
    report = arrival.model_dump(mode="json", by_alias=True)
    return _once(
        request, _key("check-in", visit_id, report), lambda unit: answers.check_in(unit, visit_id, report=report)
    )


@router.post("/visits/{visit_id}/check-out")
def check_out(visit_id: UUID, departure: Departure, request: Request) -> dict[str, str]:
    """The team left. What it reports is judged by the journey, not here."""
    report = departure.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _once(
        request, _key("check-out", visit_id, report), lambda unit: answers.check_out(unit, visit_id, report=report)
    )


@router.post("/visits/{visit_id}/withdrawal")
def withdraw(visit_id: UUID, withdrawal: Withdrawal, request: Request) -> dict[str, str]:
    """The provider gives the visit back; the journey looks for another one."""
    reason = withdrawal.reason
    return _once(
        request,
        _key("withdrawal", visit_id, {"reason": reason}),
        lambda unit: answers.withdraw(unit, visit_id, reason=reason),
    )


def _once(request: Request, key: str, act: Callable[[UnitOfWork], Answer]) -> dict[str, str]:
    """Acts at most once per key; tells Camunda and Kafka each time, until they have it."""
    platform: Platform = request.app.state.platform
    with platform.ledger.open(key, task_type="answer") as effect:
        message = _told(effect.stored["message"]) if effect.stored else _acted(effect, act)
    if effect.events:
        platform.bus.publish(*effect.events)
        platform.ledger.published(key)
    platform.get(Processes).publish(message)
    return {"message": message.name, "correlationKey": message.correlation_key}


def _acted(effect: Effect, act: Callable[[UnitOfWork], Answer]) -> ProcessMessage:
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


def _key(what: str, visit_id: UUID, report: Mapping[str, Any]) -> str:
    """The same report about the same visit has the same key."""
    digest = hashlib.sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()[:16]
    return f"{what}:{visit_id}:{digest}"
