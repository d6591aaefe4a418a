"""The work closing form: signature, reminders, reservations, chasing."""

from __future__ import annotations

import pytest

CHECK_IN = {"checkIn": {"at": "2027-01-18T08:02:00Z"}}
COMPLETED = {"checkout": {"completionStatus": "COMPLETED"}}
SIGNED = {"agreementStatus": "SIGNED"}


def finish_work(play):
    play.order()
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    play.publish("visit-checked-out", "visit-1", COMPLETED)


@pytest.fixture
def unsigned(play):
    """An order whose work is done and whose closing form waits for a signature."""
    finish_work(play)
    assert play.now_at() >= {"AwaitWCFSignature"}
    return play


def reminders(play):
    return [
        j.headers["channel"]
        for j in play.jobs("send-notification")
        if j.headers["template"] == "wcf-signature-reminder"
    ]


def test_the_form_is_stored_before_anybody_is_told(unsigned):
    """The agreement is in our records when the customer gets the link."""
    kinds = [d.type for d in unsigned.done]
    assert kinds.index("store-agreement") < max(
        i for i, d in enumerate(unsigned.done) if d.headers.get("template") == "wcf-signature-request"
    )
    assert unsigned.jobs("generate-wcf")[0].variables["wcfTemplate"] == "INSTALLATION"


def test_reminders_and_then_an_operator(unsigned):
    """S37: e-mail after 24 hours, SMS after 40, a task after 48; every hour the agreement is read again."""
    unsigned.forward(hours=24)
    assert reminders(unsigned) == ["email"]
    unsigned.forward(hours=16)
    assert reminders(unsigned) == ["email", "sms"]
    assert unsigned.times("ReconcileAgreement") == 40
    unsigned.forward(hours=8)
    assert unsigned.now_at() >= {"ChaseWCF"}
    assert unsigned.times("AwaitWCFSignature") == 1


def test_a_lost_webhook(unsigned):
    """S38: the hourly check finds the signature."""
    unsigned.forward(hours=1)
    unsigned.publish("agreement-closed", "agreement-1", SIGNED)
    assert unsigned.went("ReconcileAgreement", "ReadSignedForm", "OrderClosed")


def test_a_late_signature_closes_the_task(unsigned):
    """Signed while somebody chases: the task disappears and the order closes."""
    unsigned.forward(hours=48)
    unsigned.publish("agreement-closed", "agreement-1", SIGNED)
    assert unsigned.tasks == {}
    assert unsigned.path[-1] == "OrderClosed"


def test_a_declined_form_is_sent_again(unsigned):
    """The old agreement is voided, a new one waits, its signature closes the order."""
    unsigned.publish("agreement-closed", "agreement-1", {"agreementStatus": "DECLINED"})
    assert unsigned.jobs("adobe-read-form-data") == []
    unsigned.complete("ChaseWCF", "chase", "RESEND", callResult="WRONG_ADDRESS", email="new@example.org")
    assert unsigned.jobs("adobe-cancel-agreement")[0].variables["agreementId"] == "agreement-1"
    assert unsigned.jobs("adobe-create-agreement")[-1].variables["chase"]["email"] == "new@example.org"
    assert unsigned.jobs("store-agreement")[-1].variables["chase"] is None
    unsigned.publish("agreement-closed", "agreement-2", SIGNED)
    assert unsigned.path[-1] == "OrderClosed"


def test_nobody_signs_for_days(unsigned):
    """After 48 hours a task; five days and an hour later it is renewed as expired, not closed."""
    unsigned.forward(hours=48)
    unsigned.forward(days=5, hours=1)
    assert unsigned.times("ChaseWCF") == 2
    assert unsigned.variables("ChaseWCF")["agreementStatus"] == "EXPIRED"
    unsigned.complete("ChaseWCF", "chase", "PAPER_SCAN", callResult="WILL_SIGN", scanRef="0123456789ab", scanPages=2)
    (job,) = unsigned.jobs("record-paper-scan")
    assert job.variables["chase"] == {**job.variables["chase"], "scanRef": "0123456789ab", "scanPages": 2}
    assert unsigned.path[-1] == "OrderClosed"


def test_a_scan_that_cannot_be_used_comes_back(unsigned):
    """SCAN_NOT_USABLE: the same task again, which says why; the next scan is the evidence."""
    unsigned.forward(hours=48)
    unsigned.will("record-paper-scan", unsigned.error("SCAN_NOT_USABLE", scanProblem="it has 1 page"))
    unsigned.complete("ChaseWCF", "chase", "PAPER_SCAN", callResult="WILL_SIGN", scanRef="0123456789ab", scanPages=2)
    assert unsigned.variables("ChaseWCF")["scanProblem"] == "it has 1 page"
    unsigned.complete("ChaseWCF", "chase", "PAPER_SCAN", callResult="WILL_SIGN", scanRef="ba9876543210", scanPages=2)
    assert unsigned.path[-1] == "OrderClosed"
    assert unsigned.times("ChaseWCF") == 2


