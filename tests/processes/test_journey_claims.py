"""A claim's way: investigated, mended or compensated, settled, watched, and what it does to the money."""

from __future__ import annotations

import pytest

CLAIM = {
    "claimId": "claim-1",
    "serviceOrderId": "so-1",
    "orderKey": "pyxis:1",
    "countryCode": "FR",
    "buCode": "FR-1",
    "claimNumber": "CL-2027-000001",
    "category": "poor quality",
}


@pytest.fixture
def opened(play):
    """A claim somebody has to investigate."""
    play.publish("claim-opened", "claim-1", CLAIM)
    assert play.tasks["InvestigateClaim"][1].candidate_groups == ("quality-FR",)
    return play


def states(play):
    return [job.headers["state"] for job in play.jobs("record-claim")]


def test_a_claim_stops_the_payment_first(opened):
    """Before anybody looks at it, the payment is held."""
    (job,) = opened.jobs("publish-message")
    assert job.headers["message"] == "payment-held"
    assert states(opened) == ["UNDER_INVESTIGATION"]


def test_a_claim_that_is_not_right(opened):
    """Rejected: the payment goes on, nobody is judged, nothing is watched."""
    opened.will("settle-claim", {"claimNext": "RELEASE"})
    opened.complete("InvestigateClaim", "claimFinding", "REJECTED", cause="CUSTOMER_ABSENT")
    assert opened.went("RecordRejection", "SettleClaim", "ReleaseHeldPayment", "ClaimRejected")
    assert opened.jobs("update-provider-risk") == []


def test_conduct_needs_no_rework(opened):
    """Nothing to mend: settled with the customer, closed a week later, the provider is judged."""
    opened.complete("InvestigateClaim", "claimFinding", "VALID", cause="CONDUCT")
    opened.complete("ResolveClaim", "claimResolution", "RESOLVED", compensation=50)
    assert opened.jobs("resolve-claim")[0].variables["claimResolution"]["compensation"] == 50
    opened.forward(days=7)
    assert states(opened) == ["UNDER_INVESTIGATION", "VALIDATED", "CLOSED"]
    assert opened.jobs("update-provider-risk")[0].variables["risk"] == {"status": "OK", "reason": "NONE"}
    assert opened.path[-1] == "ClaimClosed"


@pytest.mark.parametrize(("cause", "same"), [("POOR_QUALITY", False), ("WRONG_DELIVERY", True)])
def test_who_mends_it(opened, cause, same):
    """The provider's fault: another provider; a wrong delivery: the same one. The claim waits for the rework."""
    opened.complete("InvestigateClaim", "claimFinding", "VALID", cause=cause)
    assert opened.jobs("create-rework-order")[0].variables["sameProvider"] is same
    assert opened.now_at() >= {"AwaitClaimRework"}
    opened.publish("rework-settled", "so-1", {"rework": {"accepted": True}})
    assert set(opened.tasks) == {"ResolveClaim"}


def test_a_rework_that_never_ends(opened):
    """After sixty days the quality team settles it without."""
    opened.complete("InvestigateClaim", "claimFinding", "VALID", cause="POOR_QUALITY")
    opened.forward(days=60)
    assert set(opened.tasks) == {"ResolveClaim"}


def test_a_compensation_beyond_bounds_comes_back(opened):
    """RESOLUTION_INVALID: the same task, which says why."""
    opened.complete("InvestigateClaim", "claimFinding", "VALID", cause="CONDUCT")
    opened.will("resolve-claim", opened.error("RESOLUTION_INVALID", reviewProblem="too much"))
    opened.complete("ResolveClaim", "claimResolution", "RESOLVED", compensation=9999)
    assert opened.variables("ResolveClaim")["reviewProblem"] == "too much"


@pytest.mark.parametrize(
    ("answers", "way"),
    [
        ({}, ("AuthorizeAfterClaim", "CloseDisputedOrder", "ObserveClaim")),
        ({"close-order": "INVALID_TRANSITION"}, ("DisputedNotClosable", "ObserveClaim")),
    ],
)
def test_a_disputed_order_is_paid_and_closed(opened, answers, way):
    """Nobody was paid yet: the payment starts, the order closes; one that cannot stays as it is."""
    opened.will("settle-claim", {"claimNext": "AUTHORIZE"})
    for kind, code in answers.items():
        opened.will(kind, opened.error(code))
    opened.complete("InvestigateClaim", "claimFinding", "VALID", cause="CONDUCT")
    opened.complete("ResolveClaim", "claimResolution", "RESOLVED")
    assert opened.went(*way)
    assert "ProviderPayment" not in opened.ended


def test_evidence_keeps_the_task(opened):
    """What is added meanwhile does not close the task."""
    opened.publish("claim-evidence-added", "claim-1")
    assert set(opened.tasks) == {"InvestigateClaim"}


def test_something_is_left_to_mend(opened):
    """REWORK orders one although the cause asked for none; then the claim is resolved."""
    opened.complete("InvestigateClaim", "claimFinding", "VALID", cause="CONDUCT")
    opened.complete("ResolveClaim", "claimResolution", "REWORK")
    assert opened.now_at() >= {"AwaitClaimRework"}
    opened.publish("rework-settled", "so-1", {"rework": {"accepted": False}})
    opened.complete("ResolveClaim", "claimResolution", "RESOLVED")
    assert opened.went("RecordResolution", "ObserveClaim")
