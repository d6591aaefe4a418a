"""The decisions of a DMN file as a picture: each table as Modeler shows it, each expression in a box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from workers.workshop.drawn.page import LETTER, LINE, Page, wrapped

DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
_PAD = 6
_NARROWEST, _WIDEST, _NUMBERS = 60, 170, 30
INPUT, OUTPUT, NOTE = "#e8eefb", "#e9f6ec", "#f4f4f6"


def table_picture(source: bytes) -> str:
    """An `<svg>` of every decision in a file, in the file's order."""
    root = etree.fromstring(source)
    decisions = list(root.iter(f"{DMN}decision"))
    page = Page(width=400)
    for decision in decisions:
        _decision(page, decision)
    return page.svg(str(root.get("name") or root.get("id")))


def _decision(page: Page, decision: Any) -> None:
    table = decision.find(f"{DMN}decisionTable")
    policy = f" · hit policy {table.get('hitPolicy') or 'UNIQUE'}" if table is not None else ""
    page.y = page.lines(12, page.y, [f"{decision.get('name') or decision.get('id')}{policy}"], kind="t") + _PAD
    if said := _text(decision, "description"):
        page.y = page.lines(12, page.y, wrapped(said, 700), kind="s") + _PAD
        page.width = max(page.width, 724)
    if table is not None:
        _table(page, table)
    else:
        _expression(page, _text(decision.find(f"{DMN}literalExpression"), "text") if len(decision) else "")
    page.y += 18


def _expression(page: Page, text: str) -> None:
    lines = wrapped(text, 680)
    page.box(12, page.y, (704, len(lines) * LINE + 2 * _PAD), fill=OUTPUT)
    page.y = page.lines(12 + _PAD, page.y + _PAD, lines) + _PAD
    page.width = max(page.width, 728)


def _table(page: Page, table: Any) -> None:
    inputs, outputs = table.findall(f"{DMN}input"), table.findall(f"{DMN}output")
    heads = ["", *map(_head, inputs), *map(_head, outputs), "Note"]
    fills = [NOTE, *[INPUT] * len(inputs), *[OUTPUT] * len(outputs), NOTE]
    rows = [_row(number, rule) for number, rule in enumerate(table.findall(f"{DMN}rule"), 1)]
    if not any(row[-1] for row in rows):
        heads, fills, rows = heads[:-1], fills[:-1], [row[:-1] for row in rows]
    widths = [_NUMBERS, *(_width(column) for column in list(zip(heads, *rows, strict=True))[1:])]
    page.width = max(page.width, sum(widths) + 24)
    _cells(page, heads, widths, fills=fills, kind="b")
    for row in rows:
        _cells(page, row, widths, fills=["#ffffff"] * len(row))


def _cells(page: Page, texts: Sequence[str], widths: Sequence[float], *, fills: Sequence[str], kind: str = "") -> None:
    columns = [wrapped(text, width - 2 * _PAD) for text, width in zip(texts, widths, strict=True)]
    height = max(map(len, columns)) * LINE + _PAD
    x = 12.0
    for lines, width, fill in zip(columns, widths, fills, strict=True):
        page.box(x, page.y, (width, height), fill=fill)
        page.lines(x + _PAD, page.y + 2, lines, kind=kind)
        x += width
    page.y += height


def _width(column: Sequence[str]) -> float:
    """As wide as its longest text, between two bounds."""
    longest = max(len(line) for text in column for line in text.splitlines() or [""])
    return min(max(longest * LETTER + 2 * _PAD + 4, _NARROWEST), _WIDEST)


def _head(column: Any) -> str:
    label = column.get("label") or column.get("name") or column.get("id")
    asked = _text(column.find(f"{DMN}inputExpression"), "text") if column.tag.endswith("}input") else column.get("name")
    return f"{label}\n{asked}" if asked and asked != label else str(label)


def _row(number: int, rule: Any) -> list[str]:
    cells = [*rule.findall(f"{DMN}inputEntry"), *rule.findall(f"{DMN}outputEntry")]
    return [str(number), *(_text(cell, "text") or "-" for cell in cells), _text(rule, "description")]


def _text(node: Any, name: str) -> str:
    return str(node.findtext(f"{DMN}{name}") or "").strip() if node is not None else ""