def test_a_refused_form_becomes_a_claim(unsigned):
    """CLAIM: the order stays completed, nobody closes it."""
    unsigned.publish("agreement-closed", "agreement-1", {"agreementStatus": "DECLINED"})
    unsigned.complete("ChaseWCF", "chase", "CLAIM", callResult="REFUSES")
    assert unsigned.went("Disputed", "OpenClaim", "ReportDisputedCompletion", "ClaimOpened")
    assert unsigned.jobs("close-order") == []


RESERVATIONS = [{"description": "scratch", "severity": "MINOR"}, {"description": "tap", "severity": "MODERATE"}]


@pytest.fixture
def reserved(unsigned):
    """Signed with reservations: the quality team has the task."""
    unsigned.will("adobe-read-form-data", {"reservations": RESERVATIONS, "worstSeverity": "MODERATE"})
    unsigned.publish("agreement-closed", "agreement-1", SIGNED)
    return unsigned


@pytest.mark.parametrize(("decision", "ends"), [("ALL_RESOLVED", "OrderClosed"), ("CLAIM", "OrderDisputed")])
def test_reservations_are_reviewed(reserved, decision, ends):
    """S36: signed with reservations goes to the quality team first, a row for each reservation filled in."""
    _, task = reserved.tasks["ResolveReserves"]
    assert task.candidate_groups == ("quality-FR",)
    assert reserved.variables("ResolveReserves")["wcfReview"]["resolutions"] == [
        {"reservation": "scratch", "severity": "MINOR"},
        {"reservation": "tap", "severity": "MODERATE"},
    ]
    reserved.complete("ResolveReserves", "wcfReview", decision, resolutions=[])
    assert reserved.path[-1] == ends


def test_resolutions_that_do_not_add_up(reserved):
    """RESOLUTION_INVALID: the same task again, which says why."""
    reserved.will("resolve-reservations", reserved.error("RESOLUTION_INVALID", reviewProblem="too much"))
    reserved.complete("ResolveReserves", "wcfReview", "ALL_RESOLVED", resolutions=[])
    assert reserved.variables("ResolveReserves")["reviewProblem"] == "too much"
    assert reserved.times("ResolveReserves") == 2


def test_a_reservation_handed_on_is_a_dispute(reserved):
    """ESCALATED ends in a claim."""
    reserved.will("resolve-reservations", {"wcfResult": "DISPUTED"})
    reserved.complete("ResolveReserves", "wcfReview", "ALL_RESOLVED", resolutions=[])
    assert reserved.went("ClaimOpened", "OrderDisputed")


@pytest.mark.parametrize(("accepted", "ends"), [(True, "OrderClosed"), (False, "OrderDisputed")])
def test_rework_before_the_order_closes(reserved, accepted, ends):
    """S36: REWORK makes an order of its own; nobody is paid and nothing closes before it is settled."""
    reserved.will("resolve-reservations", {"wcfResult": "REWORK"})
    reserved.complete("ResolveReserves", "wcfReview", "ALL_RESOLVED", resolutions=[])
    assert reserved.went("Rework", "CreateRework", "AwaitRework")
    assert "AuthorizePayment" not in reserved.path
    reserved.publish("rework-settled", "so-1", {"rework": {"accepted": accepted, "orderId": "so-rework"}})
    assert reserved.path[-1] == ends
    assert ("AuthorizePayment" in reserved.path) == accepted


def test_rework_that_never_ends(reserved):
    """After sixty days it is a claim."""
    reserved.will("resolve-reservations", {"wcfResult": "REWORK"})
    reserved.complete("ResolveReserves", "wcfReview", "ALL_RESOLVED", resolutions=[])
    reserved.forward(days=60)
    assert reserved.went("ClaimOpened", "OrderDisputed")


def test_a_signature_in_the_moment_of_the_new_sending(unsigned):
    """Signed while the operator sends again: no second form, the first one is read and archived."""
    unsigned.forward(hours=48)
    unsigned.will("adobe-cancel-agreement", {"agreementStatus": "SIGNED"})
    unsigned.complete("ChaseWCF", "chase", "RESEND", callResult="WILL_SIGN")
    assert unsigned.went("VoidAgreement", "SignedMeanwhile", "ReadSignedForm", "ArchiveSignedWCF", "OrderClosed")
    assert len(unsigned.jobs("generate-wcf")) == 1


def test_an_invalid_address_is_corrected(play):
    """SIGNER_ADDRESS_INVALID: corrected by an operator, then the agreement is created."""
    play.will("adobe-create-agreement", play.error("SIGNER_ADDRESS_INVALID"))
    finish_work(play)
    play.complete("CorrectSigner", "chase", "RESEND", callResult="WRONG_ADDRESS", email="right@example.org")
    assert play.now_at() >= {"AwaitWCFSignature"}


