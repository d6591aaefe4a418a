"""The way of an order, handler by handler, on a real database."""

from __future__ import annotations

import psycopg


def test_clean_installation(world):
    """S1: created, scheduled after delivery plus seven days, assigned, done, signed, closed; every move is in the timeline."""
    world.done().sent().signed(rating="5")
    world.do("adobe-read-form-data").do("archive-document").do("report-to-sales", status="COMPLETED").do("close-order")
    slot = {"date": "2027-01-27", "lastDate": "2027-01-27", "label": "AM", "start": "08:00", "end": "12:00"}
    assert world.vars["scheduledSlot"] == slot
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


def test_the_confidence_of_the_quote_and_the_catalogue_are_facts(world):
    """A sale names its quote: how sure the seller was counts while the quote is valid, within its own tenant; without a word
    of sales the catalogue says whether a technical visit is asked for."""
    quote = ("PE-1", "FR", "FR-HOME", "LOW", "2027-01-31")
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("TRUNCATE pre_estimations")
        columns = "id, country_code, bu_code, value, currency, confidence, categories, valid_until, told_at"
        insert = f"INSERT INTO pre_estimations ({columns}) VALUES (%s, %s, %s, 100, 'EUR', %s, '[]', %s, now())"
        connection.execute(insert, quote)
        connection.execute(insert, ("PE-2", "FR", "FR-HOME", "LOW", "2027-01-01"))
        connection.execute(insert, ("PE-3", "ES", "ES-HOME", "LOW", None))
        found = {}
        for name in ("PE-1", "PE-2", "PE-3", None):
            world.order(external_order_id=f"of-{name}", system_metadata={"preEstimationId": name}).do("validate-order")
            found[name] = world.vars["facts"]["confidence"]
    assert found == {"PE-1": "LOW", "PE-2": None, "PE-3": None, None: None}
    assert world.vars["facts"]["tvMandatory"] is None
