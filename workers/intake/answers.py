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
from workers.domain.states import BroadcastState, OfferState, OrderState, VisitState
from workers.domain.visits import Visit
from workers.journey import release
from workers.journey.checkout import CheckOut
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
    answered = None if order.frozen else _answered(unit, offer, accepted=accepted, reason=reason)
    if answered is None:
        raise OfferAlreadyAnswered(f"Expected offer {offer.id} to be open, but it is {unit.offers.get(offer.id).state}")
    word = "accepted" if accepted else "rejected"
    more = {} if accepted else {"reason": reason}
    unit.announce(facts.offer(order, answered, word, **more))
    if accepted and answered.broadcast_id:
        unit.announce(facts.broadcast_accepted(order, answered))
    unit.orders.note(order, f"offer {word}", offerId=str(offer.id), provider=unit.providers.get(offer.provider_id).name)
    return Answer(order, _offer_message(answered, word))


def _answered(unit: UnitOfWork, offer: Offer, *, accepted: bool, reason: str | None) -> Offer | None:
    """Ends the offer; of those asked at once only the first yes counts, and one conditional update decides who that is."""
    if accepted and offer.broadcast_id:
        if unit.broadcasts.end(offer.broadcast_id, BroadcastState.CLOSED, winner=offer.id) is None:
            return None
        for other in unit.offers.of_visit(offer.visit_id):
            if other.broadcast_id == offer.broadcast_id and other.id != offer.id:
                unit.offers.answer(other.id, OfferState.CLOSED, reason="another provider was quicker")
    return unit.offers.answer(offer.id, _state(accepted=accepted), reason=reason)


def _state(*, accepted: bool) -> OfferState:
    return OfferState.ACCEPTED if accepted else OfferState.REJECTED


def _offer_message(offer: Offer, word: str) -> ProcessMessage:
    if offer.broadcast_id and word == "accepted":
        key, told = str(offer.broadcast_id), {"offerId": str(offer.id)}
        return ProcessMessage("broadcast-accepted", key, f"broadcast-accepted:{key}", WAITING, told)
    return ProcessMessage(f"offer-{word}", str(offer.id), f"offer-answered:{offer.id}", WAITING)


def check_in(unit: UnitOfWork, visit_id: UUID | str, *, report: Mapping[str, Any] | None = None) -> Answer:
    """A team's arrival: not before half an hour ahead of the appointment, and not on an order that is being cancelled.

    Where the team stands and what it found is kept with the execution; the journey only learns that it came.
    """
    order, visit = _visit(unit, visit_id)
    if visit.state is not VisitState.READY or order.frozen:
        raise InvalidTransition(f"Expected visit {visit.id} to be READY for a check-in, but it is {visit.state}")
    gates.check_entry(order, visit)
    allowed = visit.start - CHECK_IN_BEFORE
    if unit.now < allowed:
        raise InvalidTransition(
            f"Expected a check-in not before {allowed.isoformat()}, but it is {unit.now.isoformat()}"
        )
    arrived = {"at": unit.now.isoformat(), **(report or {})}
    execution = unit.executions.latest(visit.id)
    if execution:
        unit.executions.save(replace(execution, arrival={k: v for k, v in arrived.items() if k != "at"}))
    unit.orders.note(order, "check-in reported", visitId=str(visit.id))
    message = _visit_message("visit-checked-in", visit, {"checkIn": {"at": arrived["at"]}})
    # A team that was not let in may come nearer and report again: it is another message.
    return Answer(order, replace(message, message_id=f"{message.message_id}:{_digest(arrived)}"))


def pause(unit: UnitOfWork, visit_id: UUID | str, *, reason: str) -> Answer:
    """A team interrupts its work; the order is ON_HOLD until it resumes."""
    order, visit = _on_site(unit, visit_id, OrderState.IN_PROGRESS)
    unit.orders.move(order, OrderState.ON_HOLD, reason=reason)
    pauses = _pauses(unit, visit, {"from": unit.now.isoformat(), "reason": reason})
    return Answer(order, _numbered("visit-paused", visit, pauses))


def resume(unit: UnitOfWork, visit_id: UUID | str) -> Answer:
    """The team goes on."""
    order, visit = _on_site(unit, visit_id, OrderState.ON_HOLD)
    unit.orders.move(order, OrderState.IN_PROGRESS, reason="the team goes on")
    pauses = _pauses(unit, visit, {"until": unit.now.isoformat()})
    return Answer(order, _numbered("visit-resumed", visit, pauses))


def _on_site(unit: UnitOfWork, visit_id: UUID | str, state: OrderState) -> tuple[ServiceOrder, Visit]:
    order, visit = _visit(unit, visit_id)
    if visit.state is not VisitState.ON_SITE or order.state is not state or order.frozen or not visit.is_main:
        raise InvalidTransition(f"Expected order {order.id} to be {state} with a team on site, but it is {order.state}")
    return order, visit


def _pauses(unit: UnitOfWork, visit: Visit, more: Mapping[str, Any]) -> int:
    """Keeps a pause, or its end; returns how many records there are."""
    execution = unit.executions.latest(visit.id)
    assert execution is not None, f"visit {visit.id} is on site"
    pauses = (*execution.pauses, more)
    unit.executions.save(replace(execution, pauses=pauses))
    return len(pauses)


def _numbered(name: str, visit: Visit, number: int) -> ProcessMessage:
    """Each pause of one visit is a message of its own."""
    message = _visit_message(name, visit, {})
    return replace(message, message_id=f"{message.message_id}:{number}")


def _digest(report: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(dict(report), sort_keys=True, default=str).encode()).hexdigest()[:12]


def check_out(unit: UnitOfWork, visit_id: UUID | str, *, report: Mapping[str, Any]) -> Answer:
    """A team's departure, with its report; what is in it is checked by the task that records it."""
    order, visit = _visit(unit, visit_id)
    # The record of a survey may be completed later: an operator can ask the team for it.
    again = visit.state is VisitState.DONE and not visit.is_main
    if visit.state is not VisitState.ON_SITE and not again:
        raise InvalidTransition(f"Expected visit {visit.id} to be ON_SITE for a check-out, but it is {visit.state}")
    CheckOut.model_validate(dict(report)).check_complete()
    unit.orders.note(order, "check-out reported", visitId=str(visit.id))
    # A team that is asked to complete its report sends another one for the same visit: it is another message.
    message = _visit_message("visit-checked-out", visit, {"checkout": dict(report)})
    return Answer(order, replace(message, message_id=f"{message.message_id}:{_digest(report)}"))


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
