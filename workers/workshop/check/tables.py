"""What analysts keep beside the models, in small YAML tables under `bpmn/tables/`.

    messages.yaml    every message: its key, the variables it brings, who sends it
    roles.yaml       the roles that work in Tasklist
    durations.yaml   how long each timer and due date is, as documented
    answers.yaml     what each form offers to choose

A table that is missing is not checked against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workers.workshop.check.shapes import ANY, BOOLEAN, NUMBER, OPEN_CONTEXT, STRING, Shape, list_of, words

FOLDER = Path("bpmn/tables")
TYPES: Mapping[str, Shape] = {
    "text": STRING,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "object": OPEN_CONTEXT,
    "list": list_of(ANY),
    "any": ANY,
}


LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every value is a text: YES and NO are words here, not truth values."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `key` is the variable that correlates it (empty for none), `sets` what it brings."""

    name: str
    key: str
    sets: Mapping[str, Shape]
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a project; None for one that is missing."""

    messages: Mapping[str, Message] | None = None
    roles: Mapping[str, str] | None = None
    durations: Mapping[str, Mapping[str, list[str]]] | None = None
    answers: Mapping[str, Mapping[str, list[str]]] | None = None
    problems: tuple[tuple[Path, str], ...] = field(default=())


def load(folder: Path) -> Tables:
    """The tables of a project's folder."""
    problems: list[tuple[Path, str]] = []
    raw = {
        name: _read(folder / FOLDER / f"{name}.yaml", problems)
        for name in ("messages", "roles", "durations", "answers")
    }
    return Tables(
        messages=_messages(folder / FOLDER / "messages.yaml", raw["messages"], problems),
        roles=raw["roles"],
        durations=_lists(raw["durations"]),
        answers=_lists(raw["answers"]),
        problems=tuple(problems),
    )


def _read(path: Path, problems: list[tuple[Path, str]]) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506
    except yaml.YAMLError as error:
        problems.append((path, f"is no YAML: {error}"))
        return None
    if not isinstance(found, dict):
        problems.append((path, "Expected names with their values"))
        return None
    return found


def _messages(path: Path, raw: dict[str, Any] | None, problems: list[tuple[Path, str]]) -> Mapping[str, Message] | None:
    if raw is None:
        return None
    found = {}
    for name, row in raw.items():
        if not isinstance(row, dict):
            problems.append((path, f"'{name}': expected key, sets and sender"))
            continue
        sets = {str(k): _type(path, name, v, problems) for k, v in (row.get("sets") or {}).items()}
        found[name] = Message(name, str(row.get("key") or ""), sets, str(row.get("sender") or ""))
    return found


def _type(path: Path, name: str, value: Any, problems: list[tuple[Path, str]]) -> Shape:
    if isinstance(value, list):
        return words(*map(str, value))
    if value not in TYPES:
        problems.append((path, f"'{name}': expected one of {', '.join(TYPES)} or a list of words, but found '{value}'"))
        return ANY
    return TYPES[value]


def _lists(raw: dict[str, Any] | None) -> Mapping[str, Mapping[str, list[str]]] | None:
    if raw is None:
        return None
    return {
        str(outer): {
            str(inner): [str(v) for v in values] if isinstance(values, list) else [str(values)]
            for inner, values in (rows or {}).items()
        }
        for outer, rows in raw.items()
    }
