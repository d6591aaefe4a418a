"""Cancelling, wherever the order is: nothing stays held (I11), and who was first is decided by the database."""

from __future__ import annotations

import json
import threading
from datetime import datetime

import pytest

from workers.domain.errors import DomainError, OfferAlreadyAnswered
from workers.intake import answers
from workers.runtime.outcome import BpmnError, Completed

WISH = {"cancellation": {"reason": "CUSTOMER_CHANGED_MIND", "origin": "CUSTOMER"}}
LIVE = {"bookings": {"PRE_BOOKED", "CONFIRMED"}, "offers": {"PENDING"}, "assignments": {"ACCEPTED"}}

WAYS = {
    "CREATED": lambda w: w.created(),
    "survey held": lambda w: w.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV"),
    "survey assigned": lambda w: w.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned(),
    "survey done": lambda w: w.surveyed(),
    "SCHEDULED": lambda w: w.created().scheduled(),
    "offer open": lambda w: w.created().scheduled().offered(),
    "offer accepted": lambda w: w.created().scheduled().offered().answered(),
    "ASSIGNED": lambda w: w.created().scheduled().assigned(),
    "DISPATCHED": lambda w: w.created().scheduled().assigned().dispatched(),
    "IN_PROGRESS": lambda w: w.created().scheduled().assigned().dispatched().on_site(),
    "return visit planned": lambda w: w.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE")
    .do("plan-return-visit"),
}  # fmt: skip


def saga(world):
    """The steps of a confirmed cancellation, as the model draws them; the undo steps twice, as compensation may."""
    world.do("freeze-order", **WISH).do("sweep-order-resources")
    world.do("release-slot", visitId=None).do("withdraw-assignment", visitId=None)
    world.do("report-to-sales", status="CANCELLED", reason="CUSTOMER_CHANGED_MIND")
    world.do("send-notification", {"template": "order-cancelled", "recipient": "customer"}, visitId=None)
    return world.do("cancel-order", **WISH, fee={"percent": 15, "base": "SERVICE_PRICE", "approval": "NONE"})


def nothing_is_held(world):
    view = world.view()
    for name, live in LIVE.items():
        rows = [row for row in getattr(view, name) if row["visit_id"] not in done_visits(view)]
        assert not live & {row["state"] for row in rows}, name
    assert all(row["state"] != "PENDING_SIGNATURE" for row in view.agreements)
    assert all(row["state"] in ("DONE", "CANCELLED") for row in view.visits)


def done_visits(view):
    return {visit["id"] for visit in view.visits if visit["state"] == "DONE"}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_stays_held(world, way):
    """I11: whatever the order held is given back, and the order is CANCELLED from the state it was in."""
    WAYS[way](world)
    before = world.state
    saga(world)
    nothing_is_held(world)
    assert world.state == "CANCELLED"
    last = [entry for entry in world.view().timeline if entry.what == "moved"][-1]
    assert (last.source, last.target, last.reason) == (before, "CANCELLED", "CUSTOMER_CHANGED_MIND")


def test_an_unsigned_agreement_is_recalled(world):
    """S40: an agreement somebody could still sign is voided at the signature service, too."""
    world.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE").sent()
    with world.unit() as effect:
        order = effect.unit.orders.get(world.vars["serviceOrderId"])
        effect.store({})
    assert order.state == "COMPLETED", "a closing form completes the work"
    world.do("sweep-order-resources")
    assert world.signing.status[world.vars["agreementId"]] == "VOIDED"
    assert [row["state"] for row in world.view().agreements] == ["VOIDED"]


@pytest.mark.parametrize("way", [lambda w: w.done(), lambda w: saga(w.created()), lambda w: w.order()
                                 .do("report-to-sales", status="REJECTED", reason="DATA_NOT_OBTAINABLE")])  # fmt: skip
def test_what_is_over_is_not_cancelled(world, way):
    """S43: completed, cancelled and rejected orders refuse with NOT_CANCELLABLE."""
    way(world)
    outcome = world.run("assess-cancellation", **WISH)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "NOT_CANCELLABLE"


