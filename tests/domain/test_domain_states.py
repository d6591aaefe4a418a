"""State machines: only the moves of the tables exist, and every route is made of them."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from workers.domain.errors import InvalidTransition
from workers.domain.states import (
    AGREEMENT,
    ASSIGNMENT,
    BOOKING,
    CLAIM,
    OFFER,
    ORDER,
    ROUTES,
    VISIT,
    WCF,
    Machine,
    OfferState,
    OrderState,
    VisitState,
    route,
)

MACHINES = [ORDER, VISIT, OFFER, ASSIGNMENT, BOOKING, AGREEMENT, WCF, CLAIM]
# The order's moves once more, as the domain brief writes them: a second opinion on the table.
ORDER_MOVES = """
RECEIVED CREATED|RECEIVED REJECTED|CREATED SCHEDULED|SCHEDULED ASSIGNED|ASSIGNED SCHEDULED|ASSIGNED DISPATCHED
DISPATCHED ASSIGNED|DISPATCHED IN_PROGRESS|IN_PROGRESS ON_HOLD|ON_HOLD IN_PROGRESS|IN_PROGRESS SCHEDULED
IN_PROGRESS COMPLETED|COMPLETED VERIFIED|VERIFIED CLOSED|RECEIVED CANCELLED|CREATED CANCELLED|SCHEDULED CANCELLED
ASSIGNED CANCELLED|ON_HOLD CANCELLED|DISPATCHED CANCELLED|IN_PROGRESS CANCELLED
"""


def test_the_orders_moves_are_those_of_the_brief():
    """No move is missing and none is invented."""
    expected = {tuple(move.split()) for move in ORDER_MOVES.replace("\n", "|").split("|") if move.strip()}
    assert {(a.value, b.value) for a, targets in ORDER.moves.items() for b in targets} == expected


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_everything_else_is_refused(machine: Machine):
    """A move that is not listed raises, and its text names what would have been possible."""
    states = {*machine.moves, *(target for targets in machine.moves.values() for target in targets)}
    for source, target in product(states, states):
        if machine.allows(source, target):
            machine.check(source, target)
        else:
            with pytest.raises(InvalidTransition, match=f"Expected {machine.name} {source} to move to"):
                machine.check(source, target)


@pytest.mark.parametrize("state", [OrderState.REJECTED, OrderState.CLOSED, OrderState.CANCELLED])
def test_terminal_orders(state):
    """Nothing follows a rejected, closed or cancelled order."""
    assert ORDER.terminal(state)
    assert not ORDER.terminal(OrderState.COMPLETED)


@pytest.mark.parametrize(("source", "target"), [(source, target) for target, ways in ROUTES.items() for source in ways])
def test_routes_are_made_of_moves(source, target):
    """Every step of a route is a move of the table, and the last one arrives."""
    way = (source, *route(source, target))
    assert way[-1] is target
    assert all(ORDER.allows(a, b) for a, b in pairwise(way))


def test_a_route_to_where_one_is_is_empty():
    """Going where one stands takes no move."""
    assert route(OrderState.CLOSED, OrderState.CLOSED) == ()


def test_offers_end_only_once():
    """Every end of an offer is final, and only an open one ends."""
    assert OFFER.sources(OfferState.ACCEPTED) == {OfferState.PENDING}
    assert all(OFFER.terminal(state) for state in OfferState if state is not OfferState.PENDING)


def test_a_visit_that_is_done_stays_done():
    """Nothing is undone after the work."""
    assert VISIT.terminal(VisitState.DONE)
