"""Asking several at once: the database decides who was first, and everybody else learns it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from workers.domain.errors import OfferAlreadyAnswered
from workers.intake import answers
from workers.runtime.outcome import BpmnError

HELD_FOR = timedelta(hours=48)


def offers(world):
    return [str(row["id"]) for row in world.view().offers]


def accept(world, offer):
    """A provider says yes, as the API gives it; its message, or None for 409."""
    try:
        with world.unit("api") as effect:
            answer = answers.answer_offer(effect.unit, offer, accepted=True)
            effect.store({})
    except OfferAlreadyAnswered:
        return None
    return answer.message


@pytest.fixture
def asked(world):
    return world.created().scheduled().asked_at_once()


def test_the_best_of_the_ranking_are_asked(asked):
    """As many as the mode says, each told once, and the slot outlives the question."""
    assert len(offers(asked)) == 3
    assert len({m.to for m in asked.mail.by_template("job-offer")}) >= 3
    until = datetime.fromisoformat(asked.vars["broadcastExpiresAt"])
    assert asked.view().bookings[0]["expires_at"] >= until + HELD_FOR or asked.view().bookings[0]["expires_at"] >= until


def test_two_say_yes_in_the_same_second(asked):
    """S17, I5: one wins in the database, the other gets 409; the message names the winner, one assignment exists."""
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda offer: accept(asked, offer), offers(asked)))
    (message,) = [answer for answer in told if answer]
    assert (message.name, message.correlation_key) == ("broadcast-accepted", asked.vars["broadcastId"])
    asked.do("confirm-assignment", offerId=message.variables["offerId"])
    view = asked.view()
    assert sorted(row["state"] for row in view.offers) == ["ACCEPTED", "CLOSED", "CLOSED"]
    assert [row["state"] for row in view.assignments] == ["ACCEPTED"]
    assert len({m.to for m in asked.mail.by_template("job-offer-closed") if "@" in m.to}) == 2


def test_the_database_allows_one_winner(asked):
    """Even a hand-written update cannot make two offers of one broadcast win."""
    with psycopg.connect(asked.url) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("UPDATE offers SET state = 'ACCEPTED'")


def test_nobody_says_yes(asked):
    """All open offers expire and are told so; a yes after that is too late."""
    first = offers(asked)[0]
    asked.do("expire-broadcast")
    assert {row["state"] for row in asked.view().offers} == {"EXPIRED"}
    assert len({m.to for m in asked.mail.by_template("job-offer-expired") if "@" in m.to}) == 3
    assert accept(asked, first) is None


def test_a_yes_was_quicker_than_the_clock(asked):
    """OFFER_ALREADY_ANSWERED: nothing expires, the winner stays."""
    accept(asked, offers(asked)[1])
    outcome = asked.run("expire-broadcast")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "OFFER_ALREADY_ANSWERED"


def test_one_no_ends_nothing(asked):
    """The others are still asked."""
    with asked.unit("api") as effect:
        answers.answer_offer(effect.unit, UUID(offers(asked)[0]), accepted=False, reason="full")
        effect.store({})
    assert accept(asked, offers(asked)[1]).name == "broadcast-accepted"


def test_a_cancelled_order_ends_the_broadcast(asked):
    """I11: the sweep withdraws the offers, and no yes counts any more."""
    asked.do("freeze-order", cancellation={"origin": "CUSTOMER"}).do("sweep-order-resources")
    assert {row["state"] for row in asked.view().offers} == {"WITHDRAWN"}
    assert accept(asked, offers(asked)[0]) is None
