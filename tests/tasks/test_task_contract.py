"""Contracts: bundles, versions, signers in order, what a signature or a waiver means for the order."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from workers.domain.orders import Customer
from workers.ports.signatures import AgreementStatus
from workers.runtime.outcome import BpmnError, Completed, Failed

CUSTOMER = {"contractType": "CUSTOMER_CONTRACT"}
REASON = {
    "contractChase": {"waiverReason": "Bought in the store and signed at the till."},
    "override": {"decision": "APPROVE"},
}
TASKS = {"requestedIn": "ChaseContract, CorrectContractSigner", "decidedIn": "ApproveWaiver"}


def rows(world, query="SELECT * FROM contracts ORDER BY sequence") -> list[dict[str, Any]]:
    with psycopg.connect(world.url, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(query).fetchall()


def contract_status(world) -> str:
    query = f"SELECT contract_status FROM order_progress WHERE order_id = '{world.vars['serviceOrderId']}'"
    return str(rows(world, query)[0]["contract_status"])


def test_a_contract_is_sent_and_signed(world):
    """PENDING while it waits, SIGNED once it is archived with its fingerprint; both are told."""
    world.created().contracted()
    assert contract_status(world) == "PENDING"
    assert [row["state"] for row in rows(world)] == ["PENDING_SIGNATURE"]
    world.signed().do("archive-document")
    [row] = rows(world)
    assert (row["state"], row["kind"], contract_status(world)) == ("SIGNED", "CUSTOMER_CONTRACT", "SIGNED")
    assert world.view().agreements[0]["state"] == "SIGNED"
    assert {"contracts.contract.sent", "contracts.contract.signed"} <= set(world.topics())


@pytest.mark.parametrize("status", ["DECLINED", "EXPIRED"])
def test_how_it_ended_is_recorded(world, status):
    """S23: what the signature service says is kept with agreement and contract; the order stays unsigned."""
    world.created().contracted()
    world.signing.status[world.vars["agreementId"]] = AgreementStatus(status)
    world.do("reconcile-agreement")
    assert ([row["state"] for row in rows(world)], contract_status(world)) == ([status], "PENDING")
    assert f"contracts.contract.{status.lower()}" in world.topics()


def test_a_new_version(world):
    """AMEND: a new document and agreement; the old version is superseded and its document untouched."""
    world.created().contracted()
    first = rows(world)[0]
    world.do("adobe-cancel-agreement").contracted()
    old, new = rows(world)
    assert (old["state"], old["sha256"], new["sequence"]) == ("SUPERSEDED", first["sha256"], 2)
    assert world.signing.status[old["agreement_id"]] == "VOIDED"
    assert old["agreement_id"] != new["agreement_id"]


def test_a_signature_quicker_than_the_recall(world):
    """The service's word counts: SIGNED comes back, and the contract with it."""
    world.created().contracted().signed().do("adobe-cancel-agreement")
    assert world.vars["agreementStatus"] == "SIGNED"
    assert contract_status(world) == "SIGNED"


def test_nothing_to_recall(world):
    """Nothing was sent yet: nothing happens."""
    world.created().do("adobe-cancel-agreement", agreementId=None)
    assert world.vars["agreementStatus"] is None


def test_several_orders_under_one_contract(world):
    """One customer, two orders: one signature settles both."""
    other = world.created(external_order_id="second").vars["serviceOrderId"]
    world.created().do("validate-contract-bundle", **CUSTOMER, orderIds=[other])
    assert world.vars["contractBundle"] == [world.vars["serviceOrderId"], other]
    world.contracted().signed().do("archive-document")
    query = "SELECT contract_status FROM order_progress"
    assert [row["contract_status"] for row in rows(world, query)] == ["SIGNED", "SIGNED"]


@pytest.mark.parametrize("why", ["another customer", "begun", "signed elsewhere"])
def test_orders_that_are_no_bundle(world, why):
    """BUNDLE_INVALID names the rule that is broken."""
    changes = {"customer": Customer(id="C-2", name="Ana", email="a@example.com")} if why == "another customer" else {}
    world.created(external_order_id="second", **changes)
    if why == "begun":
        world.scheduled().assigned()
    if why == "signed elsewhere":
        world.contracted().signed().do("archive-document")
    other = world.vars["serviceOrderId"]
    outcome = world.created().run("validate-contract-bundle", **CUSTOMER, orderIds=[other])
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "BUNDLE_INVALID"


