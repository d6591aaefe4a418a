"""The Avro schema of every topic, `<topic>.avsc`, and what was registered of each so far (`registered.json`).

A schema that changed must be able to read what every registered version of it wrote (BACKWARD, for all of them). To change one:
edit its file, add fields only with a default, and run `fsm schemas record`, which puts the new version into `registered.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

SNAPSHOT = "registered.json"


def subject(topic: str) -> str:
    """The name of a topic's schema in the registry: the strategy is pinned, a library's default is not relied on."""
    return f"{topic}-value"


@cache
def schemas() -> Mapping[str, str]:
    """Topic -> the text of its schema, in one form: compact JSON in the file's order."""
    files = (file for file in resources.files(__name__).iterdir() if file.name.endswith(".avsc"))
    return {file.name.removesuffix(".avsc"): compact(json.loads(file.read_text(encoding="utf-8"))) for file in files}


def registered() -> Mapping[str, list[Any]]:
    """Topic -> every version that was registered, the oldest first."""
    found: Mapping[str, list[Any]] = json.loads(
        resources.files(__name__).joinpath(SNAPSHOT).read_text(encoding="utf-8")
    )
    return found


def compact(schema: Any) -> str:
    """A schema as text without spaces."""
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False)
