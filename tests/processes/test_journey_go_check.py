"""The go check: three runs, what blocks a visit, and the ways out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

VISIT = datetime(2027, 1, 18, 8, tzinfo=UTC)
PARTLY = {"paymentStatus": "PARTIALLY_PAID", "payment": {"outstanding": 310}}
ON_ITS_WAY = {"deliveryStatus": "IN_TRANSIT", "openProducts": [{"id": "2", "status": "IN_TRANSIT"}]}
OVERRIDE = {"justification": "The worktop comes with the team today.", "urgency": "HIGH"}


@pytest.fixture
def assigned(play):
    """An order with a provider; its visit is on Monday 18 January at 8:00 UTC, 9:00 in Paris."""
    play.order()
    play.publish("offer-accepted", "offer-1")
    assert play.now_at() >= {"WaitForGoCheck"}
    return play


def blocked(play, **answers):
    """To the first run, which finds something missing."""
    for kind, answer in answers.items():
        play.will(kind.replace("_", "-"), answer)
    play.until(VISIT.replace(day=16))
    assert play.now_at() >= {"ResolveGo"}
    return play


def test_three_runs(assigned):
    """S1: 48 hours before, on the eve at 18:00 of the customer's clock, two hours before; then the team may come."""
    runs = []
    for moment, expected in (
        (VISIT.replace(day=16), 1),
        (VISIT.replace(day=17, hour=17), 2),
        (VISIT.replace(hour=6), 3),
    ):
        assigned.until(moment.replace(minute=0))
        runs.append((len(assigned.jobs("check-payment-status")), expected))
    assert [found for found, _ in runs] == [expected for _, expected in runs]
    assert assigned.went("AllowCheckIn", "ConfirmVisit", "Go", "WaitForVisitDay", "ExecuteInstallation", "DispatchTeam")
    assert len(assigned.jobs("set-go-status")) == 1


def test_nothing_is_checked_earlier(assigned):
    """One minute before the first run nobody has been asked."""
    assigned.until(VISIT.replace(day=16, hour=7, minute=59))
    assert assigned.jobs("check-payment-status") == []


def test_a_payment_that_comes_late(assigned):
    """S24: part of the price is missing, the task goes away as soon as the rest is there, check-in is allowed."""
    blocked(assigned, check_payment_status=PARTLY)
    block = assigned.jobs("block-checkin")[0].variables
    assert (block["go"]["status"], block["paymentStatus"]) == ("NOT_OK_PAYMENT", "PARTIALLY_PAID")
    assert {d.headers["recipient"] for d in assigned.jobs("send-notification") if d.headers["template"] == "go-blocked"} == {
        "provider", "operator",
    }  # fmt: skip
    assigned.publish("payment-status-updated", "pyxis:1")
    assert assigned.tasks == {}
    assert assigned.now_at() >= {"WaitNextRun"}
    assigned.until(VISIT.replace(hour=6))
    assert assigned.went("PaymentUpdated", "AllowCheckIn", "DispatchTeam")


def test_goods_that_arrive(assigned):
    """News of the supply chain take the task away as well."""
    blocked(assigned, check_delivery_status=ON_ITS_WAY)
    assert assigned.variables("ResolveGo")["openProducts"] == [{"id": "2", "status": "IN_TRANSIT"}]
    assigned.publish("delivery-status-updated", "pyxis:1")
    assert assigned.went("DeliveryUpdated", "CheckDelivery", "WaitNextRun")


def test_the_next_run_looks_again(assigned):
    """Nobody heard of the payment: the run of the eve finds it by itself."""
    blocked(assigned, check_payment_status=PARTLY)
    assigned.until(VISIT.replace(day=17, hour=17))
    assert assigned.went("RecheckDue", "CheckPayment", "WaitNextRun")
    assert assigned.tasks == {}


def test_the_same_block_is_told_once(assigned):
    """A second run that finds the same is no news to provider and operator."""
    assigned.will("block-checkin", {"blockedAnew": True}, {"blockedAnew": False})
    assigned.will("check-payment-status", PARTLY, PARTLY)
    assigned.until(VISIT.replace(day=17, hour=18))
    assert assigned.times("BlockCheckIn") == 2
    assert assigned.times("NotifyBlockedProvider") == assigned.times("NotifyBlockedOperator") == 1


def test_an_exception_by_two_people(assigned):
    """S25: an operator asks, a supervisor approves, the provider is told, the team comes on its day and not before."""
    blocked(assigned, check_delivery_status=ON_ITS_WAY)
    assigned.complete("ResolveGo", "goReview", "OVERRIDE", **OVERRIDE)
    assigned.complete("ApproveOverride", "override", "APPROVE")
    [applied] = assigned.jobs("apply-go-override")
    assert applied.headers == {"requestedIn": "ResolveGo", "decidedIn": "ApproveOverride"}
    assert applied.variables["goReview"]["justification"] == OVERRIDE["justification"]
    assert assigned.went("ApplyOverride", "NotifyCheckinAllowed", "GoOverridden", "WaitForVisitDay")
    assert assigned.jobs("execute-service") == []
    assigned.until(VISIT.replace(hour=6))
    assert len(assigned.jobs("execute-service")) == 1


