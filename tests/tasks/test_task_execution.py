"""On site: arrival, work, survey outcomes, return visits, partial work; what teams may report and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest

from workers.domain.errors import ChecklistIncomplete, InvalidTransition
from workers.domain.orders import Address
from workers.intake import answers
from workers.runtime.outcome import BpmnError

MODIFICATION = {"description": "move water inlet", "extraMinutes": 45, "requiresRepricing": True, "estimatedDelta": 310}


def report(world, function, **arguments):
    """One answer from outside, as the API gives it: a transaction of its own, then the message."""
    with world.unit("api") as effect:
        answer = function(effect.unit, world.vars["visitId"], **arguments)
        effect.store({})
    return answer.message


def test_arrival_and_departure(world):
    """DISPATCHED, IN_PROGRESS, COMPLETED; the minutes on site are in the completed event, no address of the customer."""
    world.done().do("publish-event", {"event": "execution.service.completed"})
    event = world.env.bus.published[-1]
    assert event.topic == "execution.service.completed"
    assert (event.payload["minutes"], event.payload["completionStatus"]) == (180, "COMPLETED")
    assert event.payload["customerEmail"] is None
    assert event.key == f"FR_{world.vars['serviceOrderId']}"
    assert world.moves()[-3:] == ["DISPATCHED", "IN_PROGRESS", "COMPLETED"]


def test_messages_of_a_team(world):
    """Arrival and departure are keyed by the visit and carry what the models read."""
    world.created().scheduled().assigned().dispatched()
    world.clock.at = datetime.fromisoformat(world.vars["scheduledAt"])
    arrived = report(world, answers.check_in)
    assert (arrived.name, arrived.correlation_key) == ("visit-checked-in", world.vars["visitId"])
    world.do("record-checkin", **arrived.variables)
    left = report(world, answers.check_out, report={"completionStatus": "COMPLETED"})
    assert left.name == "visit-checked-out"
    world.do("record-checkout", **left.variables)
    assert world.state == "COMPLETED"


@pytest.mark.parametrize(("early", "allowed"), [(timedelta(minutes=35), False), (timedelta(minutes=30), True)])
def test_too_early_at_the_door(world, early, allowed):
    """S29: a check-in is taken from half an hour before the appointment."""
    world.created().scheduled().assigned().dispatched()
    world.clock.at = datetime.fromisoformat(world.vars["scheduledAt"]) - early
    if allowed:
        report(world, answers.check_in)
    else:
        with pytest.raises(InvalidTransition, match="not before"):
            report(world, answers.check_in)


def test_nobody_checks_in_on_a_frozen_order(world):
    """I6: an order that is being cancelled takes no check-in, although its visit is ready."""
    world.created().scheduled().assigned().dispatched().do("freeze-order", cancellation={"origin": "CUSTOMER"})
    world.clock.at = datetime.fromisoformat(world.vars["scheduledAt"])
    with pytest.raises(InvalidTransition, match="READY"):
        report(world, answers.check_in)


@pytest.mark.parametrize("answer", [answers.check_in, answers.withdraw])
def test_answers_out_of_turn_are_refused(world, answer):
    """A visit without a team neither begins nor is given back."""
    world.created().scheduled()
    arguments = {"reason": "ill"} if answer is answers.withdraw else {}
    with pytest.raises(InvalidTransition):
        report(world, answer, **arguments)


def test_departure_before_arrival_is_refused(world):
    """A check-out needs somebody on site."""
    world.created().scheduled().assigned().dispatched()
    with pytest.raises(InvalidTransition, match="ON_SITE"):
        report(world, answers.check_out, report={"completionStatus": "COMPLETED"})


def test_a_return_visit_continues_the_work(world):
    """S35: the wrong worktop came; the order is scheduled again and the RETURN visit gets slot and team of its own."""
    world.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE", reason="WRONG_PRODUCT")
    first = world.vars["visitId"]
    assert world.vars["completionStatus"] == "INCOMPLETE"
    assert world.state == "IN_PROGRESS"
    world.do("plan-return-visit")
    assert world.state == "SCHEDULED"
    world.scheduled("RETURN", 120).do("find-providers")
    view = world.view()
    assert [visit["kind"] for visit in view.visits] == ["MAIN", "RETURN"]
    assert str(view.visits[1]["continues"]) == first
    assert world.vars["visitId"] == str(view.visits[1]["id"])
    world.vars.pop("ranked", None)
    world.assigned().dispatched().on_site().worked()
    assert world.state == "COMPLETED"
    assert world.moves().count("IN_PROGRESS") == 2


def test_an_operator_accepts_partial_work(world):
    """Nine tenths are done: the operator accepts, the order is complete, the record says that it was partly done."""
    world.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE", reason="part missing")
    world.do("record-checkout", checkout={"completionStatus": "COMPLETED", "acceptedPartially": True})
    assert world.state == "COMPLETED"
    with world.unit() as effect:
        assert effect.unit.executions.get(world.vars["executionId"]).completion_status == "PARTIALLY_COMPLETED"
        effect.store({})


@pytest.mark.parametrize(
    ("report_", "code"),
    [({}, "OUTCOME_MISSING"), ({"tvOutcome": "YES_BUT", "modifications": []}, "MODIFICATIONS_MISSING")],
)
def test_a_survey_needs_a_usable_record(world, report_, code):
    """Without an outcome, or with changes nobody named, an operator has to look; the visit is still on site."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site()
    outcome = world.run("record-tv-outcome", checkout=report_)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == code
    assert world.view().visits[0]["state"] == "ON_SITE"


