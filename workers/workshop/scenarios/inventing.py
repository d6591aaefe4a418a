"""Form values nobody thought of: valid ones by chance, for journeys that are walked at random."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from workers.workshop.scenarios.forms import DECISION, RESOLUTION, Component, hidden, inputs, root_of

Make = Callable[[Component, Random, datetime], Any]


def invented(form: bytes, shown: Mapping[str, Any], rng: Random, now: datetime) -> tuple[str, dict[str, Any]]:
    """A decision the form offers, and a value for each field somebody sees: required ones always, others by chance."""
    fields = list(inputs(json.loads(form)["components"]))
    root = root_of(form)
    named = {str(field["key"]).removeprefix(f"{root}."): field for field in fields}
    decision = str(_choice(named[DECISION], rng)) if DECISION in named else ""
    entered: dict[str, Any] = {DECISION: decision}
    for name, field in named.items():
        seen = {**shown, root: {**(shown.get(root) or {}), **entered}}
        if name in (DECISION, RESOLUTION) or hidden(field, seen):
            continue
        if field.get("validate", {}).get("required") or rng.random() < 0.5:
            value = _value(field, rng, now, shown)
            entered |= {} if value is None else {name: value}
    return decision, {name: value for name, value in entered.items() if name != DECISION}


def _value(field: Component, rng: Random, now: datetime, shown: Mapping[str, Any]) -> Any:
    if "valuesExpression" in field:
        options = next((shown[name] for name in ("teamOptions",) if name in field["valuesExpression"]), None) or []
        return rng.choice(options)["value"] if options else "nobody"
    if field["type"] == "dynamiclist":
        rows = _listed(field, shown)
        return [_row(field, rng, now, shown) for _ in range(max(1, rows))]
    return MAKERS.get(str(field["type"]), _text)(field, rng, now)


def _listed(field: Component, shown: Mapping[str, Any]) -> int:
    """How many rows the form shows already."""
    found: Any = shown
    for name in str(field["key"]).split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return len(found) if isinstance(found, list) else 0


def _row(field: Component, rng: Random, now: datetime, shown: Mapping[str, Any]) -> dict[str, Any]:
    parts = [part for part in field.get("components", []) if part.get("key") and not part.get("disabled")]
    return {str(part["key"]): _value(part, rng, now, shown) for part in parts if not part.get("readonly")}


def _choice(field: Component, rng: Random, _: datetime | None = None) -> Any:
    return rng.choice(field["values"])["value"] if field.get("values") else None


def _number(field: Component, rng: Random, _: datetime) -> Any:
    rule = field.get("validate", {})
    low, high = rule.get("min", 0), rule.get("max", 500)
    return rng.choice([low, high, rng.randint(int(low), int(high))])


def _date(_: Component, rng: Random, now: datetime) -> str:
    return (now + timedelta(days=rng.randint(-2, 30))).date().isoformat()


def _text(field: Component, rng: Random, now: datetime) -> Any:
    rule = field.get("validate", {})
    if rule.get("validationType") == "email":
        return "somebody.else@example.com"
    if rule.get("validationType") == "phone" or "+" in rule.get("pattern", "")[:4]:
        return "+33611112222"
    return None if "pattern" in rule else "As it was agreed by telephone"


MAKERS: Mapping[str, Make] = {
    "select": _choice,
    "radio": _choice,
    "number": _number,
    "datetime": _date,
    "checkbox": lambda field, rng, now: rng.random() < 0.5,
}
