"""Compares what a scenario expects with what is there. Every difference is a sentence: "Expected X, but Y"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from workers.workshop.scenarios.finding import LEADS
from workers.workshop.scenarios.format import Expected, MessageSeen, VisitSeen
from workers.workshop.scenarios.sales import Sale
from workers.workshop.scenarios.scene import Row, Scene

Check = Callable[[Scene, Sale, Any], Iterator[str]]
STAMP = "%Y-%m-%d %H:%M"


def differences(scene: Scene, expected: Expected, *, order: str = "") -> list[str]:
    """What is not as expected; empty when everything is."""
    sale = scene.sale(order)
    said = expected.model_fields_set
    return [
        text for name, check in CHECKS.items() if name in said for text in check(scene, sale, getattr(expected, name))
    ]


def _same(what: str, expected: Any, found: Any) -> Iterator[str]:
    if expected != found:
        yield f"Expected {what} {_shown(expected)}, but found {_shown(found)}"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) or "nothing" if isinstance(value, list) else str(value)


def _in_order(what: str, expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    rest = iter(found)
    for name in expected:
        if name not in rest:
            missing = "never came" if name not in found else "did not come after the ones before it"
            yield f"Expected {what} {' → '.join(expected)}, but {name} {missing}; there was {' → '.join(found) or 'nothing'}"
            return


def _states(scene: Scene, sale: Sale, table: str, order_by: str) -> list[str]:
    return [str(row["state"]) for row in scene.of_order(table, sale, order_by=order_by)]


def _order(scene: Scene, sale: Sale, state: str) -> Iterator[str]:
    rows = scene.of_order("order_progress", sale)
    yield from _same("the order to be", state, str(rows[0]["state"]) if rows else "not there")


def _orders(scene: Scene, sale: Sale, states: Mapping[str, str]) -> Iterator[str]:
    for number, state in states.items():
        rows = scene.rows("service_orders", external_order_id=number)
        found = scene.rows("order_progress", order_id=rows[0]["id"]) if rows else []
        yield from _same(f"order {number} to be", state, str(found[0]["state"]) if found else "not there")


def _moves(scene: Scene, sale: Sale, states: list[str]) -> Iterator[str]:
    found = [str(row["target"]) for row in scene.of_order("order_events", sale, order_by="seq") if row["target"]]
    yield from _same("the order to go through", states, found)


def _path(scene: Scene, sale: Sale, paths: Mapping[str, list[str]]) -> Iterator[str]:
    for process, elements in paths.items():
        yield from _in_order(f"the way through {process}", elements, scene.watch.path(process))


def _avoids(scene: Scene, sale: Sale, elements: Mapping[str, list[str]]) -> Iterator[str]:
    for process, names in elements.items():
        if entered := sorted(set(names) & set(scene.watch.path(process))):
            yield f"Expected {process} to avoid {', '.join(names)}, but it entered {', '.join(entered)}"


def _times(scene: Scene, sale: Sale, counts: Mapping[str, int]) -> Iterator[str]:
    entered = [seen.element for seen in scene.watch.entered]
    for element, count in counts.items():
        yield from _same(f"{element} to be entered this often:", count, entered.count(element))


def _entered(scene: Scene, sale: Sale, moments: Mapping[str, list[str]]) -> Iterator[str]:
    for element, wanted in moments.items():
        found = [_stamp(seen.at, sale) for seen in scene.watch.entered if seen.element == element]
        yield from _same(f"{element} to be entered at", wanted, found)


def _waits(scene: Scene, sale: Sale, elements: list[str]) -> Iterator[str]:
    if missing := set(elements) - scene.watch.waiting():
        yield f"Expected to wait at {', '.join(sorted(missing))}, but it waits at {', '.join(sorted(scene.watch.waiting()))}"


def _instances(scene: Scene, sale: Sale, counts: Mapping[str, int]) -> Iterator[str]:
    found = [process for process, _ in scene.watch.instances]
    for process, count in counts.items():
        yield from _same(f"instances of {process}:", count, found.count(process))


def _tasks(scene: Scene, sale: Sale, elements: list[str]) -> Iterator[str]:
    """The lead's task about a late task counts where a scenario names it."""
    found = sorted(t.element for t in scene.watch.tasks.values() if t.element != LEADS or LEADS in elements)
    yield from _same("open tasks", sorted(elements), found)


