"""Whether a value fits what a worker reads, and which form fields the worker looks at."""

from __future__ import annotations

from collections.abc import Iterator

from workers.workshop.check.findings import did_you_mean
from workers.workshop.check.shapes import Origin, Shape, told

DEPTH = 4


def consume(given: Shape, wanted: Shape, depth: int = 0) -> set[Origin]:
    """The origins of the parts of a value that somebody with these wishes reads."""
    if not wanted.is_closed and wanted.item is None:
        return set(given.all_origins())
    found = set(given.origins)
    if wanted.is_closed and given.entries is not None and depth < DEPTH:
        for name, inner in (wanted.entries or {}).items():
            if name in given.entries:
                found |= consume(given.entries[name], inner, depth + 1)
    if wanted.item is not None and given.item is not None and depth < DEPTH:
        found |= consume(given.item, wanted.item, depth + 1)
    return found


def fits(given: Shape, wanted: Shape, name: str, *, required: bool, depth: int = 0) -> Iterator[tuple[str, str]]:
    """What and why: each way in which a value cannot be read as wished."""
    if required and "null" not in wanted.kinds and not wanted.is_any:
        if "missing" in given.kinds:
            yield f"{name} is not set on every way that leads here", "The job would fail and become an incident"
        if given.kinds == {"null"}:
            yield f"{name} is always null", "The job would fail and become an incident"
    if given.is_any or wanted.is_any or not given.real:
        return
    common = given.real & wanted.real
    if not common and not ({"date and time", "date", "duration", "time"} & given.real and "string" in wanted.real):
        yield (
            f"{name} is {told(given)}, but the worker reads {told(wanted)}",
            "The job would fail and become an incident",
        )
        return
    if "string" in common and given.words is not None and wanted.words is not None:
        for word in sorted(given.words - wanted.words):
            known = ", ".join(sorted(wanted.words))
            yield f'{name} can be "{word}", which the worker does not know', did_you_mean(word, wanted.words) or known
    if given.is_closed and wanted.is_closed and depth < DEPTH:
        for part, inner in (wanted.entries or {}).items():
            if given.entries is not None and part in given.entries:
                yield from fits(given.entries[part], inner, f"{name}.{part}", required=False, depth=depth + 1)
    if given.item is not None and wanted.item is not None and depth < DEPTH:
        yield from fits(given.item, wanted.item, f"an item of {name}", required=False, depth=depth + 1)
