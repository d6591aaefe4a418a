"""What a DMN file and a form say, as facts: columns and rows of tables, fields of forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
Facts = dict[str, str]


def decisions_of(source: bytes) -> dict[str, Facts]:
    """Decision -> hit policy, columns, and each row by its id."""
    root = etree.fromstring(source)
    return {str(decision.get("id")): dict(_decision(decision)) for decision in root.iter(f"{DMN}decision")}


def _decision(decision: Any) -> Iterator[tuple[str, str]]:
    yield "name", str(decision.get("name") or "")
    for table in decision.iter(f"{DMN}decisionTable"):
        yield "hit policy", str(table.get("hitPolicy") or "UNIQUE")
        columns = [_column(column) for column in table if column.tag in (f"{DMN}input", f"{DMN}output")]
        yield "columns", ", ".join(columns)
        for number, rule in enumerate(table.iter(f"{DMN}rule"), 1):
            yield f"row {rule.get('id')}", f"{number}: {_row(rule, columns)}"
    for literal in decision.iterchildren(f"{DMN}literalExpression"):
        yield "expression", str(literal.findtext(f"{DMN}text") or "").strip()


def _column(column: Any) -> str:
    return str(
        column.get("label")
        or column.get("name")
        or column.findtext(f"{DMN}inputExpression/{DMN}text")
        or column.get("id")
    )


def _row(rule: Any, columns: list[str]) -> str:
    cells = [
        str(cell.findtext(f"{DMN}text") or "").strip()
        for cell in rule
        if cell.tag in (f"{DMN}inputEntry", f"{DMN}outputEntry")
    ]
    return ", ".join(f"{name} {cell}" for name, cell in zip(columns, cells, strict=False) if cell and cell != "-")


def fields_of(source: bytes) -> dict[str, Facts]:
    """Field of a form -> label, type, choices, rules."""
    form = json.loads(source)
    return {str(c.get("key") or c.get("path") or c.get("id")): dict(_field(c)) for c in _components(form["components"])}


def _components(components: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _components(component.get("components", []))


def _field(component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "kind", str(component["type"])
    yield "name", str(component.get("label") or component.get("text") or "")
    if component.get("values"):
        yield "choices", ", ".join(str(choice["value"]) for choice in component["values"])
    for name, value in sorted((component.get("validate") or {}).items()):
        yield f"rule {name}", json.dumps(value)
    if hidden := (component.get("conditional") or {}).get("hide"):
        yield "hidden if", str(hidden)
