"""The go check's workers, and the rule that nothing unpaid, undelivered or unsigned is begun: in code, API and database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import psycopg
import pytest

from workers.domain.errors import CheckinBlocked
from workers.domain.gates import blockers
from workers.domain.orders import Product
from workers.domain.values import PaymentStatus
from workers.intake import answers
from workers.runtime.outcome import BpmnError, Completed, Failed

OK = {"status": "OK", "reasons": [], "overridableBy": "NONE"}
NOT_PAID = {"status": "NOT_OK_PAYMENT", "reasons": ["PAYMENT"], "overridableBy": "SUPERVISOR"}
REASON = "The worktop comes with the team today."
ASKED = {"goReview": {"decision": "OVERRIDE", "justification": REASON, "urgency": "HIGH"}}
GRANTED = {"override": {"decision": "APPROVE"}}
TASKS = {"requestedIn": "ResolveGo", "decidedIn": "ApproveOverride"}


def ask(world, requester="ana", approver="bo", **more):
    world.people.done = {"ResolveGo": requester, "ApproveOverride": approver}
    return world.run("apply-go-override", TASKS, **{"go": NOT_PAID, **ASKED, **GRANTED, **more})


@pytest.fixture
def assigned(world):
    """A provider has the visit; nothing was checked yet."""
    return world.created().scheduled().assigned()


def statuses(world):
    view = world.view()
    with psycopg.connect(world.url) as connection:
        order = connection.execute(
            "SELECT go_status, contract_status FROM order_progress WHERE order_id = %s", [world.vars["serviceOrderId"]]
        ).fetchone()
    return view.visits[-1]["state"], view.visits[-1]["go_status"], *order


def test_what_was_told_is_read(world):
    """The stored words, the amounts and the products that are missing."""
    products = [{"id": "1", "status": "FULLY_DELIVERED"}, {"id": "2", "status": "IN_TRANSIT", "expected": "2027-01-30"}]
    told = {
        "payment": {"total": "2990.00", "outstanding": "310.00", "currency": "EUR"},
        "delivery": {"products": products},
    }
    world.created(payment_status=PaymentStatus.PARTIALLY_PAID, delivery_status="IN_TRANSIT", status_details=told)
    world.do("check-payment-status").do("check-delivery-status")
    assert (world.vars["paymentStatus"], world.vars["deliveryStatus"]) == ("PARTIALLY_PAID", "IN_TRANSIT")
    assert world.vars["payment"]["outstanding"] == "310.00"
    assert world.vars["openProducts"] == products[1:]


def test_what_nobody_told_is_no_status(world):
    """S28: STATUS_UNAVAILABLE, which the model takes for missing."""
    world.created(payment_status=None, delivery_status=None)
    outcomes = [world.run("check-payment-status"), world.run("check-delivery-status")]
    assert [outcome.code for outcome in outcomes] == ["STATUS_UNAVAILABLE"] * 2


def test_work_without_goods_needs_no_delivery(world):
    """A repair: nothing was sold that could be missing."""
    line = {"line_id": "1", "sku": "PLUMBING_REPAIR", "name": "Repair", "currency": "EUR", "kind": "SERVICE"}
    repair = Product(quantity=Decimal(1), unit_price=Decimal(95), **line)
    world.created(products=(repair,), delivery_status=None).do("check-delivery-status")
    assert world.vars["deliveryStatus"] == "NOT_REQUIRED"


def test_a_passed_check_makes_the_visit_ready(assigned):
    """READY, with the run on record; the order knows it too."""
    assigned.cleared()
    assert statuses(assigned) == ("READY", "OK", "OK", "NOT_NEEDED")
    assert assigned.view().timeline[-1].what == "go check passed"


def test_a_failed_check_blocks_and_is_told_once(assigned):
    """The event names status and reasons; the same block found again is no news, another one is."""
    first = assigned.do("block-checkin", go=NOT_PAID, paymentStatus="PARTIALLY_PAID").vars["blockedAnew"]
    again = assigned.do("block-checkin", go=NOT_PAID, paymentStatus="PARTIALLY_PAID").vars["blockedAnew"]
    both = {"status": "NOT_OK_BOTH", "reasons": ["PAYMENT", "DELIVERY"], "overridableBy": "SUPERVISOR"}
    other = assigned.do("block-checkin", go=both).vars["blockedAnew"]
    assert (first, again, other) == (True, False, True)
    assert statuses(assigned)[:2] == ("ASSIGNED", "NOT_OK_BOTH")
    failed = [event for event in assigned.env.bus.published if event.topic == "execution.preflight.check_failed"]
    assert failed[0].payload["reasons"] == ["PAYMENT"]


def test_only_the_decision_clears_a_visit(assigned):
    """A job that says OK without the decision's OK, or blocks what is OK, is a mistake of the model."""
    assert isinstance(assigned.run("set-go-status", go=NOT_PAID), Failed)
    assert isinstance(assigned.run("block-checkin", go=OK), Failed)
    assert statuses(assigned)[1] == "PENDING"


