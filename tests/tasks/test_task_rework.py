"""Reservations one by one, rework orders, and what both mean for the order they came from."""

from __future__ import annotations

import json
from uuid import UUID

import psycopg
import pytest

from adapters.postgres.owners import PostgresOwners
from workers.api.webhooks import tell_closed
from workers.bootstrap import Platform
from workers.domain import ids
from workers.domain.orders import ServiceOrder
from workers.ports.effects import EffectLedger
from workers.ports.events import EventBus
from workers.ports.identity import Owners
from workers.ports.processes import Processes
from workers.ports.signatures import AgreementStatus, Signatures
from workers.runtime.outcome import BpmnError
from workers.settings import Settings

TWO = {"reservation1": "scratch", "severity1": "MINOR", "reservation2": "tap leaks", "severity2": "MODERATE"}


def reserved(world, **fields):
    return world.done().sent().signed(**(fields or TWO)).do("adobe-read-form-data")


def resolve(world, *rows):
    return world.run("resolve-reservations", wcfReview={"decision": "ALL_RESOLVED", "resolutions": list(rows)})


def row(reservation, action, **more):
    return {"reservation": reservation, "action": action, "cause": "PROVIDER", **more}


def form_of(world):
    with world.unit() as effect:
        form = effect.unit.wcfs.get(world.vars["wcfId"])
        effect.store({})
    return form


def order_of(world, order_id) -> ServiceOrder:
    with world.unit() as effect:
        found = effect.unit.orders.get(UUID(str(order_id)))
        effect.store({})
    return found


@pytest.mark.parametrize(
    ("actions", "result", "state"),
    [
        (("ACCEPTED_AS_IS", "ACCEPTED_AS_IS"), "ACCEPTED", "RESOLVED"),
        (("ACCEPTED_AS_IS", "COMPENSATION"), "ACCEPTED", "RESOLVED"),
        (("ACCEPTED_AS_IS", "REWORK"), "REWORK", "SIGNED_WITH_RESERVES"),
        (("REWORK", "ESCALATED"), "DISPUTED", "SIGNED_WITH_RESERVES"),
    ],
)
def test_what_follows(world, actions, result, state):
    """One handed on is a dispute, else one to mend is a rework and stays open, else the form is resolved."""
    reserved(world)
    rows = [row(name, action, amount=40) for name, action in zip(("scratch", "tap leaks"), actions, strict=True)]
    world.do("resolve-reservations", wcfReview={"resolutions": rows})
    assert world.vars["wcfResult"] == result
    form = form_of(world)
    assert form.state == state
    assert [item.resolution.action for item in form.reservations] == list(actions)
    assert world.topics().count("contracts.wcf.reserve_resolved") == 2


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "Reservation 1 has no resolution"),
        ([row("scratch", "ACCEPTED_AS_IS")], "Reservation 2 has no resolution"),
        ([row("scratch", "REWORK"), row("tap leaks", "REWORK"), row("door", "REWORK")], "there are more"),
        ([row("scratch", "COMPENSATION"), row("tap leaks", "REWORK")], "above zero"),
        ([row("scratch", "COMPENSATION", amount=0), row("tap leaks", "REWORK")], "above zero"),
        ([row("scratch", "COMPENSATION", amount=-3), row("tap leaks", "REWORK")], "above zero"),
        ([row("scratch", "COMPENSATION", amount=2990.01), row("tap leaks", "REWORK")], "at most 2990"),
        ([row("scratch", "COMPENSATION", amount=1500), row("tap leaks", "COMPENSATION", amount=1500)], "at most 2990"),
    ],
)
def test_what_does_not_add_up(world, rows, why):
    """One resolution each; compensations are above zero and together never more than the order cost."""
    reserved(world)
    outcome = resolve(world, *rows)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "RESOLUTION_INVALID"
    assert why in json.loads(outcome.variables)["reviewProblem"]
    assert form_of(world).state == "SIGNED_WITH_RESERVES"


def test_rows_are_told_apart_by_number_or_place(world):
    """A number, the words, or the order of the form: whatever the person typed."""
    reserved(world)
    world.do(
        "resolve-reservations", wcfReview={"resolutions": [row("2", "REWORK"), row("scratched", "ACCEPTED_AS_IS")]}
    )
    assert [item.resolution.action for item in form_of(world).reservations] == ["ACCEPTED_AS_IS", "REWORK"]


def test_a_compensation_for_the_providers_fault_is_deducted(world):
    """The provider pays for its own faults, not for others'."""
    reserved(world)
    rows = [row("scratch", "COMPENSATION", amount=50), row("tap leaks", "COMPENSATION", amount=20, cause="EXTERNAL")]
    world.do("resolve-reservations", wcfReview={"resolutions": rows})
    world.do("generate-proforma", terms={"vatPercent": 20, "dueDays": 30})
    assert world.vars["invoiceTotal"] == (1450 - 50) * 1.2


def test_open_reservations_pay_nobody(world):
    """I7: a rework is ordered, the form is open, no pro forma is made."""
    reserved(world)
    rows = [row("scratch", "REWORK"), row("tap leaks", "ACCEPTED_AS_IS")]
    world.do("resolve-reservations", wcfReview={"resolutions": rows})
    world.run("generate-proforma", terms={"vatPercent": 20, "dueDays": 30})
    assert "payment.invoice.sent" not in world.topics()


