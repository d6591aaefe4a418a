"""The state machines as tables: only the moves listed here exist (domain brief 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from workers.domain.errors import InvalidTransition

S = TypeVar("S", bound=StrEnum)


class Machine(Generic[S]):
    """A table of moves. A state without moves is terminal."""

    def __init__(self, name: str, moves: Mapping[S, set[S]]) -> None:
        self.name = name
        self.moves = {state: frozenset(targets) for state, targets in moves.items()}

    def allows(self, source: S, target: S) -> bool:
        """Whether the move exists."""
        return target in self.moves.get(source, frozenset())

    def check(self, source: S, target: S) -> None:
        """Raises `InvalidTransition` unless the move exists."""
        if not self.allows(source, target):
            allowed = ", ".join(sorted(self.moves.get(source, frozenset()))) or "nothing, it is final"
            raise InvalidTransition(f"Expected {self.name} {source} to move to {allowed}, but got {target}")

    def sources(self, target: S) -> frozenset[S]:
        """The states from which `target` can be reached in one move."""
        return frozenset(source for source, targets in self.moves.items() if target in targets)

    def terminal(self, state: S) -> bool:
        """Whether nothing follows `state`."""
        return not self.moves.get(state)


class OrderState(StrEnum):
    """Where a service order stands."""

    RECEIVED = "RECEIVED"
    REJECTED = "REJECTED"
    CREATED = "CREATED"
    SCHEDULED = "SCHEDULED"
    ASSIGNED = "ASSIGNED"
    DISPATCHED = "DISPATCHED"
    IN_PROGRESS = "IN_PROGRESS"
    ON_HOLD = "ON_HOLD"
    COMPLETED = "COMPLETED"
    VERIFIED = "VERIFIED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


O = OrderState  # noqa: E741 - the table below is read as a table
ORDER: Machine[OrderState] = Machine(
    "service order",
    {
        O.RECEIVED: {O.CREATED, O.REJECTED, O.CANCELLED},
        O.CREATED: {O.SCHEDULED, O.CANCELLED},
        O.SCHEDULED: {O.ASSIGNED, O.CANCELLED},
        O.ASSIGNED: {O.SCHEDULED, O.DISPATCHED, O.CANCELLED},
        O.DISPATCHED: {O.ASSIGNED, O.IN_PROGRESS, O.CANCELLED},
        O.IN_PROGRESS: {O.ON_HOLD, O.SCHEDULED, O.COMPLETED, O.CANCELLED},
        O.ON_HOLD: {O.IN_PROGRESS, O.CANCELLED},
        O.COMPLETED: {O.VERIFIED},
        O.VERIFIED: {O.CLOSED},
    },
)

# Ways with more than one move, for steps that undo or finish several at once. Every move leaves its own audit row.
ROUTES: Mapping[OrderState, Mapping[OrderState, tuple[OrderState, ...]]] = {
    O.SCHEDULED: {
        O.CREATED: (O.SCHEDULED,),
        O.ASSIGNED: (O.SCHEDULED,),
        O.DISPATCHED: (O.ASSIGNED, O.SCHEDULED),
        O.IN_PROGRESS: (O.SCHEDULED,),
    },
    O.CLOSED: {
        O.IN_PROGRESS: (O.COMPLETED, O.VERIFIED, O.CLOSED),
        O.COMPLETED: (O.VERIFIED, O.CLOSED),
        O.VERIFIED: (O.CLOSED,),
    },
}


def route(source: OrderState, target: OrderState) -> tuple[OrderState, ...]:
    """The moves from `source` to `target`; none when it is there already, one direct move when no route is listed."""
    return () if source == target else ROUTES.get(target, {}).get(source, (target,))


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "PLANNED"
    HELD = "HELD"
    ASSIGNED = "ASSIGNED"
    READY = "READY"
    ON_SITE = "ON_SITE"
    DONE = "DONE"
    INCOMPLETE = "INCOMPLETE"
    NO_SHOW_CUSTOMER = "NO_SHOW_CUSTOMER"
    NO_SHOW_PROVIDER = "NO_SHOW_PROVIDER"
    RELEASED = "RELEASED"
    CANCELLED = "CANCELLED"


V = VisitState
VISIT: Machine[VisitState] = Machine(
    "visit",
    {
        V.PLANNED: {V.HELD, V.CANCELLED},
        V.HELD: {V.ASSIGNED, V.RELEASED, V.CANCELLED},
        V.ASSIGNED: {V.READY, V.RELEASED, V.CANCELLED},
        V.READY: {V.ON_SITE, V.NO_SHOW_CUSTOMER, V.NO_SHOW_PROVIDER, V.RELEASED, V.CANCELLED},
        V.ON_SITE: {V.DONE, V.INCOMPLETE, V.NO_SHOW_CUSTOMER, V.NO_SHOW_PROVIDER, V.CANCELLED},
        V.INCOMPLETE: {V.CANCELLED},
        V.NO_SHOW_CUSTOMER: {V.CANCELLED},
        V.NO_SHOW_PROVIDER: {V.CANCELLED},
        V.RELEASED: {V.PLANNED, V.CANCELLED},
    },
)
# A visit of one of these states still holds, or may still get, a slot and a team.
OPEN_VISITS = frozenset({V.PLANNED, V.HELD, V.ASSIGNED, V.READY, V.RELEASED, V.ON_SITE})
REPLANNABLE_VISITS = frozenset({V.HELD, V.ASSIGNED, V.READY})


class OfferState(StrEnum):
    """Where an offer stands."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    AUTO_ACCEPTED = "AUTO_ACCEPTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    CLOSED = "CLOSED"