def test_an_exception_by_two_people(assigned):
    """S25: MANUALLY_OVERRIDDEN, both names and the reason kept, an event, the visit READY."""
    assigned.do("block-checkin", go=NOT_PAID)
    assert isinstance(ask(assigned), Completed)
    assert statuses(assigned)[:2] == ("READY", "MANUALLY_OVERRIDDEN")
    with assigned.unit() as effect:
        [override] = effect.unit.overrides.of_order(effect.unit.orders.get(assigned.vars["serviceOrderId"]).id)
        effect.store({})
    assert (override.gate, override.requested_by, override.decided_by) == ("GO", "ana", "bo")
    event = assigned.env.bus.published[-1]
    assert (event.topic, event.payload["approver"]) == ("execution.preflight.manually_overridden", "bo")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"approver": "ana"}, "same person"),
        ({"approver": "ANA "}, "same person"),
        ({"go": {**NOT_PAID, "overridableBy": "NOBODY"}}, "cannot be lifted"),
        ({"goReview": {"decision": "OVERRIDE", "justification": "because"}}, "less than 20 letters"),
        ({"override": {"decision": "REJECT"}}, "nobody approved"),
    ],
)
def test_an_exception_that_does_not_count(assigned, change, why):
    """I8: one person, too short a reason, or a block nobody may lift: OVERRIDE_NOT_ALLOWED, and nothing changed."""
    assigned.do("block-checkin", go=NOT_PAID)
    outcome = ask(assigned, **change)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "OVERRIDE_NOT_ALLOWED"
    assert why in outcome.variables
    assert statuses(assigned)[:2] == ("ASSIGNED", "NOT_OK_PAYMENT")


def test_a_task_list_that_lags_is_asked_again(assigned):
    """Who did it is not shown yet: the job comes again, nothing is guessed."""
    outcome = ask(assigned, approver=None)
    assert isinstance(outcome, Failed)
    assert outcome.retries > 0


def test_the_contract_is_waived_with_its_exception(assigned):
    """An exception from the contract is one from the go check as well: the order's contract is WAIVED from then on."""
    contract = {"status": "NOT_OK_CONTRACT", "reasons": ["CONTRACT"], "overridableBy": "SUPERVISOR"}
    assigned.do("block-checkin", go=contract)
    assert isinstance(ask(assigned, go=contract), Completed)
    assert statuses(assigned)[1:] == ("MANUALLY_OVERRIDDEN", "MANUALLY_OVERRIDDEN", "WAIVED")


def test_a_new_date_needs_a_new_check(assigned):
    """What was checked for one appointment says nothing about the next."""
    assigned.cleared().do("release-slot").scheduled()
    assert statuses(assigned)[1:3] == ("PENDING", "PENDING")


def test_the_api_lets_nobody_in_who_was_not_cleared(assigned):
    """I6: a check-in on a visit whose check failed is refused with CHECKIN_BLOCKED and the reasons."""
    assigned.cleared().dispatched(checked=False).do("block-checkin", go=NOT_PAID)
    assigned.clock.at = datetime.fromisoformat(assigned.vars["scheduledAt"])
    with assigned.unit() as effect, pytest.raises(CheckinBlocked) as refused:
        answers.check_in(effect.unit, assigned.vars["visitId"])
    assert refused.value.variables["blockingReasons"] == ["GO_NOT_OK_PAYMENT"]


def test_unsigned_work_is_not_begun(assigned):
    """The contract counts on its own: a go check that passed does not stand for the signature."""
    assigned.cleared()
    with assigned.unit() as effect:
        order = effect.unit.orders.get(assigned.vars["serviceOrderId"])
        [visit] = effect.unit.visits.of_order(order.id)
        assert blockers(replace(order, contract_status="PENDING"), visit) == ["CONTRACT_PENDING"]
        effect.store({})


def test_nobody_is_dispatched_unchecked(assigned):
    """The guard of ASSIGNED to DISPATCHED: an unchecked order stays where it is."""
    outcome = assigned.run("execute-service")
    assert not isinstance(outcome, Completed)
    assert assigned.state == "ASSIGNED"


STATEMENTS = {
    "a visit is entered": "UPDATE visits SET state = 'ON_SITE' WHERE order_id = %s",
    "an order is under way": "UPDATE order_progress SET state = 'DISPATCHED' WHERE order_id = %s",
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_the_database_refuses_on_its_own(assigned, what):
    """I6 in PostgreSQL: whatever code runs, an unchecked visit is never ON_SITE, an unchecked order never under way."""
    with psycopg.connect(assigned.url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(STATEMENTS[what], [assigned.vars["serviceOrderId"]])


def test_the_database_wants_the_signature(assigned):
    """The contract stands with the order: a checked visit of an unsigned order is not entered either."""
    assigned.cleared()
    order = [assigned.vars["serviceOrderId"]]
    with psycopg.connect(assigned.url) as connection:
        connection.execute("UPDATE order_progress SET contract_status = 'PENDING' WHERE order_id = %s", order)
        with pytest.raises(psycopg.errors.CheckViolation, match="signed or waived"):
            connection.execute("UPDATE visits SET state = 'ON_SITE' WHERE order_id = %s", order)


def test_the_database_knows_two_people(assigned):
    """I8 in PostgreSQL: an exception is never decided by who asked for it."""
    insert = (
        "INSERT INTO overrides (id, order_id, country_code, bu_code, gate, requested_by, justification, requested_at, state,"
        " decided_by) VALUES (gen_random_uuid(), %s, 'FR', 'FR-HOME', 'GO', 'ana', %s, now(), 'APPROVED', 'ana')"
    )
    with psycopg.connect(assigned.url) as connection, pytest.raises(psycopg.errors.CheckViolation, match="two_people"):
        connection.execute(insert, [assigned.vars["serviceOrderId"], REASON])


def test_a_survey_needs_no_check(world):
    """Neither goods nor the price of the work stand before a technical visit."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site()
    assert world.view().visits[-1]["go_status"] == "NOT_NEEDED"