def _task(scene: Scene, sale: Sale, expected: Mapping[str, Any]) -> Iterator[str]:
    wanted = dict(expected)
    element = wanted.pop("element")
    task = next((task for task in scene.watch.tasks.values() if task.element == element), None)
    if task is None:
        yield f"Expected task {element} to be open, but open are {_shown([t.element for t in scene.watch.tasks.values()])}"
        return
    value, shown = task.value, scene.watch.document(task.value.element_instance_key)
    found = {
        "group": ", ".join(value.candidate_groups),
        "priority": value.priority,
        "due": _stamp(value.due_date, sale),
        "assignee": value.assignee,
    }
    for name, wish in wanted.items():
        if name == "shows":
            yield from _contains(f"task {element} to show", wish, shown)
        else:
            yield from _same(f"the {name} of task {element} to be", wish, found.get(name))


def _stamp(value: Any, sale: Sale) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) and value else value
    return f"{sale.country.local(at):{STAMP}}" if isinstance(at, datetime) else ""


def _contains(what: str, expected: Mapping[str, Any], found: Any) -> Iterator[str]:
    for path, value in expected.items():
        yield from _same(f"{what} {path} =", value, _read(found, path))


def _read(document: Any, path: str) -> Any:
    """`a.b.0` into objects and lists; None where there is nothing."""
    for name in path.split("."):
        if isinstance(document, list):
            document = document[int(name)] if name.isdigit() and int(name) < len(document) else None
        else:
            document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _visits(scene: Scene, sale: Sale, expected: list[VisitSeen]) -> Iterator[str]:
    found = scene.of_order("visits", sale, order_by="sequence")
    yield from _same("the number of visits to be", len(expected), len(found))
    for number, (wish, row) in enumerate(zip(expected, found, strict=False), 1):
        seen = _visit(row, sale)
        for name in wish.model_fields_set:
            yield from _same(f"visit {number}'s {name} to be", getattr(wish, name), seen[name])


def _visit(row: Row, sale: Sale) -> dict[str, Any]:
    start = row["planned_start"]
    local = sale.country.local(start) if start else None
    return {
        "kind": row["kind"],
        "state": row["state"],
        "date": f"{local:%Y-%m-%d}" if local else "",
        "slot": row["slot_label"],
        "start": f"{local:%H:%M}" if local else "",
        "minutes": row["duration_min"],
    }


def _offers(scene: Scene, sale: Sale, states: list[str]) -> Iterator[str]:
    yield from _same("the offers to be", states, _states(scene, sale, "offers", "sent_at"))


def _offered_to(scene: Scene, sale: Sale, names: list[str]) -> Iterator[str]:
    found = [_provider_name(scene, row) for row in scene.of_order("offers", sale, order_by="sent_at")]
    if len(found) != len(names) or not all(f.startswith(n) for f, n in zip(found, names, strict=True)):
        yield f"Expected offers to {_shown(names)}, but they went to {_shown(found)}"


def _provider_name(scene: Scene, row: Row) -> str:
    return str(next(iter(scene.rows("providers", id=row["provider_id"])))["name"])


def _provider(scene: Scene, sale: Sale, name: str) -> Iterator[str]:
    found = [
        _provider_name(scene, a)
        for a in scene.of_order("assignments", sale, order_by="created_at")
        if a["state"] == "ACCEPTED"
    ]
    if not found or not found[-1].startswith(name):
        yield f"Expected the order to be assigned to {name}, but it is assigned to {found[-1] if found else 'nobody'}"


