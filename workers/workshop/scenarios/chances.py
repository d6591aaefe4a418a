"""What may be done at a moment of a walk: everybody's routine, and what had better not happen. Each gives a step, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from workers.workshop.scenarios import acts
from workers.workshop.scenarios.format import Step
from workers.workshop.scenarios.inventing import invented
from workers.workshop.scenarios.scene import Row, Scene

Said = dict[str, Any]
Chance = Callable[[Scene, Random], Said | None]

PAYMENTS = ("FULLY_PAID", "FULLY_PAID", "PARTIALLY_PAID", "PAYMENT_AUTHORIZED", "NOT_PAID", "REFUNDED")
DELIVERIES = ("FULLY_DELIVERED", "FULLY_DELIVERED", "IN_TRANSIT", "PARTIALLY_DELIVERED")
MORTAL = (
    *("validate-order", "schedule-service", "find-providers", "send-offer", "expire-offer", "confirm-assignment"),
    *(
        "confirm-booking",
        "record-date-proposal",
        "finalize-date-agreement",
        "adobe-create-agreement",
        "store-agreement",
    ),
    *("archive-document", "record-checkin", "record-checkout", "generate-wcf", "send-notification", "report-to-sales"),
    *(
        "sweep-order-resources",
        "cancel-order",
        "close-order",
        "release-slot",
        "generate-proforma",
        "oracle-create-payable",
    ),
)
GIVING_UP = frozenset({"CANCEL", "REJECT", "REFUSE"})
SYSTEMS = (
    ("adobe-sign", "POST /api/rest/v6/agreements"),
    ("messaging", "POST /email"),
    ("messaging", "POST /sms"),
    ("erp", "POST /fscmRestApi/resources/11.13.18.05/invoices"),
)


def if_possible(**said: Any) -> Chance:
    """An act of people, when it can be done now."""
    step = Step.model_validate(said)
    act = acts.act_of(step)

    def chance(scene: Scene, _: Random) -> Said | None:
        return dict(said) if act.find(scene, step) is not None else None

    return chance


def seldom(chance: Chance, share: float) -> Chance:
    """The same, but only sometimes."""

    def rare(scene: Scene, rng: Random) -> Said | None:
        return chance(scene, rng) if rng.random() < share else None

    return rare


def _day(scene: Scene, rng: Random) -> str:
    return (scene.now + timedelta(days=rng.randint(-1, 30))).date().isoformat()


def _dated(who: str, what: str) -> Chance:
    """A date somebody names: a good one or not."""

    def chance(scene: Scene, rng: Random) -> Said | None:
        possible = if_possible(**{who: what})(scene, rng)
        return {**possible, "date": _day(scene, rng)} if possible else None

    return chance


def _pays(scene: Scene, rng: Random) -> Said:
    # News may be older than what is known by now.
    old = {"document": {"occurredAt": (scene.now - timedelta(days=2)).isoformat()}} if rng.random() < 0.2 else {}
    return {"payment": rng.choice(PAYMENTS), **old}


def _delivers(scene: Scene, rng: Random) -> Said:
    dated = {"date": _day(scene, rng)} if rng.random() < 0.2 else {}
    return {"delivery": rng.choice(DELIVERIES), **dated}


def _leaves(scene: Scene, rng: Random) -> Said | None:
    """A team's report: done or not, with an outcome when it was a survey."""
    possible = if_possible(team="checks out")(scene, rng)
    if possible is None:
        return None
    outcome = {"tvOutcome": rng.choice(["YES", "YES", "YES_BUT", "NO"])} if rng.random() < 0.6 else {}
    more = [{"description": "Move the water inlet", "extraMinutes": 45, "requiresRepricing": rng.random() < 0.5}]
    changes = {"modifications": more} if outcome.get("tvOutcome") == "YES_BUT" and rng.random() < 0.8 else {}
    done = rng.random() < 0.75
    return {
        **possible,
        "status": "COMPLETED" if done else rng.choice(["INCOMPLETE", "PARTIALLY_COMPLETED", "CANCELLED"]),
        "reason": "" if done else "wrong product",
        "report": {**outcome, **changes},
    }


def _signs(scene: Scene, rng: Random) -> Said | None:
    possible = if_possible(customer="signs")(scene, rng)
    faults = {"reservation1": "Drawer does not close", "severity1": rng.choice(["MINOR", "MODERATE", "MAJOR"])}
    return {**possible, "form": faults if rng.random() < 0.3 else {}} if possible else None


def _arrives_in_danger(scene: Scene, rng: Random) -> Said | None:
    possible = if_possible(team="checks in")(scene, rng)
    hazards = {"hazards": [{"kind": "GAS", "severity": "CRITICAL", "note": f"{scene.now:%H:%M}"}]}
    return {**possible, "report": hazards} if possible else None


