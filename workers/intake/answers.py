"""Answers from outside: a provider's yes or no, a team's arrival and departure.

Each function changes the database and returns the message for the journey; the caller publishes it after the commit. The
database decides who was first, never the order in which messages arrive.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from workers.domain import facts, gates
from workers.domain.assignments import PROVIDER_WITHDREW, Offer
from workers.domain.errors import InvalidTransition, OfferAlreadyAnswered
from workers.domain.orders import ServiceOrder
from workers.domain.states import OfferState, VisitState
from workers.domain.visits import Visit
from workers.journey import release
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

CHECK_IN_BEFORE = timedelta(minutes=30)
WAITING = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Answer:
    """What happened: the order it was about, and the message to publish once this is committed."""

    order: ServiceOrder
    message: ProcessMessage


def answer_offer(unit: UnitOfWork, offer_id: UUID | str, *, accepted: bool, reason: str | None = None) -> Answer:
    """A provider's answer; `OfferAlreadyAnswered` (HTTP 409) unless the offer is open and the order alive."""
    offer = unit.offers.get(offer_id)
    order = unit.orders.get(offer.order_id)
    if unit.negotiations.open_of(offer.id):
        raise OfferAlreadyAnswered(f"Expected offer {offer.id} to be open, but its date is being negotiated")
    answered = None if order.frozen else unit.offers.answer(offer.id, _state(accepted=accepted), reason=reason)
    if answered is None:
        raise OfferAlreadyAnswered(f"Expected offer {offer.id} to be open, but it is {unit.offers.get(offer.id).state}")
    word = "accepted" if accepted else "rejected"
    more = {} if accepted else {"reason": reason}
    unit.announce(facts.offer(order, answered, word, **more))
    unit.orders.note(order, f"offer {word}", offerId=str(offer.id), provider=unit.providers.get(offer.provider_id).name)
    return Answer(order, _offer_message(answered, word))


def _state(*, accepted: bool) -> OfferState:
    return OfferState.ACCEPTED if accepted else OfferState.REJECTED


def _offer_message(offer: Offer, word: str) -> ProcessMessage:
    return ProcessMessage(f"offer-{word}", str(offer.id), f"offer-answered:{offer.id}", WAITING)


def check_in(unit: UnitOfWork, visit_id: UUID | str, *, report: Mapping[str, Any] | None = None) -> Answer:
    """A team's arrival: not before half an hour ahead of the appointment, and not on an order that is being cancelled."""
    order, visit = _visit(unit, visit_id)
    if visit.state is not VisitState.READY or order.frozen:
        raise InvalidTransition(f"Expected visit {visit.id} to be READY for a check-in, but it is {visit.state}")
    gates.check_entry(order, visit)
    allowed = visit.start - CHECK_IN_BEFORE
    if unit.now < allowed:
        raise InvalidTransition(
            f"Expected a check-in not before {allowed.isoformat()}, but it is {unit.now.isoformat()}"
        )
    unit.orders.note(order, "check-in reported", visitId=str(visit.id))
    arrived = {"at": unit.now.isoformat(), **(report or {})}
    return Answer(order, _visit_message("visit-checked-in", visit, {"checkIn": arrived}))


def check_out(unit: UnitOfWork, visit_id: UUID | str, *, report: Mapping[str, Any]) -> Answer:
    """A team's departure, with its report; what is in it is checked by the task that records it."""
    order, visit = _visit(unit, visit_id)
    # The record of a survey may be completed later: an operator can ask the team for it.
    again = visit.state is VisitState.DONE and not visit.is_main
    if visit.state is not VisitState.ON_SITE and not again:
        raise InvalidTransition(f"Expected visit {visit.id} to be ON_SITE for a check-out, but it is {visit.state}")
    unit.orders.note(order, "check-out reported", visitId=str(visit.id))
    # A team that is asked to complete its report sends another one for the same visit: it is another message.
    said = hashlib.sha256(json.dumps(dict(report), sort_keys=True, default=str).encode()).hexdigest()[:12]
    message = _visit_message("visit-checked-out", visit, {"checkout": dict(report)})
    return Answer(order, replace(message, message_id=f"{message.message_id}:{said}"))


def withdraw(unit: UnitOfWork, visit_id: UUID | str, *, reason: str) -> Answer:
    """A provider gives an assigned visit back; the journey looks for another one."""
    order, visit = _visit(unit, visit_id)
    if visit.state not in (VisitState.ASSIGNED, VisitState.READY):
        raise InvalidTransition(f"Expected visit {visit.id} to be assigned, but it is {visit.state}")
    unit.orders.note(order, "provider withdrew", visitId=str(visit.id), reason=reason)
    message = _visit_message("provider-withdrew", visit, {})
    release.withdraw(unit, order, visit, reason=PROVIDER_WITHDREW)
    # Until the visit's day nobody in the journey listens.
    return Answer(order, replace(message, ttl=max(WAITING, visit.start - unit.now + WAITING)))


def _visit(unit: UnitOfWork, visit_id: UUID | str) -> tuple[ServiceOrder, Visit]:
    """Order first: it is locked, so the visit read afterwards is the newest."""
    order = unit.orders.get(unit.visits.get(visit_id).order_id)
    return order, unit.visits.get(visit_id)


def _visit_message(name: str, visit: Visit, variables: Mapping[str, Any]) -> ProcessMessage:
    # The version makes a second arrival, after a replan, a second message.
    return ProcessMessage(name, str(visit.id), f"{name}:{visit.id}:{visit.version}", WAITING, variables)
