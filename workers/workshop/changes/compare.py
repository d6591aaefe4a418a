"""Compares two versions and says in sentences what changed, and what that means for instances that run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from workers.workshop.changes.bpmn import elements_of
from workers.workshop.changes.tables import decisions_of, fields_of
from workers.workshop.changes.versions import Files

Facts = Mapping[str, str]
READERS: Mapping[str, Callable[[bytes], dict[str, dict[str, str]]]] = {
    ".bpmn": elements_of,
    ".dmn": decisions_of,
    ".form": fields_of,
}
# Kinds in which a token can stand: an instance that is there needs the same element in the new version.
WAITING = frozenset(
    {
        "user task",
        "service task",
        "receive task",
        "call",
        "sub process",
        "intermediate catch event",
        "event based gateway",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `what` is added, removed, renamed or changed; `migration` says what it means for running instances."""

    file: str
    element: str
    what: str
    text: str
    migration: str = ""


def changes_between(before: Files, now: Files) -> list[Change]:
    """Everything that differs, file by file."""
    names = sorted({*before, *now})
    return [change for name in names for change in _file(name, before.get(name), now.get(name))]


def _file(name: str, before: bytes | None, now: bytes | None) -> Iterator[Change]:
    if before == now:
        return
    if before is None or now is None:
        word = "added" if before is None else "removed"
        yield Change(name, "", word, f"{name} was {word}")
        return
    read = READERS[name[name.rindex(".") :]]
    old, new = read(before), read(now)
    yield from (_gone(name, ident, old[ident]) for ident in old if ident not in new)
    yield from (
        Change(name, ident, "added", f"{_title(ident, new[ident])} was added") for ident in new if ident not in old
    )
    for ident in (ident for ident in new if ident in old and old[ident] != new[ident]):
        yield from _element(name, ident, old[ident], new[ident])


def _gone(name: str, ident: str, facts: Facts) -> Change:
    stuck = facts.get("kind") in WAITING
    migration = f"instances that wait at {ident} cannot be migrated without saying where they go" if stuck else ""
    return Change(name, ident, "removed", f"{_title(ident, facts)} was removed", migration)


def _title(ident: str, facts: Facts) -> str:
    kind, name = facts.get("kind", ""), facts.get("name", "")
    called = f'"{name}" ({ident})' if name and name != ident else ident
    return f"{kind} {called}".strip()


def _element(file: str, ident: str, old: Facts, new: Facts) -> Iterator[Change]:
    title = _title(ident, new)
    for fact in sorted({*old, *new}, key=[*new, *old].index):
        if old.get(fact) != new.get(fact):
            yield _fact(file, ident, title, (fact, old.get(fact), new.get(fact)))


def _fact(file: str, ident: str, title: str, said: tuple[str, str | None, str | None]) -> Change:
    fact, old, new = said
    if fact == "name":
        return Change(file, ident, "renamed", f'{ident} is called "{new}", no longer "{old}"')
    if fact == "kind":
        text = f"{ident} is a {new}, no longer a {old}"
        return Change(file, ident, "changed", text, f"instances that wait at {ident} cannot be migrated")
    shown = "row" if fact.startswith("row ") else fact
    if old is None or new is None:
        word = "added" if old is None else "removed"
        return Change(file, ident, "changed", f"{title}: {shown} {word}: {new if old is None else old}")
    return Change(file, ident, "changed", f"{title}: {shown} is now {new}, was {old}")
