"""The invariants of the field (domain brief 9.1), looked for in the database, the engine, the topics and the logs after each
scenario. What a table or column does not exist for is not looked at; nothing here knows what the scenario wanted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from adapters.calendar import PublicHolidays
from adapters.documents.client import FileDocumentStore
from adapters.documents.settings import DocumentSettings
from workers.domain import scheduling
from workers.domain.slot_rules import RULES, SlotRules
from workers.domain.states import LIVE_BOOKINGS, ORDER, WON_OFFERS, OrderState
from workers.domain.values import ServiceType
from workers.workshop.decisions import FileDecisions
from workers.workshop.scenarios.engine import EngineDecisions
from workers.workshop.scenarios.forms import root_of
from workers.workshop.scenarios.sales import Sale
from workers.workshop.scenarios.scene import Row, Scene

Invariant = Callable[[Scene, Sequence[str]], Iterator[str]]
OPEN = frozenset({"PENDING", "PENDING_SIGNATURE", "IN_PROGRESS", "ACTIVE", *map(str, LIVE_BOOKINGS)})
STATUS_CHANGED = "projects.service_order.status_changed"
SURVEYS = frozenset({ServiceType.CONFIRMATION_TV, ServiceType.QUOTATION_TV})
# Words for somebody below the work team (I16), as whole words of a name.
RULES_FILE = "slot-and-buffer-rules"
CLAIM_TASKS = frozenset({"InvestigateClaim", "ResolveClaim"})
PERSON_OF_A_TEAM = re.compile(r"(?i)(^|_|[a-z])(technician|crew_?member|worker_?name|employee)")


def broken(scene: Scene, logs: Sequence[str]) -> dict[str, list[str]]:
    """The invariants that do not hold, each with what was found."""
    found = {name: list(check(scene, logs)) for name, check in INVARIANTS.items()}
    return {name: texts for name, texts in found.items() if texts}


def _one_order(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I1."""
    sold = Counter((row["source_system"], row["external_order_id"]) for row in scene.rows("service_orders"))
    yield from (f"{key} has {count} orders" for key, count in sold.items() if count > 1)
    living = [
        key
        for process, key in scene.watch.instances
        if process == "ServiceOrderJourney" and key not in scene.kit.journal.ends
    ]
    keys = Counter(str(scene.watch.document(key).get("orderKey")) for key in living)
    yield from (f"{key} has {count} living journeys" for key, count in keys.items() if count > 1)