def test_a_providers_contract_has_two_signers(world):
    """First the provider, then whoever signs for the business unit; no order is needed, the tenant is checked all the same."""
    world.created().scheduled().assigned()
    provider, order = world.vars["providerId"], world.vars.pop("serviceOrderId")
    asked = {"contractType": "PROVIDER_CONTRACT", "providerId": provider}
    world.contracted("PROVIDER_CONTRACT", providerId=provider)
    [request] = world.signing.requests.values()
    assert [signer.order for signer in request.signers] == [1, 2]
    assert request.signers[1].email == "contracts.fr-home@example.com"
    world.signed().do("archive-document")
    assert [row["state"] for row in rows(world)] == ["SIGNED"]
    strange = world.run("generate-contract", **asked, countryCode="ES")
    assert isinstance(strange, BpmnError)
    assert strange.code == "TENANT_MISMATCH"
    world.vars["serviceOrderId"] = order


def test_a_contract_of_another_order(world):
    """Whose contract is it? One order's tasks never touch another's."""
    world.created(external_order_id="second").contracted()
    stolen = {name: world.vars[name] for name in ("contractId", "agreementId")}
    world.created()
    for task in ("store-agreement", "adobe-cancel-agreement", "reconcile-agreement", "archive-document"):
        assert isinstance(world.run(task, **stolen), Failed), task


def test_a_waiver(world):
    """S22: WAIVED with both names; the go check's rule is met."""
    world.created().contracted()
    assert isinstance(world.run("apply-contract-waiver", TASKS, **REASON), Completed)
    assert ([row["state"] for row in rows(world)], contract_status(world)) == (["WAIVED"], "WAIVED")
    [override] = rows(world, "SELECT * FROM overrides")
    assert (override["gate"], override["requested_by"], override["decided_by"]) == ("CONTRACT", "ana", "bo")


def test_a_waiver_of_one_person(world):
    """I8."""
    world.created().contracted()
    world.people.done |= {"ChaseContract": "bo"}
    outcome = world.run("apply-contract-waiver", TASKS, **REASON)
    assert isinstance(outcome, BpmnError)
    assert contract_status(world) == "PENDING"


def test_a_scan(world):
    """Signed on paper: the scan is the evidence, the order is signed."""
    world.created().contracted().do("record-paper-scan", chase={"scanRef": world.scanned(), "scanPages": 2})
    [row] = rows(world)
    assert (row["state"], bool(row["scan_ref"]), contract_status(world)) == ("SIGNED", True, "SIGNED")


def test_a_cancelled_order_recalls_it(world):
    """S40: the unsigned agreement is voided; a draft too; a signed contract is kept."""
    world.created().contracted().do("sweep-order-resources")
    assert [row["state"] for row in rows(world)] == ["VOIDED"]
    world.created(external_order_id="drafted").do("generate-contract", **CUSTOMER).do("sweep-order-resources")
    world.created(external_order_id="signed").contracted().signed().do("archive-document").do("sweep-order-resources")
    query = "SELECT state FROM contracts ORDER BY number"
    assert [row["state"] for row in rows(world, query)] == ["VOIDED", "VOIDED", "SIGNED"]


def test_a_replan_recalls_the_contract(world):
    """A contract that is held to be signed belongs to the old plan: nobody can sign it any more, the next is a new version."""
    world.created().scheduled().contracted().do("recall-contract")
    assert world.vars["contractSettled"] is False
    assert world.signing.status[world.vars["agreementId"]] == "VOIDED"
    assert ([row["state"] for row in rows(world)], contract_status(world)) == (["VOIDED"], "PENDING")
    world.contracted()
    assert [row["sequence"] for row in rows(world)] == [1, 2]


def test_a_signature_quicker_than_the_recall_counts(world):
    """Signed, and nobody had heard of it yet: the recall finds it, and the order goes on with it."""
    world.created().scheduled().contracted().signed().do("recall-contract")
    assert world.vars["contractSettled"] is True
    assert contract_status(world) == "SIGNED"
