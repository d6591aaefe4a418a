"""Failures of the handlers that a review of the journey proved; each test failed before its cause was mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from workers.intake import answers
from workers.runtime.outcome import BpmnError, Completed

UNKNOWN = "11111111-1111-1111-1111-111111111111"


def closed_event(world):
    return [event.payload for event in world.env.bus.published if event.topic == "projects.service_order.closed"][-1]


def test_a_second_provider_keeps_the_confirmed_slot(world):
    """The first one gave the visit back: its slot is confirmed already, and stays."""
    world.created().scheduled().assigned()
    assert isinstance(world.run("confirm-booking"), Completed)


def test_a_visit_whose_time_has_passed_is_not_confirmed(world):
    """A provider who accepts too late gets no visit in the past: another date is looked for."""
    world.created().scheduled().offered().answered().do("confirm-assignment")
    world.clock.at = datetime.fromisoformat(world.vars["scheduledAt"]) + timedelta(minutes=1)
    outcome = world.run("confirm-booking")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "SLOT_LOST"


def test_an_offer_ends_before_the_team_has_to_leave(world):
    """Two hours before the visit; somebody who is asked later still has a quarter of an hour."""
    world.created().scheduled().ranked()
    start = datetime.fromisoformat(world.vars["scheduledAt"])
    world.clock.at = start - timedelta(hours=5)
    world.offered()
    assert datetime.fromisoformat(world.vars["offerExpiresAt"]) == start - timedelta(hours=2)
    world.clock.at = start - timedelta(hours=1)
    world.offered(rank=1)
    assert datetime.fromisoformat(world.vars["offerExpiresAt"]) == world.clock.at + timedelta(minutes=15)


def test_another_report_of_the_same_visit_is_another_message(world):
    """A team that was asked to complete its report is heard; the same report twice is one message."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site()
    reports = [{"tvOutcome": "YES_BUT"}, {"tvOutcome": "YES_BUT"}, {"tvOutcome": "YES_BUT", "reason": "pipe"}]
    told = []
    for report in reports:
        with world.unit("api") as effect:
            told.append(answers.check_out(effect.unit, world.vars["visitId"], report=report).message.message_id)
            effect.store({})
    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize(("typed", "minutes"), [(None, 0), ("", 0), (30.5, 31), (45, 45)])
def test_minutes_are_understood_as_a_person_types_them(world, typed, minutes):
    """An empty number of a form comes as null."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site()
    change = {"description": "pipe", "extraMinutes": typed, "requiresRepricing": None, "estimatedDelta": None}
    world.do("record-tv-outcome", checkout={"tvOutcome": "YES_BUT", "modifications": [change]})
    assert world.vars["extraMinutes"] == minutes


@pytest.mark.parametrize(
    ("provider", "team"), [("Dupont", None), (UNKNOWN, None), ("first", "Dupont"), ("first", UNKNOWN)]
)
def test_a_mistyped_choice_goes_back_to_the_operator(world, provider, team):
    """Free text and unknown ids are no incident: ASSIGNMENT_NOT_ALLOWED, back to the task with its reason."""
    world.created().scheduled().ranked()
    first = world.vars["ranked"][0]["providerId"]
    choice = {"decision": "ASSIGN", "providerId": first if provider == "first" else provider, "teamId": team}
    outcome = world.run("confirm-assignment", choice=choice, offerId=None)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "ASSIGNMENT_NOT_ALLOWED"


def test_a_team_of_another_provider_is_refused(world):
    """The visit is one provider's, the team must be theirs."""
    world.created().scheduled().ranked()
    one, other = world.vars["ranked"][:2]
    choice = {"decision": "ASSIGN", "providerId": one["providerId"], "teamId": other["teamId"]}
    outcome = world.run("confirm-assignment", choice=choice, offerId=None)
    assert isinstance(outcome, BpmnError)


def test_the_fee_counts_the_visit_to_come(world):
    """A technical visit long ago that nobody ended does not make the main visit's cancellation late."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site()
    world.scheduled()
    ahead = datetime.fromisoformat(world.vars["scheduledAt"]) - world.clock.now()
    world.do("assess-cancellation", cancellation={"reason": "MOVED", "origin": "CUSTOMER"})
    assert world.vars["hoursToVisit"] == pytest.approx(ahead.total_seconds() / 3600, abs=0.1)


def test_a_claim_disputes_a_form_nobody_signed(world):
    """Sent, then refused on the telephone: the form is disputed, not on its way for ever."""
    world.done().sent().do("open-claim")
    with world.unit() as effect:
        assert effect.unit.wcfs.get(world.vars["wcfId"]).state == "DISPUTED"
        effect.store({})


@pytest.mark.parametrize("signed", [True, False])
def test_an_order_closed_without_a_form_says_so(world, signed):
    """The closed event tells whether the customer accepted the work."""
    world.done()
    if signed:
        world.sent().signed(rating="5").do("adobe-read-form-data")
    world.do("close-order")
    assert closed_event(world)["wcfAccepted"] is signed


def test_a_late_check_out_does_not_complete_an_order_that_is_being_cancelled(world):
    """The sweep has frozen it: its next state is CANCELLED, whatever a job of the interrupted flow brings."""
    world.created().scheduled().assigned().dispatched().on_site()
    world.do("freeze-order", cancellation={"reason": "MOVED", "origin": "CUSTOMER"})
    world.do("record-checkout", checkout={"completionStatus": "COMPLETED"})
    assert world.state == "IN_PROGRESS"


@pytest.mark.parametrize(("absent", "state"), [("PROVIDER", "NO_SHOW_PROVIDER"), ("CUSTOMER", "NO_SHOW_CUSTOMER")])
def test_who_did_not_come_is_kept(world, absent, state):
    """As the operator says in the form."""
    world.created().scheduled().assigned().dispatched()
    visit = world.vars["visitId"]
    world.do("record-no-show", noShow={"decision": "RETURN", "absentParty": absent})
    with world.unit() as effect:
        assert effect.unit.visits.get(visit).state == state
        effect.store({})


def test_a_mistyped_team_of_a_slot_goes_back_to_the_operator(world):
    """NO_SLOT_AVAILABLE: the task for the slot again."""
    world.created()
    day = (world.clock.now() + timedelta(days=9)).date().isoformat()
    choice = {"decision": "USE_SLOT", "date": day, "label": "AM", "teamId": f"team {uuid4().hex[:3]}"}
    asked = {"visitKind": "MAIN", "serviceType": "INSTALLATION", "durationMin": 240, "crew": 2, "certs": []}
    outcome = world.run("schedule-service", slotChoice=choice, **asked)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "NO_SLOT_AVAILABLE"


def test_an_agreement_sent_late_has_its_seven_days(world):
    """The address was corrected eight days after the form was made."""
    world.done().do("generate-wcf", wcfTemplate="INSTALLATION")
    world.clock.forward(days=8)
    world.do("adobe-upload-document").do("adobe-create-agreement", chase={"email": "new@example.org"})
    (request,) = world.signing.requests.values()
    assert request.expires_at - world.clock.now() == timedelta(days=7)
