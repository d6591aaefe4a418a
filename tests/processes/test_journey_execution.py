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


def late(play, minutes):
    """Minutes after the start of the appointment."""
    play.forward(hours=2, minutes=minutes)


@pytest.mark.parametrize(
    ("code", "variables"),
    [
        ("OUTSIDE_AREA", {"checkinProblem": "620 m"}),
        ("CRITICAL_HAZARD", {"checkinProblem": "gas"}),
        ("CHECKIN_BLOCKED", {"checkinProblem": "Not cleared: GO_NOT_OK_PAYMENT."}),
    ],
)
def test_what_stands_against_a_check_in_goes_to_a_supervisor(dispatched, code, variables):
    """S30: allowed, the check-in is recorded with what was decided; the task shows the reason."""
    dispatched.will("record-checkin", dispatched.error(code, **variables))
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    _, task = dispatched.tasks["ApproveCheckIn"]
    assert task.candidate_groups == ("ops-supervisor-FR",)
    assert dispatched.variables("ApproveCheckIn")["checkinProblem"]
    dispatched.complete("ApproveCheckIn", "admission", "ALLOW", measures="called the customer", riskAcknowledged=True)
    assert dispatched.jobs("record-checkin")[1].variables["admission"]["decision"] == "ALLOW"
    assert dispatched.now_at() >= {"WorkAwaited"}


def test_a_refused_check_in_waits_for_another(dispatched):
    """Refused, the order stays dispatched; the team may come again, and its next report is judged anew."""
    dispatched.will("record-checkin", dispatched.error("OUTSIDE_AREA", checkinProblem="620 m"))
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    dispatched.complete("ApproveCheckIn", "admission", "REFUSE")
    assert dispatched.now_at() >= {"ArrivalOverdue"}
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    assert dispatched.jobs("record-checkin")[1].variables["admission"] is None
    assert dispatched.now_at() >= {"WorkAwaited"}


@pytest.mark.parametrize(
    ("message", "goes_to"), [("visit-checked-in", "RecordCheckIn"), ("provider-withdrew", "ProviderWithdrew")]
)
def test_a_supervisor_need_not_decide_what_is_over(dispatched, message, goes_to):
    """The team came nearer and checked in again, or withdrew: the task is gone."""
    dispatched.will("record-checkin", dispatched.error("OUTSIDE_AREA", checkinProblem="620 m"))
    dispatched.publish("visit-checked-in", "visit-1", CHECK_IN)
    dispatched.publish(message, "visit-1", CHECK_IN)
    assert "ApproveCheckIn" not in dispatched.tasks
    assert dispatched.went("ApproveCheckIn", goes_to)


@pytest.mark.parametrize(("party", "template"), [("CUSTOMER", "no-show-customer"), ("PROVIDER", "no-show-provider")])
def test_a_no_show_is_recorded_and_told(dispatched, party, template):
    """S33, S34: who was missing is recorded before anything is planned, and the customer is told accordingly."""
    late(dispatched, 30)
    dispatched.complete("HandleNoShow", "noShow", "RETURN", absentParty=party)
    assert dispatched.went("RecordNoShow", "VisitNotDone", "PlanReturnVisit")
    assert template in [job.headers["template"] for job in dispatched.jobs("send-notification")]


def working(play):
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    assert play.now_at() >= {"WorkAwaited"}


def test_a_pause(dispatched):
    """Work paused and resumed is awaited as before."""
    working(dispatched)
    dispatched.publish("visit-paused", "visit-1")
    assert dispatched.now_at() >= {"OnHold"}
    dispatched.publish("visit-resumed", "visit-1")
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    assert dispatched.went("OnHold", "Resumed", "WorkAwaited", "RecordCheckOut")


def test_a_pause_of_seven_days(dispatched):
    """After a week on hold the work counts as incomplete, and quality decides."""
    working(dispatched)
    dispatched.publish("visit-paused", "visit-1")
    dispatched.forward(days=7)
    assert dispatched.jobs("record-checkout")[0].variables["checkout"]["reason"] == "PAUSED_TOO_LONG"
    assert dispatched.now_at() >= {"HandleIncomplete"}


def test_a_team_leaves_out_of_a_pause(dispatched):
    """It need not resume before it checks out."""
    working(dispatched)
    dispatched.publish("visit-paused", "visit-1")
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    assert dispatched.went("LeftOnHold", "RecordCheckOut", "ServiceCompleted")


def test_an_open_checklist_goes_back_to_the_team(dispatched):
    """CHECKLIST_INCOMPLETE: another check-out is awaited."""
    working(dispatched)
    dispatched.will("record-checkout", dispatched.error("CHECKLIST_INCOMPLETE"))
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    assert dispatched.now_at() >= {"WorkAwaited"}
    dispatched.publish("visit-checked-out", "visit-1", COMPLETED)
    assert dispatched.went("ChecklistIncomplete", "WorkAwaited", "RecordCheckOut", "ServiceCompleted")


def test_the_table_says_what_is_usual(dispatched):
    """S35: wrong worktop, 40 % done: HIGH, a return visit, the supply chain is told; the task shows it."""
    working(dispatched)
    said = {"completionStatus": "INCOMPLETE", "reason": "WRONG_PRODUCT", "cause": "TECHNICAL", "donePercent": 40}
    dispatched.publish("visit-checked-out", "visit-1", {"checkout": said})
    shown = dispatched.variables("HandleIncomplete")["incompleteAction"]
    assert (shown["priority"], shown["next"], shown["partsMissing"]) == ("HIGH", "RETURN", True)
    assert dispatched.tasks["HandleIncomplete"][1].priority == 80
