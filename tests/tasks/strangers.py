"""The attack of every task type: a job of one tenant names a thing of another tenant, or of another order of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from workers.domain.callers import Kind
from workers.runtime import registry
from workers.runtime.outcome import BpmnError, Failed, Outcome
from workers.runtime.scope import paths_of

TABLES: Mapping[Kind, str] = {
    Kind.VISIT: "visits",
    Kind.OFFER: "offers",
    Kind.NEGOTIATION: "date_negotiations",
    Kind.BROADCAST: "broadcasts",
    Kind.RUN: "assignment_runs",
    Kind.BOOKING: "bookings",
    Kind.EXECUTION: "executions",
    Kind.TV_OUTCOME: "tv_outcomes",
    Kind.WCF: "wcfs",
    Kind.CONTRACT: "contracts",
    Kind.AGREEMENT: "agreements",
    Kind.CLAIM: "claims",
    Kind.PRO_FORMA: "pro_formas",
    Kind.NOTIFICATION: "notifications",
    Kind.TASK: "operator_tasks",
}


def attacks(world: Any, task: str, headers: Mapping[str, str], variables: Mapping[str, Any]) -> list[str]:
    """Tries them all; returns what was tried. Fails when one was not refused."""
    told = {**world.vars, **variables}
    tried = []
    with psycopg.connect(world.url, autocommit=True) as owner:
        for name, job in _jobs(world, owner, task, told):
            outcome = world.run(task, headers, key=9_000 + len(tried), **job)
            assert refused(outcome), f"{task} took {name} of somebody else: {outcome}"
            tried.append(name)
    return tried


def refused(outcome: Outcome) -> bool:
    """By the tenancy rule, not by some other fault."""
    if isinstance(outcome, BpmnError):
        return outcome.code in ("TENANT_MISMATCH", "NOT_FOUND")
    return (
        isinstance(outcome, Failed)
        and outcome.retries == 0
        and any(word in outcome.message for word in ("TENANT_MISMATCH", "NOT_FOUND"))
    )


def _jobs(world: Any, owner: Any, task: str, told: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The variables of each attack, while the thing they name is somebody else's."""
    yield "order of another country", {**told, "countryCode": "ES"}
    yield "order of another business unit", {**told, "buCode": "FR-OTHER"}
    kinds = dict(paths_of(registry[task].input))
    for path, kind in kinds.items():
        where = [_camel(part) for part in path]
        for key in {str(value) for value in _values(told, where) if value}:
            for country in ("ES", "FR"):
                with _taken(world, owner, kind, key, country) as stranger:
                    if stranger is not None:
                        yield f"{'.'.join(path)} of {country}", _replaced(told, where, stranger)


class _taken:
    """While it is open, a thing belongs to a stranger: a row moves to another order, of a provider there is another one."""

    def __init__(self, world: Any, owner: Any, kind: Kind, key: str, country: str) -> None:
        self._world, self._owner, self._kind, self._key, self._country = world, owner, kind, key, country
        self._undo: tuple[Any, ...] | None = None

    def __enter__(self) -> str | None:
        if self._kind is Kind.DOCUMENT:
            return None  # a document goes with its provider: which one, the tests of the onboarding ask
        if self._kind in (Kind.PROVIDER, Kind.TEAM, Kind.ORDER):
            return self._other() if self._country == "ES" else None
        order = self._order()
        table = sql.Identifier(TABLES[self._kind])
        read = sql.SQL("SELECT order_id, country_code, bu_code FROM {} WHERE id::text = %s").format(table)
        mine = self._owner.execute(read, (self._key,)).fetchone()
        if mine is None or mine[0] is None:
            return None
        self._undo = (table, mine)
        self._move(table, (order, *self._tenant()))
        return self._key

    def __exit__(self, *_: object) -> None:
        if self._undo:
            self._move(*self._undo)

    def _move(self, table: Any, whose: tuple[Any, ...]) -> None:
        change = sql.SQL("UPDATE {} SET order_id = %s, country_code = %s, bu_code = %s WHERE id::text = %s")
        self._owner.execute(change.format(table), (*whose, self._key))

    def _tenant(self) -> tuple[str, str]:
        return ("ES", "ES-HOME") if self._country == "ES" else ("FR", "FR-HOME")

    def _order(self) -> UUID:
        """An order of nobody here, made once; it stays, as others' orders do."""
        name = f"stranger-{self._country}"
        country, unit = self._tenant()
        kept = dict(self._world.vars)
        known = self._owner.execute("SELECT id FROM service_orders WHERE external_order_id = %s", (name,)).fetchone()
        if known:
            return UUID(str(known[0]))
        self._world.order(external_order_id=name, country_code=country, bu_code=unit)
        made = UUID(self._world.vars["serviceOrderId"])
        self._world.vars = kept
        return made

    def _other(self) -> str:
        if self._kind is Kind.ORDER:
            return str(self._order())
        table = (
            "providers"
            if self._kind is Kind.PROVIDER
            else "work_teams t JOIN providers ON providers.id = t.provider_id"
        )
        column = "providers.id" if self._kind is Kind.PROVIDER else "t.id"
        query = f"SELECT {column} FROM {table} WHERE country_code = 'ES' LIMIT 1"
        found = self._owner.execute(query).fetchone()
        return str(found[0]) if found else str(uuid4())


def _values(told: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(told, list | tuple):
        for item in told:
            yield from _values(item, path)
    elif not path:
        yield told
    elif isinstance(told, Mapping):
        yield from _values(told.get(path[0]), path[1:])


def _replaced(told: dict[str, Any], path: list[str], stranger: str) -> dict[str, Any]:
    """The variables with every value at the path replaced by a stranger's id."""
    changed = json.loads(json.dumps(told, default=str))

    def put(item: Any, rest: list[str]) -> None:
        if isinstance(item, list):
            for part in item:
                put(part, rest)
        elif isinstance(item, dict) and rest[0] in item:
            if len(rest) > 1:
                put(item[rest[0]], rest[1:])
            else:
                item[rest[0]] = [stranger] if isinstance(item[rest[0]], list) else stranger

    put(changed, path)
    return dict(changed)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