def test_an_exception_that_is_refused(assigned):
    """The operator gets the task back."""
    blocked(assigned, check_delivery_status=ON_ITS_WAY)
    assigned.complete("ResolveGo", "goReview", "OVERRIDE", **OVERRIDE)
    assigned.complete("ApproveOverride", "override", "REJECT")
    assert assigned.now_at() >= {"ResolveGo"}
    assert assigned.jobs("apply-go-override") == []


def test_an_exception_of_one_person(assigned):
    """I8: the worker finds that the same person did both tasks: the operator sees why and decides again."""
    assigned.will("apply-go-override", assigned.error("OVERRIDE_NOT_ALLOWED", overrideProblem="the same person"))
    blocked(assigned, check_delivery_status=ON_ITS_WAY)
    assigned.complete("ResolveGo", "goReview", "OVERRIDE", **OVERRIDE)
    assigned.complete("ApproveOverride", "override", "APPROVE")
    assert assigned.variables("ResolveGo")["overrideProblem"] == "the same person"


def test_a_block_nobody_may_lift(assigned):
    """Money that was paid back: no supervisor is asked, the check looks again."""
    refunded = {"paymentStatus": "REFUNDED", "payment": {}}
    assigned.will("check-payment-status", refunded, refunded)
    blocked(assigned)
    assigned.complete("ResolveGo", "goReview", "OVERRIDE", **OVERRIDE)
    assert assigned.times("ApproveOverride") == 0
    assert assigned.now_at() >= {"ResolveGo"}


def test_nobody_acts_until_the_visit(assigned):
    """S26: at the start of the visit team and slot are given back and another date is found."""
    assigned.will("check-payment-status", *[PARTLY] * 3)
    blocked(assigned, check_delivery_status=ON_ITS_WAY)
    assigned.until(VISIT)
    assert assigned.went("VisitStartReached", "Reschedule", "VisitBlocked", "ReleaseForReplan", "ScheduleInstallation")
    assert assigned.jobs("execute-service") == []


def test_another_date_on_purpose(assigned):
    """RESCHEDULE does the same before its time."""
    blocked(assigned, check_delivery_status=ON_ITS_WAY)
    assigned.complete("ResolveGo", "goReview", "RESCHEDULE")
    assert assigned.went("GoResolved", "Reschedule", "ReleaseForReplan", "ScheduleInstallation")


def test_a_block_that_ends_the_order(assigned):
    """CANCEL asks for the cancellation and names what was missing as the reason."""
    blocked(assigned, check_delivery_status=ON_ITS_WAY)
    assigned.complete("ResolveGo", "goReview", "CANCEL")
    assert assigned.jobs("assess-cancellation")[0].variables["cancellation"] == {
        "reason": "NOT_OK_DELIVERY", "origin": "PLATFORM",
    }  # fmt: skip


def test_systems_that_do_not_answer(assigned):
    """S28: a status nobody knows counts as missing: a task, no incident."""
    assigned.will("check-payment-status", assigned.error("STATUS_UNAVAILABLE"))
    assigned.will("check-delivery-status", assigned.error("STATUS_UNAVAILABLE"))
    blocked(assigned)
    assert assigned.jobs("block-checkin")[0].variables["go"]["status"] == "NOT_OK_BOTH"
    assert assigned.incidents == []


def test_after_the_last_run_a_block_does_not_spin(assigned):
    """A refusal on the last morning: the task waits for people or the start of the visit, no timer fires at once."""
    assigned.will("check-payment-status", *[PARTLY] * 3)
    assigned.until(VISIT.replace(hour=6, minute=30))
    assert assigned.times("CheckPayment") == 3
    assert assigned.now_at() >= {"ResolveGo"}
    assert assigned.variables("ResolveGo")["recheckAt"].startswith("2027-01-19T08:00")


def test_the_clock_changes_in_the_night_before(play):
    """S31: 48 hours are elapsed hours: Saturday 9:00 for a visit on Monday at 10:00; the eve run is Sunday 18:00."""
    visit = datetime(2027, 3, 29, 8, tzinfo=UTC)
    dates = {
        "scheduledAt": "2027-03-29T08:00:00Z",
        "visitStartMinus2h": "2027-03-29T06:00:00Z",
        "noShowAt": "2027-03-29T08:30:00Z",
    }
    slot = {"visitId": "visit-1", "bookingId": "booking-1", "scheduledSlot": {}, "timeZone": "Europe/Madrid"}
    play.will("schedule-service", slot | dates)
    play.order("ES")
    play.publish("offer-accepted", "offer-1")
    counts = []
    for moment in (visit.replace(day=27, hour=7, minute=59), visit.replace(day=27), visit.replace(day=28, hour=15, minute=59),
                   visit.replace(day=28, hour=16)):  # fmt: skip
        play.until(moment)
        counts.append(len(play.jobs("check-payment-status")))
    assert counts == [0, 1, 1, 2]


def test_a_visit_within_hours_is_checked_at_once(play):
    """Runs that are past are dropped: one check now, then the team leaves."""
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
    assert len(play.jobs("check-payment-status")) == 1
    assert play.went("AllowCheckIn", "ExecuteInstallation", "DispatchTeam")