def _decides(scene: Scene, rng: Random) -> Said | None:
    """Somebody completes an open task with a form filled in by chance."""
    if not scene.watch.tasks:
        return None
    task = rng.choice(sorted(scene.watch.tasks.values(), key=lambda task: task.key))
    form = scene.kit.engine.state.definitions.forms.get(task.value.form_key)
    if form is None:
        return None
    shown = scene.watch.document(task.value.element_instance_key)
    decision, values = invented(form.value.resource, shown, rng, scene.now)
    if decision in GIVING_UP and rng.random() < 0.95:  # else few orders would live to see their end
        return None
    who = rng.choice(["operator.a", "operator.b"])  # the same person asks and approves half the time
    return {"operator": decision, "task": task.element, "as": who, "form": values}


def _dies(scene: Scene, rng: Random) -> Said:
    return {"worker": rng.choice(["dies before the commit", "dies after the commit"]), "task": rng.choice(MORTAL)}


def _fails(scene: Scene, rng: Random) -> Said:
    system, call = rng.choice(SYSTEMS)
    return {
        "fault": {"system": system, "call": call, "answers": rng.choice([503, 429, 504]), "lost": rng.random() < 0.5}
    }


def _busy_broker(scene: Scene, rng: Random) -> Said:
    return {"fault": {"system": "kafka"}}


def _out_of_turn(scene: Scene, rng: Random) -> Said | None:
    """A call nobody waits for: too early, too late, twice, about something that is over."""
    table, path, document = rng.choice(CALLS)
    rows = scene.of_order(table, scene.sale(), order_by="created_at")
    if not rows:
        return None
    row = rng.choice(rows)
    told = {name: value(scene, row, rng) if callable(value) else value for name, value in document.items()}
    return {"call": f"POST /{path}".replace("ID", str(row["id"])), "document": told, "twice": rng.random() < 0.3}


def _now(scene: Scene, row: Row, rng: Random) -> str:
    return scene.now.isoformat()


CALLS: Sequence[tuple[str, str, dict[str, Any]]] = (
    ("offers", "offers/ID/answer", {"accepted": True}),
    ("offers", "offers/ID/answer", {"accepted": False}),
    ("offers", "offers/ID/date-proposals", {"date": lambda scene, row, rng: _day(scene, rng)}),
    ("visits", "visits/ID/check-in", {"at": _now}),
    ("visits", "visits/ID/check-out", {"at": _now, "completionStatus": "COMPLETED"}),
    ("visits", "visits/ID/pause", {"at": _now, "reason": "lunch"}),
    ("visits", "visits/ID/resume", {"at": _now}),
    ("visits", "visits/ID/withdrawal", {"reason": "van broke down"}),
    ("date_negotiations", "date-negotiations/ID/rounds/1/customer-answer", {"answer": "ACCEPTED"}),
    ("date_negotiations", "date-negotiations/ID/rounds/1/provider-answer", {"answer": "ACCEPTED"}),
    ("pro_formas", "pro-formas/ID/answer", {"accepted": True, "revision": 1}),
    ("pro_formas", "pro-formas/ID/payment", {"status": "COMPLETED", "paidAt": _now}),
)

# More than once: more often.
ROUTINE: tuple[Chance, ...] = (
    *(if_possible(provider="accepts"),) * 4,
    *(_signs,) * 4,
    *(if_possible(team="checks in"),) * 5,
    *(_leaves,) * 3,
    *(_decides,) * 4,
    *(seldom(_delivers, 0.1), seldom(_pays, 0.1)),
    *(if_possible(customer="accepts date"), if_possible(provider="accepts date")),
    *(if_possible(provider="signs"), if_possible(erp="pays"), if_possible(sales="reprices")),
)
TROUBLE: tuple[Chance, ...] = (
    *(if_possible(provider="rejects"), _dated("provider", "proposes")),
    *(_dated("customer", "counters"), _dated("provider", "counters")),
    *(if_possible(customer="refuses date"), if_possible(provider="refuses date")),
    *(seldom(if_possible(provider="withdraws"), 0.3), seldom(if_possible(customer="declines"), 0.5)),
    *(seldom(if_possible(customer="lets expire"), 0.5), if_possible(provider="contests"), if_possible(erp="fails")),
    *(if_possible(team="pauses"), if_possible(team="resumes"), _arrives_in_danger),
    *(seldom(if_possible(sales="cancels"), 0.03), seldom(if_possible(sales="cancels", twice=True), 0.02)),
    *(seldom(if_possible(sales="sends"), 0.3), seldom(if_possible(sales="updates"), 0.3)),
    *(seldom(if_possible(signing="loses webhooks"), 0.3), seldom(if_possible(signing="sends webhooks again"), 0.3)),
    *(_dies, _dies, seldom(_fails, 0.3), seldom(_busy_broker, 0.3), _out_of_turn, _out_of_turn, _out_of_turn),
)
