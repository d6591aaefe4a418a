"""The Avro schema of every topic, `<topic>.avsc`, and what was registered of each so far (`registered.json`).

A schema that changed must be able to read what every registered version of it wrote (BACKWARD, for all of them). To change one:
edit its file, add fields only with a default, and run `fsm schemas record`, which puts the new version into `registered.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SNAPSHOT = Path(__file__).with_name("registered.json")


def subject(topic: str) -> str:
    """The name of a topic's schema in the registry: the strategy is pinned, a library's default is not relied on."""
    return f"{topic}-value"


@cache
def schemas() -> Mapping[str, str]:
    """Topic -> the text of its schema, in one form: compact JSON in the file's order."""
    files = SNAPSHOT.parent.glob("*.avsc")
    return {file.stem: compact(json.loads(file.read_text(encoding="utf-8"))) for file in files}


def registered() -> Mapping[str, list[str]]:
    """Topic -> every version that was registered, the oldest first."""
    kept: Mapping[str, list[Any]] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    return {topic: [compact(version) for version in versions] for topic, versions in kept.items()}


def record(topics: Iterable[str]) -> None:
    """Adds the present schemas of these topics to what was registered."""
    kept = registered()
    kept = {**kept, **{topic: [*kept.get(topic, ()), schemas()[topic]] for topic in topics}}
    rows = (f"  {json.dumps(topic)}: [\n    " + ",\n    ".join(kept[topic]) + "\n  ]" for topic in sorted(kept))
    SNAPSHOT.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def compact(schema: Any) -> str:
    """A schema as text without spaces."""
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
