"""Negotiating another date: provider and customer propose in turn, three times at most (domain brief 5.3, I15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from workers.domain.errors import DateNotAllowed, OfferAlreadyAnswered
from workers.domain.states import NEGOTIATION, NegotiationState

MAX_ROUNDS = 3


class Side(StrEnum):
    """Who proposes a date, and who answers."""

    PROVIDER = "PROVIDER"
    CUSTOMER = "CUSTOMER"

    @property
    def other(self) -> Side:
        """The one who is asked."""
        return Side.CUSTOMER if self is Side.PROVIDER else Side.PROVIDER


class DateAnswer(StrEnum):
    """What a side says to a proposal; COUNTER names another date."""

    ACCEPTED = "ACCEPTED"
    COUNTER = "COUNTER"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One proposal and its answer. `window` is AM, PM or an hour; None leaves it to the planning."""

    n: int
    by: Side
    day: date
    proposed_at: datetime
    window: str | None = None
    answer_by: datetime | None = None
    answer: DateAnswer | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateNegotiation:
    """A negotiation about the date of an open offer. One is in progress per visit at most."""

    id: UUID
    offer_id: UUID
    visit_id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    original_day: date
    original_still_possible: bool
    created_at: datetime
    updated_at: datetime
    rounds: tuple[Round, ...] = ()
    state: NegotiationState = NegotiationState.IN_PROGRESS
    agreed_day: date | None = None
    version: int = 1

    @property
    def last(self) -> Round:
        """The newest proposal."""
        return self.rounds[-1]

    def proposed(self, item: Round) -> DateNegotiation:
        """This negotiation with one more proposal; the sides take turns, three rounds at most."""
        if self.state is not NegotiationState.IN_PROGRESS or item.n != len(self.rounds) + 1 or item.n > MAX_ROUNDS:
            raise DateNotAllowed(f"Expected round {item.n} of at most {MAX_ROUNDS} to be next, but it is not")
        if self.rounds and self.last.by is item.by:
            raise DateNotAllowed(f"Expected {item.by.other} to propose, but {item.by} did")
        return replace(self, rounds=(*self.rounds, item))

    def waits_until(self, answer_by: datetime) -> DateNegotiation:
        """This negotiation with the time until which the newest proposal can be answered."""
        return self._with_last(replace(self.last, answer_by=answer_by))

    def answered(self, n: int, by: Side, answer: DateAnswer, at: datetime) -> DateNegotiation:
        """This negotiation with the answer to its newest proposal; `OfferAlreadyAnswered` when it is not `by`'s turn."""
        last = self.last
        open_ = self.state is NegotiationState.IN_PROGRESS and last.n == n and last.answer is None
        if not open_ or last.by is by:
            raise OfferAlreadyAnswered(f"Expected round {n} to wait for the {by.lower()}, but it does not")
        return self._with_last(replace(last, answer=answer, answered_at=at))

    def agreed(self, day: date) -> DateNegotiation:
        """This negotiation after both sides have a date."""
        return replace(self.ended(NegotiationState.AGREED), agreed_day=day)

    def ended(self, state: NegotiationState) -> DateNegotiation:
        """This negotiation after its end."""
        NEGOTIATION.check(self.state, state)
        return replace(self, state=state)

    def _with_last(self, item: Round) -> DateNegotiation:
        return replace(self, rounds=(*self.rounds[:-1], item))
