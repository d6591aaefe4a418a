"""The cancellation saga: asked at any time, approved where the table says so, undone step by step."""

from __future__ import annotations

import pytest

CHECK_IN = {"checkIn": {"at": "2027-01-18T08:02:00Z"}}
COMPLETED = {"checkout": {"completionStatus": "COMPLETED"}}
UNDO = [
    "FreezeOrder",
    "SweepResources",
    "UndoCompletedSteps",
    "ReportCancellation",
    "NotifyCustomer",
    "NotifyProvider",
    "NotifyStore",
]
HANDLERS = {"ReleaseTVSlot", "WithdrawTVAssignment", "ReleaseSlot", "WithdrawAssignment"}
DISPATCHED = {"orderState": "DISPATCHED", "hoursToVisit": 1.5, "daysSinceOrder": 20, "salesChannel": "store"}


def cancel(play, origin="CUSTOMER"):
    play.publish("cancellation-requested", "pyxis:1", {"cancellation": {"reason": "MOVED_AWAY", "origin": origin}})


def finish_visit(play, number, *, technical=False):
    """The visit of this number is offered, accepted and done."""
    play.publish("offer-accepted", f"offer-{number}")
    play.to_next_timer()
    play.publish("visit-checked-in", f"visit-{number}", CHECK_IN)
    outcome = {"tvOutcome": "YES"} if technical else {}
    play.publish("visit-checked-out", f"visit-{number}", {"checkout": COMPLETED["checkout"] | outcome})


def assert_cancelled(play):
    assert play.went(*UNDO, "CancelOrder", "OrderCancelled")
    assert play.ended == [*play.ended[:-1], "ServiceOrderJourney"]
    assert play.now_at() == set()
    assert play.tasks == {}
    assert play.statuses()[-1] == "CANCELLED"
    assert play.jobs("report-to-sales")[-1].variables["reason"]


def test_before_anybody_is_assigned(play):
    """S40: an offer is open; it ends with the order, and no step is left to undo by itself."""
    play.order()
    cancel(play)
    assert_cancelled(play)
    assert not HANDLERS & set(play.path)
    assert play.jobs("sweep-order-resources")[0].variables["cancellation"]["reason"] == "MOVED_AWAY"
    assert play.engine.next_timer() is None


def test_after_assignment_with_a_technical_visit_done(play):
    """The finished technical visit's steps are compensated, with everything open of the order; the main visit's are swept."""
    play.order(tvMandatory=True)
    finish_visit(play, 1, technical=True)
    play.publish("offer-accepted", "offer-2")
    assert play.now_at() >= {"WaitForGoCheck"}
    cancel(play)
    assert_cancelled(play)
    assert set(play.path) & HANDLERS == {"ReleaseTVSlot", "WithdrawTVAssignment"}
    undone = [j for j in play.done if j.element in HANDLERS]
    assert all(j.variables["visitId"] is None for j in undone)


def test_after_the_main_visit(play):
    """All four handlers run once the main visit is complete; work in progress needs a supervisor."""
    play.order(tvMandatory=True)
    finish_visit(play, 1, technical=True)
    finish_visit(play, 2)
    play.will("assess-cancellation", DISPATCHED | {"orderState": "IN_PROGRESS"})
    cancel(play)
    _, task = play.tasks["ApproveCancellation"]
    assert task.candidate_groups == ("ops-supervisor-FR",)
    assert play.variables("ApproveCancellation")["cancellationApproval"] == {"feePercent": 100}
    play.complete("ApproveCancellation", "cancellationApproval", "APPROVE", feePercent=60)
    assert_cancelled(play)
    assert set(play.path) >= HANDLERS
    assert play.jobs("cancel-order")[0].variables["fee"]["percent"] == 60


