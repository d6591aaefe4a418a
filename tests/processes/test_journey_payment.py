"""Paying the provider: pro forma, contest, the ERP's refusals, the money, and claims that hold it."""

from __future__ import annotations

import pytest

ORDER = {"serviceOrderId": "so-1", "orderKey": "pyxis:1", "countryCode": "FR", "buCode": "FR-1"}
SIGNED = {"proFormaAnswer": {"decision": "SIGNED"}}
CONTESTED = {"proFormaAnswer": {"decision": "CONTESTED", "proposed": 420, "difference": 70, "differencePercent": 20}}
PAID = {"paymentResult": {"status": "COMPLETED"}}
FAILED = {"paymentResult": {"status": "FAILED"}}


@pytest.fixture
def sent(play):
    """A pro forma that waits for the provider's answer."""
    play.publish("payment-authorized", "so-1", ORDER)
    assert play.now_at() >= {"AwaitProFormaAnswer"}
    return play


@pytest.fixture
def posted(sent):
    """A payable that waits for the money."""
    sent.publish("proforma-answered", "invoice-1", SIGNED)
    assert sent.now_at() >= {"AwaitPayment"}
    return sent


def templates(play):
    return [j.headers["template"] for j in play.jobs("send-notification")]


def test_a_provider_is_paid(posted):
    """S1's last leg: pro forma, signature, payable, money; the provider hears of each."""
    posted.publish("provider-payment-completed", "invoice-1", PAID)
    assert posted.went("GenerateProForma", "AwaitProFormaAnswer", "PostPayable", "RecordPayment", "ProviderPaid")
    assert templates(posted) == ["proforma-ready", "payment-requested", "payment-done"]
    assert posted.jobs("generate-proforma")[0].variables["terms"] == {"vatPercent": 20, "dueDays": 30}


def test_nobody_to_pay(play):
    """NOTHING_TO_PAY ends quietly."""
    play.will("generate-proforma", play.error("NOTHING_TO_PAY"))
    play.publish("payment-authorized", "so-1", ORDER)
    assert play.went("NothingPaid", "NoPayment")


def test_a_silent_provider_is_reminded_and_chased(sent):
    """After three days a reminder, after ten a task; an answer that comes then closes it."""
    sent.forward(days=3)
    assert templates(sent) == ["proforma-ready", "proforma-ready"]
    sent.forward(days=7)
    _, task = sent.tasks["ChaseProForma"]
    assert task.candidate_groups == ("finance-FR",)
    sent.publish("proforma-answered", "invoice-1", SIGNED)
    assert sent.tasks == {}
    assert sent.now_at() >= {"AwaitPayment"}


@pytest.mark.parametrize(("decision", "goes_to"), [("WAIT", "AwaitProFormaAnswer"), ("DROP", "PaymentGivenUp")])
def test_chasing(sent, decision, goes_to):
    """Finance waits on, or gives the payment up."""
    sent.forward(days=10)
    sent.complete("ChaseProForma", "providerChase", decision, callResult="NOT_REACHED")
    assert sent.went("ChaseProForma", goes_to)


def test_a_contested_pro_forma_is_revised(sent):
    """S45: contested, revised, sent again, signed, posted."""
    sent.publish("proforma-answered", "invoice-1", CONTESTED)
    assert sent.variables("ResolveContest")["proFormaAnswer"]["differencePercent"] == 20
    sent.complete("ResolveContest", "contestAnswer", "REVISE", lines=[{"text": "Service", "amount": 350}])
    assert sent.jobs("revise-proforma")[0].variables["contestAnswer"]["lines"] == [{"text": "Service", "amount": 350}]
    sent.publish("proforma-answered", "invoice-1", SIGNED)
    assert sent.went("ReviseProForma", "SendRevision", "AwaitProFormaAnswer", "PostPayable", "AwaitPayment")


def test_a_contest_is_handed_on(sent):
    """ESCALATE goes to a supervisor, who decides."""
    sent.publish("proforma-answered", "invoice-1", CONTESTED)
    sent.complete("ResolveContest", "contestAnswer", "ESCALATE")
    _, task = sent.tasks["DecideContest"]
    assert task.candidate_groups == ("ops-supervisor-FR",)
    sent.complete("DecideContest", "contestAnswer", "KEEP", explanation="As agreed by telephone")
    assert sent.went("ReviseProForma", "AwaitProFormaAnswer")


