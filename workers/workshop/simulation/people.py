"""How people behave: who waits for whom is seen in the engine, what they do is chance."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from workers.workshop.simulation.town import firms
from workers.workshop.simulation.world import Life, World
from zeebelet.records import ProcessMessageSubscription, UserTask

HOUR = timedelta(hours=1)
# Form -> decisions and how often operators take them. A form that is not here: the first decision it offers.
CHOICES: Mapping[str, Mapping[str, float]] = {
    "correct-order": {"RETRY": 0.85, "REJECT": 0.15},
    "find-slot": {"CANCEL": 1.0},
    "assign-provider": {"NEW_DATE": 0.9, "CANCEL": 0.1},
    "handle-no-show": {"RETURN": 0.6, "REASSIGN": 0.3, "CANCEL": 0.1},
    "handle-incomplete": {"RETURN": 0.8, "ACCEPT_PARTIAL": 0.2},
    "review-tv-outcome": {"CONFIRM": 0.9, "CANCEL": 0.1},
    "chase-wcf": {"RESEND": 0.7, "CLAIM": 0.3},
    "chase-contract": {"RESEND": 0.7, "CANCEL": 0.3},
    "resolve-wcf-dispute": {"ALL_RESOLVED": 0.9, "CLAIM": 0.1},
    "override-go": {"RECHECK": 0.8, "RESCHEDULE": 0.2},
    "approve-cancellation": {"APPROVE": 0.8, "REFUSE": 0.2},
    "resolve-negotiation": {"OTHER_PROVIDER": 1.0},
    "decide-next": {"REPLAN": 0.7, "CLOSE": 0.3},
    "review-overdue-visit": {"WAIT": 0.7, "REPLAN": 0.3},
}
# After so many tasks an operator gives the order up, where the form lets him.
PATIENCE = 8
GIVING_UP = ("CANCEL", "REJECT", "CLOSE", "CLAIM", "VOID")


@dataclass(slots=True)
class People:
    """Everybody outside of the platform."""

    world: World
    forms: Mapping[int, Mapping[str, Any]]

    def hear(self, life: Life, waits: ProcessMessageSubscription) -> None:
        """Somebody in the journey waits for a message."""
        act = REACTIONS.get(waits.message_name)
        if act is not None:
            act(self, life, waits.correlation_key)

    def say(self, after: timedelta, name: str, key: str, **variables: Any) -> None:
        """A message after a while."""
        self.world.later(self.world.now + after, partial(self.world.publish, name, key, variables))

    def work_on(self, life: Life, key: int, task: UserTask) -> None:
        """An operator takes a task within office hours."""
        form = self.forms.get(task.form_key, {"id": "", "components": []})
        life.tasks.append(next(iter(task.candidate_groups), "nobody").rpartition("-")[0])
        delay = self.world.chance.span(life.order.number, f"task {task.element_id}", 2 * HOUR)
        at = office_hours(self.world.now + delay)
        self.world.later(at, partial(self._decide, life, key, form))

    def _decide(self, life: Life, key: int, form: Mapping[str, Any]) -> None:
        entry = self.world.kit.engine.state.user_tasks.get(key)
        if entry is None:
            return  # it closed by itself
        decision = self._decision(life, form)
        task = entry.value._replace(variables=filled(form, decision), action="complete", assignee="operator")
        self.world.kit.engine.submit("USER_TASK", "COMPLETE", task, key=key)

    def _decision(self, life: Life, form: Mapping[str, Any]) -> str:
        offered = offered_by(form)
        weights = CHOICES.get(str(form.get("id")), {offered[0]: 1.0} if offered else {})
        known = {name: weight for name, weight in weights.items() if name in offered}
        if len(life.tasks) > PATIENCE:
            known = {name: 1.0 for name in GIVING_UP if name in offered} or known
        point = self.world.chance.share(life.order.number, f"decision {form.get('id')}") * sum(known.values())
        for name, weight in known.items():
            point -= weight
            if point <= 0:
                return name
        return offered[0] if offered else ""


def office_hours(at: datetime) -> datetime:
    """The moment somebody is at work, from seven to four UTC on weekdays."""
    while at.weekday() >= 5 or not 7 <= at.hour < 16:
        at = (at + HOUR).replace(minute=0, second=0, microsecond=0)
    return at


def offered_by(form: Mapping[str, Any]) -> list[str]:
    """The decisions a form offers."""
    radios = (c for c in form["components"] if str(c.get("key", "")).endswith(".decision"))
    return [str(choice["value"]) for component in radios for choice in component.get("values", ())]


def filled(form: Mapping[str, Any], decision: str) -> dict[str, Any]:
    """The variable a form writes: the decision, and something valid in every other required field."""
    values: dict[str, Any] = {}
    root = next((str(c["key"]).partition(".")[0] for c in form["components"] if "." in str(c.get("key", ""))), "")
    for component in form["components"]:
        key = str(component.get("key", "")).removeprefix(f"{root}.")
        if key and component.get("validate", {}).get("required"):
            values[key] = _typed(component)
    return {root: {**values, "decision": decision, "resolutionNotes": "As agreed by telephone"}} if root else {}


def _typed(component: Mapping[str, Any]) -> Any:
    choices = component.get("values") or []
    if choices:
        return choices[0]["value"]
    return {"number": component.get("validate", {}).get("min", 1), "checkbox": True}.get(
        component["type"], "As agreed by telephone"
    )


def _provider(people: People, life: Life, offer: str) -> None:
    yes = next(
        (yes for facts, _, yes in firms(life.order.country, life.order.district) if facts["providerId"] == life.asked),
        0.7,
    )
    share = people.world.chance.share(life.order.number, f"offer {life.asked}")
    after = people.world.chance.span(life.order.number, f"offer time {life.asked}", 3 * HOUR)
    if share < yes:
        people.say(after, "offer-accepted", offer)
    elif share < yes + 0.15 and life.place:
        life.refused.add((life.asked, life.place.day))
        people.say(after, "offer-rejected", offer)


def _signer(people: People, life: Life, agreement: str) -> None:
    share = people.world.chance.share(life.order.number, "signature")
    after = people.world.chance.span(life.order.number, "signature time", 9 * HOUR)
    if share < 0.93:
        people.say(after, "agreement-closed", agreement, agreementStatus="SIGNED")
    elif share < 0.95:
        people.say(after, "agreement-closed", agreement, agreementStatus="DECLINED")


def _arrival(people: People, life: Life, visit: str) -> None:
    share = people.world.chance.share(life.order.number, "arrival")
    if share < 0.97 and life.place:
        late = timedelta(minutes=20) if share > 0.9 else -timedelta(minutes=5)
        at = max(life.place.start + late, people.world.now)
        people.say(at - people.world.now, "visit-checked-in", visit, checkIn={"at": at.isoformat()})


def _departure(people: People, life: Life, visit: str) -> None:
    share = people.world.chance.share(life.order.number, "work")
    report: dict[str, Any] = {"completionStatus": "COMPLETED" if share < 0.94 else "INCOMPLETE"}
    survey = people.world.chance.share(life.order.number, "survey")
    report["tvOutcome"] = "YES" if survey < 0.7 else "YES_BUT" if survey < 0.92 else "NO"
    if report["tvOutcome"] == "YES_BUT":
        report["modifications"] = [
            {"description": "more", "extraMinutes": 45, "requiresRepricing": survey > 0.8, "estimatedDelta": 150}
        ]
    people.say(timedelta(minutes=life.minutes), "visit-checked-out", visit, checkout=report)


def _scope(people: People, life: Life, order_key: str) -> None:
    approved = people.world.chance.happens(life.order.number, "scope", 0.85)
    after = people.world.chance.span(life.order.number, "scope time", 40 * HOUR)
    people.say(after, "scope-change-answered", order_key, scopeChange={"approved": approved})


def _invoice(people: People, life: Life, invoice: str) -> None:
    people.say(30 * HOUR, "proforma-answered", invoice, proFormaAnswer={"decision": "SIGNED"})


def _paid(people: People, life: Life, invoice: str) -> None:
    people.say(timedelta(days=30), "provider-payment-completed", invoice, paymentResult={"status": "COMPLETED"})


def _news(name: str) -> Callable[[People, Life, str], None]:
    return lambda people, life, key: people.say(6 * HOUR, name, key)


REACTIONS: Mapping[str, Callable[[People, Life, str], None]] = {
    "offer-accepted": _provider,
    "agreement-closed": _signer,
    "visit-checked-in": _arrival,
    "visit-checked-out": _departure,
    "scope-change-answered": _scope,
    "proforma-answered": _invoice,
    "provider-payment-completed": _paid,
    "payment-status-updated": _news("payment-status-updated"),
    "delivery-status-updated": _news("delivery-status-updated"),
}


def forms_of(world: World) -> dict[int, dict[str, Any]]:
    """Every deployed form by its key."""
    return {form.key: json.loads(form.value.resource) for form in world.kit.engine.state.definitions.forms.all()}
