"""Claims: opened once, decided, settled; the payment, the order and the provider's figures follow."""

from __future__ import annotations

import json

import psycopg
import pytest

from workers.domain.payments import payment_id
from workers.runtime.outcome import BpmnError, Failed

RULE = {"owner": "PROVIDER", "rework": True, "sameProvider": False, "counts": True, "impact": "CRITICAL"}


def move(world, state, **more):
    return world.do("record-claim", {"state": state}, **more)


def claim_of(world):
    with world.unit() as effect:
        claim = effect.unit.claims.get(world.vars["claimId"])
        effect.store({})
    return claim


def disputed(world, **fields):
    world.done().sent().signed(**(fields or {"reservation1": "leak", "severity1": "MAJOR"})).do("adobe-read-form-data")
    return world.do("open-claim")


def validated(world, cause="POOR_QUALITY"):
    move(disputed(world), "UNDER_INVESTIGATION")
    finding = {"decision": "VALID", "cause": cause}
    return move(world, "VALIDATED", claimFinding=finding, claimRule=RULE)


def test_a_claim_starts_its_process_once(world):
    """Opened again it is the same claim, one message, one number."""
    disputed(world).do("open-claim")
    assert world.broker.names().count("claim-opened") == world.topics().count("quality.claim.created") == 1
    assert claim_of(world).number == "CL-2027-000001"


def test_what_was_found_is_kept(world):
    """Cause, owner and impact; each move is told once."""
    validated(world)
    move(world, "VALIDATED", claimFinding={"cause": "POOR_QUALITY"}, claimRule=RULE)
    claim = claim_of(world)
    assert (claim.cause, claim.owner, claim.impact, claim.counts) == ("POOR_QUALITY", "PROVIDER", "CRITICAL", True)
    assert world.topics().count("quality.claim.validated") == 1


def test_a_rejected_claim_counts_against_nobody(world):
    """Not right: nothing speaks against the provider."""
    move(disputed(world), "UNDER_INVESTIGATION")
    move(world, "REJECTED", claimFinding={"decision": "REJECTED", "cause": "CUSTOMER_ABSENT"}, claimRule=RULE)
    assert claim_of(world).counts is False
    assert "quality.claim.rejected" in world.topics()


def test_a_claim_moves_only_as_claims_do(world):
    """A claim nobody investigated is not resolved."""
    disputed(world)
    assert isinstance(world.run("resolve-claim", claimResolution={}), Failed)


def test_the_claim_of_another_order(world):
    """A claim is found under its own order only."""
    disputed(world)
    stranger = world.vars["claimId"]
    world.created(external_order_id="other")
    assert isinstance(world.run("record-claim", {"state": "UNDER_INVESTIGATION"}, claimId=stranger), Failed)
    assert isinstance(world.run("measure-provider", claimId=stranger), Failed)


@pytest.mark.parametrize("amount", [0, -1, 2990.01])
def test_a_compensation_has_bounds(world, amount):
    """Above zero, at most what the order cost."""
    validated(world)
    outcome = world.run("resolve-claim", claimResolution={"compensation": amount})
    assert isinstance(outcome, BpmnError)
    assert "2990" in json.loads(outcome.variables)["reviewProblem"]


def test_a_disputed_order_is_paid_after_its_claim(world):
    """Signed, disputed, settled: the form is resolved, the provider may be paid, the order closes."""
    validated(world).do("settle-claim")
    assert world.vars["claimNext"] == "NOTHING", "the claim is still open"
    world.do("resolve-claim", claimResolution={"compensation": 100}).do("settle-claim")
    assert world.vars["claimNext"] == "AUTHORIZE"
    world.do("generate-proforma", terms={"vatPercent": 20, "dueDays": 30}).do("close-order")
    assert world.state == "CLOSED"


def test_a_form_nobody_signed_pays_nobody(world):
    """I7: a claim that is settled does not replace a signature."""
    world.done().sent().do("open-claim")
    move(world, "UNDER_INVESTIGATION")
    move(world, "REJECTED", claimFinding={"cause": "OTHER"})
    world.do("settle-claim")
    assert world.vars["claimNext"] == "NOTHING"


def test_the_last_claim_releases_the_payment(world):
    """Two claims hold it; decided one after the other, the second one releases."""
    world.pro_forma().do("open-claim")
    first = world.vars["claimId"]
    world.do("open-claim", wcfId=None)
    second = world.vars["claimId"]
    assert first != second
    for claim, following in ((first, "NOTHING"), (second, "RELEASE")):
        move(world, "UNDER_INVESTIGATION", claimId=claim)
        move(world, "REJECTED", claimId=claim, claimFinding={"cause": "OTHER"})
        world.do("settle-claim").do("release-payment")
        assert world.vars["claimNext"] == following
    with world.unit() as effect:
        state = effect.unit.payments.get(payment_id(effect.unit.claims.get(first).order_id)).state
        effect.store({})
    assert state == "AUTHORIZED"


def test_a_provider_is_judged_by_what_counts(own_world):
    """One claim on one job is a rate of 1: measured, suspended, told once; a suspended provider is not offered work."""
    world = validated(own_world).do("measure-provider")
    assert world.vars["figures"]["claimRate"] == 1
    assert world.vars["figures"]["criticalClaims"] == 1
    risk = {"status": "SUSPENDED", "reason": "CLAIM_RATE"}
    world.do("update-provider-risk", risk=risk).do("update-provider-risk", risk=risk)
    assert world.topics().count("quality.provider_risk.status_changed") == 1
    with psycopg.connect(world.url) as connection:
        found = connection.execute(
            "SELECT risk_status FROM providers WHERE id = %s", [world.vars["providerId"]]
        ).fetchone()
    assert found == ("SUSPENDED",)


def test_figures_without_jobs_are_no_division_by_zero(world):
    """A provider nobody saw at work has a claim rate of 0."""
    disputed(world)
    with psycopg.connect(world.url) as connection:
        connection.execute("UPDATE executions SET provider_id = NULL")
    world.do("measure-provider")
    assert world.vars["figures"]["claimRate"] == 0


def test_who_came_instead_is_paid(world):
    """S34: the claim is against the provider who did not come; it does not hold the money of the one who did the work."""
    world.created().scheduled().assigned().dispatched()
    world.clock.forward(hours=3)
    first = world.view().assignments[-1]["provider_id"]
    missed = dict(world.vars)
    world.do("record-no-show", noShow={"decision": "REASSIGN", "absentParty": "PROVIDER"})
    world.do("open-claim", missedVisit=True)
    world.do("open-claim", missedVisit=True)
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("SELECT category, provider_id FROM claims").fetchall()
    assert rows == [("provider no-show", first)], "opened once, against who was missing"
    world.vars.pop("ranked", None)
    world.scheduled().assigned().dispatched().on_site().worked().sent().signed().do("adobe-read-form-data")
    assert world.vars["visitId"] != missed["visitId"]
    assert world.view().assignments[-1]["provider_id"] != first
    world.do("generate-proforma", terms={"vatPercent": 20, "dueDays": 30})
    with psycopg.connect(world.url) as connection:
        assert connection.execute("SELECT state FROM provider_payments").fetchall() == [("AUTHORIZED",)]
