"""Answers about dates: a provider proposes another one for an open offer, and the sides answer in turn.

Stored first, then told to the journey, like every answer from outside. A date nobody may have is refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from workers.domain import facts, ids
from workers.domain.assignments import Offer
from workers.domain.errors import DateNotAllowed, OfferAlreadyAnswered
from workers.domain.negotiations import DateAnswer, DateNegotiation, Round, Side
from workers.domain.orders import ServiceOrder
from workers.domain.states import OfferState
from workers.intake.answers import WAITING, Answer
from workers.journey import dates
from workers.journey.almanac import Almanac
from workers.journey.dates import Wanted
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

PROPOSED, ANSWERED = "offer-date-proposed", "date-answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a side answers: yes, another date, or no."""

    by: Side
    answer: DateAnswer
    wanted: Wanted | None = None


def propose_date(
    unit: UnitOfWork,
    almanac: Almanac,
    offer_id: UUID | str,
    *,
    wanted: Wanted,
    original_still_possible: bool = False,
) -> Answer:
    """Opens a negotiation about an open offer; until it ends the offer cannot be answered otherwise."""
    order = unit.orders.get(unit.offers.get(offer_id).order_id)
    offer = unit.offers.get(offer_id)
    if order.frozen or offer.state is not OfferState.PENDING or unit.negotiations.open_of(offer.id):
        raise OfferAlreadyAnswered(f"Expected offer {offer.id} to be open, but it is {offer.state} or negotiated")
    visit = unit.visits.get(offer.visit_id)
    dates.allowed(unit, almanac, order, visit, team_id=offer.team_id, wanted=wanted)
    count = len(unit.negotiations.of_offer(offer.id)) + 1
    negotiation = unit.negotiations.add(
        DateNegotiation(
            id=ids.derived_id("negotiation", offer.id, count),
            offer_id=offer.id,
            visit_id=visit.id,
            order_id=order.id,
            country_code=order.country_code,
            bu_code=order.bu_code,
            original_day=order.country.day(visit.start),
            original_still_possible=original_still_possible,
            created_at=unit.now,
            updated_at=unit.now,
            rounds=(Round(n=1, by=Side.PROVIDER, day=wanted.day, window=wanted.window, proposed_at=unit.now),),
        )
    )
    unit.orders.note(order, "date proposed", negotiationId=str(negotiation.id), day=wanted.day.isoformat(), round=1)
    return Answer(order, _proposed(offer, negotiation, wanted))


def _proposed(offer: Offer, negotiation: DateNegotiation, wanted: Wanted) -> ProcessMessage:
    proposal = {"negotiationId": str(negotiation.id), "originalStillPossible": negotiation.original_still_possible}
    variables = {"dateProposal": proposal | _words(wanted)}
    return ProcessMessage(PROPOSED, str(offer.id), f"{PROPOSED}:{negotiation.id}", WAITING, variables)


def _words(wanted: Wanted | None) -> dict[str, Any]:
    return {"date": wanted.day.isoformat() if wanted else None, "window": wanted.window if wanted else None}


def answer_date(unit: UnitOfWork, almanac: Almanac, negotiation_id: UUID | str, number: int, *, said: Said) -> Answer:
    """Keeps the answer to a round; `OfferAlreadyAnswered` when it is not this side's turn (any more)."""
    order = unit.orders.get(unit.negotiations.get(negotiation_id).order_id)
    negotiation = unit.negotiations.get(negotiation_id)
    offer = unit.offers.get(negotiation.offer_id)
    if order.frozen or offer.state is not OfferState.PENDING:
        raise OfferAlreadyAnswered(f"Expected offer {offer.id} to be open, but it is {offer.state}")
    if said.answer is DateAnswer.COUNTER:
        _check_counter(unit, almanac, order, offer, said.wanted)
    answered = unit.negotiations.save(negotiation.answered(number, said.by, said.answer, unit.now))
    if said.answer is DateAnswer.REJECTED:
        unit.announce(facts.negotiation(order, answered, "rejected"))
    told = {"by": said.by.value, "answer": said.answer.value, "round": number}
    unit.orders.note(order, "date answered", negotiationId=str(answered.id), **told)
    return Answer(order, _answered(answered, said))


def _check_counter(
    unit: UnitOfWork, almanac: Almanac, order: ServiceOrder, offer: Offer, wanted: Wanted | None
) -> None:
    if wanted is None:
        raise DateNotAllowed("Expected another date with the answer COUNTER, but there is none")
    dates.allowed(unit, almanac, order, unit.visits.get(offer.visit_id), team_id=offer.team_id, wanted=wanted)


def _answered(negotiation: DateNegotiation, said: Said) -> ProcessMessage:
    key = f"{negotiation.id}:{negotiation.last.n}"
    variables: Mapping[str, Any] = {"dateAnswer": {"answer": said.answer.value, **_words(said.wanted)}}
    lasts = WAITING + timedelta(days=1)
    return ProcessMessage(ANSWERED, key, f"{ANSWERED}:{key}", lasts, variables)
