"""Paying the provider: what they get, contest and revision, the payable, holds, and what the database refuses (I7)."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from adapters.postgres.inbox import PostgresInbox
from workers.domain.errors import InvalidTransition, WorkNotAccepted
from workers.domain.payments import payment_id, pro_forma_id
from workers.intake.invoices import payment_answered
from workers.journey.paying import completed_message
from workers.ports.erp import PayableStatus, Problem
from workers.ports.feeds import PaymentResult
from workers.ports.inbox import InboxMessage, Received, Reception
from workers.ports.sales import Unreadable
from workers.runtime.outcome import BpmnError, Failed

TERMS = {"vatPercent": 20, "dueDays": 30}


def payment_of(world):
    with world.unit() as effect:
        found = effect.unit.payments.find(payment_id(UUID(world.vars["serviceOrderId"])))
        effect.store({})
    return found


def pro_forma_of(world):
    with world.unit() as effect:
        found = effect.unit.pro_formas.find(pro_forma_id(UUID(world.vars["serviceOrderId"])))
        effect.store({})
    return found


def posted(world):
    world.pro_forma().pro_forma_answered()
    return world.do("oracle-create-payable")


def test_a_pro_forma(world):
    """The agreed price and the country's tax; payment and number are made once, however often the job comes."""
    world.pro_forma()
    assert world.vars["invoiceTotal"] == 1740.0
    assert world.vars["invoiceNumber"] == "PF-2027-000001"
    first = dict(world.vars)
    world.do("generate-proforma", terms=TERMS)
    assert world.vars == first
    assert payment_of(world).state == "AUTHORIZED"
    assert world.topics().count("payment.provider.authorized") == world.topics().count("payment.invoice.sent") == 1


def test_without_an_acceptance_no_payment(world):
    """I7: no accepted closing form, no pro forma."""
    world.done().sent()
    outcome = world.run("generate-proforma", terms=TERMS)
    assert isinstance(outcome, Failed)
    assert WorkNotAccepted.__name__ in str(outcome) or "accepted closing form" in str(outcome)
    assert payment_of(world) is None


def test_nothing_to_pay(world):
    """An order without a price for the provider pays nobody."""
    world.created(provider_total=None).scheduled().assigned().dispatched().on_site().worked().sent().signed()
    world.do("adobe-read-form-data")
    outcome = world.run("generate-proforma", terms=TERMS)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "NOTHING_TO_PAY"


@pytest.mark.parametrize("state", ["AUTHORIZED", "REQUESTED"])
def test_the_database_refuses_a_payment_without_acceptance(world, state):
    """I7 holds for anybody with SQL: no payment on its way when the form is not accepted."""
    world.pro_forma()
    with psycopg.connect(world.url) as connection:
        connection.execute("UPDATE provider_payments SET state = 'HELD'")
        connection.execute("UPDATE wcfs SET state = 'SIGNED_WITH_RESERVES'")
        with pytest.raises(psycopg.errors.RestrictViolation, match="accepted closing form"):
            connection.execute("UPDATE provider_payments SET state = %s", [state])


def test_the_database_refuses_a_claim_beside_a_payment(world):
    """I7 the other way round: a claim cannot be opened while the payment goes on."""
    world.pro_forma().do("open-claim")
    with psycopg.connect(world.url) as connection:
        connection.execute("UPDATE claims SET state = 'CLOSED'")
        connection.execute("UPDATE provider_payments SET state = 'AUTHORIZED'")
        connection.execute("UPDATE claims SET state = 'CREATED'")
        with pytest.raises(psycopg.errors.RestrictViolation, match="has to hold the payment"):
            connection.commit()


def test_the_answer_counts_once(world):
    """Signed is signed: a second answer, or one to another revision, is too late."""
    world.pro_forma().pro_forma_answered()
    assert pro_forma_of(world).state == "SIGNED"
    with pytest.raises(InvalidTransition):
        world.pro_forma_answered(accepted=False, reason="too little")


