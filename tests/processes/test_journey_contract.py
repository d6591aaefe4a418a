"""The customer's contract before the work: sending, reminders, chase, versions, waiver, refusal."""

from __future__ import annotations

import pytest

SIGNED = {"agreementStatus": "SIGNED"}
DECLINED = {"agreementStatus": "DECLINED"}
WAIVER = {"callResult": "NOT_REACHED", "waiverReason": "Signed on the till in the store."}


@pytest.fixture
def drafted(play):
    """An order whose contract is made and not sent yet."""
    play.signs = False
    play.order()
    assert play.now_at() >= {"SendDelay"}
    return play


@pytest.fixture
def sent(drafted):
    """The contract waits for the customer's signature."""
    drafted.forward(hours=2)
    assert drafted.now_at() >= {"AwaitContract"}
    return drafted


def templates(play):
    return [j.headers["template"] for j in play.jobs("send-notification")]


def test_a_contract_is_sent_after_two_hours(drafted):
    """S1: time to think first; then it is uploaded, sent, stored, and the customer told; no provider is asked before."""
    drafted.forward(hours=1, minutes=59)
    assert drafted.jobs("adobe-create-agreement") == []
    drafted.forward(minutes=1)
    assert drafted.went("UploadContract", "CreateContractAgreement", "StoreContract", "NotifySigner", "AwaitContract")
    assert drafted.jobs("send-offer") == []
    drafted.publish("agreement-closed", "contract-agreement-1", SIGNED)
    assert drafted.went("RecordContractEnd", "ArchiveContract", "SendSignedCopy", "ContractSigned", "AssignInstaller")
    assert drafted.times("NotifySigner") == 1


def test_an_operator_sends_it_at_once(drafted):
    """contract-send-now ends the time to think."""
    drafted.publish("contract-send-now", "contract-1")
    assert drafted.now_at() >= {"AwaitContract"}


def test_a_service_without_contract(play):
    """A repair of Tempo has no template: nobody signs, a provider is asked at once."""
    play.signs = False
    play.order("ES", sourceSystem="tempo", serviceCode="REPAIR_PLUMBING", category="PLUMBING")
    assert play.times("SignCustomerContract") == 0
    assert play.now_at() >= {"OfferAnswered"}


def test_reminders_chase_and_expiry(sent):
    """S22: reminders after one day and two, a task after three, expired after seven; the task stays until somebody decides."""
    sent.forward(days=2, hours=23)
    assert templates(sent).count("contract-signature-reminder") == 2
    assert sent.times("ReconcileContract") >= 70
    sent.forward(hours=1)
    assert sent.now_at() >= {"ChaseContract"}
    sent.forward(days=4, hours=1)
    assert sent.went("ContractExpired", "RecordContractEnd", "ContractDecided", "ChaseContract")
    assert sent.variables("ChaseContract")["agreementStatus"] == "EXPIRED"


def test_a_waiver_by_two_people(sent):
    """S22: a supervisor lets the work go on; the go check accepts WAIVED."""
    sent.forward(days=3)
    sent.complete(
        "ChaseContract",
        "contractChase",
        "WAIVE",
        callResult="NOT_REACHED",
        waiverReason="Signed on the till in the store.",
    )
    asked = sent.variables("ApproveWaiver")["overrideRequest"]
    assert (asked["gate"], asked["justification"]) == ("CONTRACT", "Signed on the till in the store.")
    sent.complete("ApproveWaiver", "override", "APPROVE")
    [waived] = sent.jobs("apply-contract-waiver")
    assert waived.headers["decidedIn"] == "ApproveWaiver"
    assert sent.went("WaiveContract", "ContractWaived", "AssignInstaller")
    sent.publish("offer-accepted", "offer-1")
    sent.to_next_timer()
    assert sent.jobs("set-go-status")[0].variables["contractStatus"] == "WAIVED"


@pytest.mark.parametrize("how", ["refused", "same person"])
def test_a_waiver_that_does_not_count(sent, how):
    """Refused, or asked for and granted by one person: the chase goes on."""
    sent.will("apply-contract-waiver", sent.error("OVERRIDE_NOT_ALLOWED", overrideProblem="same person"))
    sent.forward(days=3)
    sent.complete(
        "ChaseContract",
        "contractChase",
        "WAIVE",
        callResult="NOT_REACHED",
        waiverReason="Signed on the till in the store.",
    )
    sent.complete("ApproveWaiver", "override", "REJECT" if how == "refused" else "APPROVE")
    assert sent.now_at() >= {"ChaseContract"}
    assert sent.times("AssignInstaller") == 0


