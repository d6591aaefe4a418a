"""Changed sales, moved deliveries, visits given up, fees as amounts, who is told; and the moves the database refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module

import psycopg
import pytest

from workers.domain.states import ORDER, ROUTES, VISIT
from workers.runtime.outcome import Completed

WISH = {"cancellation": {"reason": "CUSTOMER_CHANGED_MIND", "origin": "CUSTOMER"}}
FEE = {"fee": {"percent": 15, "base": "SERVICE_PRICE", "approval": "NONE"}}


def change(world, **fields):
    """Intake stored something else about the order."""
    with world.unit("intake") as effect:
        order = effect.unit.orders.get(world.vars["serviceOrderId"])
        effect.unit.orders.save(replace(order, **fields))
        effect.store({})


@pytest.fixture
def planned(world):
    """Work on 28 January, eight days after delivery."""
    return world.created().scheduled()


def test_a_sale_that_changed_and_still_fits(planned):
    """Days that go by are no reason to move a visit."""
    planned.clock.forward(days=10)
    planned.do("apply-order-update").do("apply-delivery-date")
    assert (planned.vars["impact"], planned.vars["stillValid"]) == ("NONE", True)


def test_goods_that_come_later(planned):
    """S27: delivery on 3 February and seven days for a kitchen: not before the 10th."""
    change(planned, delivery_date=date(2027, 2, 3))
    planned.do("apply-delivery-date").do("apply-order-update")
    assert (planned.vars["stillValid"], planned.vars["impact"]) == (False, "REPLAN")
    assert planned.vars["earliestDate"] == "2027-02-10"
    planned.do("release-slot").scheduled()
    assert planned.vars["scheduledSlot"]["date"] >= "2027-02-10"


def test_a_wish_for_a_later_date(planned):
    """The customer cannot before March: another date."""
    change(planned, requested_date=date(2027, 3, 1))
    planned.do("apply-order-update")
    assert planned.vars["impact"] == "REPLAN"


def test_a_team_that_is_on_its_way(planned):
    """After dispatch a change is a conflict for an operator, and a delivery moves nothing any more."""
    planned.assigned().dispatched()
    change(planned, delivery_date=date(2027, 3, 1))
    planned.do("apply-order-update").do("apply-delivery-date")
    assert (planned.vars["impact"], planned.vars["stillValid"]) == ("CONFLICT", True)
    assert planned.vars["validationErrors"][0]["code"] == "DATE_NOT_ALLOWED"


def test_nothing_planned_yet(world):
    """A later plan uses what is stored by then."""
    world.created().do("apply-order-update").do("apply-delivery-date")
    assert (world.vars["impact"], world.vars["stillValid"]) == ("NONE", True)


def test_a_fee_is_told_as_an_amount(world):
    """15 % of 1 890.00 is 283.50 in the order's money: kept with the freeze, told to sales before the order is CANCELLED."""
    world.created().scheduled().assigned().do("freeze-order", **WISH, **FEE).do("sweep-order-resources")
    world.do("report-to-sales", status="CANCELLED", reason="CUSTOMER_CHANGED_MIND")
    told = [event for event in world.env.bus.published if event.topic == "fsm.order.status_updated"][-1]
    assert told.payload["feeProposal"] == {
        "percent": 15.0, "base": "SERVICE_PRICE", "approval": "NONE", "amount": 283.5, "currency": "EUR",
        "payer": "CUSTOMER",
    }  # fmt: skip


def test_a_provider_with_an_open_offer_is_told(world):
    """Nobody had the visit yet, somebody was asked: he hears of the cancellation too."""
    world.created().scheduled().offered().do("freeze-order", **WISH).do("sweep-order-resources")
    world.do("send-notification", {"template": "order-cancelled", "recipient": "provider"}, visitId=None)
    assert world.mail.by_template("order-cancelled")


def test_a_provider_who_lost_a_visit_is_told(world):
    """After a replan the provider who had it hears that it is not theirs any more."""
    world.created().scheduled().assigned().do("release-slot")
    world.do("send-notification", {"template": "schedule-changed", "recipient": "provider"})
    assert world.mail.by_template("schedule-changed")


def test_a_survey_without_record_is_not_on_site_for_ever(world):
    """Planned again: the old visit is INCOMPLETE, a new one is held."""
    survey = ("TECHNICAL_VISIT", 60, "CONFIRMATION_TV")
    world.created().scheduled(*survey).assigned().dispatched().on_site().scheduled(*survey)
    assert [visit["state"] for visit in world.view().visits] == ["INCOMPLETE", "HELD"]


def test_a_visit_that_was_given_up(world):
    """Team and slot are given back, the visit is CANCELLED; twice is once."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().do("cancel-visit")
    view = world.view()
    assert [visit["state"] for visit in view.visits] == ["CANCELLED"]
    assert {row["state"] for row in view.bookings} == {"CANCELLED"}
    assert isinstance(world.run("cancel-visit"), Completed)


def test_an_order_that_is_not_approved(world):
    """Sales hears REJECTED; an accepted order that is given up is CANCELLED with the reason."""
    world.created().do("report-to-sales", status="REJECTED", reason="NOT_APPROVED_VALUE")
    assert world.state == "CANCELLED"
    assert [entry.reason for entry in world.view().timeline if entry.target == "CANCELLED"] == ["NOT_APPROVED_VALUE"]


def test_what_approval_depends_on(world):
    """Channel, what the provider gets of the service's price, and how soon it is wanted."""
    world.order(requested_date=date(2027, 1, 14), provider_total=Decimal("1890")).do("validate-order")
    facts = world.vars["facts"]
    assert (facts["salesChannel"], facts["providerShare"], facts["noticeDays"]) == ("store", 1.0, 3)


def test_the_database_knows_every_move(world):
    """The pairs the triggers let pass are the state machines', with where routes and plannings lead in one step."""
    moves = import_module("adapters.postgres.migrations.versions.0010_moves")
    direct = {(s.value, t.value) for s, targets in ORDER.moves.items() for t in targets}
    routed = {(s.value, target.value) for target, sources in ROUTES.items() for s in sources}
    assert {(s, t) for s in moves.ORDER_MOVES for t in moves.ORDER_MOVES[s].split()} == direct | routed
    found = {(s, t) for s in moves.VISIT_MOVES for t in moves.VISIT_MOVES[s].split()}
    replanned = {(s, t) for s in ("HELD", "ASSIGNED", "READY", "RELEASED") for t in ("PLANNED", "HELD") if s != t}
    assert found == {(s.value, t.value) for s, targets in VISIT.moves.items() for t in targets} | replanned


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE order_progress SET state = 'CLOSED' WHERE order_id = %s",
        "UPDATE order_progress SET state = 'LOST' WHERE order_id = %s",
        "UPDATE visits SET state = 'DONE' WHERE order_id = %s",
    ],
)
def test_the_database_refuses_other_moves(planned, statement):
    """I3: a move that is not in the table is refused, whatever code asks for it."""
    with psycopg.connect(planned.url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(statement, [planned.vars["serviceOrderId"]])
