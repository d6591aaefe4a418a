"""Negotiating a date on a real database: what may be proposed, whose turn it is, and what an agreement moves."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from workers.domain.errors import DateNotAllowed, OfferAlreadyAnswered
from workers.domain.negotiations import DateAnswer, Side
from workers.intake import answers, dates
from workers.intake.dates import Said
from workers.journey.dates import Wanted
from workers.runtime.outcome import BpmnError

HELD_FOR = timedelta(hours=48)

FEB_2, FEB_4, FEB_5 = date(2027, 2, 2), date(2027, 2, 4), date(2027, 2, 5)


def propose(world, day=FEB_2, *, possible=False):
    """The provider of the open offer proposes a date, as the API gives it."""
    with world.unit("api") as effect:
        answer = dates.propose_date(
            effect.unit, world.almanac, world.vars["offerId"], wanted=Wanted(day), original_still_possible=possible
        )
        effect.store({})
    world.vars |= answer.message.variables
    world.vars["negotiationId"] = world.vars["dateProposal"]["negotiationId"]
    return answer.message


def reply(world, number, by, answer, day=None):
    """A side answers a round."""
    said = Said(by=by, answer=answer, wanted=Wanted(day) if day else None)
    with world.unit("api") as effect:
        given = dates.answer_date(effect.unit, world.almanac, world.vars["negotiationId"], number, said=said)
        effect.store({})
    return given.message


def record(world, number=1, by="PROVIDER", day=FEB_2):
    """The journey records a proposal."""
    proposal = {"date": day.isoformat(), "window": None}
    return world.run("record-date-proposal", round=number, by=by, proposal=proposal, answerWithin="P2D")


def negotiation(world):
    with world.unit() as effect:
        found = effect.unit.negotiations.get(world.vars["negotiationId"])
        effect.store({})
    return found


@pytest.fixture
def offered(world):
    """A kitchen with a slot on 28 January, delivery on the 20th, and an open offer."""
    return world.created().scheduled().offered()


def test_an_agreed_date_moves_everything(offered):
    """S18: round 2 is agreed; visit and booking move, the offer is accepted, the hold lasts, sales will be told."""
    world = offered
    message = propose(world)
    assert (message.name, message.correlation_key) == ("offer-date-proposed", world.vars["offerId"])
    record(world)
    assert world.view().bookings[0]["expires_at"] == world.clock.at + timedelta(days=2) + HELD_FOR
    countered = reply(world, 1, Side.CUSTOMER, DateAnswer.COUNTER, FEB_4)
    assert countered.correlation_key == f"{world.vars['negotiationId']}:1"
    assert countered.variables["dateAnswer"]["date"] == "2027-02-04"
    record(world, 2, "CUSTOMER", FEB_4)
    reply(world, 2, Side.PROVIDER, DateAnswer.ACCEPTED)
    world.do("finalize-date-agreement")
    assert (world.vars["agreedDate"], world.vars["tellSales"]) == ("2027-02-04", True)
    view = world.view()
    assert (view.bookings[0]["day"], view.offers[0]["state"]) == (FEB_4, "ACCEPTED")
    assert [(r.by, r.day) for r in negotiation(world).rounds] == [("PROVIDER", FEB_2), ("CUSTOMER", FEB_4)]
    world.do("confirm-assignment")
    assert world.state == "ASSIGNED"
    assert world.vars["scheduledAt"].startswith("2027-02-04")


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2027, 1, 25), "7 days after delivery"),
        (date(2027, 2, 6), "weekend"),
        (date(2027, 6, 1), "Expected a date from"),
    ],
)
def test_a_date_the_visit_cannot_have(offered, day, why):
    """S21: before the buffer after delivery, on a weekend, or months away: refused at once, nothing is negotiated."""
    with pytest.raises(DateNotAllowed, match=why):
        propose(offered, day)
    offered.answered().do("confirm-assignment")


def test_a_team_that_is_not_free_cannot_propose(offered):
    """The proposing team has another job all that day."""
    asked, team = dict(offered.vars), offered.view().offers[0]["team_id"]
    offered.created(external_order_id="b").scheduled()
    with psycopg.connect(offered.url, autocommit=True) as connection:
        connection.execute(
            "UPDATE bookings SET team_id = %s, day = %s, start_q = 32, end_q = 80 WHERE id = %s",
            (team, FEB_2, offered.vars["bookingId"]),
        )
    offered.vars = asked
    with pytest.raises(DateNotAllowed, match="not free"):
        propose(offered)


def test_a_negotiated_offer_is_not_answered_otherwise(offered):
    """While a date is negotiated the offer neither expires nor is it accepted; after its end it cannot be negotiated."""
    propose(offered)
    with offered.unit() as effect, pytest.raises(OfferAlreadyAnswered):
        answers.answer_offer(effect.unit, offered.vars["offerId"], accepted=True)
    for task in ("expire-offer", "auto-accept-offer"):
        outcome = offered.run(task)
        assert isinstance(outcome, BpmnError)
        assert outcome.code == "OFFER_ALREADY_ANSWERED"
    with offered.unit() as effect, pytest.raises(OfferAlreadyAnswered):
        dates.propose_date(effect.unit, offered.almanac, offered.vars["offerId"], wanted=Wanted(FEB_5))


@pytest.mark.parametrize(("number", "by"), [(1, Side.PROVIDER), (2, Side.CUSTOMER)])
def test_only_the_side_that_is_asked_answers(offered, number, by):
    """Not the one who proposed, and not a round that is not open."""
    propose(offered)
    record(offered)
    with pytest.raises(OfferAlreadyAnswered):
        reply(offered, number, by, DateAnswer.ACCEPTED)


def test_the_first_answer_counts(offered):
    """A second answer to the same round is refused."""
    propose(offered)
    record(offered)
    reply(offered, 1, Side.CUSTOMER, DateAnswer.REJECTED)
    with pytest.raises(OfferAlreadyAnswered):
        reply(offered, 1, Side.CUSTOMER, DateAnswer.ACCEPTED)


def test_never_more_than_three_rounds(offered):
    """I15 holds in code and in the database."""
    propose(offered)
    record(offered)
    for number, by, day in ((2, "CUSTOMER", FEB_4), (3, "PROVIDER", FEB_5)):
        reply(offered, number - 1, Side(by), DateAnswer.COUNTER, day)
        record(offered, number, by, day)
    outcome = record(offered, 4, "CUSTOMER", FEB_2)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "DATE_NOT_ALLOWED"
    with psycopg.connect(offered.url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("UPDATE date_negotiations SET rounds = rounds || rounds")


def test_silence_keeps_the_first_date_only_when_nobody_answered(offered):
    """The first date stands with the offer accepted; an answer that came in time is stronger."""
    first = offered.view().bookings[0]["day"]
    propose(offered, possible=True)
    record(offered)
    offered.do("finalize-date-agreement", keepOriginal=True)
    assert (offered.vars["agreedDate"], offered.vars["tellSales"]) == (first.isoformat(), False)
    assert offered.view().offers[0]["state"] == "ACCEPTED"


def test_an_answer_is_stronger_than_silence(offered):
    """OFFER_ALREADY_ANSWERED: the timer fired after the answer, so nothing is kept or withdrawn."""
    propose(offered, possible=True)
    record(offered)
    reply(offered, 1, Side.CUSTOMER, DateAnswer.ACCEPTED)
    for task, more in (("finalize-date-agreement", {"keepOriginal": True}), ("withdraw-offer", {"silent": True})):
        outcome = offered.run(task, **more)
        assert isinstance(outcome, BpmnError)
        assert outcome.code == "OFFER_ALREADY_ANSWERED"


@pytest.mark.parametrize(("escalated", "state"), [(False, "CANCELLED"), (True, "ESCALATED")])
def test_a_withdrawn_offer_ends_its_negotiation(offered, escalated, state):
    """Both end together, with an event that says so."""
    propose(offered)
    record(offered)
    offered.do("withdraw-offer", escalated=escalated)
    assert (negotiation(offered).state, offered.view().offers[0]["state"]) == (state, "WITHDRAWN")
    assert offered.topics()[-1] == "assignments.date.negotiation_failed"


def test_a_cancelled_order_negotiates_no_date(offered):
    """I11: the sweep ends the negotiation with the offer."""
    propose(offered)
    record(offered)
    offered.do("freeze-order", cancellation={"origin": "CUSTOMER"}).do("sweep-order-resources")
    assert negotiation(offered).state == "CANCELLED"
    with pytest.raises(OfferAlreadyAnswered):
        reply(offered, 1, Side.CUSTOMER, DateAnswer.ACCEPTED)


def test_a_proposal_that_turned_impossible_leaves_the_offer_open(offered):
    """Between API and journey the team got another job: DATE_NOT_ALLOWED, and the offer can be answered again."""
    propose(offered)
    offered.vars["dateProposal"]["date"] = "2027-02-06"
    outcome = record(offered, day=date(2027, 2, 6))
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "DATE_NOT_ALLOWED"
    assert negotiation(offered).state == "CANCELLED"
    offered.answered().do("confirm-assignment")
    assert offered.state == "ASSIGNED"