def test_a_survey_with_changes(world):
    """S4: what the decision needs, and what sales is asked; the approved change makes the main work longer."""
    world.surveyed("YES_BUT", modifications=[MODIFICATION])
    assert world.vars["repricingNeeded"] is True
    assert (world.vars["extraMinutes"], world.vars["changePercent"]) == (45, 10.37)
    assert world.state == "CREATED"
    world.do("report-tv-modifications").do("apply-scope-change", scopeChange={"approved": True}, durationMin=240)
    assert world.vars["durationMin"] == 285
    assert "fsm.tv.modifications_required" in world.topics()


def test_a_refused_change_changes_nothing(world):
    """Sales said no: the work is as long as it was, should anybody still want it."""
    world.surveyed("YES_BUT", modifications=[MODIFICATION])
    world.do("apply-scope-change", scopeChange={"approved": False}, durationMin=240)
    assert world.vars["durationMin"] == 240


def test_the_catalogue_knows_how_long_work_takes(world):
    """A model that does not say how long the work was planned gets the catalogue's minutes."""
    world.surveyed("YES_BUT", modifications=[MODIFICATION]).do("apply-scope-change", scopeChange={"approved": True})
    assert world.vars["durationMin"] == 285


def test_a_review_records_the_outcome_anew(world):
    """An operator confirms or changes the outcome after the team left: a second record, the visit stays done."""
    world.surveyed("YES_BUT", modifications=[MODIFICATION])
    first = world.vars["tvOutcomeId"]
    world.do("record-tv-outcome", checkout={"tvOutcome": "NO", "reason": "wall not bearing"})
    assert world.vars["tvOutcomeId"] != first
    assert world.view().visits[0]["state"] == "DONE"


def test_a_team_completes_the_record_of_a_survey(world):
    """An operator asked the team: a second check-out of a survey is taken and is another message."""
    world.surveyed()
    again = report(world, answers.check_out, report={"tvOutcome": "YES_BUT", "modifications": [MODIFICATION]})
    assert again.variables["checkout"]["tvOutcome"] == "YES_BUT"
    world.created(external_order_id="other").scheduled().assigned().dispatched().on_site().worked()
    with pytest.raises(InvalidTransition):
        report(world, answers.check_out, report={"completionStatus": "COMPLETED"})


def absent(world, party, decision="RETURN", **more):
    """An operator says who was missing."""
    return world.do("record-no-show", noShow={"decision": decision, "absentParty": party, **more})


def test_a_customer_who_was_not_there(world):
    """S33: nobody opened; the fee is proposed, a return visit is planned not before the new date, the provider may come again."""
    world.created().scheduled().assigned().dispatched()
    provider = world.vars["providerId"]
    absent(world, "CUSTOMER", travelFee=30, newDate="2027-02-15").do("plan-return-visit")
    assert [visit["state"] for visit in world.view().visits] == ["NO_SHOW_CUSTOMER", "PLANNED"]
    assert (world.vars["absentParty"], world.vars["travelFee"]) == ("CUSTOMER", "30")
    assert world.moves()[-2:] == ["ASSIGNED", "SCHEDULED"]
    assert "execution.visit.no_show" in world.topics()
    world.scheduled("RETURN").searched()
    assert world.vars["scheduledSlot"]["date"] == "2027-02-15"
    assert provider in [candidate["providerId"] for candidate in world.vars["fit"]]


@pytest.mark.parametrize("party", ["PROVIDER", "BOTH", None])
def test_a_provider_who_did_not_come(world, party):
    """S34: the no-show is the provider's, with both missing as well; team and slot are free, and they are not asked again."""
    world.created().scheduled().assigned().dispatched()
    gone = world.vars["providerId"]
    absent(world, party, "REASSIGN", newDate="2027-02-08", travelFee=30)
    view = world.view()
    assert (view.visits[0]["state"], world.vars["travelFee"]) == ("NO_SHOW_PROVIDER", None)
    assert {booking["state"] for booking in view.bookings} == {"CANCELLED"}
    assert [row["state"] for row in view.assignments] == ["CANCELLED"]
    world.scheduled().ranked()
    assert world.vars["scheduledSlot"]["date"] == "2027-02-08"
    assert gone not in [row["providerId"] for row in world.vars["ranked"]]
    out = [row["reasons"] for row in world.vars["funnel"]["excluded"] if row["providerId"] == gone]
    assert out
    assert all("ABSENT_BEFORE" in reasons for reasons in out)


LILLE = {"lat": 50.6311, "lng": 3.0468}


@pytest.fixture
def at_the_door(world):
    """A team on its day, and an address whose place is known."""
    place = an_address(**LILLE)
    world.created(address=place).scheduled().assigned().dispatched()
    world.clock.at = datetime.fromisoformat(world.vars["scheduledAt"])
    return world


def an_address(**more):
    return Address(street="rue des Lilas", number="14", postal_code="59000", city="Lille", country="FR", **more)


def arrive(world, *, lat=50.6311, admission=None, **report):
    """The team checks in and the journey records it."""
    message = check_in(world, lat=lat, **report)
    return world.run("record-checkin", **message.variables, admission=admission)


def check_in(world, *, lat=50.6311, **report):
    told = {"at": world.clock.at.isoformat(), "lat": lat, "lng": 3.0468, "method": "MANUAL", **report}
    return globals()["report"](world, answers.check_in, report=told)


def test_near_enough(at_the_door):
    """Within 500 m the team begins. Where it stood is kept with the execution, and nowhere in the process or the timeline."""
    message = check_in(at_the_door, lat=50.6345)
    assert set(message.variables["checkIn"]) == {"at"}
    at_the_door.do("record-checkin", **message.variables)
    with at_the_door.unit() as effect:
        arrival = effect.unit.executions.get(at_the_door.vars["executionId"]).arrival
        effect.store({})
    assert 370 < arrival["metresAway"] < 390
    assert "50.6" not in str([entry.detail for entry in at_the_door.view().timeline])


def test_too_far_away(at_the_door):
    """S30: 620 m is outside the area; a supervisor may let the team in, and what was decided is kept."""
    outcome = arrive(at_the_door, lat=50.63668)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "OUTSIDE_AREA"
    assert "500 m are allowed" in outcome.variables
    assert at_the_door.view().visits[0]["state"] == "READY"
    assert not isinstance(
        arrive(at_the_door, lat=50.63668, admission={"decision": "ALLOW", "measures": "called"}), BpmnError
    )
    assert at_the_door.state == "IN_PROGRESS"


def test_a_second_check_in_is_another_message(at_the_door):
    """The team comes nearer: its second report is not taken for the first."""
    assert check_in(at_the_door, lat=50.64).message_id != check_in(at_the_door, lat=50.6311).message_id


@pytest.mark.parametrize(("acknowledged", "code"), [(False, "CRITICAL_HAZARD"), (True, None)])
def test_a_critical_hazard(at_the_door, acknowledged, code):
    """Nobody begins beside gas that leaks, unless a supervisor has seen the risk and says so."""
    hazards = [{"kind": "GAS", "severity": "CRITICAL"}, {"kind": "STAIRS", "severity": "LOW"}]
    admission = {"decision": "ALLOW", "riskAcknowledged": acknowledged}
    outcome = arrive(at_the_door, hazards=hazards, admission=admission)
    assert getattr(outcome, "code", None) == code


def test_no_supervisor_lets_a_team_past_the_go_check(own_world):
    """I6: CHECKIN_BLOCKED stays, whatever was allowed."""
    world = own_world.created().scheduled().assigned().dispatched()
    world.clock.at = datetime.fromisoformat(world.vars["scheduledAt"])
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("UPDATE visits SET go_status = 'NOT_OK_PAYMENT'")
    outcome = world.run("record-checkin", checkIn={"at": world.clock.at}, admission={"decision": "ALLOW"})
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "CHECKIN_BLOCKED"


def test_pause_and_resume(world):
    """ON_HOLD with its reason, and back; each is a message of its own, and both are kept."""
    world.created().scheduled().assigned().dispatched().on_site()
    first = report(world, answers.pause, reason="worktop comes tomorrow")
    assert (first.name, world.state) == ("visit-paused", "ON_HOLD")
    with pytest.raises(InvalidTransition):
        report(world, answers.pause, reason="again")
    back = report(world, answers.resume)
    again = report(world, answers.pause, reason="lunch")
    assert (back.name, again.message_id != first.message_id) == ("visit-resumed", True)
    with world.unit() as effect:
        pauses = effect.unit.executions.get(world.vars["executionId"]).pauses
        effect.store({})
    assert [pause.get("reason") for pause in pauses] == ["worktop comes tomorrow", None, "lunch"]
    world.worked("INCOMPLETE")
    assert world.state == "IN_PROGRESS"


def test_completed_work_leaves_nothing_open(world):
    """CHECKLIST_INCOMPLETE: refused by the API and by the journey; the team is still on site."""
    world.created().scheduled().assigned().dispatched().on_site()
    item = {"name": "gas test", "mandatory": True, "done": False}
    said = {"completionStatus": "COMPLETED", "checklist": [item]}
    with pytest.raises(ChecklistIncomplete, match="gas test"):
        report(world, answers.check_out, report=said)
    outcome = world.run("record-checkout", checkout=said)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "CHECKLIST_INCOMPLETE"
    world.worked("COMPLETED", checklist=[item | {"done": True}])
    assert world.state == "COMPLETED"


def test_a_decision_about_incomplete_work_is_kept(world):
    """Cause, pay, parts and next date are with the execution; the next visit is not before that date."""
    world.created().scheduled().assigned().dispatched().on_site().worked(
        "INCOMPLETE", reason="WRONG_PRODUCT", donePercent=40
    )
    said = {"decision": "EXTRA_WORK", "cause": "TECHNICAL", "partialPayPercent": 40, "nextDate": "2027-03-01"}
    world.do("record-incomplete", incomplete=said)
    assert world.vars["incompleteNext"] == "RETURN"
    world.do("plan-return-visit").scheduled("RETURN", 120)
    assert world.vars["scheduledSlot"]["date"] == "2027-03-01"
    event = next(e for e in world.env.bus.published if e.topic == "execution.visit.incomplete")
    assert event.payload["reason"] == "TECHNICAL"


def test_a_survey_that_is_given_up_leaves_the_site(world):
    """No usable outcome: the visit ends INCOMPLETE instead of staying on site for good."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site()
    world.do("end-visit", reason="no usable outcome")
    assert world.view().visits[0]["state"] == "INCOMPLETE"