@pytest.mark.parametrize(("decision", "ends"), [("PAPER_SCAN", "OrderClosed"), ("CLAIM", "OrderDisputed")])
def test_no_address_at_all(play, decision, ends):
    """Signed on paper, or not at all."""
    play.will("adobe-create-agreement", play.error("SIGNER_ADDRESS_INVALID"))
    finish_work(play)
    play.complete("CorrectSigner", "chase", decision, callResult="NOT_REACHED")
    assert play.path[-1] == ends


def test_no_address_and_a_bad_scan(play):
    """Nobody waits for a signature, so the task that comes back is the one about the address."""
    play.will("adobe-create-agreement", play.error("SIGNER_ADDRESS_INVALID"))
    play.will("record-paper-scan", play.error("SCAN_NOT_USABLE", scanProblem="it is not here"))
    finish_work(play)
    play.complete("CorrectSigner", "chase", "PAPER_SCAN", callResult="NOT_REACHED", scanRef="0123456789ab", scanPages=1)
    assert play.variables("CorrectSigner")["scanProblem"] == "it is not here"
    assert play.times("CorrectSigner") == 2


@pytest.mark.parametrize(("decision", "goes_to"), [("ACCEPT_PARTIAL", "UploadWCF"), ("CANCEL", "ClaimOpened")])
def test_an_incomplete_record(play, decision, goes_to):
    """WORK_RECORD_INCOMPLETE: completed and generated again, or given up."""
    play.will("generate-wcf", play.error("WORK_RECORD_INCOMPLETE", missing=["photos"]))
    finish_work(play)
    play.complete("CompleteWorkRecord", "incomplete", decision, cause="PROVIDER")
    assert play.went("CompleteWorkRecord", goes_to)


def test_an_order_that_cannot_be_closed(unsigned):
    """INVALID_TRANSITION on closing goes to an operator instead of becoming an incident."""
    unsigned.will("close-order", unsigned.error("INVALID_TRANSITION"))
    unsigned.publish("agreement-closed", "agreement-1", SIGNED)
    unsigned.complete("DecideNext", "nextStep", "CLOSE")
    assert unsigned.went("NotClosable", "DecideNext", "CloseUnfinished", "ReportClosed", "OrderClosed")


FORCE = {"callResult": "REFUSES", "forceReason": "Moved abroad and answers nobody."}


def test_closed_without_a_signature_by_two_people(unsigned):
    """FORCE: a supervisor sees why; the agreement is recalled before the form is closed, and the order closes."""
    unsigned.forward(hours=48)
    unsigned.complete("ChaseWCF", "chase", "FORCE", **FORCE)
    _, task = unsigned.tasks["ApproveForce"]
    assert task.candidate_groups == ("ops-supervisor-FR",)
    asked = unsigned.variables("ApproveForce")["overrideRequest"]
    assert (asked["gate"], asked["justification"]) == ("WCF", FORCE["forceReason"])
    unsigned.complete("ApproveForce", "override", "APPROVE")
    [forced] = unsigned.jobs("apply-wcf-force")
    assert (forced.headers["requestedIn"], forced.headers["decidedIn"]) == ("ChaseWCF, CorrectSigner", "ApproveForce")
    assert unsigned.went("RecallUnsigned", "ForceWCF", "Accepted", "OrderClosed")


@pytest.mark.parametrize("how", ["refused", "same person"])
def test_a_force_that_does_not_count(unsigned, how):
    """Refused, or asked for and granted by one person: the chase goes on, nobody is paid."""
    unsigned.will("apply-wcf-force", unsigned.error("OVERRIDE_NOT_ALLOWED", overrideProblem="same person"))
    unsigned.forward(hours=48)
    unsigned.complete("ChaseWCF", "chase", "FORCE", **FORCE)
    unsigned.complete("ApproveForce", "override", "REJECT" if how == "refused" else "APPROVE")
    assert unsigned.now_at() >= {"ChaseWCF"}
    assert "AuthorizePayment" not in unsigned.path


def test_no_address_and_no_signature_at_all(play):
    """A form that could not be sent is closed the same way."""
    play.will("adobe-create-agreement", play.error("SIGNER_ADDRESS_INVALID"))
    finish_work(play)
    play.complete("CorrectSigner", "chase", "FORCE", **FORCE)
    play.complete("ApproveForce", "override", "APPROVE")
    assert play.went("ForceWanted", "ApproveForce", "ForceWCF", "OrderClosed")


def test_reservations_hold_the_payment_and_are_told(reserved):
    """S36: the payment is announced as held, provider and quality team hear of it before anybody decides."""
    [held] = [j for j in reserved.jobs("publish-event") if j.headers["event"] == "payment.provider.held"]
    told = [(j.headers["recipient"], j.headers.get("role")) for j in reserved.jobs("send-notification")]
    assert held.variables["wcfId"]
    assert told[-2:] == [("provider", None), ("operator", "quality")]
    assert reserved.jobs("send-notification")[-1].variables["urgent"] is False
