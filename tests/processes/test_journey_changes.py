"""What changes on the way: approval, changed sales, moved deliveries, overdue surveys, answers to old questions."""

from __future__ import annotations

import pytest

REPLAN = {"impact": "REPLAN", "earliestDate": "2027-02-10", "validationErrors": []}
CONFLICT = {"impact": "CONFLICT", "earliestDate": "2027-02-10", "validationErrors": [{"code": "DATE_NOT_ALLOWED"}]}
CHANGE = {"modifications": [{"description": "move", "requiresRepricing": True, "estimatedDelta": 310}]}
YES_BUT = {"checkout": {"completionStatus": "COMPLETED", "tvOutcome": "YES_BUT"} | CHANGE}
CHECK_IN = {"checkIn": {"at": "2027-01-18T08:02:00Z"}}


@pytest.fixture
def surveying(play):
    """A technical visit that is due and has not begun."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    assert play.now_at() >= {"ExecuteTV", "TVCheckIn"}
    return play


@pytest.fixture
def planned(play):
    """Work that is planned and has its provider."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    assert play.now_at() >= {"WaitForGoCheck"}
    return play


@pytest.mark.parametrize("decision", ["APPROVE", "REFUSE"])
def test_an_order_that_needs_approval(play, decision):
    """Above 15 000 a supervisor looks first; what is refused is told to sales and ends, nothing is planned."""
    play.order(total=16000)
    assert play.tasks["ApproveOrder"][1].candidate_groups == ("ops-supervisor-FR",)
    assert play.jobs("schedule-service") == []
    play.complete("ApproveOrder", "orderApproval", decision)
    if decision == "APPROVE":
        assert play.went("OrderApproved", "DecideTechnicalVisit")
    else:
        assert play.jobs("report-to-sales")[-1].variables["reason"] == "NOT_APPROVED_VALUE"
        assert play.went("OrderNotApproved", "OrderNotAccepted")


def test_a_change_that_fits(planned):
    """The visit stays; nothing else happens."""
    planned.publish("order-updated", "pyxis:1")
    assert planned.went("ApplyOrderUpdate", "UpdateNeedsNothing")
    assert planned.now_at() >= {"WaitForGoCheck"}


def test_a_change_that_does_not_fit(planned):
    """Team and slot are given back, the provider is told, another date is found."""
    planned.will("apply-order-update", REPLAN)
    planned.publish("order-updated", "pyxis:1")
    assert planned.went(
        "RequestReplan", "ReplanRequested", "ReleaseForReplan", "TellReleasedProvider", "ScheduleInstallation"
    )
    told = [j for j in planned.jobs("send-notification") if j.headers["template"] == "schedule-changed"]
    assert [(j.headers["recipient"], j.variables["visitId"]) for j in told] == [("provider", "visit-1")]


@pytest.mark.parametrize(("decision", "end"), [("RETRY", "ReplanAsked"), ("REJECT", "VisitKept")])
def test_a_change_while_the_team_is_on_its_way(planned, decision, end):
    """An operator sees what does not fit and decides; the visit goes on meanwhile."""
    planned.to_next_timer()
    planned.will("apply-order-update", CONFLICT)
    planned.publish("order-updated", "pyxis:1")
    assert planned.variables("ResolveConflict")["validationErrors"] == [{"code": "DATE_NOT_ALLOWED"}]
    assert planned.now_at() >= {"ArrivalAwaited"}
    planned.complete("ResolveConflict", "correction", decision)
    assert end in planned.path
    assert ("ReleaseForReplan" in planned.path) is (decision == "RETRY")


def test_a_delivery_that_moves(planned):
    """S27: the goods come too late for the visit: planned anew."""
    planned.will("apply-delivery-date", {"stillValid": False, "earliestDate": "2027-02-10"})
    planned.publish("delivery-date-updated", "pyxis:1")
    assert planned.went(
        "RequestLaterVisit", "ReplanRequested", "ReleaseForReplan", "RecallContract", "ScheduleInstallation"
    )
    assert planned.jobs("release-slot")[-1].variables["reason"] == "DELIVERY_MOVED"
    [moved] = [j for j in planned.jobs("send-notification") if j.headers["template"] == "appointment-moved"]
    assert (moved.headers["recipient"], moved.variables["details"]) == ("customer", {"reasonText": "DELIVERY_MOVED"})


def test_who_was_told_no_date_is_told_of_no_other(play):
    """The work is planned anew before anybody confirmed a date to the customer: nothing has moved for them."""
    play.order()
    play.will("apply-order-update", REPLAN)
    play.publish("order-updated", "pyxis:1")
    assert play.went("ReleaseForReplan", "RecallContract", "ScheduleInstallation", "AssignInstaller")
    assert "TellCustomerMoved" not in play.path


def test_a_contract_that_was_quicker_than_its_recall(play):
    """Signed while the visit is planned anew: it counts, and is not sent again."""
    play.will("recall-contract", {"contractSettled": True})
    play.order()
    play.will("apply-order-update", REPLAN)
    play.publish("order-updated", "pyxis:1")
    assert play.times("SignCustomerContract") <= 1
    assert play.went("RecallContract", "ContractSettled", "AssignInstaller")