def test_a_second_wish_while_one_is_carried_out(world):
    """An order that is frozen is being cancelled already."""
    world.created().do("freeze-order", **WISH)
    assert isinstance(world.run("assess-cancellation", **WISH), BpmnError)


@pytest.mark.parametrize(
    ("way", "state", "hours", "started"),
    [("CREATED", "CREATED", None, False), ("ASSIGNED", "ASSIGNED", 382.0, False), ("DISPATCHED", "DISPATCHED", 2.0, False),
     ("IN_PROGRESS", "IN_PROGRESS", 0.0, True)],
)  # fmt: skip
def test_what_the_fee_depends_on(world, way, state, hours, started):
    """State, hours to the visit (none without one), days since the order, channel, and whether work began."""
    WAYS[way](world).do("assess-cancellation", **WISH)
    assert world.vars["orderState"] == state
    assert world.vars["hoursToVisit"] == hours
    assert world.vars["workStarted"] is started
    assert world.vars["salesChannel"] == "store"
    assert world.vars["daysSinceOrder"] == (world.clock.at.date() - datetime(2027, 1, 11).date()).days  # noqa: DTZ001


def test_a_fee_is_proposed_and_reported(world):
    """The fee is kept with the order and told to sales; nobody collects it here."""
    saga(world.created().scheduled().assigned())
    with world.unit() as effect:
        order = effect.unit.orders.get(world.vars["serviceOrderId"])
        effect.store({})
    assert order.cancellation == {"reason": "CUSTOMER_CHANGED_MIND", "origin": "CUSTOMER",
                                  "fee": {"percent": 15.0, "base": "SERVICE_PRICE", "approval": "NONE",
                                          "amount": 283.5, "currency": "EUR", "payer": "CUSTOMER"}}  # fmt: skip


def test_the_last_provider_is_told(world):
    """Whoever had the visit hears of the cancellation although the assignment is gone; an order without one tells nobody."""
    world.created().scheduled().assigned().do("freeze-order", **WISH).do("sweep-order-resources")
    headers = {"template": "order-cancelled", "recipient": "provider"}
    world.do("send-notification", headers)
    assert {message.channel.value for message in world.mail.by_template("order-cancelled")} == {"email", "sms"}
    world.created(external_order_id="alone").do("send-notification", headers)
    assert world.view().timeline[-1].what == "message has no addressee"


@pytest.mark.parametrize("first", ["answer", "cancel"])
def test_acceptance_and_cancellation_in_one_second(world, first):
    """S44: in either order the end is CANCELLED and nothing is held; an answer after the freeze is refused."""
    world.created().scheduled().offered()
    if first == "answer":
        world.answered()
        saga(world)
    else:
        world.do("freeze-order", **WISH)
        with world.unit() as effect, pytest.raises(OfferAlreadyAnswered):
            answers.answer_offer(effect.unit, world.vars["offerId"], accepted=True)
        saga(world)
    assert isinstance(world.run("confirm-assignment"), BpmnError)
    nothing_is_held(world)


BEGINNERS = {
    "schedule-service": (
        lambda w: w.created(), {"visitKind": "MAIN", "serviceType": "INSTALLATION", "durationMin": 240}
    ),
    "send-offer": (lambda w: w.created().scheduled().ranked(), {"mode": {"name": "OFFER"}}),
    "confirm-assignment": (lambda w: w.created().scheduled().offered().answered(), {}),
    "confirm-booking": (lambda w: w.created().scheduled(), {}),
    "execute-service": (lambda w: w.created().scheduled().assigned(), {}),
    "record-checkin": (lambda w: w.created().scheduled().assigned().dispatched(), {"checkIn": {}}),
    "plan-return-visit": (
        lambda w: w.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE"), {}
    ),
}  # fmt: skip


@pytest.mark.parametrize("task", BEGINNERS)
def test_a_job_that_comes_after_the_freeze_takes_nothing(world, task):
    """I11: a job of the interrupted flow that runs once the order is frozen changes nothing at all."""
    before, variables = BEGINNERS[task]
    before(world).do("freeze-order", **WISH)
    if task == "send-offer":
        variables = {**variables, "candidate": world.vars["ranked"][0]}
    rows = {name: rows for name, rows in world.rows().items() if name != "issued_numbers"}
    outcome = world.run(task, **variables)
    assert not isinstance(outcome, Completed)
    assert {name: found for name, found in world.rows().items() if name != "issued_numbers"} == rows


