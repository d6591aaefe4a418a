"""What a provider's app and a team's phone send: answers to offers, arrival, departure, withdrawal.

Stored or checked first, then told to Camunda; a repeat of the same call does nothing new and answers the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from workers.bootstrap import Platform
from workers.domain import facts
from workers.domain.errors import DomainError, OfferNoLongerOpen
from workers.domain.states import OfferState
from workers.ports.effects import Effect
from workers.ports.processes import Processes, ProcessMessage

router = APIRouter(tags=["providers"])
# A team may report its arrival from half an hour before the appointment on (domain.md 9.2, S29).
EARLIEST = timedelta(minutes=30)
VISIT_TTL = timedelta(hours=1)


class TooEarly(DomainError):
    """The team may report its arrival from half an hour before the appointment on."""

    code = "TOO_EARLY"


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


@router.post("/offers/{offer_id}/answer")
def answer_offer(offer_id: UUID, answer: OfferAnswer, request: Request) -> dict[str, str]:
    """Accepts or rejects an open offer. 409 when somebody or the clock was quicker."""
    platform = _platform(request)
    wanted = OfferState.ACCEPTED if answer.accepted else OfferState.REJECTED
    with platform.ledger.open(f"answer-offer:{offer_id}", task_type="answer-offer") as effect:
        state = effect.stored["state"] if effect.stored else _answered(effect, offer_id, wanted, answer.reason)
    if state != wanted.value:
        raise OfferNoLongerOpen
    _publish_events(platform, f"answer-offer:{offer_id}", effect)
    name = "offer-accepted" if answer.accepted else "offer-rejected"
    platform.get(Processes).publish(ProcessMessage(name, str(offer_id), message_id=f"{name}:{offer_id}"))
    return {"offerId": str(offer_id), "state": state}


def _answered(effect: Effect, offer_id: UUID, wanted: OfferState, reason: str | None) -> str:
    unit = effect.unit
    order = unit.orders.get(unit.offers.get(offer_id).order_id)
    offer = unit.offers.answer(offer_id, wanted, reason=reason)
    if offer is None:
        raise OfferNoLongerOpen
    unit.announce(facts.offer(order, offer, wanted.value.lower()))
    unit.orders.note(order, f"offer {wanted.value.lower()}", offerId=str(offer_id))
    effect.store({"state": wanted.value})
    return wanted.value


@router.post("/visits/{visit_id}/check-in", status_code=202)
def check_in(visit_id: UUID, arrival: Arrival, request: Request) -> dict[str, str]:
    """The team arrived. 409 when it is more than half an hour early."""
    platform = _platform(request)
    with platform.ledger.open(f"check-in:{visit_id}:{arrival.at.isoformat()}", task_type="check-in") as effect:
        _not_too_early(effect.unit.visits.get(visit_id).planned_start, arrival.at)
    return _tell(platform, "visit-checked-in", visit_id, {"checkIn": arrival.model_dump(mode="json", by_alias=True)})


def _not_too_early(planned: datetime | None, at: datetime) -> None:
    if planned is not None and at < planned - EARLIEST:
        raise TooEarly


@router.post("/visits/{visit_id}/check-out", status_code=202)
def check_out(visit_id: UUID, departure: Departure, request: Request) -> dict[str, str]:
    """The team left. What it reports is judged by the journey, not here."""
    platform = _platform(request)
    report = departure.model_dump(mode="json", by_alias=True, exclude_none=True)
    with platform.ledger.open(f"check-out:{visit_id}:{departure.at.isoformat()}", task_type="check-out") as effect:
        effect.unit.visits.get(visit_id)
    return _tell(platform, "visit-checked-out", visit_id, {"checkout": report})


@router.post("/visits/{visit_id}/withdrawal", status_code=202)
def withdraw(visit_id: UUID, request: Request) -> dict[str, str]:
    """The provider cannot come."""
    return _tell(_platform(request), "provider-withdrew", visit_id, {})


def _tell(platform: Platform, name: str, visit_id: UUID, variables: Mapping[str, Any]) -> dict[str, str]:
    """Publishes; the same report twice is one message."""
    digest = hashlib.sha256(repr(sorted(variables.items())).encode()).hexdigest()[:16]
    message_id = f"{name}:{visit_id}:{digest}"
    message = ProcessMessage(name, str(visit_id), message_id=message_id, ttl=VISIT_TTL, variables=variables)
    platform.get(Processes).publish(message)
    return {"visitId": str(visit_id), "message": name}


def _publish_events(platform: Platform, key: str, effect: Effect) -> None:
    """Sends what the effect announced; what is left behind is sent by the workers."""
    if effect.events:
        platform.bus.publish(*effect.events)
        platform.ledger.published(key)


def _platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform
