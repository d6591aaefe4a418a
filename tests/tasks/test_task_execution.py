"""On site: arrival, work, survey outcomes, return visits, partial work; what teams may report and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from workers.domain.errors import InvalidTransition
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


def test_a_customer_who_was_not_there(world):
    """S33: nobody opened; a return visit is planned, and the order goes the way back by single moves."""
    world.created().scheduled().assigned().dispatched().do("plan-return-visit")
    assert world.view().visits[0]["state"] == "NO_SHOW_CUSTOMER"
    assert world.moves()[-2:] == ["ASSIGNED", "SCHEDULED"]


def test_another_team_for_the_same_visit(world):
    """S34: the provider never came; the visit goes back to a held slot and is assigned to somebody else."""
    world.created().scheduled().assigned().dispatched().do("withdraw-assignment")
    assert world.view().visits[0]["state"] == "HELD"
    assert world.state == "SCHEDULED"
    world.vars.pop("ranked")
    world.ranked().offered(rank=1).answered().do("confirm-assignment")
    assert world.state == "ASSIGNED"
