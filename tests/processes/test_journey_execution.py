"""The day of the visit: arrival, no-show, work, incomplete work."""

from __future__ import annotations

import pytest

CHECK_IN = {"checkIn": {"at": "2027-01-18T08:02:00Z"}}
COMPLETED = {"checkout": {"completionStatus": "COMPLETED"}}
INCOMPLETE = {"checkout": {"completionStatus": "INCOMPLETE", "reason": "worktop has the wrong size"}}


@pytest.fixture
def dispatched(play):
    """An order whose team has been sent, two hours before the visit."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    assert play.now_at() >= {"ArrivalAwaited"}
    return play


def close(play):
    play.publish("agreement-closed", "agreement-1", {"agreementStatus": "SIGNED"})
    assert play.path[-1] == "OrderClosed"


def test_the_team_leaves_two_hours_before(play):
    """Nothing is dispatched earlier."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.until(play.now.replace(day=18, hour=5, minute=59))
    assert play.jobs("execute-service") == []
    play.forward(minutes=1)
    assert len(play.jobs("execute-service")) == 1


def test_a_visit_date_in_the_past_does_not_wait(play):
    """A visit in one hour: the moment two hours before it is past, and the team leaves at once."""
    dates = {
        "scheduledAt": "2027-01-11T10:00:00Z",
        "visitStartMinus2h": "2027-01-11T08:00:00Z",
        "noShowAt": "2027-01-11T10:30:00Z",
    }
    slot = {"visitId": "visit-1", "bookingId": "booking-1", "scheduledSlot": {}, "timeZone": "Europe/Paris"}
    play.will("schedule-service", slot | dates)
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.forward(minutes=1)
    assert play.went("WaitForVisitDay", "ExecuteInstallation", "DispatchTeam")


def test_a_late_team(dispatched):
    """S32: at 15 minutes the customer is told, once; a check-in at 20 is normal."""
    dispatched.forward(hours=2, minutes=14)
    assert dispatched.times("NotifyTeamLate") == 0
    dispatched.forward(minutes=6)
    assert dispatched.times("NotifyTeamLate") == 1
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    assert dispatched.times("HandleNoShow") == 0
    close(dispatched)


def test_a_no_show_gets_another_visit(dispatched):
    """S33: the customer was away: a return visit is planned with the same rules."""
    dispatched.forward(hours=3)
    dispatched.complete("HandleNoShow", "noShow", "RETURN", absentParty="CUSTOMER", travelFee=30)
    assert dispatched.went("VisitNotDone", "VisitEnded", "PlanReturnVisit", "ScheduleInstallation")
    assert dispatched.jobs("schedule-service")[1].variables["visitKind"] == "RETURN"
    assert dispatched.jobs("plan-return-visit")[0].variables["noShow"]["absentParty"] == "CUSTOMER"


def test_a_no_show_of_the_provider(dispatched):
    """S34: team and slot are released, another provider is searched."""
    dispatched.forward(hours=3)
    dispatched.complete("HandleNoShow", "noShow", "REASSIGN", absentParty="PROVIDER")
    assert dispatched.went("VisitNotDone", "ReleaseForReplan", "ScheduleInstallation", "AssignInstaller")
    assert dispatched.jobs("schedule-service")[1].variables["visitKind"] == "MAIN"


def test_a_no_show_that_ends_the_order(dispatched):
    """CANCEL asks for the cancellation; a dispatched order needs a supervisor, who agrees."""
    dispatched.will(
        "assess-cancellation",
        {"orderState": "DISPATCHED", "hoursToVisit": 0, "daysSinceOrder": 20, "salesChannel": "store"},
    )
    dispatched.forward(hours=3)
    dispatched.complete("HandleNoShow", "noShow", "CANCEL", absentParty="BOTH")
    assert dispatched.path[-1] == "OrderCancelled"


def test_a_false_alarm(dispatched):
    """The team was there: its arrival is recorded as the operator learned it."""
    dispatched.forward(hours=3)
    dispatched.complete("HandleNoShow", "noShow", "FALSE_ALARM", arrivedAt="2027-01-18T08:05:00Z")
    assert dispatched.jobs("record-checkin")[0].variables["checkIn"] == {"at": "2027-01-18T08:05:00Z"}
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    close(dispatched)


