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
