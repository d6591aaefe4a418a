"""The closing form: made, sent, signed with or without reservations, lost and found again, archived once."""

from __future__ import annotations

import hashlib
import json
from uuid import uuid4

import pytest
import sqlalchemy as sa

from workers.ports.signatures import AgreementStatus
from workers.runtime.outcome import BpmnError


def form_of(world):
    with world.unit() as effect:
        form = effect.unit.wcfs.get(world.vars["wcfId"])
        effect.store({})
    return form


def test_a_form_for_signature(world):
    """The document is stored with its fingerprint, the agreement before anybody is told, for seven days."""
    world.done().sent()
    form = form_of(world)
    content = world.archive.get(world.vars["documentRef"])
    assert form.sha256 == hashlib.sha256(content).hexdigest()
    assert b"1450" not in content, "what the provider gets is not on the customer's form"
    (request,) = world.signing.requests.values()
    assert (request.external_id, request.signers[0].email) == (f"wcf-{form.id}", "paul@example.com")
    assert request.locale == "fr_FR"
    assert (form.expires_at - form.sent_at).days == 7
    assert form.number == "WCF-2027-000001"


def test_without_a_departure_no_form(world):
    """A form needs a check-out."""
    world.created().scheduled().assigned().dispatched().on_site()
    outcome = world.run("generate-wcf", wcfTemplate="INSTALLATION")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "WORK_RECORD_INCOMPLETE"
    assert "checkOut" in outcome.variables


def test_numbers_have_no_twins(world):
    """Each form has its own number, in one series per year."""
    numbers = []
    for name in ("a", "b", "c"):
        numbers.append(form_of(world.created(external_order_id=name).scheduled().assigned().dispatched().on_site()
                               .worked().do("generate-wcf", wcfTemplate="INSTALLATION")).number)  # fmt: skip
        world.vars.pop("ranked", None)
    assert numbers == ["WCF-2027-000001", "WCF-2027-000002", "WCF-2027-000003"]


def test_a_signature_without_an_address(world):
    """A customer without e-mail, or with one the service refuses, needs an operator; the corrected address is used."""
    world.done().do("generate-wcf", wcfTemplate="INSTALLATION").do("adobe-upload-document")
    world.signing.refused.add("paul@example.com")
    outcome = world.run("adobe-create-agreement")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "SIGNER_ADDRESS_INVALID"
    world.do("adobe-create-agreement", chase={"decision": "RESEND", "email": "paul.garnier@example.com"})
    (request,) = world.signing.requests.values()
    assert request.signers[0].email == "paul.garnier@example.com"


@pytest.mark.parametrize(
    ("fields", "state", "worst"),
    [
        ({"rating": "5"}, "SIGNED_NO_RESERVES", "NONE"),
        ({"reservation1": "scratch", "severity1": "MINOR"}, "SIGNED_WITH_RESERVES", "MINOR"),
        (
            {"reservation1": "scratch", "severity1": "MINOR", "reservation2": "leak", "severity2": "MODERATE"},
            "SIGNED_WITH_RESERVES", "MODERATE",
        ),
    ],
)  # fmt: skip
def test_reading_the_signed_form(world, fields, state, worst):
    """S36: reservations are fields of the form; the worst one decides."""
    world.done().sent().signed(**fields).do("adobe-read-form-data")
    assert form_of(world).state == state
    assert world.vars["worstSeverity"] == worst
    assert len(world.vars["reservations"]) == sum(name.startswith("reservation") for name in fields)


def test_an_order_with_open_reservations_does_not_close(world):
    """I7: what the customer noted is settled first; then the order closes with its form resolved."""
    world.done().sent().signed(reservation1="scratch", severity1="MINOR").do("adobe-read-form-data")
    outcome = world.run("close-order")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "INVALID_TRANSITION"
    row = {"reservation": "scratch", "action": "ACCEPTED_AS_IS", "cause": "PROVIDER"}
    world.do("resolve-reservations", wcfReview={"decision": "ALL_RESOLVED", "resolutions": [row]}).do("close-order")
    assert form_of(world).state == "RESOLVED"
    assert world.state == "CLOSED"


def test_a_lost_webhook_is_found(world):
    """S38: the hourly look finds the signature and tells the journey; a second look tells nothing new."""
    world.done().sent().do("reconcile-agreement")
    assert "agreement-closed" not in world.broker.names()
    world.signed().do("reconcile-agreement").do("reconcile-agreement")
    (message,) = [m for m in world.broker.messages.values() if m.name == "agreement-closed"]
    assert (message.name, message.correlation_key) == ("agreement-closed", world.vars["agreementId"])
    assert message.variables == {"agreementStatus": "SIGNED"}
    assert [row["state"] for row in world.view().agreements] == ["SIGNED"]


@pytest.mark.parametrize(("status", "state"), [("DECLINED", "NOT_SIGNED"), ("EXPIRED", "EXPIRED")])
def test_a_form_nobody_signed(world, status, state):
    """A refused or forgotten form shows it, and another one may be sent: new form, new number, new agreement."""
    world.done().sent()
    world.signing.status[world.vars["agreementId"]] = AgreementStatus(status)
    world.do("reconcile-agreement")
    assert form_of(world).state == state
    first = dict(world.vars)
    world.do("adobe-cancel-agreement").sent()
    assert world.vars["agreementId"] != first["agreementId"]
    assert form_of(world).sequence == 2
    assert {row["state"] for row in world.view().agreements} == {status, "PENDING_SIGNATURE"}