@pytest.mark.parametrize("decision", ["RESEND", "AMEND"])
def test_a_declined_contract_gets_a_new_version(sent, decision):
    """S23: the old agreement is recalled, the new version is sent at once, and only its signature counts."""
    sent.publish("agreement-closed", "contract-agreement-1", DECLINED)
    assert sent.now_at() >= {"ChaseContract"}
    sent.complete("ChaseContract", "contractChase", decision, callResult="WANTS_CHANGE", email="new@example.org")
    assert sent.jobs("adobe-cancel-agreement")[0].variables["agreementId"] == "contract-agreement-1"
    assert sent.times("GenerateContract") == 2
    assert sent.times("SendDelay") == 1
    assert sent.jobs("adobe-create-agreement")[1].variables["chase"]["email"] == "new@example.org"
    sent.publish("agreement-closed", "contract-agreement-2", SIGNED)
    assert sent.went("ContractSigned", "AssignInstaller")


def test_a_signature_in_the_moment_of_resending(sent):
    """The recall finds it signed: that signature counts, no second agreement is made."""
    sent.forward(days=3)
    sent.will("adobe-cancel-agreement", {"agreementStatus": "SIGNED"})
    sent.complete("ChaseContract", "contractChase", "RESEND", callResult="WILL_SIGN")
    assert sent.went("VoidContract", "SignedMeanwhile", "ArchiveContract", "ContractSigned")
    assert len(sent.jobs("adobe-create-agreement")) == 1


def test_a_signature_while_somebody_chases(sent):
    """The task goes away by itself."""
    sent.forward(days=3)
    sent.publish("agreement-closed", "contract-agreement-1", SIGNED)
    assert sent.tasks == {}
    assert sent.went("LateContractSignature", "ArchiveContract", "ContractSigned")


def test_a_customer_who_refuses(sent):
    """CANCEL recalls the agreement and asks for the cancellation of the order."""
    sent.publish("agreement-closed", "contract-agreement-1", DECLINED)
    sent.complete("ChaseContract", "contractChase", "CANCEL", callResult="REFUSES")
    assert sent.went("RecallRefused", "ContractRefused", "CustomerRefused", "ContractNotSigned", "AskCancellation")
    assert sent.jobs("assess-cancellation")[0].variables["cancellation"]["reason"] == "CONTRACT_REFUSED"
    assert sent.path[-1] == "OrderCancelled"


def test_a_paper_scan(sent):
    """A scan that proves nothing comes back with the reason, one that does settles it."""
    sent.forward(days=3)
    sent.will("record-paper-scan", sent.error("SCAN_NOT_USABLE", scanProblem="a page is missing"))
    sent.complete("ChaseContract", "contractChase", "PAPER_SCAN", callResult="WILL_SIGN", scanRef="0" * 12, scanPages=2)
    assert sent.variables("ChaseContract")["scanProblem"] == "a page is missing"
    sent.complete("ChaseContract", "contractChase", "PAPER_SCAN", callResult="WILL_SIGN", scanRef="1" * 12, scanPages=2)
    assert sent.went("RecordContractScan", "ContractSigned", "AssignInstaller")


def test_an_address_nobody_can_write_to(drafted):
    """Nothing was sent: the task about the address, then a version to the corrected one."""
    drafted.will("adobe-create-agreement", drafted.error("SIGNER_ADDRESS_INVALID"))
    drafted.forward(hours=2)
    assert drafted.now_at() >= {"CorrectContractSigner"}
    drafted.complete(
        "CorrectContractSigner", "contractChase", "RESEND", callResult="WRONG_ADDRESS", email="new@example.org"
    )
    assert drafted.now_at() >= {"AwaitContract"}


def test_orders_that_are_no_bundle(play):
    """BUNDLE_INVALID: the order gets a contract of its own."""
    play.will("validate-contract-bundle", play.error("BUNDLE_INVALID"))
    play.signs = False
    play.order()
    assert play.jobs("generate-contract")[0].variables["contractBundle"] == ["so-1"]


def test_a_new_date_needs_no_new_signature(drafted):
    """A visit that is planned anew keeps the contract."""
    drafted.signs = True
    drafted.work()
    drafted.publish("offer-rejected", "offer-1")
    for number in (2, 3):
        drafted.publish("offer-rejected", f"offer-{number}")
    drafted.complete("AssignManually", "choice", "NEW_DATE")
    assert drafted.times("ScheduleInstallation") == 2
    assert drafted.times("SignCustomerContract") == 1


def test_a_cancellation_while_the_contract_waits(sent):
    """S40: the sweep recalls what is unsigned."""
    sent.publish(
        "cancellation-requested", "pyxis:1", {"cancellation": {"reason": "CUSTOMER_CHANGED_MIND", "origin": "CUSTOMER"}}
    )
    assert sent.went("SweepResources", "OrderCancelled")
    assert sent.now_at() == set()
