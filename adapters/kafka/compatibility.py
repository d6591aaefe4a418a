"""Whether a schema may follow those registered before it, by Apache Avro's own judgement (the package `avro`, extra `local`)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

LEVEL = "BACKWARD"
# Level -> pairs (reader, writer) that must fit, of the new schema and one registered before; and whether all count or the last.
Pairs = Callable[[str, str], Sequence[tuple[str, str]]]
RULES: Mapping[str, Pairs] = {
    "NONE": lambda new, old: (),
    "BACKWARD": lambda new, old: ((new, old),),
    "FORWARD": lambda new, old: ((old, new),),
    "FULL": lambda new, old: ((new, old), (old, new)),
}


def compatible(reader: str, writer: str) -> list[str]:
    """What keeps `reader` from reading what `writer` wrote; nothing when it can."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Avro warns of logical types that it does not know
        pair = (avro.schema.parse(reader), avro.schema.parse(writer))
    checker: Any = ReaderWriterCompatibilityChecker  # untyped
    found = checker().get_compatibility(*pair)
    if found.compatibility is SchemaCompatibilityType.compatible:
        return []
    return [
        f"{place}: {message}" for place, message in zip(sorted(found.locations), sorted(found.messages), strict=False)
    ]


def conflicts(new: str, before: Sequence[str], level: str) -> list[str]:
    """What forbids `new` after the versions `before` at a level of compatibility."""
    rule = RULES[level.removesuffix("_TRANSITIVE")]
    counting = before if level.endswith("_TRANSITIVE") else before[-1:]
    return [conflict for old in counting for pair in rule(new, old) for conflict in compatible(*pair)]


def unrecorded(current: Mapping[str, str], recorded: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Topic -> what is wrong with its schema beside the versions that were registered; topics where all is well are left out.

    `NEW VERSION` when it may follow them but is not recorded yet.
    """
    found: dict[str, list[str]] = {}
    for topic in sorted({*current, *recorded}):
        before = list(recorded.get(topic, ()))
        if topic not in current:
            found[topic] = ["its schema was registered, but the file is gone"]
        elif current[topic] not in before[-1:]:
            found[topic] = conflicts(current[topic], before, "BACKWARD_TRANSITIVE") or [NEW_VERSION]
    return found


NEW_VERSION = "NEW VERSION"