def test_an_old_request_hits_no_later_visit(play):
    """Asked while no visit is planned, the request waits for nobody: the next visit is not interrupted."""
    play.order(tvMandatory=True)
    play.will("apply-order-update", REPLAN)
    play.publish("order-updated", "pyxis:1")
    play.publish("offer-accepted", "offer-1")
    assert play.went("RequestReplan", "ReplanAsked")
    assert play.times("ReleaseForReplan") == 0


def test_a_survey_that_never_ends(surveying):
    """S7: seven days after it began a supervisor looks; waiting looks again after two days; the visit goes on."""
    surveying.forward(days=7)
    assert surveying.variables("ReviewOverdueVisit")["visitId"] == "visit-1"
    surveying.complete("ReviewOverdueVisit", "overdue", "WAIT")
    surveying.forward(days=2)
    assert surveying.now_at() >= {"ReviewOverdueVisit", "ExecuteTV"}


@pytest.mark.parametrize(("decision", "follows"), [("REPLAN", "ScheduleTV"), ("CANCEL", "AskCancellation")])
def test_a_survey_that_is_given_up(surveying, decision, follows):
    """The visit is cancelled; another date, or the end of the order with its reason."""
    surveying.forward(days=7)
    surveying.complete("ReviewOverdueVisit", "overdue", decision)
    assert surveying.jobs("cancel-visit")[0].variables["visitId"] == "visit-1"
    assert surveying.went("GiveVisitUp", "TVAbandoned", "CancelTVVisit", "TVGivenUp", follows)
    if decision == "CANCEL":
        assert surveying.jobs("assess-cancellation")[0].variables["cancellation"]["reason"] == "VISIT_OVERDUE"


def test_a_survey_that_ends_in_review(surveying):
    """Its end takes the task away."""
    surveying.forward(days=7)
    surveying.complete("HandleNoShow", "noShow", "FALSE_ALARM", arrivedAt="2027-01-18T08:05:00Z")
    surveying.publish(
        "visit-checked-out", "visit-1", {"checkout": {"completionStatus": "COMPLETED", "tvOutcome": "YES"}}
    )
    assert "ReviewOverdueVisit" not in surveying.tasks
    assert "OverdueVisitClosed" in surveying.path


def asked(play):
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    play.publish("visit-checked-out", "visit-1", YES_BUT)
    assert play.now_at() >= {"AwaitRepricing"}
    return play


def test_an_old_no_of_sales_answers_no_later_question(surveying):
    """The answer names another outcome: the question stays open, and its seven days are those it began with."""
    asked(surveying)
    surveying.forward(days=3)
    surveying.publish(
        "scope-change-answered", "pyxis:1", {"scopeChange": {"approved": False, "outcomeNumber": "TVO-0"}}
    )
    assert surveying.now_at() >= {"AwaitRepricing"}
    assert surveying.jobs("assess-cancellation") == []
    surveying.forward(days=4)
    assert surveying.now_at() >= {"ReviewUnansweredChange"}
    surveying.publish("scope-change-answered", "pyxis:1", {"scopeChange": {"approved": True, "outcomeNumber": "TVO-1"}})
    assert surveying.went("ApplyScopeChange", "MainVisit")


def test_a_later_cancellation_has_its_own_reason(surveying):
    """A NO whose cancellation was refused does not name the one that follows weeks later."""
    surveying.will("assess-cancellation", surveying.error("NOT_CANCELLABLE"))
    surveying.publish("visit-checked-in", "visit-1", CHECK_IN)
    no = {"completionStatus": "COMPLETED", "tvOutcome": "NO", "reason": "the wall does not bear"}
    surveying.publish("visit-checked-out", "visit-1", {"checkout": no})
    surveying.complete("ReviewTVOutcome", "tvReview", "CONFIRM", outcome="NO")
    surveying.complete("DecideNext", "nextStep", "REPLAN")
    surveying.publish("offer-accepted", "offer-2")
    surveying.to_next_timer()
    surveying.forward(hours=3)
    surveying.complete("HandleNoShow", "noShow", "CANCEL", absentParty="CUSTOMER")
    reasons = [j.variables["cancellation"]["reason"] for j in surveying.jobs("assess-cancellation")]
    assert reasons == ["TV_OUTCOME_NO", "VISIT_NOT_DONE"]


def test_an_operator_who_closes_tells_sales(surveying):
    """DecideNext CLOSE: completion is reported, with who decided so as its reason."""
    surveying.will("assess-cancellation", surveying.error("NOT_CANCELLABLE"))
    surveying.forward(hours=3)
    surveying.complete("HandleNoShow", "noShow", "CANCEL", absentParty="CUSTOMER")
    surveying.complete("DecideNext", "nextStep", "CLOSE")
    assert surveying.jobs("report-to-sales")[-1].variables["reason"] == "CLOSED_BY_OPERATOR"
    assert surveying.path[-1] == "OrderClosed"
