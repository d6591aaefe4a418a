"""Where do tokens go? The elements of two versions of a process, paired for a migration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workers.ports.errors import Refused
from workers.workshop.changes.bpmn import elements_of

# What no token stands on, or what Camunda does not let a mapping name.
_UNMAPPED = frozenset(
    {"flow", "process", "text annotation", "association", "lane", "start event", "end event", "gateway"}
)
_EVENTS = ("timer", "message", "signal", "error", "escalation", "compensate", "conditional")


@dataclass(frozen=True, slots=True)
class Routes:
    """`pairs`: old id -> new id. `lost`: old id -> why a token there cannot be moved."""

    pairs: Mapping[str, str]
    lost: Mapping[str, str]

    def refused(self, standing: Iterable[str]) -> list[str]:
        """Why an instance with tokens at these elements cannot be migrated; empty when it can."""
        return [
            f"{element}: {self.lost.get(element, 'is not in the process')}"
            for element in sorted(standing)
            if element not in self.pairs
        ]


def routes_of(before: bytes, now: bytes, *, chosen: Mapping[str, str] | None = None) -> Routes:
    """Pairs the elements of two BPMN sources: by id, or as `chosen` says (old id -> new id).

    An element without a partner, or whose partner is of another kind, is lost. Raises `Refused` when `chosen` names an
    element that is not there.
    """
    old, new = elements_of(before), elements_of(now)
    wanted = dict(chosen or {})
    for place, known, named in (("old", old, wanted), ("new", new, wanted.values())):
        if unknown := sorted(set(named) - set(known)):
            raise Refused(f"Expected elements of the {place} version, but it has no {', '.join(unknown)}")
    pairs, lost = {}, {}
    for ident, facts in old.items():
        if facts["kind"] in _UNMAPPED:
            continue
        target = wanted.get(ident, ident)
        reason = _reason(facts, new.get(target), target)
        if reason:
            lost[ident] = reason
        else:
            pairs[ident] = target
    return Routes(pairs, lost)


def _reason(old: Mapping[str, str], new: Mapping[str, str] | None, target: str) -> str:
    """Empty when a token may go there (Camunda's preconditions: same kind of element, of event and of repetition)."""
    if new is None:
        return f"the new version has no {target}; say where its tokens go: --map {target}=..."
    if old["kind"] != new["kind"]:
        return f"{target} is a {new['kind']} now, it was a {old['kind']}"
    for event in _EVENTS:
        if (event in old) != (event in new):
            return f"{target} is another kind of event now"
    if ("for each" in old) != ("for each" in new):
        return f"{target} is {'no longer' if 'for each' in old else 'now'} done for each of a list"
    return ""