def _agreements(scene: Scene, sale: Sale, states: list[str]) -> Iterator[str]:
    rows = scene.of_order("agreements", sale, order_by="sent_at")
    yield from _same("the agreements to be", states, [f"{row['kind']} {row['state']}" for row in rows])


def _bookings(scene: Scene, sale: Sale, states: list[str]) -> Iterator[str]:
    yield from _same("the bookings to be", states, _states(scene, sale, "bookings", "created_at"))


SALES_TOPIC = ("fsm.order.", "fsm.service.")


def _sales_told(scene: Scene, sale: Sale, statuses: list[str]) -> Iterator[str]:
    events = [
        p.event
        for p in scene.bus.published
        if p.event.topic.startswith(SALES_TOPIC) and p.event.key.endswith(sale.number)
    ]
    yield from _same("sales to be told", statuses, [str(event.payload.get("status")) for event in events])


def _messages(scene: Scene, sale: Sale, expected: list[MessageSeen]) -> Iterator[str]:
    for wish in expected:
        found = [row for row in _letters(scene, sale) if row["sent_at"] and _is_meant(wish, row)]
        name = f"{wish.template} to {wish.to or 'anybody'}"
        if not found and wish.times != 0:
            sent = sorted({f"{r['template']} to {r['recipient']}" for r in _letters(scene, sale)})
            yield f"Expected message {name}, but it was not sent; sent were {_shown(sent)}"
        if wish.times is not None:
            yield from _same(f"message {name} to be sent this often:", wish.times, len(found))
        if wish.at and found:
            yield from _same(f"message {name} to be sent at", wish.at, _stamp(found[0]["sent_at"], sale))


def _letters(scene: Scene, sale: Sale) -> list[Row]:
    """What was told about the order, and what was told to providers without one."""
    order = scene.order_row(sale)
    mine = (None, order["id"]) if order else (None,)
    return [row for row in scene.rows("notifications", order_by="sent_at") if row["order_id"] in mine]


def _is_meant(wish: MessageSeen, row: Row) -> bool:
    pairs = ((wish.template, "template"), (wish.to, "recipient"), (wish.channel, "channel"))
    return all(not value or row[name] == value for value, name in pairs)


def _no_messages(scene: Scene, sale: Sale, templates: list[str]) -> Iterator[str]:
    sent = {str(row["template"]) for row in _letters(scene, sale)}
    if sent & set(templates):
        yield f"Expected nobody to get {_shown(sorted(sent & set(templates)))}, but somebody did"


def _events(scene: Scene, sale: Sale, topics: list[str]) -> Iterator[str]:
    yield from _in_order("events", topics, scene.bus.topics())


def _no_events(scene: Scene, sale: Sale, topics: list[str]) -> Iterator[str]:
    if found := sorted(set(topics) & set(scene.bus.topics())):
        yield f"Expected no event on {_shown(found)}, but there was one"


def _event(scene: Scene, sale: Sale, expected: list[Mapping[str, Any]]) -> Iterator[str]:
    for wish in expected:
        fields = {name: value for name, value in wish.items() if name != "topic"}
        payloads = [event.payload for event in scene.bus.on(str(wish["topic"]))]
        if not any(all(_read(payload, path) == value for path, value in fields.items()) for payload in payloads):
            found = [{path: _read(payload, path) for path in fields} for payload in payloads]
            yield f"Expected an event on {wish['topic']} with {fields}, but found {found or 'none'}"


def _documents(scene: Scene, sale: Sale, count: int) -> Iterator[str]:
    signed = [row for row in scene.of_order("agreements", sale) if row["signed_ref"]]
    yield from _same("signed documents in the archive:", count, len(signed))


