"""The way of an order, handler by handler, on a real database."""

from __future__ import annotations


def test_clean_installation(world):
    """S1: created, scheduled after delivery plus seven days, assigned, done, signed, closed; every move is in the timeline."""
    world.done().sent().signed(rating="5")
    world.do("adobe-read-form-data").do("archive-document").do("report-to-sales", status="COMPLETED").do("close-order")
    assert world.vars["scheduledSlot"] == {"date": "2027-01-27", "label": "AM", "start": "08:00", "end": "12:00"}
    assert world.vars["worstSeverity"] == "NONE"
    assert world.vars["rating"] == 5
    assert world.moves() == [
        "RECEIVED", "CREATED", "SCHEDULED", "ASSIGNED", "DISPATCHED", "IN_PROGRESS", "COMPLETED", "VERIFIED", "CLOSED",
    ]  # fmt: skip


def test_the_sales_side_is_called_when_an_order_ends(world):
    """One call with the outcome of the work and the customer's rating; not for a status on the way."""
    world.done().do("report-to-sales", status="IN_PROGRESS")
    assert world.called.told == []
    world.sent().signed(rating="4").do("adobe-read-form-data").do("archive-document")
    world.do("report-to-sales", status="COMPLETED").do("report-to-sales", status="COMPLETED")
    outcomes = {(told.outcome.value, told.satisfaction, told.follow_up_reason) for told in world.called.told}
    assert outcomes == {("COMPLETED", 4, None)}
    assert {item["status"] for item in world.called.told[0].items} == {"INSTALLED"}
    assert world.called.told[0].team_name


def test_the_sales_side_is_called_when_an_order_is_cancelled(world):
    """Cancelled, nothing installed; a tenant that wants no calls gets none and the job goes on."""
    world.created().do("report-to-sales", status="CANCELLED", reason="CUSTOMER_CHANGED_MIND")
    assert [told.outcome.value for told in world.called.told] == ["CANCELLED"]
    world.called.wanted = False
    world.do("report-to-sales", status="CANCELLED")