def test_a_contest_and_its_revision(world):
    """S45: 350 against 420 is 70 apart, 20 percent; the revision keeps the number and asks again."""
    world.accepted()
    with psycopg.connect(world.url) as connection:
        connection.execute("UPDATE order_progress SET provider_total = 350")
    world.do("generate-proforma", terms={"vatPercent": 0, "dueDays": 30})
    world.pro_forma_answered(accepted=False, reason="Two hours more", proposed=Decimal(420))
    contest = pro_forma_of(world).contest
    assert contest.difference(Decimal(350)) == (Decimal(70), Decimal("20.0"))
    lines = [{"text": "Service", "amount": 350}, {"text": "Two hours", "amount": 70}, {"text": ""}]
    world.do("revise-proforma", contestAnswer={"decision": "REVISE", "lines": lines, "explanation": "Agreed"})
    revised = pro_forma_of(world)
    assert (revised.state, revised.revision, revised.total, revised.number) == ("SENT", 2, 420, "PF-2027-000001")
    assert payment_of(world).amount == 420
    with pytest.raises(InvalidTransition):
        world.pro_forma_answered(revision=1)
    world.pro_forma_answered(revision=2).do("oracle-create-payable")
    assert [payable.total for payable in world.erp.made.values()] == [420]


@pytest.mark.parametrize(
    "answer",
    [
        {"decision": "KEEP"},
        {"decision": "REVISE", "lines": []},
        {"decision": "REVISE", "lines": [{"text": "x", "amount": -5}]},
    ],
)
def test_a_contest_that_changes_nothing(world, answer):
    """Kept, or corrected to nothing one could pay: the old lines stand, explained, and are asked again."""
    world.pro_forma().pro_forma_answered(accepted=False, reason="no")
    world.do("revise-proforma", contestAnswer={**answer, "explanation": "As agreed"})
    assert (pro_forma_of(world).total, pro_forma_of(world).revision) == (1740, 2)


def test_a_payable(world):
    """Signed, it is announced once: number and supplier are its key, the due date follows from the signature."""
    posted(world)
    (payable,) = world.erp.made.values()
    assert payable.key.number == "PF-2027-000001"
    assert (payable.total, payable.tax, payable.lines[0].amount) == (1740, 290, 1450)
    assert (payable.due_on - payable.invoice_date).days == 30
    assert payment_of(world).state == "REQUESTED"
    world.do("oracle-create-payable")
    assert len(world.erp.made) == world.topics().count("payment.provider.payment_requested") == 1


def test_an_unsigned_pro_forma_is_not_posted(world):
    """Only what the provider signed is owed."""
    world.pro_forma()
    assert isinstance(world.run("oracle-create-payable"), Failed)
    assert world.erp.made == {}


def test_the_erp_refuses_and_is_corrected(world):
    """Text and path go to finance; what was corrected is kept and posted."""
    world.pro_forma().pro_forma_answered()
    world.erp.refuses["MAIN"] = Problem("The site is closed", "AP-1", "/SupplierSite")
    outcome = world.run("oracle-create-payable", erpFix={"taxCode": "FR20"})
    assert isinstance(outcome, BpmnError)
    assert json.loads(outcome.variables)["erpProblem"] == {"text": "The site is closed", "path": "/SupplierSite"}
    world.do("oracle-create-payable", erpFix={"supplierSite": "LILLE", "taxCode": "", "account": None})
    (payable,) = world.erp.made.values()
    assert (payable.site, payable.tax_code) == ("LILLE", "FR20")


def test_a_provider_who_bills_alone(own_world):
    """INVOICE_SUBMISSION: the payment is announced, the invoice is the provider's."""
    with psycopg.connect(own_world.url) as connection:
        connection.execute("UPDATE providers SET billing_model = 'INVOICE_SUBMISSION'")
    posted(own_world)
    assert own_world.vars["billingModel"] == "INVOICE_SUBMISSION"
    assert own_world.erp.made == {}
    assert own_world.topics().count("payment.provider.payment_requested") == 1


def test_a_provider_the_erp_does_not_know(own_world):
    """Without a supplier number finance is asked, nothing is guessed."""
    with psycopg.connect(own_world.url) as connection:
        connection.execute("UPDATE providers SET supplier_number = NULL")
    own_world.pro_forma().pro_forma_answered()
    outcome = own_world.run("oracle-create-payable")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "ERP_REJECTED"


def test_the_money(world):
    """COMPLETED pays, once; a later FAILED changes nothing; PENDING says nothing."""
    posted(world).do("record-provider-payment", paymentResult={"status": "PENDING"})
    assert world.vars["paymentState"] == "REQUESTED"
    paid = {"status": "COMPLETED", "paidAt": "2027-03-03T00:00:00Z", "reference": "4711"}
    world.do("record-provider-payment", paymentResult=paid)
    world.do("record-provider-payment", paymentResult={"status": "FAILED"})
    assert (payment_of(world).state, payment_of(world).reference) == ("PAID", "4711")


