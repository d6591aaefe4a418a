"""What the workers answer in a simulation: a row per task type that decides something, and for all others what their output
declares, filled in."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from workers.domain.slot_rules import RULES, SlotRules
from workers.runtime.definition import TaskDefinition
from workers.workshop.scenarios.engine import EngineDecisions
from workers.workshop.simulation.town import Place, firms, wish_of
from workers.workshop.simulation.world import Life, Trouble, World

Answer = dict[str, Any]
Worker = Callable[[World, Life, Mapping[str, Any], Mapping[str, str]], Answer]


def validate(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """An order that needs correction is refused until somebody corrected it."""
    if life.order.invalid and not v.get("correction"):
        raise Trouble(
            "ORDER_INVALID", {"validationErrors": [{"code": "PHONE", "field": "customer.phone", "message": ""}]}
        )
    return {"orderNumber": f"SO-{life.order.number}", "facts": dict(life.order.facts)}


def schedule(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """The first slot somebody is free."""
    if life.place:
        world.towns.release(life.team, life.place.day)
    country, facts = life.order.country, life.order.facts
    asked = {"serviceType": v["serviceType"], "category": facts["category"], "urgency": life.order.urgency}
    rules = SlotRules.of(EngineDecisions(world.kit).decide(RULES, countryCode=country, **asked))
    wish = wish_of(country, v["serviceType"], facts, minutes=int(v["durationMin"]), now=world.now, rules=rules)
    teams = [team for _, teams, _ in firms(country, life.order.district) for team in teams]
    found = world.towns.slot(country, wish, teams)
    if found is None:
        raise Trouble("NO_SLOT_AVAILABLE", {"slotSearch": {"earliest": "", "reasons": [], "closedDays": []}})
    life.place, life.team = found
    life.visit_id, life.minutes = world.new("visit"), int(v["durationMin"])
    return {"visitId": life.visit_id, **appointment(world, life.place, life)}


def appointment(world: World, place: Place, life: Life) -> Answer:
    """The variables of an appointment."""
    local = life.country
    slot = {
        "date": place.day.isoformat(),
        "lastDate": place.day.isoformat(),
        "label": place.label,
        "start": "08:00",
        "end": "12:00",
    }
    return {
        "bookingId": world.new("booking"),
        "scheduledSlot": slot,
        "scheduledAt": place.start.isoformat(),
        "visitStartMinus2h": (place.start - timedelta(hours=2)).isoformat(),
        "noShowAt": (place.start + timedelta(minutes=30)).isoformat(),
        "timeZone": local.time_zone.key,
    }


def find(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """Every firm with a free team that did not say no to this date."""
    assert life.place is not None, "a visit has a slot before somebody is looked for"
    fit = []
    for facts, teams, _ in firms(life.order.country, life.order.district):
        own = life.team if life.team in teams else world.towns.free(teams, life.place.day)
        if own and (facts["providerId"], life.place.day) not in life.refused:
            fit.append({**facts, "teamId": own, "sameProvider": facts["providerId"] in life.known})
    if not fit:
        raise Trouble("NO_PROVIDERS_FOUND", {"funnel": {}, "funnelId": world.new("funnel")})
    hours = (life.place.start - world.now) / timedelta(hours=1)
    return {"candidates": fit, "funnelId": world.new("funnel"), "hoursToVisit": round(hours, 1)}


def rank(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """The better score first."""
    ranked = sorted((dict(row, servicePreference="P1") for row in v["scored"]), key=lambda row: -row["score"])
    top = ranked[0]["score"] if ranked else 0
    return {"ranked": ranked, "topScore": top, "topPreference": "P1" if ranked else ""}


def offer(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """The offer ends as the decision says."""
    life.offers += 1
    life.asked = v["candidate"]["providerId"]
    life.offered_team = v["candidate"]["teamId"]
    return {"offerId": world.new("offer"), "offerExpiresAt": (world.now + span(v["mode"]["timeout"])).isoformat()}


def confirm(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """Whoever was asked last has it; the slot goes to its team."""
    assert life.place is not None, "a visit has a slot before somebody takes it"
    if life.offered_team and life.offered_team != life.team:
        world.towns.release(life.team, life.place.day)
        world.towns.jobs[life.offered_team][life.place.day] += 1
        life.team = life.offered_team
    life.assigned_at = life.assigned_at or world.now
    life.known.add(life.asked)
    ids = {"assignmentId": world.new("assignment"), "providerId": life.asked, "workTeamId": life.team}
    return ids | appointment(world, life.place, life)


def dispatch(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """The instants a team is waited for."""
    start = datetime.fromisoformat(v["scheduledAt"])
    late = {
        "noShowAt": (start + timedelta(minutes=30)).isoformat(),
        "teamLateAt": (start + timedelta(minutes=15)).isoformat(),
    }
    return {"executionId": world.new("execution"), "visitStart": start.isoformat()} | late


def checkout(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """What the team reported."""
    return {"completionStatus": v["checkout"]["completionStatus"], "reason": v["checkout"].get("reason")}


def outcome(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """What the technical visit found."""
    changes = v["checkout"].get("modifications") or []
    minutes = sum(change.get("extraMinutes", 0) for change in changes)
    price = any(change.get("requiresRepricing") for change in changes)
    percent = 100 * sum(change.get("estimatedDelta", 0) for change in changes) / float(life.order.facts["total"])
    told = {"tvOutcome": v["checkout"]["tvOutcome"], "tvOutcomeId": world.new("outcome")}
    return told | {"repricingNeeded": price, "extraMinutes": minutes, "changePercent": percent}


def publish(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """A message of the journey to itself."""
    copied = {name: v[name] for name in h.get("variables", "").split(",") if name and name in v}
    world.publish(h["message"], str(v[h["key"]]), copied, span(h["ttl"]))
    return {}


def payment(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """Most orders are paid; the others by the next look."""
    paid = world.chance.happens(life.order.number, "paid", 0.97)
    return {"paymentStatus": "FULLY_PAID" if paid else "PARTIALLY_PAID", "payment": {}}


def delivery(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """Most goods are there in time; the others by the next look."""
    there = world.chance.happens(life.order.number, "delivered", 0.98)
    return {"deliveryStatus": "FULLY_DELIVERED" if there else "IN_TRANSIT", "openProducts": []}


def signed_form(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """Some customers write a reservation on the form."""
    share = world.chance.share(life.order.number, "reservation")
    worst = "MAJOR" if share < 0.01 else "MODERATE" if share < 0.03 else "MINOR" if share < 0.08 else "NONE"
    rows = [] if worst == "NONE" else [{"description": "", "severity": worst}]
    return {"reservations": rows, "worstSeverity": worst, "rating": 4}


def assess(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """Where the order stands when somebody wishes to cancel."""
    hours = (life.place.start - world.now) / timedelta(hours=1) if life.place else 500
    days = (world.now - life.order.at).days
    told = {"orderState": "ASSIGNED" if life.assigned_at else "CREATED", "workStarted": False, "daysSinceOrder": days}
    return told | {"hoursToVisit": round(hours, 1), "salesChannel": life.order.facts["salesChannel"]}


def payable(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """The provider is owed something in thirty days."""
    return {"erpInvoiceId": world.new("erp"), "paymentOverdueAt": (world.now + timedelta(days=35)).isoformat()}


def close(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """The order is closed."""
    life.ended = life.ended or "CLOSED"
    return {}


def cancel(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """The order is cancelled."""
    life.ended = "CANCELLED"
    return {}


def report(world: World, life: Life, v: Mapping[str, Any], h: Mapping[str, str]) -> Answer:
    """Sales hears; a refusal ends the order."""
    if v.get("status") == "REJECTED":
        life.ended = "REJECTED"
    return {}


WORKERS: Mapping[str, Worker] = {
    "validate-order": validate,
    "schedule-service": schedule,
    "find-providers": find,
    "rank-providers": rank,
    "send-offer": offer,
    "confirm-assignment": confirm,
    "execute-service": dispatch,
    "record-checkout": checkout,
    "record-tv-outcome": outcome,
    "publish-message": publish,
    "check-payment-status": payment,
    "check-delivery-status": delivery,
    "adobe-read-form-data": signed_form,
    "assess-cancellation": assess,
    "close-order": close,
    "cancel-order": cancel,
    "report-to-sales": report,
    "oracle-create-payable": payable,
    "apply-scope-change": lambda world, life, v, h: {"durationMin": v["durationMin"]},
    "resolve-reservations": lambda world, life, v, h: {"wcfResult": "ACCEPTED"},
    "block-checkin": lambda world, life, v, h: {"blockedAnew": True},
    "record-provider-payment": lambda world, life, v, h: {"paymentState": "PAID", "erpProblem": None},
}


def answer(world: World, life: Life, task: TaskDefinition | None, job: Any) -> Answer:
    """What the job ends with. Raises `Trouble` for a BPMN error."""
    worker = WORKERS.get(job.type)
    if worker is not None:
        return worker(world, life, job.variables, job.custom_headers)
    return filled(world, task.output) if task and task.output else {}


def filled(world: World, model: type[BaseModel]) -> Answer:
    """An output with every field that must be there; what may be missing is left out."""
    return {
        info.alias or name: value_of(world, info.annotation, name)
        for name, info in model.model_fields.items()
        if info.is_required()
    }


def value_of(world: World, kind: Any, name: str) -> Any:
    """A value of a type: ids are new, moments are a week ahead, words are the first of their list."""
    options = [option for option in get_args(kind) if option is not types.NoneType]
    if get_origin(kind) in (typing.Union, types.UnionType):
        return None if type(None) in get_args(kind) else value_of(world, options[0], name)
    if get_origin(kind) is typing.Literal:
        return options[0]
    base = get_origin(kind) or kind
    makers = (maker for known, maker in MAKERS if isinstance(base, type) and issubclass(base, known))
    maker = next(makers, None)
    return maker(world, base, name) if maker else None


MAKERS: tuple[tuple[type, Callable[[World, Any, str], Any]], ...] = (
    (BaseModel, lambda world, kind, name: filled(world, kind)),
    (Enum, lambda world, kind, name: next(iter(kind)).value),
    (bool, lambda world, kind, name: False),
    (UUID, lambda world, kind, name: world.new(name)),
    (datetime, lambda world, kind, name: (world.now + timedelta(days=7)).isoformat()),
    (date, lambda world, kind, name: (world.now + timedelta(days=7)).date().isoformat()),
    (timedelta, lambda world, kind, name: "PT8H"),
    (str, lambda world, kind, name: world.new(name)),
    (int, lambda world, kind, name: 0),
    (float, lambda world, kind, name: 0.0),
    (Mapping, lambda world, kind, name: {}),
    (dict, lambda world, kind, name: {}),
    (list, lambda world, kind, name: []),
    (tuple, lambda world, kind, name: []),
)
_UNITS = {"D": "days", "H": "hours", "M": "minutes", "S": "seconds"}


def span(text: str) -> timedelta:
    """`PT24H` as a span: what a decision or a header says."""
    numbers = text.removeprefix("P").replace("T", "")
    total, digits = timedelta(), ""
    for sign in numbers:
        if sign.isdigit():
            digits += sign
        else:
            total += timedelta(**{_UNITS[sign]: int(digits)})
            digits = ""
    return total
