"""I10: every handler may run twice. One case per task type: how far the order has come, and what the job brings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.tasks.conftest import TABLES, listens
from tests.tasks.strangers import attacks
from workers.runtime.outcome import Completed, Failed
from workers.tasks import TASKS

KEY = 7_000
# Started by a clock, about nobody: what they find carries whose it is.
OF_ALL_TENANTS = frozenset({"list-ending-documents"})


class Case(NamedTuple):
    """A job of one type, in a world where it makes sense."""

    before: Callable[[Any], Any]
    variables: Callable[[Any], dict[str, Any]] = lambda world: {}
    headers: Mapping[str, str] = MappingProxyType({})


def unassigned(world: Any) -> Any:
    return world.created().scheduled()


CUSTOMER_CANCELS = {"cancellation": {"reason": "CUSTOMER_CHANGED_MIND", "origin": "CUSTOMER"}}
MODIFICATION = {"description": "move water inlet", "extraMinutes": 45, "requiresRepricing": True, "estimatedDelta": 310}
FIRST_ROUND = {
    "round": 1,
    "by": "PROVIDER",
    "answerWithin": "P2D",
    "proposal": {"date": "2027-02-02", "window": None},
}


def validated(world: Any) -> Any:
    world.done().sent().do("open-claim").do("record-claim", {"state": "UNDER_INVESTIGATION"})
    rule = {"owner": "PROVIDER", "counts": True, "impact": "HIGH"}
    return world.do("record-claim", {"state": "VALIDATED"}, claimFinding={"cause": "DAMAGE"}, claimRule=rule)


def insured_no_more(world: Any) -> Any:
    """The insurance ended yesterday."""
    world.registered().handed_in().reviewed()
    world.clock.forward(days=171)
    return world


ESCALATION = {"decision": "REASSIGN", "assignee": "senior.fr", "resolutionNotes": "Ana is ill."}


def ladder_rule(level: int) -> dict[str, Any]:
    """What the table says about a level."""
    rule = TABLES.decide("EscalationLevels", level=level, priority="HIGH", countryCode="FR", role="ops")
    return {"level": level - 1, "escalationRule": rule}


CASES: dict[str, Case] = {
    "open-task": Case(lambda w: w.created().scheduled(), headers=listens("override-go")),
    "note-assignment": Case(
        lambda w: w.created().task_opened(key=KEY), headers=listens(who="operator.fr", action="claim")
    ),
    "complete-task": Case(
        lambda w: w.created().task_opened(key=KEY),
        lambda w: {"correction": {"decision": "RETRY", "resolutionNotes": "Called, corrected."}},
        listens(who="operator.fr", action="complete"),
    ),
    "cancel-task": Case(lambda w: w.created().task_opened(key=KEY), headers=listens()),
    "update-user-task": Case(
        lambda w: w.created().task_opened(),
        lambda w: {
            "priority": "HIGH",
            "sla": TABLES.decide("SlaTargets", priority="HIGH", taskType="correct-order"),
            "clockFrom": w.clock.now().isoformat(),
        },
    ),
    "describe-task": Case(lambda w: w.late_task()),
    "assign-task": Case(lambda w: w.late_task()),
    "escalate-task": Case(lambda w: w.late_task(), lambda w: ladder_rule(3)),
    "apply-escalation": Case(lambda w: w.late_task(), lambda w: {"priority": "HIGH", "escalation": ESCALATION}),
    "validate-order": Case(lambda w: w.order()),
    "report-to-sales": Case(lambda w: w.created(), lambda w: {"status": "CREATED"}),
    "close-order": Case(lambda w: w.done()),
    "record-tv-outcome": Case(
        lambda w: w.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV").assigned().dispatched().on_site(),
        lambda w: {"checkout": {"tvOutcome": "YES_BUT", "modifications": [MODIFICATION]}},
    ),
    "report-tv-outcome": Case(lambda w: w.surveyed()),
    "report-tv-modifications": Case(lambda w: w.surveyed("YES_BUT", modifications=[MODIFICATION])),
    "apply-scope-change": Case(
        lambda w: w.surveyed("YES_BUT", modifications=[MODIFICATION]), lambda w: {"scopeChange": {"approved": True}}
    ),
    "schedule-service": Case(
        lambda w: w.created(),
        lambda w: {"visitKind": "MAIN", "serviceType": "INSTALLATION", "durationMin": 240, "crew": 2, "certs": []},
    ),
    "confirm-booking": Case(unassigned),
    "release-slot": Case(lambda w: w.created().scheduled().assigned()),
    "plan-return-visit": Case(
        lambda w: w.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE", reason="part missing")
    ),
    "find-providers": Case(unassigned),
    "rank-providers": Case(
        lambda w: unassigned(w).do("find-providers"),
        lambda w: {"scored": [{**candidate, "score": 50} for candidate in w.vars["candidates"]]},
    ),
    "send-offer": Case(
        lambda w: unassigned(w).ranked(),
        lambda w: {"candidate": w.vars["ranked"][0], "mode": {"name": "OFFER", "timeout": "PT24H"}},
    ),
    "auto-accept-offer": Case(lambda w: unassigned(w).offered()),
    "send-broadcast": Case(
        lambda w: unassigned(w).ranked(), lambda w: {"mode": {"name": "BROADCAST", "timeout": "PT1H", "parallel": 3}}
    ),
    "expire-broadcast": Case(lambda w: unassigned(w).asked_at_once()),
    "expire-offer": Case(lambda w: unassigned(w).offered()),
    "record-date-proposal": Case(lambda w: unassigned(w).offered().negotiated(), lambda w: FIRST_ROUND),
    "finalize-date-agreement": Case(
        lambda w: unassigned(w).offered().negotiated(), lambda w: {"agreed": {"date": "2027-02-04", "window": "AM"}}
    ),
    "withdraw-offer": Case(lambda w: unassigned(w).offered().negotiated()),
    "confirm-assignment": Case(lambda w: unassigned(w).offered().answered()),
    "withdraw-assignment": Case(lambda w: w.created().scheduled().assigned()),
    "apply-order-update": Case(lambda w: w.created().scheduled()),
    "apply-delivery-date": Case(lambda w: w.created().scheduled()),
    "cancel-visit": Case(lambda w: w.created().scheduled().assigned()),
    "validate-contract-bundle": Case(lambda w: w.created(), lambda w: {"contractType": "CUSTOMER_CONTRACT"}),
    "generate-contract": Case(lambda w: w.created(), lambda w: {"contractType": "CUSTOMER_CONTRACT"}),
    "apply-contract-waiver": Case(
        lambda w: w.created().contracted(),
        lambda w: {
            "contractChase": {"waiverReason": "Bought in the store and signed at the till."},
            "override": {"decision": "APPROVE"},
        },
        headers={"requestedIn": "ChaseContract", "decidedIn": "ApproveWaiver"},
    ),
    "recall-contract": Case(lambda w: w.created().contracted()),
    "apply-wcf-force": Case(
        lambda w: w.done().sent().do("adobe-cancel-agreement"),
        lambda w: {"chase": {"forceReason": "Moved abroad and answers nobody."}, "override": {"decision": "APPROVE"}},
        headers={"requestedIn": "ChaseWCF, CorrectSigner", "decidedIn": "ApproveForce"},
    ),
    "check-payment-status": Case(lambda w: w.created()),
    "check-delivery-status": Case(lambda w: w.created(delivery_status="IN_TRANSIT")),
    "set-go-status": Case(lambda w: w.created().scheduled().assigned(), lambda w: {"go": {"status": "OK"}}),
    "block-checkin": Case(
        lambda w: w.created().scheduled().assigned(),
        lambda w: {"go": {"status": "NOT_OK_PAYMENT", "reasons": ["PAYMENT"]}},
    ),
    "apply-go-override": Case(
        lambda w: w.created().scheduled().assigned(),
        lambda w: {
            "go": {"status": "NOT_OK_PAYMENT", "overridableBy": "SUPERVISOR"},
            "goReview": {"justification": "The transfer is on its way, seen on paper."},
            "override": {"decision": "APPROVE"},
        },
        headers={"requestedIn": "ResolveGo", "decidedIn": "ApproveOverride"},
    ),
    "execute-service": Case(lambda w: w.created().scheduled().assigned().cleared()),
    "record-checkin": Case(
        lambda w: w.created().scheduled().assigned().dispatched(), lambda w: {"checkIn": {"at": w.clock.now()}}
    ),
    "record-checkout": Case(
        lambda w: w.created().scheduled().assigned().dispatched().on_site(),
        lambda w: {"checkout": {"completionStatus": "COMPLETED"}},
    ),
    "record-no-show": Case(
        lambda w: w.created().scheduled().assigned().dispatched(),
        lambda w: {"noShow": {"decision": "RETURN", "absentParty": "CUSTOMER", "travelFee": 30}},
    ),
    "record-incomplete": Case(
        lambda w: w.created().scheduled().assigned().dispatched().on_site().worked("INCOMPLETE"),
        lambda w: {"incomplete": {"decision": "RETURN", "cause": "SITE", "nextDate": "2027-03-01"}},
    ),
    "end-visit": Case(
        lambda w: w.created().scheduled().assigned().dispatched().on_site(), lambda w: {"reason": "no outcome"}
    ),
    "generate-wcf": Case(lambda w: w.done(), lambda w: {"wcfTemplate": "INSTALLATION"}),
    "adobe-upload-document": Case(lambda w: w.done().do("generate-wcf")),
    "adobe-create-agreement": Case(lambda w: w.done().do("generate-wcf").do("adobe-upload-document")),
    "store-agreement": Case(
        lambda w: w.done().do("generate-wcf").do("adobe-upload-document").do("adobe-create-agreement")
    ),
    "reconcile-agreement": Case(lambda w: w.done().sent().signed()),
    "adobe-read-form-data": Case(lambda w: w.done().sent().signed(reservation1="scratch", severity1="MINOR")),
    "archive-document": Case(lambda w: w.done().sent().signed().do("adobe-read-form-data")),
    "adobe-cancel-agreement": Case(lambda w: w.done().sent()),
    "record-paper-scan": Case(lambda w: w.done().sent(), lambda w: {"chase": {"scanRef": w.scanned(), "scanPages": 2}}),
    "open-claim": Case(lambda w: w.done().sent()),
    "resolve-reservations": Case(
        lambda w: w.accepted(reservation1="scratch", severity1="MINOR"),
        lambda w: {"wcfReview": {"resolutions": [{"reservation": "1", "action": "COMPENSATION", "amount": 40}]}},
    ),
    "create-rework-order": Case(lambda w: w.accepted(reservation1="scratch", severity1="MINOR")),
    "record-claim": Case(lambda w: w.done().sent().do("open-claim"), headers={"state": "UNDER_INVESTIGATION"}),
    "resolve-claim": Case(validated, lambda w: {"claimResolution": {"compensation": 40}}),
    "settle-claim": Case(lambda w: validated(w).do("resolve-claim", claimResolution={})),
    "measure-provider": Case(validated),
    "update-provider-risk": Case(
        lambda w: w.done().sent().do("open-claim"), lambda w: {"risk": {"status": "OK", "reason": "NONE"}}
    ),
    "generate-proforma": Case(lambda w: w.accepted(), lambda w: {"terms": {"vatPercent": 20, "dueDays": 30}}),
    "revise-proforma": Case(
        lambda w: w.pro_forma().pro_forma_answered(accepted=False, reason="no"),
        lambda w: {"contestAnswer": {"decision": "KEEP", "explanation": "As agreed"}},
    ),
    "void-proforma": Case(lambda w: w.pro_forma()),
    "oracle-create-payable": Case(lambda w: w.pro_forma().pro_forma_answered()),
    "reconcile-payable": Case(lambda w: w.pro_forma().pro_forma_answered().do("oracle-create-payable")),
    "record-provider-payment": Case(
        lambda w: w.pro_forma().pro_forma_answered().do("oracle-create-payable"),
        lambda w: {"paymentResult": {"status": "COMPLETED", "reference": "4711"}},
    ),
    "hold-payment": Case(lambda w: w.pro_forma().pro_forma_answered().do("oracle-create-payable").do("open-claim")),
    "release-payment": Case(lambda w: w.pro_forma().do("hold-payment")),
    "check-provider-papers": Case(lambda w: w.registered().handed_in()),
    "record-document-review": Case(
        lambda w: w.registered().handed_in(),
        lambda w: {"documentReview": {"decision": "APPROVE", "resolutionNotes": "looked at"}},
        headers={"decidedIn": "ReviewDocument"},
    ),
    "activate-provider": Case(lambda w: w.under_contract()),
    "close-application": Case(lambda w: w.registered(), headers={"state": "DROPPED", "reason": "DOCUMENTS"}),
    "list-ending-documents": Case(lambda w: w.working(), lambda w: {"horizonDays": 366}),
    "note-document-expiry": Case(lambda w: w.working(), headers={"stage": "WARNED"}),
    "expire-document": Case(insured_no_more, lambda w: {"expiry": "SUSPEND"}),
    "assess-cancellation": Case(lambda w: w.created().scheduled(), lambda w: CUSTOMER_CANCELS),
    "freeze-order": Case(lambda w: w.created(), lambda w: CUSTOMER_CANCELS),
    "sweep-order-resources": Case(lambda w: w.created().scheduled().assigned().do("freeze-order", **CUSTOMER_CANCELS)),
    "cancel-order": Case(lambda w: w.created(), lambda w: CUSTOMER_CANCELS | {"fee": {"percent": 0, "base": "NONE"}}),
    "send-notification": Case(
        lambda w: w.created().scheduled(), headers={"template": "appointment-confirmed", "recipient": "customer"}
    ),
    "deliver-notification": Case(lambda w: w.waiting(), lambda w: {"notificationId": w.deferred()}),
    "record-contact": Case(
        lambda w: w.waiting(),
        lambda w: {"notificationId": w.deferred(), "contact": {"decision": "REACHED", "resolutionNotes": "told her"}},
        headers={"decidedIn": "ContactRecipient"},
    ),
    "publish-event": Case(lambda w: w.done(), headers={"event": "execution.service.completed"}),
    "publish-message": Case(
        lambda w: w.created(),
        lambda w: CUSTOMER_CANCELS,
        headers={"message": "cancellation-requested", "key": "orderKey", "ttl": "PT24H", "variables": "cancellation"},
    ),
}


def test_every_task_type_has_a_case():
    """A new task type must be tried twice as well."""
    assert set(CASES) == set(TASKS)


@pytest.mark.parametrize("task", CASES)
def test_twice_is_once(world, task):
    """The same job again gives the same outcome, changes no row and tells nobody anything new. Before it, jobs that name others'
    things (I12): each is refused, and does nothing."""
    case = CASES[task]
    case.before(world)
    variables = case.variables(world)
    untouched = world.outside()
    assert task in OF_ALL_TENANTS or len(attacks(world, task, case.headers, variables)) >= 2
    assert world.outside() == untouched
    first = world.run(task, case.headers, key=KEY, **variables)
    assert isinstance(first, Completed), first
    rows, outside = world.rows(), world.outside()

    again = world.run(task, case.headers, key=KEY, **variables)

    assert isinstance(again, Completed), again
    assert json.loads(again.variables) == json.loads(first.variables)
    assert world.rows() == rows
    assert world.outside() == outside


@pytest.mark.parametrize("task", CASES)
def test_death_before_the_commit_leaves_no_trace_that_counts(world, crashing, task):
    """A worker that dies after its calls outside and before its commit: the next run ends as if it had been the first."""
    case = CASES[task]
    case.before(world)
    variables = case.variables(world)
    before = {name: rows for name, rows in world.rows().items() if name != "issued_numbers"}
    healthy, world.env.ledger = world.env.ledger, crashing
    died = world.run(task, case.headers, key=KEY, **variables)
    assert isinstance(died, Failed), died
    assert {name: rows for name, rows in world.rows().items() if name != "issued_numbers"} == before
    seen = world.outside()

    world.env.ledger = healthy
    done = world.run(task, case.headers, key=KEY, **variables)

    assert isinstance(done, Completed), done
    after = world.outside()
    assert seen[:4] == after[:4], "the second run repeated, with the same ids, what the first had told the outside"
    assert len(world.rows()["effects"]) == len(before["effects"]) + 1
