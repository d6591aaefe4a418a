"""What comes next on an order: who is awaited, for what, until when. From Camunda where it answers, from our own rows always."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workers.bootstrap import OrderFile
from workers.desk.waits import Wait
from workers.desk.words import AWAITED, Awaited
from workers.domain.states import VisitState

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is awaited. `kind`: incident, task, person, system;"""

    kind: str
    who: str
    does: str
    until: datetime | None = None
    key: str = ""
    instance: str = ""


def steps_of(file: OrderFile, waits: Sequence[Wait]) -> list[Step]:
    """What an order waits for, what is stuck first; the same thing awaited twice is one step."""
    found = [*_incidents(waits), *_tasks(waits), *_people(file, waits), *_jobs(waits)]
    return list(dict.fromkeys(found))


def _incidents(waits: Iterable[Wait]) -> Iterator[Step]:
    for wait in waits:
        if wait.kind == "incident":
            yield Step("incident", "support", f"sees why this failed: {wait.what}", None, wait.key, wait.instance)


def _tasks(waits: Iterable[Wait]) -> Iterator[Step]:
    for wait in waits:
        if wait.kind == "task":
            yield Step("task", wait.who, f"does the task “{wait.what}”", _instant(wait.until), wait.key, wait.instance)


def _jobs(waits: Iterable[Wait]) -> Iterator[Step]:
    for wait in waits:
        if wait.kind == "job":
            yield Step("system", "the platform", f"does {wait.what}", None, "", wait.instance)


def _people(file: OrderFile, waits: Sequence[Wait]) -> Iterator[Step]:
    """Our own rows say it best; what no row tells, the message's own words say, until the next timer of its instance."""
    for own in _OWN.values():
        yield from own(file)
    for wait in waits:
        if wait.kind == "message" and wait.what in AWAITED and wait.what not in _TOLD_BY_ROWS:
            awaited: Awaited = AWAITED[wait.what]
            yield Step("person", awaited.who, awaited.does, _next_timer(waits, wait.instance), "", wait.instance)


def _offers(file: OrderFile) -> Iterator[Step]:
    for offer in file.view.offers:
        if offer["state"] == "PENDING":
            yield Step("person", file.name(offer["provider_id"]), "answers the offer", offer["expires_at"])


def _dates(file: OrderFile) -> Iterator[Step]:
    for negotiation in file.negotiations:
        if negotiation["state"] == "IN_PROGRESS":
            last = negotiation["rounds"][-1]
            who = "the provider" if str(last.get("by")).upper() == "CUSTOMER" else "the customer"
            yield Step("person", who, f"answers the date {last['day']}", _instant(last.get("answer_by") or ""))


def _signatures(file: OrderFile) -> Iterator[Step]:
    for agreement in file.view.agreements:
        if agreement["closed_at"] is None:
            what = agreement["kind"].replace("_", " ").lower()
            yield Step("person", "the customer", f"signs the {what}", agreement["expires_at"])


def _arrivals(file: OrderFile) -> Iterator[Step]:
    teams = {row["visit_id"]: row["team_id"] for row in file.view.assignments if row["state"] == "ACCEPTED"}
    for visit in file.view.visits:
        who = file.name(teams.get(visit["id"])) or "the team"
        if visit["state"] == VisitState.READY:
            yield Step("person", who, "arrives and checks in", visit["planned_start"])
        if visit["state"] == VisitState.ON_SITE:
            yield Step("person", who, "finishes and checks out", visit["planned_end"])


_Own = Callable[[OrderFile], Iterator[Step]]
# Messages whose story our own rows tell better.
_OWN: Mapping[str, _Own] = {
    "offer-accepted": _offers,
    "date-answered": _dates,
    "agreement-closed": _signatures,
    "visit-checked-in": _arrivals,
}
_TOLD_BY_ROWS = frozenset({*_OWN, "offer-rejected", "broadcast-accepted", "visit-checked-out"})


def _next_timer(waits: Iterable[Wait], instance: str) -> datetime | None:
    found = [_instant(wait.until) for wait in waits if wait.kind == "timer" and wait.instance == instance]
    return min((moment for moment in found if moment), default=None)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