def test_an_agreement_nobody_had_noted_is_recalled_too(world):
    """S40: the flow was cut off between sending the form and noting it; the sweep finds it all the same."""
    world.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE")
    world.do("generate-wcf", wcfTemplate="INSTALLATION").do("adobe-upload-document").do("adobe-create-agreement")
    assert [row["state"] for row in world.view().agreements] == ["DRAFT"]
    world.do("sweep-order-resources")
    assert world.signing.status[world.vars["agreementId"]] == "VOIDED"
    assert [row["state"] for row in world.view().agreements] == ["VOIDED"]


def at_once(*functions):
    """Runs functions at the same moment, each on its thread; returns what they returned or raised."""
    barrier, results = threading.Barrier(len(functions)), [None] * len(functions)

    def run(index, function):
        barrier.wait()
        try:
            results[index] = function()
        except DomainError as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("round_", range(5))
def test_two_answers_at_once(world, round_):
    """S17: of a yes and a no to one offer in the same moment exactly one counts; the other is told it came too late."""
    world.created().scheduled().offered()

    def answer(accepted):
        with world.ledger.open(f"api:{accepted}:{round_}", task_type="api") as effect:
            answers.answer_offer(effect.unit, world.vars["offerId"], accepted=accepted)
            effect.store({})
        return accepted

    results = at_once(lambda: answer(True), lambda: answer(False))
    (won,) = [result for result in results if isinstance(result, bool)]
    assert [type(result) for result in results if not isinstance(result, bool)] == [OfferAlreadyAnswered]
    assert world.view().offers[0]["state"] == ("ACCEPTED" if won else "REJECTED")


@pytest.mark.parametrize("round_", range(3))
def test_two_offers_accepted_at_once_give_one_assignment(world, round_):
    """I5: two providers said yes, two confirmations run at once: one assignment, the other offer is no longer open."""
    world.created().scheduled().offered()
    first = world.vars["offerId"]
    world.offered(rank=1).answered()
    second, world.vars["offerId"] = world.vars["offerId"], first
    world.answered()
    variables = dict(world.vars)

    def confirm(offer, key):
        return lambda: world.env.run("confirm-assignment", {**variables, "offerId": offer}, key=key)

    outcomes = at_once(confirm(first, 500 + round_), confirm(second, 600 + round_))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BpmnError", "Completed"]
    assert [row["state"] for row in world.view().assignments] == ["ACCEPTED"]


def test_many_orders_at_once_share_the_teams_without_overlap(world):
    """I4: eight searches in the same moment find eight different slots; nobody is turned away."""
    jobs = []
    for number in range(8):
        world.created(external_order_id=f"rush-{number}")
        job = {**world.vars, "visitKind": "MAIN", "serviceType": "INSTALLATION", "durationMin": 240, "crew": 2}
        jobs.append((job, 900 + number))
    outcomes = at_once(*[lambda job=job, key=key: world.env.run("schedule-service", job, key=key) for job, key in jobs])
    assert all(isinstance(outcome, Completed) for outcome in outcomes), outcomes
    with world.unit() as effect:
        booked = [effect.unit.bookings.get(json.loads(outcome.variables)["bookingId"]) for outcome in outcomes]
        effect.store({})
    assert len({(item.team_id, item.day, item.start_q) for item in booked}) == 8


def test_cancellation_races_with_confirmation(world):
    """S44: freeze and confirmation in the same moment; whichever wins, the sweep leaves nothing behind."""
    world.created().scheduled().offered().answered()
    variables = dict(world.vars)
    at_once(
        lambda: world.env.run("confirm-assignment", variables, key=501),
        lambda: world.env.run("freeze-order", {**variables, **WISH}, key=502),
    )
    saga(world)
    nothing_is_held(world)
    assert world.state == "CANCELLED"