def test_the_team_arrives_while_the_operator_looks(dispatched):
    """A check-in takes the task away from the operator."""
    dispatched.forward(hours=3)
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    assert dispatched.tasks == {}
    assert dispatched.now_at() >= {"WorkAwaited"}


@pytest.mark.parametrize(("minutes", "caught"), [(60, "Withdrawn"), (140, "WithdrawnLate")])
def test_the_provider_withdraws(dispatched, minutes, caught):
    """Before or after the team is late: another provider is searched for the same visit."""
    dispatched.forward(minutes=minutes)
    dispatched.publish("provider-withdrew", "visit-1")
    assert dispatched.went(caught, "AssignInstaller", "SendOffer")
    assert dispatched.jobs("find-providers")[1].variables["visitId"] == "visit-1"


@pytest.mark.parametrize("next_step", ["check-in", "withdrawal"])
def test_the_provider_withdraws_while_the_operator_looks(dispatched, next_step):
    """The task is taken away, another provider is searched, and the next to withdraw is the new one."""
    dispatched.forward(hours=3)
    dispatched.publish("provider-withdrew", "visit-1")
    assert dispatched.tasks == {}
    assert dispatched.went("HandleNoShow", "WithdrawnAtNoShow", "ProviderWithdrewLate", "AssignInstaller", "SendOffer")
    assert dispatched.jobs("find-providers")[1].variables["visitId"] == "visit-1"
    dispatched.publish("offer-accepted", "offer-2")
    dispatched.to_next_timer()
    assert dispatched.times("ExecuteInstallation") == 2
    assert dispatched.times("AssignInstaller") == 2
    if next_step == "check-in":
        dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
        assert dispatched.now_at() >= {"WorkAwaited"}
    else:
        dispatched.publish("provider-withdrew", "visit-1")
        assert dispatched.times("AssignInstaller") == 3


def test_work_that_takes_twice_its_time(dispatched):
    """480 minutes after check-in the operator is warned, and again after as many more."""
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    dispatched.forward(hours=8)
    assert dispatched.times("NotifyOverrun") == 1
    dispatched.forward(hours=8)
    assert dispatched.times("NotifyOverrun") == 2
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    close(dispatched)


def test_incomplete_work_is_continued(dispatched):
    """S35: the customer is told, a return visit planned and done; the form is signed only after it."""
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    dispatched.publish("visit-checked-out", "visit-1", INCOMPLETE)
    assert dispatched.went("CompletionKnown", "NotifyIncomplete", "HandleIncomplete")
    dispatched.complete("HandleIncomplete", "incomplete", "RETURN", cause="TECHNICAL")
    assert dispatched.jobs("generate-wcf") == []
    assert dispatched.jobs("schedule-service")[1].variables["visitKind"] == "RETURN"
    dispatched.publish("offer-accepted", "offer-2")
    dispatched.to_next_timer()
    dispatched.publish("visit-checked-in", "visit-2", CHECK_IN)
    dispatched.publish("visit-checked-out", "visit-2", COMPLETED)
    assert dispatched.jobs("generate-wcf")[0].variables["visitId"] == "visit-2"
    close(dispatched)


def test_incomplete_work_is_accepted(dispatched):
    """ACCEPT_PARTIAL: recorded as complete, then signed."""
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    dispatched.publish("visit-checked-out", "visit-1", INCOMPLETE)
    dispatched.complete("HandleIncomplete", "incomplete", "ACCEPT_PARTIAL", cause="CUSTOMER", partialPayPercent=90)
    again = dispatched.jobs("record-checkout")[1].variables["checkout"]
    assert (again["completionStatus"], again["acceptedPartially"]) == ("COMPLETED", True)
    close(dispatched)


def test_completion_is_published_once(dispatched):
    """The event execution.service.completed goes out with the identities of visit and execution."""
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    events = dispatched.jobs("publish-event")
    assert [e.headers["event"] for e in events] == ["execution.service.completed"]
    assert events[0].variables["executionId"] == "execution-1"