def test_a_failed_payment_is_posted_again(world):
    """A failure is told to finance; posted again it is the same payable."""
    posted(world).do("record-provider-payment", paymentResult={"status": "FAILED", "failureReason": "bank account"})
    assert world.vars["erpProblem"]["text"] == "bank account"
    world.do("oracle-create-payable", erpFix={"account": "01-100"})
    assert (payment_of(world).state, len(world.erp.made)) == ("REQUESTED", 1)


def test_a_lost_answer_is_found(world):
    """The look tells the journey what the ERP did not; open, it tells nothing; twice it is one message."""
    posted(world).do("reconcile-payable")
    assert "provider-payment-completed" not in world.broker.names()
    (key,) = world.erp.made
    world.erp.status[key] = PayableStatus.PAID
    world.do("reconcile-payable").do("reconcile-payable")
    assert world.broker.names().count("provider-payment-completed") == 1


def test_the_erp_tells_what_was_found_before(world):
    """The ERP's own answer after our look is the same message, when it says the same."""
    posted(world)
    result = {"status": "COMPLETED", "paidAt": None, "reference": None, "failureReason": None}
    with world.unit("api") as effect:
        message = payment_answered(effect.unit, UUID(world.vars["invoiceId"]), result).message
        effect.store({})
    (key,) = world.erp.made
    world.erp.status[key] = PayableStatus.PAID
    world.do("reconcile-payable")
    assert (message.name, message.correlation_key, message.message_id) in world.broker.messages


def test_a_claim_holds_before_and_after_the_posting(world):
    """Held in the claim's own transaction; posting waits; released by the last claim that is settled."""
    world.pro_forma().pro_forma_answered().do("open-claim")
    assert payment_of(world).state == "HELD"
    outcome = world.run("oracle-create-payable")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "PAYMENT_ON_HOLD"
    world.do("release-payment")
    assert payment_of(world).state == "HELD", "the claim is still open"
    with psycopg.connect(world.url) as connection:
        connection.execute("UPDATE claims SET state = 'REJECTED'")
    world.do("release-payment").do("oracle-create-payable")
    assert payment_of(world).state == "REQUESTED"


def test_a_hold_reaches_the_erp(world):
    """What was posted is blocked over there, and released there."""
    posted(world).do("open-claim").do("hold-payment")
    assert set(world.erp.status.values()) == {PayableStatus.HELD}
    with psycopg.connect(world.url) as connection:
        connection.execute("UPDATE claims SET state = 'RESOLVED'")
    world.do("release-payment")
    assert set(world.erp.status.values()) == {PayableStatus.OPEN}
    assert payment_of(world).state == "REQUESTED"


def test_the_erp_was_quicker_than_the_hold(world):
    """Paid although held: recorded as it happened."""
    posted(world).do("open-claim").do("hold-payment")
    world.do("record-provider-payment", paymentResult={"status": "COMPLETED"})
    assert payment_of(world).state == "PAID"


def test_a_pro_forma_given_up(world):
    """Void: nobody is paid on it, and the payment says why."""
    world.pro_forma().do("void-proforma").do("void-proforma")
    assert pro_forma_of(world).state == "VOID"
    assert (payment_of(world).state, payment_of(world).hold_reason) == ("HELD", "pro forma given up")


def test_what_the_provider_is_told(world):
    """Number, total and due date; nothing of the customer's."""
    posted(world).do("send-notification", {"template": "payment-requested", "recipient": "provider"})
    (message,) = world.mail.by_template("payment-requested")
    assert "PF-2027-000001" in repr(message.content)
    assert "740,00" in message.content.text
    assert "Garnier" not in message.content.text


def test_a_payment_told_by_kafka_is_the_answer_the_journey_waits_for(world: Any) -> None:
    """The same message as by the ERP's route, once; of another tenant's invoice nothing is heard."""
    world.pro_forma().pro_forma_answered().do("oracle-create-payable")
    told = PaymentResult(
        invoice_id=UUID(world.vars["invoiceId"]),
        told_at=world.clock.now(),
        result={"status": "COMPLETED"},
        country_code="FR",
    )
    inbox = PostgresInbox(world.owner, world.clock)
    message = completed_message(told.invoice_id, told.result)
    row = InboxMessage("reference", "e-1", "payment.provider.payment_completed", f"invoice:{told.invoice_id}", b"{}")
    assert inbox.learn(row, told, publish=[message]).unpublished == (message,)
    inbox.confirm("reference", "e-1")
    assert inbox.learn(row, told, publish=[message]) == Received(Reception.REPEATED)
    stranger = replace(row, message_id="e-2")
    with pytest.raises(Unreadable):
        inbox.learn(stranger, replace(told, country_code="ES"), publish=[message])