def test_each_repeated_step_is_undone(play):
    """A slot planned twice has two handlers' runs: each undoes what is open, so twice does no harm."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND"))
    play.order(tvMandatory=True)
    play.complete("AssignManually", "choice", "NEW_DATE")
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.publish("visit-checked-in", "visit-2", CHECK_IN)
    play.publish("visit-checked-out", "visit-2", {"checkout": COMPLETED["checkout"] | {"tvOutcome": "YES"}})
    cancel(play)
    assert_cancelled(play)
    assert play.times("ReleaseTVSlot") == 2


def test_while_the_technical_visit_is_planned(play):
    """What is cut off midway has no handler that runs: the sweep releases what is open."""
    play.order(tvMandatory=True)
    cancel(play)
    assert_cancelled(play)
    assert not HANDLERS & set(play.path)


def test_a_supervisor_refuses(play):
    """S41: sales hears it, the visit goes on and the order is closed in the end."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.will("assess-cancellation", DISPATCHED)
    cancel(play)
    play.complete("ApproveCancellation", "cancellationApproval", "REFUSE", feePercent=50)
    assert play.statuses()[-1] == "CANCELLATION_REFUSED"
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    play.publish("visit-checked-out", "visit-1", COMPLETED)
    play.publish("agreement-closed", "agreement-1", {"agreementStatus": "SIGNED"})
    assert play.path[-1] == "OrderClosed"


def test_the_visit_goes_on_while_a_supervisor_thinks(play):
    """The request does not stop the work."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.will("assess-cancellation", DISPATCHED)
    cancel(play)
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    assert play.now_at() >= {"WorkAwaited", "ApproveCancellation"}
    play.complete("ApproveCancellation", "cancellationApproval", "APPROVE", feePercent=50)
    assert_cancelled(play)


def test_the_work_is_done_before_a_supervisor_agrees(play):
    """After the approval the order is looked at again: what is done is not cancelled but refused, and closed in the end."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.will("assess-cancellation", DISPATCHED, play.error("NOT_CANCELLABLE"))
    cancel(play)
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    play.publish("visit-checked-out", "visit-1", COMPLETED)
    play.complete("ApproveCancellation", "cancellationApproval", "APPROVE", feePercent=50)
    assert play.went("AssessAgain", "NoLongerCancellable", "RefuseCancellation", "CancellationRefused")
    assert play.statuses()[-1] == "CANCELLATION_REFUSED"
    play.publish("agreement-closed", "agreement-1", {"agreementStatus": "SIGNED"})
    assert play.path[-1] == "OrderClosed"
    assert "FreezeOrder" not in play.path


def test_the_second_look_leaves_the_fee(play):
    """The fee is the one the supervisor agreed to, whatever the second look says about the order."""
    play.order()
    play.will("assess-cancellation", DISPATCHED, DISPATCHED | {"orderState": "IN_PROGRESS", "hoursToVisit": 0})
    cancel(play)
    play.complete("ApproveCancellation", "cancellationApproval", "APPROVE", feePercent=35)
    assert_cancelled(play)
    told = play.jobs("cancel-order")[0].variables
    assert (told["fee"]["percent"], told["orderState"]) == (35, "DISPATCHED")


@pytest.mark.parametrize("state", ["COMPLETED", "VERIFIED"])
def test_too_late_by_the_table(play, state):
    """S43: the table refuses once the work is done, whoever asks."""
    play.order()
    play.will("assess-cancellation", DISPATCHED | {"orderState": state})
    cancel(play)
    assert play.went("ApprovalNeededForCancel", "RefuseCancellation", "PublishRefusal")
    assert "CancellationConfirmed" not in play.path


def test_too_late_by_the_worker(play):
    """NOT_CANCELLABLE: refused at once."""
    play.order()
    play.will("assess-cancellation", play.error("NOT_CANCELLABLE"))
    cancel(play)
    assert play.went("NotCancellable", "RefuseCancellation", "CancellationRefused")
    assert play.now_at() >= {"OfferAnswered"}


def test_a_second_request_while_one_is_open(play):
    """It ends at once; after a refusal a new request is looked at again."""
    play.order()
    play.will("assess-cancellation", DISPATCHED)
    cancel(play)
    cancel(play)
    assert play.times("AssessCancellation") == 1
    assert play.times("SecondRequestIgnored") == 1
    play.complete("ApproveCancellation", "cancellationApproval", "REFUSE", feePercent=50)
    cancel(play)
    assert play.times("AssessCancellation") == 2


def test_while_an_operator_corrects_the_order(play):
    """Even before the order is valid it can be cancelled; the task disappears."""
    play.will("validate-order", play.error("ORDER_INVALID", validationErrors=[]))
    play.order()
    cancel(play)
    assert_cancelled(play)