def _variables(scene: Scene, sale: Sale, expected: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for process, wanted in expected.items():
        keys = [key for name, key in scene.watch.instances if name == process]
        found = scene.kit.journal.variables.get(keys[-1], {}) if keys else {}
        yield from _contains(f"{process} to have", wanted, found)


def _rows(scene: Scene, sale: Sale, expected: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[str]:
    for table, wanted in expected.items():
        found = _rows_of_order(scene, sale, table)
        yield from _same(f"rows in {table}:", len(wanted), len(found))
        for number, (wish, row) in enumerate(zip(wanted, found, strict=False), 1):
            for name, value in wish.items():
                yield from _same(f"row {number} of {table} to have {name} =", value, _plain(_read(row, name)))


def _rows_of_order(scene: Scene, sale: Sale, table: str) -> list[Row]:
    rows = scene.rows(table)
    mine = scene.of_order(table, sale) if rows and "order_id" in rows[0] else rows
    stamp = next(
        (
            name
            for name in ("created_at", "started_at", "sent_at", "at", "recorded_at", "uploaded_at", "opened_at")
            if mine and name in mine[0]
        ),
        "",
    )
    return sorted(mine, key=lambda row: (str(row[stamp]), str(row.get("kind", "")))) if stamp else mine


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict | type(None)) else _text(value)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _funnel(scene: Scene, sale: Sale, expected: Mapping[str, Any]) -> Iterator[str]:
    runs = scene.of_order("assignment_runs", sale, order_by="started_at")
    if not runs:
        yield "Expected an assignment run, but there was none"
        return
    ranking = [(_name(scene, entry), entry.get("score")) for entry in runs[-1]["ranking"]]
    if "ranking" in expected:
        wanted = [(name, score) for name, score in expected["ranking"].items()]
        same = len(wanted) == len(ranking) and all(
            f[0].startswith(w[0]) and f[1] == w[1] for f, w in zip(ranking, wanted, strict=True)
        )
        if not same:
            yield f"Expected the ranking {wanted}, but it is {ranking}"
    excluded = {_name(scene, e): e.get("reasons", e.get("reason")) for e in runs[-1]["funnel"].get("excluded", ())}
    for name, reasons in expected.get("excluded", {}).items():
        found = next((known for full, known in excluded.items() if full.startswith(name)), None)
        yield from _same(f"{name} to be excluded because of", reasons, found)


def _name(scene: Scene, entry: Mapping[str, Any]) -> str:
    found = scene.rows("providers", id=entry["providerId"])
    return str(found[0]["name"]) if found else str(entry["providerId"])


def _incidents(scene: Scene, sale: Sale, elements: Iterable[str]) -> Iterator[str]:
    found = sorted(f"{element}" for element, _ in scene.watch.incidents.values())
    yield from _same("incidents at", sorted(elements), found)


def _answer(scene: Scene, sale: Sale, status: int) -> Iterator[str]:
    yield from _same("our API to answer", status, scene.last_status)


def _calls(scene: Scene, sale: Sale, expected: Mapping[str, int]) -> Iterator[str]:
    made = {**scene.outside.adobe.calls, **scene.outside.messaging.calls, **scene.outside.fusion.calls}
    for operation, count in expected.items():
        yield from _same(f"requests {operation}:", count, made.get(operation, 0))


CHECKS: Mapping[str, Check] = {
    "order": _order,
    "orders": _orders,
    "moves": _moves,
    "path": _path,
    "avoids": _avoids,
    "times": _times,
    "entered": _entered,
    "waits_at": _waits,
    "instances": _instances,
    "tasks": _tasks,
    "task": _task,
    "visits": _visits,
    "offers": _offers,
    "offered_to": _offered_to,
    "provider": _provider,
    "agreements": _agreements,
    "bookings": _bookings,
    "sales_told": _sales_told,
    "messages": _messages,
    "no_messages": _no_messages,
    "events": _events,
    "no_events": _no_events,
    "event": _event,
    "documents": _documents,
    "variables": _variables,
    "rows": _rows,
    "funnel": _funnel,
    "incidents": _incidents,
    "answer": _answer,
    "calls": _calls,
}