def _raw_payload(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I2: the document as it was received first."""
    for sale in scene.sales:
        row = scene.order_row(sale)
        first = next((json.loads(r.value) for r in sale.sent if "created" in r.topic or "requested" in r.topic), None)
        if row and first is not None and row["raw_payload"] != first:
            yield f"the raw payload of {sale.order_key} is not what came in"


def _moves(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I3: every move is allowed, has its row and its event, and the state is where the moves end."""
    told = Counter((str(e.payload.get("from")), str(e.payload.get("to")), e.key) for e in scene.bus.on(STATUS_CHANGED))
    known = {str(published.event.event_id) for published in scene.bus.published}
    for order in scene.rows("service_orders"):
        moves = [m for m in scene.rows("order_events", order_by="seq", order_id=order["id"]) if m["target"]]
        for move in sorted(moves, key=lambda m: int(m["seq"])):
            source, target = move["source"], move["target"]
            if source and not ORDER.allows(OrderState(source), OrderState(target)):
                yield f"{source} → {target} is no move of an order"
            if move["event_id"] and str(move["event_id"]) not in known:
                yield f"{source} → {target} names event {move['event_id']}, which nobody published"
        yield from _chain(scene, order, sorted(moves, key=lambda m: int(m["seq"])))
    del told


def _chain(scene: Scene, order: Row, moves: Sequence[Row]) -> Iterator[str]:
    yield from (
        f"{a['target']} was followed by a move from {b['source']}"
        for a, b in pairwise(moves)
        if a["target"] != b["source"]
    )
    now = next((row["state"] for row in scene.rows("order_progress", order_id=order["id"])), None)
    if moves and now != moves[-1]["target"]:
        yield f"the order is {now}, but its last move was to {moves[-1]['target']}"


def _no_overlap(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I4: live bookings of a team, their way home included."""
    live = [row for row in scene.rows("bookings") if row["state"] in LIVE_BOOKINGS]
    days: dict[tuple[str, date], list[Row]] = {}
    for row in sorted(live, key=lambda row: int(row["start_q"])):
        days.setdefault((str(row["team_id"]), row["day"]), []).append(row)
    for (team, day), rows in days.items():
        yield from (
            f"team {team} is booked twice on {day}"
            for a, b in pairwise(rows)
            if a["end_q"] + a["travel_q"] > b["start_q"]
        )


def _one_winner(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I5."""
    accepted = Counter(str(row["visit_id"]) for row in scene.rows("assignments", state="ACCEPTED"))
    yield from (f"visit {visit} has {count} accepted assignments" for visit, count in accepted.items() if count > 1)
    live = {str(row["offer_id"]) for row in scene.rows("assignments", state="ACCEPTED")}
    won = [row for row in scene.rows("offers") if row["state"] in WON_OFFERS]
    winners = Counter(str(row["visit_id"]) for row in won if str(row["id"]) in live)
    yield from (f"visit {visit} has {count} winning offers" for visit, count in winners.items() if count > 1)


def _checked_in_ready(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I6: at a check-in for main work the go check had passed and the contract was signed, waived or not needed."""
    for row in (r for r in scene.rows("executions") if r["checked_in_at"]):
        visit = scene.rows("visits", id=row["visit_id"])[0]
        if ServiceType(visit["service_type"]) in SURVEYS:
            continue
        go = str(visit.get("go_status") or "OK")
        if go not in ("OK", "MANUALLY_OVERRIDDEN"):
            yield f"visit {visit['id']} was checked in although its go status is {go}"
        open_contracts = [
            a["state"]
            for a in scene.rows("agreements", order_id=row["order_id"], kind="CUSTOMER_CONTRACT")
            if a["sent_at"] <= row["checked_in_at"]
        ]
        waived = scene.rows("overrides", order_id=row["order_id"], gate="CONTRACT", state="APPROVED")
        if open_contracts and not waived and open_contracts[-1] not in ("SIGNED", "WAIVED", "SUPERSEDED"):
            yield f"visit {visit['id']} was checked in although the contract is {open_contracts[-1]}"


def _payable(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I7: nobody is told to pay without a form signed without open reservations, or forced."""
    for event in scene.bus.on("payment.provider.authorized"):
        order = str(event.payload.get("orderId") or event.key)
        states = [str(row["state"]) for row in scene.rows("wcfs", order_id=order)]
        if not set(states) & {"SIGNED_NO_RESERVES", "RESOLVED", "FORCED"}:
            yield f"payment of {order} was authorised, but its forms are {', '.join(states) or 'none'}"


def _two_people(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I8: wherever a row names who asked and who decided."""
    for table in _tables(scene):
        for row in scene.rows(table):
            if row.get("requested_by") and row.get("requested_by") == row.get("decided_by"):
                yield f"{table}: {row['requested_by']} asked and decided"


def _signed_for_good(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I9: a signed document's fingerprint is that of the stored bytes."""
    store = FileDocumentStore(DocumentSettings(folder=scene.outside.documents))
    for row in scene.rows("agreements"):
        if row["signed_ref"] and hashlib.sha256(store.get(row["signed_ref"])).hexdigest() != row["signed_sha256"]:
            yield f"the signed document of agreement {row['id']} does not have the stored fingerprint"


def _once(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I10: every job was done twice; both ends are alike, every event is one, every agreement is one."""
    yield from scene.hands.unlike
    yield from scene.bus.unlike
    external = Counter(agreement.external_id for agreement in scene.outside.adobe.agreements())
    yield from (f"agreement {name} was created {count} times" for name, count in external.items() if count > 1)
    sent = Counter((r["order_id"], r["id"]) for r in scene.rows("notifications"))
    yield from (f"message {name} was sent {count} times" for name, count in sent.items() if count > 1)


LEFT_OVERS = ("bookings", "offers", "date_negotiations", "agreements", "broadcasts")


def _cancelled_clean(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I11: a cancelled order holds nothing."""
    tables = set(_tables(scene))
    for progress in scene.rows("order_progress", state="CANCELLED"):
        for table in (name for name in LEFT_OVERS if name in tables):
            rows = scene.rows(table, order_id=progress["order_id"])
            left = [row for row in rows if row.get("state") in OPEN and not _is_over(scene, row)]
            yield from (f"cancelled, but {table} has one that is {row['state']}" for row in left)
        order = str(progress["order_id"])
        for task in scene.watch.tasks.values():
            # A claim is about what happened: it outlives the order.
            claim = task.element in CLAIM_TASKS
            if not claim and scene.watch.document(task.value.element_instance_key).get("serviceOrderId") == order:
                yield f"cancelled, but task {task.element} is open"


def _is_over(scene: Scene, row: Row) -> bool:
    """Whether a row belongs to a visit that took place: its booking is history."""
    visit = scene.rows("visits", id=row["visit_id"]) if row.get("visit_id") else []
    return bool(visit) and visit[0]["state"] in ("DONE", "INCOMPLETE", "NO_SHOW_CUSTOMER", "NO_SHOW_PROVIDER")


def _same_tenant(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I12: whatever belongs to an order has its country and business unit; so have provider and task."""
    orders = {str(row["id"]): (row["country_code"], row["bu_code"]) for row in scene.rows("service_orders")}
    for table in _tables(scene):
        for row in scene.rows(table):
            mine = orders.get(str(row.get("order_id")))
            if mine and "country_code" in row and (row["country_code"], row["bu_code"]) != mine:
                yield f"{table} has a row of {row['country_code']} {row['bu_code']} for an order of {' '.join(mine)}"
    for row in scene.rows("assignments"):
        provider = scene.rows("providers", id=row["provider_id"])[0]
        if provider["country_code"] != row["country_code"]:
            yield f"an order of {row['country_code']} is assigned to a provider of {provider['country_code']}"
    countries = {sale.country.code for sale in scene.sales}
    for task in scene.watch.tasks_seen:
        yield from (
            f"task {task.element_id} is for {g}"
            for g in task.candidate_groups
            if g[-3:-2] == "-" and g[-2:] not in countries
        )


def _nothing_personal(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I13: no name, address, mail or number of the customer in variables, logs, event keys or headers."""
    secrets = {text for order in scene.rows("service_orders") for text in personal(order["customer_data"])}
    for name, value in _variables(scene):
        yield from (f"variable {name} holds {_masked(hit)}" for hit in _hits(value, secrets))
    yield from (f"a log line holds {_masked(hit)}: {line[:60]}" for line in logs for hit in _hits(line, secrets))
    for published in scene.bus.published:
        event = published.event
        yield from (
            f"the key or a header of {event.topic} holds {_masked(h)}"
            for h in _hits([event.key, dict(event.headers)], secrets)
        )
        yield from (f"an event on {event.topic} holds {_masked(hit)}" for hit in _hits(dict(event.payload), secrets))


def _variables(scene: Scene) -> Iterator[tuple[str, Any]]:
    """Every value a variable ever had; of what people type into forms the last one, for it is cleared once it was handed on.

    Local variables of a step that is over are gone with it.
    """
    lasting = {key for _, key in scene.watch.instances}
    typed = {name for task in scene.watch.tasks_seen for name in _written_by(scene, task.form_key)}
    told = [(scope, name, value) for scope, name, value in scene.watch.variables if name in typed and scope in lasting]
    last = {(scope, name): value for scope, name, value in told}
    yield from ((name, value) for _, name, value in scene.watch.variables if name not in typed)
    yield from ((name, value) for (_, name), value in last.items())


def _written_by(scene: Scene, form_key: int) -> set[str]:
    form = scene.kit.engine.state.definitions.forms.get(form_key)
    return {root_of(form.value.resource)} if form else set()


PERSONAL = ("name", "email", "phone", "street", "accessNotes")


def personal(customer: Any) -> Iterator[str]:
    """The customer's own words worth searching for: long enough not to be found by chance."""
    if isinstance(customer, Mapping):
        for name, value in customer.items():
            if name in PERSONAL and isinstance(value, str) and len(value) >= 6:
                yield value
            else:
                yield from personal(value)


def _hits(value: Any, secrets: set[str]) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return [secret for secret in secrets if secret in text]


def _masked(text: str) -> str:
    return f"{text[:2]}… (personal)"


def _buffers(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I14: no visit lies before its notice or delivery buffer, unless somebody overrode that with a reason."""
    for order in scene.rows("service_orders"):
        sale = next((s for s in scene.sales if s.number == order["external_order_id"]), None)
        progress = scene.rows("order_progress", order_id=order["id"])
        if sale is None or not progress or _overridden(scene):
            continue
        for visit in scene.rows("visits", order_id=order["id"], kind="MAIN"):
            if visit["planned_start"] and visit["state"] in ("HELD", "ASSIGNED", "READY", "ON_SITE", "DONE"):
                yield from _too_early(scene, sale, order, progress[0], visit)


def _too_early(scene: Scene, sale: Sale, order: Row, progress: Row, visit: Row) -> Iterator[str]:
    service = ServiceType(visit["service_type"])
    if service in SURVEYS or service is ServiceType.REWORK:
        return
    delivery = progress["delivery_date"]
    bounds = [sale.country.day(order["created_at"])]
    if delivery:
        bounds.append(delivery)
    holidays = PublicHolidays()
    asked = {"serviceType": service.value, "category": progress["category"], "urgency": progress["urgency"]}
    wishes = [
        scheduling.Wish(
            rules=rules,
            created=bounds[0],
            today=bounds[0],
            duration_min=int(visit["duration_min"]),
            delivery=delivery,
        )
        for rules in _slot_rules(scene, countryCode=sale.country.code, **asked)
    ]
    first = min(scheduling.earliest(w, lambda day: holidays.name(day, country=sale.country.code)).day for w in wishes)
    if sale.country.day(visit["planned_start"]) < first:
        yield f"the visit is on {sale.country.day(visit['planned_start'])}, but not before {first} after delivery {delivery}"


def _slot_rules(scene: Scene, **asked: str) -> list[SlotRules]:
    """As deployed in the end and as they were first: an analyst's change leaves alone what was planned before it."""
    first = FileDecisions(path for path in scene.models if path.stem == RULES_FILE)
    return [SlotRules.of(known.decide(RULES, **asked)) for known in (first, EngineDecisions(scene.kit))]


def _overridden(scene: Scene) -> bool:
    return any(
        name == "slotChoice" and isinstance(v, Mapping) and v.get("ignoreNotice")
        for _, name, v in scene.watch.variables
    )


MAX_ROUNDS = 3


def _bounded(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I15: rounds per negotiation, offers per search."""
    for row in scene.rows("date_negotiations") if "date_negotiations" in _tables(scene) else []:
        if len(row["rounds"]) > MAX_ROUNDS:
            yield f"negotiation {row['id']} has {len(row['rounds'])} rounds"
    limits = [
        value["maxOffers"] for _, name, value in scene.watch.variables if name == "mode" and isinstance(value, Mapping)
    ]
    runs = Counter(str(row["visit_id"]) for row in scene.rows("assignment_runs"))
    offers = Counter(str(row["visit_id"]) for row in scene.rows("offers") if row["mode"] != "BROADCAST")
    for visit, count in offers.items():
        if limits and count > max(limits) * max(1, runs[visit]):
            yield f"visit {visit} had {count} offers in {runs[visit]} searches of at most {max(limits)}"


def _no_person_of_a_team(scene: Scene, logs: Sequence[str]) -> Iterator[str]:
    """I16: no column, event field or form value names somebody below the work team."""
    columns = {f"{table}.{name}" for table in _tables(scene) for row in scene.rows(table)[:1] for name in row}
    yield from (f"column {name}" for name in sorted(columns) if PERSON_OF_A_TEAM.search(name.partition(".")[2]))
    for published in scene.bus.published:
        yield from (
            f"{published.event.topic} has a field {n}"
            for n in _names(published.event.payload)
            if PERSON_OF_A_TEAM.search(n)
        )


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names(inner)


def _tables(scene: Scene) -> tuple[str, ...]:
    return scene.outside.tables.names


INVARIANTS: Mapping[str, Invariant] = {
    "I1 one order per sale, one living journey per order": _one_order,
    "I2 the raw payload never changes": _raw_payload,
    "I3 every move is allowed, audited and told": _moves,
    "I4 no two bookings of a team overlap": _no_overlap,
    "I5 one accepted assignment and one winner per visit": _one_winner,
    "I6 no check-in unless everything is ready": _checked_in_ready,
    "I7 no payable without an accepted form": _payable,
    "I8 who asks does not approve": _two_people,
    "I9 a signed document never changes": _signed_for_good,
    "I10 every handler may run twice": _once,
    "I11 a cancelled order holds nothing": _cancelled_clean,
    "I12 one tenant per order": _same_tenant,
    "I13 nothing personal in variables, logs and events": _nothing_personal,
    "I14 a visit keeps its buffers": _buffers,
    "I15 rounds and offers are bounded": _bounded,
    "I16 nobody below the work team": _no_person_of_a_team,
}