def test_a_signature_before_it_was_noted(world):
    """The customer signs at once: the look finds it although nobody had noted the sending, and noting it changes nothing."""
    world.done().do("generate-wcf", wcfTemplate="INSTALLATION").do("adobe-upload-document").do("adobe-create-agreement")
    world.signed().do("reconcile-agreement").do("store-agreement")
    assert [row["state"] for row in world.view().agreements] == ["SIGNED"]
    world.do("adobe-read-form-data")
    assert form_of(world).state == "SIGNED_NO_RESERVES"


def test_a_recalled_form(world):
    """Recalling voids an open agreement; one that was signed in the same moment stays signed."""
    world.done().sent().do("adobe-cancel-agreement")
    assert [row["state"] for row in world.view().agreements] == ["VOIDED"]
    world.sent().signed().do("adobe-cancel-agreement")
    assert world.view().agreements[-1]["state"] == "SIGNED"


def test_evidence_is_archived_once_and_never_changes(world):
    """I9: signed document and audit trail with their SHA-256; not even SQL changes them afterwards."""
    world.done().sent().signed().do("adobe-read-form-data").do("archive-document")
    (row,) = world.view().agreements
    assert (
        world.vars["sha256"] == row["signed_sha256"] == hashlib.sha256(world.archive.get(row["signed_ref"])).hexdigest()
    )
    assert row["audit_sha256"] == hashlib.sha256(world.archive.get(row["audit_ref"])).hexdigest()
    world.do("archive-document")
    assert world.view().agreements == [row]
    with world.owner.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="never changes"):
        connection.exec_driver_sql("UPDATE agreements SET signed_sha256 = 'other'")


@pytest.mark.parametrize("status", [None, "DECLINED", "EXPIRED"])
def test_a_form_signed_on_paper(world, status):
    """S37: a checked scan makes it SIGNED_NO_RESERVES, also after a refusal or an expiry; told once."""
    world.done().sent()
    if status:
        world.signing.status[world.vars["agreementId"]] = AgreementStatus(status)
        world.do("reconcile-agreement")
    code = world.scanned()
    for _ in range(2):
        world.do("record-paper-scan", chase={"decision": "PAPER_SCAN", "scanRef": f" {code.upper()} ", "scanPages": 2})
    form = form_of(world)
    assert form.state == "SIGNED_NO_RESERVES"
    assert form.signed_at is not None
    assert world.archive.get(form.scan_ref).startswith(b"%PDF")
    assert world.topics().count("contracts.wcf.signed") == 1
    world.do("close-order")
    assert world.state == "CLOSED"


@pytest.mark.parametrize(
    ("chase", "why"),
    [
        ({"scanRef": "{code}", "scanPages": 3}, "has 2"),
        ({"scanRef": "0123456789ab", "scanPages": 2}, "upload it"),
        ({"scanRef": "../../../etc/passwd", "scanPages": 2}, "upload it"),
        ({"scanRef": "", "scanPages": 2}, "missing"),
        ({"scanRef": "{code}"}, "missing"),
    ],
)
def test_a_scan_that_proves_nothing(world, chase, why):
    """Missing pages, a code nobody got, a path: back to the operator with the reason; the form stays unsigned."""
    world.done().sent()
    code = world.scanned()
    named = {name: value.format(code=code) if isinstance(value, str) else value for name, value in chase.items()}
    outcome = world.run("record-paper-scan", chase=named)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "SCAN_NOT_USABLE"
    assert why in json.loads(outcome.variables)["scanProblem"]
    assert form_of(world).state == "SENT"


def test_the_scan_of_another_order_is_none_of_this_one(world):
    """A code is looked up under its own order only."""
    world.done().sent()
    code = world.scanned(order_id=uuid4())
    outcome = world.run("record-paper-scan", chase={"scanRef": code, "scanPages": 2})
    assert isinstance(outcome, BpmnError)


def test_a_disputed_form_becomes_a_claim(world):
    """The claim is opened once, the form is disputed, the order stays COMPLETED."""
    world.done().sent().signed(reservation1="leak", severity1="MAJOR").do("adobe-read-form-data").do("open-claim")
    claim = world.vars["claimId"]
    world.do("open-claim")
    assert world.vars["claimId"] == claim
    assert form_of(world).state == "DISPUTED"
    assert world.state == "COMPLETED"
    assert world.topics().count("quality.claim.created") == 1


def test_an_order_that_is_not_done_does_not_close(world):
    """Closing needs finished work: otherwise INVALID_TRANSITION, which the model catches."""
    world.created()
    outcome = world.run("close-order")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "INVALID_TRANSITION"


def test_a_reminder_goes_where_the_model_says(world):
    """The header names the channel: the second reminder is an SMS."""
    world.done().sent()
    headers = {"template": "wcf-signature-reminder", "recipient": "customer", "channel": "sms"}
    world.do("send-notification", headers)
    (message,) = world.mail.by_template("wcf-signature-reminder")
    assert (message.channel, message.to) == ("sms", "+33639981234")
    assert form_of(world).number in message.content.text
    assert f"https://sign.test/{world.vars['agreementId']}" in message.content.text