def test_the_erp_refuses(sent):
    """ERP_REJECTED shows text and path to finance; the correction is posted, and counts once."""
    sent.will(
        "oracle-create-payable", sent.error("ERP_REJECTED", erpProblem={"text": "no site", "path": "/SupplierSite"})
    )
    sent.publish("proforma-answered", "invoice-1", SIGNED)
    assert sent.variables("FixErpData")["erpProblem"] == {"text": "no site", "path": "/SupplierSite"}
    sent.complete("FixErpData", "erpFix", "RETRY", supplierSite="LILLE")
    assert sent.jobs("oracle-create-payable")[1].variables["erpFix"]["supplierSite"] == "LILLE"
    sent.publish("provider-payment-completed", "invoice-1", PAID)
    assert sent.jobs("record-provider-payment")[0].variables["erpFix"] is None
    assert sent.path[-1] == "ProviderPaid"


def test_a_payment_is_given_up(sent):
    """VOID ends without money."""
    sent.will("oracle-create-payable", sent.error("ERP_REJECTED", erpProblem={"text": "unknown", "path": ""}))
    sent.publish("proforma-answered", "invoice-1", SIGNED)
    sent.complete("FixErpData", "erpFix", "VOID")
    assert sent.went("VoidProForma", "PaymentGivenUp")


def test_a_failed_payment_is_mended(posted):
    """FAILED tells finance; posted again it is found in the ERP, and paid."""
    posted.will(
        "record-provider-payment", {"paymentState": "FAILED", "erpProblem": {"text": "bank account", "path": ""}}
    )
    posted.publish("provider-payment-completed", "invoice-1", FAILED)
    assert posted.variables("FixErpData")["erpProblem"]["text"] == "bank account"
    posted.complete("FixErpData", "erpFix", "RETRY")
    posted.publish("provider-payment-completed", "invoice-1", PAID)
    assert posted.went("TellFailed", "FixErpData", "PostPayable", "ProviderPaid")


def test_an_answer_that_says_nothing(posted):
    """PENDING waits on."""
    posted.will("record-provider-payment", {"paymentState": "REQUESTED", "erpProblem": None})
    posted.publish("provider-payment-completed", "invoice-1", {"paymentResult": {"status": "PENDING"}})
    posted.publish("provider-payment-completed", "invoice-1", PAID)
    assert posted.path[-1] == "ProviderPaid"


def test_the_erp_is_asked_every_day(posted):
    """A lost answer is found by the daily look."""
    posted.forward(days=3)
    assert len(posted.jobs("reconcile-payable")) == 3


@pytest.mark.parametrize(("decision", "ends"), [("CHECK", "PaymentChecked"), ("LEAVE", "PaymentLeftOpen")])
def test_money_that_does_not_come(posted, decision, ends):
    """Five days after the due date finance is asked; the wait goes on."""
    posted.forward(days=35)
    posted.complete("ChasePayment", "paymentChase", decision)
    assert posted.went("ChasePayment", ends)
    assert posted.now_at() >= {"AwaitPayment"}


def test_a_claim_stops_the_posting(sent):
    """Held before the payable was made: the flow waits until the hold ends, then posts."""
    sent.publish("payment-held", "so-1")
    sent.will("oracle-create-payable", sent.error("PAYMENT_ON_HOLD"))
    sent.publish("proforma-answered", "invoice-1", SIGNED)
    assert sent.now_at() >= {"HoldEnded", "AwaitRelease"}
    sent.publish("payment-released", "so-1")
    assert sent.went("HoldPayment", "ReleasePayment", "ResumePayment", "AwaitPayment")
    assert len(sent.jobs("oracle-create-payable")) == 2


def test_a_claim_after_the_posting(posted):
    """Held in the ERP; two claims are two holds, and each release asks the database what is left."""
    posted.publish("payment-held", "so-1")
    posted.publish("payment-held", "so-1")
    posted.publish("payment-released", "so-1")
    posted.publish("payment-released", "so-1")
    assert len(posted.jobs("hold-payment")) == len(posted.jobs("release-payment")) == 2
    posted.publish("provider-payment-completed", "invoice-1", PAID)
    assert posted.ended[-1] == "ProviderPayment"