F = OfferState
OFFER: Machine[OfferState] = Machine(
    "offer", {F.PENDING: {F.ACCEPTED, F.REJECTED, F.AUTO_ACCEPTED, F.EXPIRED, F.WITHDRAWN, F.CLOSED}}
)
WON_OFFERS = frozenset({F.ACCEPTED, F.AUTO_ACCEPTED})


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    EXPIRED = "EXPIRED"


class NegotiationState(StrEnum):
    """Where the negotiation of a date stands."""

    IN_PROGRESS = "IN_PROGRESS"
    AGREED = "AGREED"
    ESCALATED = "ESCALATED"
    CANCELLED = "CANCELLED"


N = NegotiationState
NEGOTIATION: Machine[NegotiationState] = Machine(
    "date negotiation", {N.IN_PROGRESS: {N.AGREED, N.ESCALATED, N.CANCELLED}}
)


class AssignmentState(StrEnum):
    """Where an assignment stands."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


A = AssignmentState
ASSIGNMENT: Machine[AssignmentState] = Machine(
    "assignment", {A.OFFERED: {A.ACCEPTED, A.DECLINED, A.EXPIRED, A.CANCELLED}, A.ACCEPTED: {A.CANCELLED}}
)


class BookingState(StrEnum):
    """Where a booking of a team's time stands."""

    PRE_BOOKED = "PRE_BOOKED"
    CONFIRMED = "CONFIRMED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


B = BookingState
BOOKING: Machine[BookingState] = Machine(
    "booking", {B.PRE_BOOKED: {B.CONFIRMED, B.EXPIRED, B.CANCELLED}, B.CONFIRMED: {B.CANCELLED}}
)
LIVE_BOOKINGS = frozenset({B.PRE_BOOKED, B.CONFIRMED})


class AgreementState(StrEnum):
    """Where an agreement stands; the words of the signature port, and two only we know."""

    DRAFT = "DRAFT"
    PENDING_SIGNATURE = "PENDING_SIGNATURE"
    SIGNED = "SIGNED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    VOIDED = "VOIDED"
    WAIVED = "WAIVED"
    SUPERSEDED = "SUPERSEDED"