def test_a_rework_order(world):
    """S36: RW-<order>-1, urgent, free, nothing to deliver, by another provider; it starts its own journey, once."""
    reserved(world)
    world.do("resolve-reservations", wcfReview={"resolutions": [row("scratch", "REWORK"), row("tap leaks", "REWORK")]})
    world.do("create-rework-order").do("create-rework-order")
    first = order_of(world, world.vars["serviceOrderId"])
    rework = order_of(world, world.vars["reworkOrderId"])
    assert rework.external_order_id == f"RW-{first.order_number}-1"
    assert (rework.urgency, rework.total, rework.service_type) == ("URGENT", 0, "REWORK")
    assert (rework.delivery_status, rework.payment_status) == ("NOT_REQUIRED", "FULLY_PAID")
    assert (rework.parent_order_id, rework.country_code, rework.bu_code) == (first.id, "FR", "FR-HOME")
    assert rework.system_metadata["issues"] == ["scratch", "tap leaks"]
    assert rework.system_metadata["excludedProviderId"] == world.vars["providerId"]
    assert world.broker.names().count("order-created") == 1


def walk(world, **rework):
    """The rework's own way to a signed form."""
    world.vars = {key: rework[key] for key in ("serviceOrderId", "orderKey", "countryCode", "buCode")}
    return world


def reworking(world):
    reserved(world)
    world.do("resolve-reservations", wcfReview={"resolutions": [row("scratch", "REWORK"), row("tap leaks", "REWORK")]})
    world.do("create-rework-order")
    first = dict(world.vars)
    same = {"countryCode": "FR", "buCode": "FR-HOME"}
    walk(world, serviceOrderId=first["reworkOrderId"], orderKey=first["reworkOrderKey"], **same)
    return first


def test_another_provider_mends_it(world):
    """The slot and the assignment go to somebody else."""
    first = reworking(world)
    world.do("validate-order").scheduled(service="REWORK", minutes=120).assigned()
    assert world.vars["providerId"] != first["providerId"]


def test_an_accepted_rework_settles_the_first_form(world):
    """The rework closes: the first form is resolved, its journey hears of it, its provider can be paid."""
    first = reworking(world)
    world.do("validate-order").scheduled(service="REWORK", minutes=120).assigned().dispatched().on_site().worked()
    world.sent().signed().do("adobe-read-form-data").do("close-order")
    assert world.state == "CLOSED"
    (message,) = [m for m in world.broker.messages.values() if m.name == "rework-settled"]
    assert (message.correlation_key, message.variables["rework"]["accepted"]) == (first["serviceOrderId"], True)
    world.vars = first
    assert form_of(world).state == "RESOLVED"
    world.do("generate-proforma", terms={"vatPercent": 20, "dueDays": 30}).do("close-order")
    assert world.state == "CLOSED"


def test_a_cancelled_rework_settles_nothing(world):
    """The first journey hears that nobody mended it; its form stays open."""
    first = reworking(world)
    world.do("validate-order").do("cancel-order", cancellation={"reason": "CUSTOMER"})
    (message,) = [m for m in world.broker.messages.values() if m.name == "rework-settled"]
    assert message.variables["rework"]["accepted"] is False
    world.vars = first
    assert form_of(world).state == "SIGNED_WITH_RESERVES"


def test_a_later_complaint_adds_to_the_rework_that_goes_on(world):
    """One rework at a time; after it has ended there is a second one."""
    first = reworking(world)
    world.vars = first
    world.do("create-rework-order", wcfId=None, claimId="5f1b7b44-5f0b-4f0b-9f0b-5f1b7b445f1b")
    assert world.vars["reworkOrderId"] == first["reworkOrderId"]
    assert len(order_of(world, first["reworkOrderId"]).system_metadata["issues"]) == 3
    with psycopg.connect(world.url) as connection:
        connection.execute("UPDATE order_progress SET state = 'REJECTED' WHERE order_id = %s", [first["reworkOrderId"]])
    world.do("create-rework-order")
    order = order_of(world, first["serviceOrderId"])
    assert world.vars["reworkOrderId"] == str(ids.order_id("custom", f"RW-{order.order_number}-2"))


def test_a_signature_quicker_than_the_recall(world):
    """The recall tells how the agreement ended: signed is signed."""
    world.done().sent().signed().do("adobe-cancel-agreement")
    assert world.vars["agreementStatus"] == "SIGNED"
    world.do("adobe-read-form-data").do("archive-document")
    assert form_of(world).state == "SIGNED_NO_RESERVES"


@pytest.mark.parametrize(("status", "state"), [("DECLINED", "NOT_SIGNED"), ("SIGNED", "SENT")])
def test_the_webhook_keeps_how_an_agreement_ended(world, status, state):
    """The end is in our records before the journey hears of it; told twice it is kept and told once."""
    world.done().sent()
    agreement = world.vars["agreementId"]
    world.signing.status[agreement] = AgreementStatus(status)
    parts = {Signatures: world.signing, Processes: world.broker, EffectLedger: world.ledger, EventBus: world.env.bus}
    parts[Owners] = PostgresOwners(world.owner)
    platform = Platform(Settings(), parts)
    assert tell_closed(platform, agreement)
    assert tell_closed(platform, agreement)
    assert [row["state"] for row in world.view().agreements] == [status]
    assert form_of(world).state == state
    assert world.broker.names().count("agreement-closed") == 1


def test_the_webhook_tells_nothing_of_an_agreement_nobody_knows(world):
    """A stranger's agreement is not even looked at; one of ours that closed before we kept it is found by the hourly look."""
    world.done().sent()
    stranger = "agreement-unknown"
    world.signing.status[stranger] = AgreementStatus.DECLINED
    world.signing.requests[stranger] = next(iter(world.signing.requests.values()))
    parts = {Signatures: world.signing, Processes: world.broker, EffectLedger: world.ledger, EventBus: world.env.bus}
    parts[Owners] = PostgresOwners(world.owner)
    assert not tell_closed(Platform(Settings(), parts), stranger)
    assert "agreement-closed" not in world.broker.names()