def refused(play):
    """The platform asks because the visit failed, and the supervisor says no."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    play.publish("visit-checked-out", "visit-1", {"checkout": {"completionStatus": "INCOMPLETE", "reason": "no power"}})
    play.will("assess-cancellation", play.error("NOT_CANCELLABLE"))
    play.complete("HandleIncomplete", "incomplete", "CANCEL", cause="SITE")
    assert play.went("AskCancellation", "RefusalAwaited", "DecideNext")


def test_a_refusal_to_the_platform_is_decided(play):
    """The token waited: an operator plans a new visit."""
    refused(play)
    play.complete("DecideNext", "nextStep", "REPLAN")
    assert play.went("DecideNext", "ReleaseForReplan", "MainVisit", "ScheduleInstallation")


def test_a_refused_order_is_asked_about_again(play):
    """CANCEL_AGAIN asks once more, this time with success: origin PLATFORM costs nothing."""
    refused(play)
    play.complete("DecideNext", "nextStep", "CANCEL_AGAIN")
    assert_cancelled(play)
    assert play.jobs("cancel-order")[0].variables["fee"]["percent"] == 0


def test_a_new_date_of_an_order_that_is_only_a_visit(play):
    """REPLAN plans the technical visit again: there is no main work to plan."""
    play.order(serviceCode="TV_QUOTE_KITCHEN")
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.forward(hours=3)
    play.will("assess-cancellation", play.error("NOT_CANCELLABLE"))
    play.complete("HandleNoShow", "noShow", "CANCEL", absentParty="CUSTOMER")
    play.complete("DecideNext", "nextStep", "REPLAN")
    assert play.went("DecideNext", "ReleaseForReplan", "ScheduleTV", "AssignTVProvider", "SendOffer")
    assert {j.variables["visitKind"] for j in play.jobs("schedule-service")} == {"TECHNICAL_VISIT"}


def test_each_cancellation_has_its_own_reason(play):
    """Nobody was found, a new date was decided: a later request does not repeat that reason."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND"))
    play.will("assess-cancellation", play.error("NOT_CANCELLABLE"), play.error("NOT_CANCELLABLE"))
    play.order()
    play.complete("AssignManually", "choice", "CANCEL")
    play.complete("DecideNext", "nextStep", "CANCEL_AGAIN")
    play.complete("DecideNext", "nextStep", "REPLAN")
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.forward(hours=3)
    play.complete("HandleNoShow", "noShow", "CANCEL", absentParty="BOTH")
    asked = [j.variables["cancellation"]["reason"] for j in play.jobs("assess-cancellation")]
    assert asked == ["NO_PROVIDER_OR_SLOT", "NO_PROVIDER_OR_SLOT", "VISIT_NOT_DONE"]


def test_a_refused_order_is_closed(play):
    """CLOSE ends the journey where the order's state allows it."""
    refused(play)
    play.complete("DecideNext", "nextStep", "CLOSE")
    assert play.path[-1] == "OrderClosed"


@pytest.mark.parametrize(
    ("assessed", "percent", "approval"),
    [
        ({"orderState": "ASSIGNED", "hoursToVisit": 20, "daysSinceOrder": 30, "salesChannel": "store"}, 30, False),
        ({"orderState": "ASSIGNED", "hoursToVisit": 40, "daysSinceOrder": 30, "salesChannel": "store"}, 15, False),
        ({"orderState": "ASSIGNED", "hoursToVisit": 20, "daysSinceOrder": 3, "salesChannel": "web"}, 0, False),
        ({"orderState": "DISPATCHED", "hoursToVisit": 1, "daysSinceOrder": 30, "salesChannel": "store"}, 50, True),
    ],
)
def test_the_fee_follows_the_table(play, assessed, percent, approval):
    """The proposal of the decision reaches whoever approves and the worker that cancels."""
    play.order()
    play.will("assess-cancellation", assessed)
    cancel(play)
    assert ("ApproveCancellation" in play.tasks) == approval
    if approval:
        play.complete("ApproveCancellation", "cancellationApproval", "APPROVE")
    assert play.jobs("cancel-order")[0].variables["fee"]["percent"] == percent