G = AgreementState
AGREEMENT: Machine[AgreementState] = Machine(
    "agreement",
    {
        G.DRAFT: {G.PENDING_SIGNATURE, G.VOIDED},
        G.PENDING_SIGNATURE: {G.SIGNED, G.DECLINED, G.EXPIRED, G.VOIDED, G.WAIVED},
        G.SIGNED: {G.SUPERSEDED},
    },
)


# What was declined or ran out may still be signed on paper or waived; a new version follows in any case.
CONTRACT: Machine[AgreementState] = Machine(
    "contract",
    {
        G.DRAFT: {G.PENDING_SIGNATURE, G.SIGNED, G.WAIVED, G.VOIDED},
        G.PENDING_SIGNATURE: {G.SIGNED, G.DECLINED, G.EXPIRED, G.VOIDED, G.WAIVED},
        G.DECLINED: {G.SIGNED, G.WAIVED, G.SUPERSEDED},
        G.EXPIRED: {G.SIGNED, G.WAIVED, G.SUPERSEDED},
        G.VOIDED: {G.SIGNED, G.WAIVED, G.SUPERSEDED},
        G.SIGNED: {G.SUPERSEDED},
    },
)


class WcfState(StrEnum):
    """Where a work closing form stands."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    VIEWED = "VIEWED"
    SIGNED_NO_RESERVES = "SIGNED_NO_RESERVES"
    SIGNED_WITH_RESERVES = "SIGNED_WITH_RESERVES"
    NOT_SIGNED = "NOT_SIGNED"
    EXPIRED = "EXPIRED"
    RESOLVED = "RESOLVED"
    FORCED = "FORCED"
    DISPUTED = "DISPUTED"


W = WcfState
WCF: Machine[WcfState] = Machine(
    "work closing form",
    {
        # Signed on paper: also a form that was never sent, or that nobody signed in time.
        W.DRAFT: {W.SENT, W.NOT_SIGNED, W.SIGNED_NO_RESERVES, W.DISPUTED},
        W.SENT: {W.VIEWED, W.SIGNED_NO_RESERVES, W.SIGNED_WITH_RESERVES, W.NOT_SIGNED, W.EXPIRED, W.DISPUTED},
        W.VIEWED: {W.SIGNED_NO_RESERVES, W.SIGNED_WITH_RESERVES, W.NOT_SIGNED, W.EXPIRED, W.DISPUTED},
        W.SIGNED_WITH_RESERVES: {W.RESOLVED, W.DISPUTED},
        W.NOT_SIGNED: {W.SENT, W.FORCED, W.DISPUTED, W.SIGNED_NO_RESERVES},
        W.EXPIRED: {W.SENT, W.FORCED, W.DISPUTED, W.SIGNED_NO_RESERVES},
        # The claim about a signed form was settled: nothing the customer noted is open any more.
        W.DISPUTED: {W.RESOLVED, W.FORCED},
    },
)


# A form in one of these states shows that the customer accepted the work (or that a supervisor decided so).
ACCEPTED_WCFS = frozenset({W.SIGNED_NO_RESERVES, W.RESOLVED, W.FORCED})


class ClaimState(StrEnum):
    """Where a claim stands."""

    CREATED = "CREATED"
    UNDER_INVESTIGATION = "UNDER_INVESTIGATION"
    VALIDATED = "VALIDATED"
    REJECTED = "REJECTED"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


C = ClaimState
# A claim in one of these states stops the provider's payment.
HOLDING_CLAIMS = frozenset({C.CREATED, C.UNDER_INVESTIGATION, C.VALIDATED})
CLAIM: Machine[ClaimState] = Machine(
    "claim",
    {
        C.CREATED: {C.UNDER_INVESTIGATION},
        C.UNDER_INVESTIGATION: {C.VALIDATED, C.REJECTED},
        C.VALIDATED: {C.RESOLVED},
        C.RESOLVED: {C.CLOSED},
    },
)
