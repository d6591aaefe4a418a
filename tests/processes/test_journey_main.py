"""The journey of an order without detours, and what may come in between before the work."""

from __future__ import annotations

import pytest

CHECK_IN = {"checkIn": {"at": "2027-01-18T08:02:00Z"}}
COMPLETED = {"checkout": {"completionStatus": "COMPLETED"}}


def do_work(play, visit="visit-1", offer="offer-1", agreement="agreement-1"):
    """The rest of a journey from the offer on, with everybody doing what is expected."""
    play.publish("offer-accepted", offer)
    play.to_next_timer()
    play.publish("visit-checked-in", visit, CHECK_IN)
    play.publish("visit-checked-out", visit, COMPLETED)
    play.publish("agreement-closed", agreement, {"agreementStatus": "SIGNED"})


def test_a_clean_installation(play):
    """S1: slot, provider, visit, signature; sales hears of every step, and the order is closed."""
    play.order()
    do_work(play)
    assert play.ended[-1] == "ServiceOrderJourney"
    assert play.went(
        "ValidateOrder",
        "NeedsTV",
        "MainVisit",
        "ScheduleInstallation",
        "AssignInstaller",
        "ExecuteInstallation",
        "CloseWork",
    )
    assert play.went("CloseOrder", "OrderClosed")
    assert "ScheduleTV" not in play.path
    assert play.statuses() == ["CREATED", "SCHEDULED", "ASSIGNED", "IN_PROGRESS", "COMPLETED"]
    assert play.tasks == {}


def test_the_same_order_twice_is_one_instance(play):
    """I1: while an order lives, its creation starts nothing a second time."""
    play.order()
    play.order()
    assert play.times("ValidateOrder") == 1


def test_service_and_duration_come_from_the_classification(play):
    """A kitchen takes 240 minutes, a crew of two and a plumbing licence."""
    play.order()
    asked = play.jobs("schedule-service")[0].variables
    assert (asked["visitKind"], asked["serviceType"], asked["durationMin"], asked["crew"]) == (
        "MAIN",
        "INSTALLATION",
        240,
        2,
    )
    assert asked["certs"] == ["PLUMBING_LICENSE"]


def test_an_invalid_order_is_corrected(play):
    """An operator sees the errors, corrects, and validation runs again; what he typed does not stay in the instance."""
    errors = [{"code": "PHONE", "field": "customer.phone", "message": "no telephone number"}]
    play.will("validate-order", play.error("ORDER_INVALID", validationErrors=errors))
    play.order()
    assert play.variables("CorrectOrder")["validationErrors"] == errors
    play.complete(
        "CorrectOrder", "correction", "RETRY", phone="+33612345678", quantities=[{"lineId": "1", "quantity": 2}]
    )
    corrected = play.jobs("validate-order")[1].variables["correction"]
    assert (corrected["phone"], corrected["quantities"]) == ("+33612345678", {"1": 2})
    assert play.jobs("report-to-sales")[0].variables["correction"] is None
    do_work(play)
    assert play.went("CorrectOrder", "ValidateOrder", "OrderClosed")


def test_an_order_corrected_in_vain(play):
    """Still invalid: the form opens empty again, and what was typed the first time does not stay in the instance."""
    wrong = play.error("ORDER_INVALID", validationErrors=[])
    play.will("validate-order", wrong, wrong)
    play.order()
    play.complete("CorrectOrder", "correction", "RETRY", email="paul@example.com", street="14 rue des Lilas")
    assert play.jobs("validate-order")[1].variables["correction"]["street"] == "14 rue des Lilas"
    assert play.variables("CorrectOrder")["correction"] is None
    play.complete("CorrectOrder", "correction", "RETRY", email="paul@example.org")
    assert play.jobs("report-to-sales")[0].variables["correction"] is None


def test_an_invalid_order_is_rejected(play):
    """Sales hears the reason, and the instance ends."""
    play.will("validate-order", play.error("ORDER_INVALID", validationErrors=[]))
    play.order()
    play.complete("CorrectOrder", "correction", "REJECT", reason="OUT_OF_AREA")
    rejected = play.jobs("report-to-sales")[-1].variables
    assert (rejected["status"], rejected["reason"]) == ("REJECTED", "OUT_OF_AREA")
    assert play.went("OrderRejected", "OrderNotAccepted")
    assert play.ended == ["ServiceOrderJourney"]


def test_a_duplicate_order_ends_quietly(play):
    """What is known already is neither reported nor planned."""
    play.will("validate-order", play.error("DUPLICATE_ORDER"))
    play.order()
    assert play.went("DuplicateIgnored", "OrderNotAccepted")
    assert play.statuses() == []


def test_no_slot_is_found_by_an_operator(play):
    """The slot an operator chose reaches the worker; the explanation of the search reaches the operator."""
    play.will(
        "schedule-service",
        play.error("NO_SLOT_AVAILABLE", slotSearch={"earliest": "2027-02-01", "reasons": ["notice"]}),
    )
    play.order()
    assert play.variables("FindSlot")["slotSearch"]["earliest"] == "2027-02-01"
    play.complete("FindSlot", "slotChoice", "USE_SLOT", date="2027-02-03", label="AM")
    assert play.jobs("schedule-service")[1].variables["slotChoice"]["date"] == "2027-02-03"
    do_work(play)
    assert play.went("FindSlot", "ScheduleInstallation", "OrderClosed")


def test_a_chosen_slot_that_is_lost_is_not_asked_for_again(play):
    """The slot an operator chose counts once: the next search is free."""
    play.will("schedule-service", play.error("NO_SLOT_AVAILABLE"))
    play.will("confirm-booking", play.error("SLOT_LOST"))
    play.order()
    play.complete("FindSlot", "slotChoice", "USE_SLOT", date="2027-02-03", label="AM")
    play.publish("offer-accepted", "offer-1")
    assert play.went("FindSlot", "SlotLost", "ScheduleInstallation")
    chosen = [j.variables["slotChoice"] for j in play.jobs("schedule-service")]
    assert [c and c["date"] for c in chosen] == [None, "2027-02-03", None]


def test_no_slot_and_the_order_is_given_up(play):
    """The operator cancels: the platform asks for it, the order ends cancelled."""
    play.will("schedule-service", play.error("NO_SLOT_AVAILABLE"))
    play.order()
    play.complete("FindSlot", "slotChoice", "CANCEL")
    assert play.went("VisitAbandoned", "AskCancellation", "CancellationConfirmed", "OrderCancelled")
    assert play.jobs("assess-cancellation")[0].variables["cancellation"]["reason"] == "NO_PROVIDER_OR_SLOT"


def test_a_lost_slot_is_planned_anew(play):
    """SLOT_LOST: a new slot, and a new search for it."""
    play.will("confirm-booking", play.error("SLOT_LOST"))
    play.order()
    play.publish("offer-accepted", "offer-1")
    assert play.went("SlotLost", "ScheduleInstallation", "AssignInstaller")
    do_work(play, visit="visit-2", offer="offer-2")
    assert play.path[-1] == "OrderClosed"


@pytest.mark.parametrize(("total", "kind"), [(2999, "none"), (3000, "TECHNICAL_VISIT"), (10000, "TECHNICAL_VISIT")])
def test_the_policy_decides_about_a_technical_visit(play, total, kind):
    """A kitchen from 3 000 on is looked at first."""
    play.order(total=total, tvMandatory=None)
    visited = [j.variables["visitKind"] for j in play.jobs("schedule-service")]
    assert visited == ["MAIN" if kind == "none" else kind]
