"""A decision table as areas of its inputs: each column is cut where its cells cut it, each row covers some of the pieces."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from zeebelet.feel import FeelError, compile, tree, unary_tests
from zeebelet.model.dmn import DecisionTable, Input

OTHER, OPAQUE = "any other text", "cannot be told"
LIMIT = 20_000
"""More pieces than this are not looked at: the answer is then the harmless one."""

Area = tuple[int, ...]
"""Per column the pieces it covers, as bits."""


class Grid:
    """The areas of a table's rows. A cell that cannot be told without running it covers nothing for sure."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.pieces = [_pieces(table, column) for column in range(len(table.inputs))]
        """Per column one value of each piece, null as the last one; only [OPAQUE] where it cannot be told."""
        self.full: Area = tuple((1 << len(pieces)) - 1 for pieces in self.pieces)
        self.opaque = [
            any(self._is_opaque(rule, c) for c in range(len(self.pieces))) for rule in range(len(table.rules))
        ]
        self.rows: list[Area] = [
            tuple(self._covers(r, c) for c in range(len(self.pieces))) for r in range(len(table.rules))
        ]

    def never(self, row: int) -> bool:
        """Whether a row has a cell that nothing meets."""
        return not self.opaque[row] and any(bits == 0 for bits in self.rows[row])

    def why_never(self, row: int) -> str:
        """Which cell that is."""
        column = next(c for c, bits in enumerate(self.rows[row]) if bits == 0)
        data = self.table.inputs[column]
        allowed = f"; the column allows {data.values.text}" if data.values else ""
        return (
            f"Nothing meets '{self._text(row, column)}' in the column '{data.label or data.expression.text}'{allowed}"
        )

    def overlap(self, a: int, b: int) -> bool:
        """Whether two rows surely take an input in common."""
        return not (self.opaque[a] or self.opaque[b]) and all(
            x & y for x, y in zip(self.rows[a], self.rows[b], strict=True)
        )

    def shared(self, a: int, b: int) -> str:
        """An input that two rows take."""
        return self._told(tuple(x & y for x, y in zip(self.rows[a], self.rows[b], strict=True)))

    def hidden(self, row: int) -> bool:
        """Whether the rows above take everything that a row takes."""
        if self.opaque[row]:
            return False
        return self._left([self.rows[row]], range(row)) == []

    def gap(self) -> str:
        """An input that no row takes, in words; empty when there is none or it cannot be told."""
        if not self.pieces or any(self.opaque):
            return ""
        asked = tuple(bits & ~(1 << len(pieces) - 1) for bits, pieces in zip(self.full, self.pieces, strict=True))
        left = self._left([asked], range(len(self.rows)))
        return self._told(left[0]) if left else ""

    def _left(self, areas: list[Area], rows: range) -> list[Area] | None:
        """What is left of areas without what rows take; None when there are too many pieces."""
        for row in rows:
            if self.opaque[row]:
                continue
            areas = [piece for area in areas for piece in _without(area, self.rows[row])]
            if len(areas) > LIMIT:
                return None
        return areas

    def _text(self, row: int, column: int) -> str:
        tests = self.table.rules[row].tests
        return tests[column].text.strip() if column < len(tests) else ""

    def _is_opaque(self, row: int, column: int) -> bool:
        text = self._text(row, column)
        return text not in ("", "-") and self.pieces[column] == [OPAQUE]

    def _covers(self, row: int, column: int) -> int:
        text = self._text(row, column)
        if text in ("", "-"):
            return self.full[column]
        if self.pieces[column] == [OPAQUE]:
            return 0
        test = unary_tests(text)
        return sum(1 << k for k, piece in enumerate(self.pieces[column]) if _holds(test, piece))

    def _told(self, area: Area) -> str:
        """The columns in which an area is not everything, each with one of its pieces."""
        told = []
        for column, bits in enumerate(area):
            if bits != self.full[column] and bits:
                piece = self.pieces[column][(bits & -bits).bit_length() - 1]
                name = self.table.inputs[column].expression.text or self.table.inputs[column].label
                told.append(f"{name} = {_shown(piece)}")
        return ", ".join(told) or "any input"


def _without(area: Area, taken: Area) -> list[Area]:
    """An area without another: pieces that do not overlap."""
    if not all(a & t for a, t in zip(area, taken, strict=True)):
        return [area]
    found, rest = [], list(area)
    for column, bits in enumerate(taken):
        outside = rest[column] & ~bits
        if outside:
            found.append((*tuple(rest[:column]), outside, *tuple(rest[column + 1 :])))
        rest[column] &= bits
    return found


def _holds(test: Any, piece: Any) -> bool:
    value = _far_word() if piece is OTHER else piece
    try:
        return test.evaluate({"?": value}).value is True
    except FeelError:
        return False


def _far_word() -> str:
    return "\u0000other"


def _shown(piece: Any) -> str:
    return (
        piece
        if piece is OTHER
        else str(piece).lower()
        if isinstance(piece, bool)
        else f'"{piece}"'
        if isinstance(piece, str)
        else str(piece)
    )


def _pieces(table: DecisionTable, column: int) -> list[Any]:
    """One value of each piece of a column; [OPAQUE] when its cells cannot be told apart without running them."""
    cells = [rule.tests[column].text.strip() for rule in table.rules if column < len(rule.tests)]
    cells = [text for text in cells if text not in ("", "-")]
    data = table.inputs[column]
    try:
        found = [value for text in cells for value in _literals(unary_tests(text).tree)]
        allowed = _literals(compile(f"[{data.values.text}]").tree) if data.values else []
    except (FeelError, _Opaque):
        return [OPAQUE]
    return [*_cut(data, found, allowed), None]


def _cut(data: Input, found: list[Any], allowed: list[Any]) -> list[Any]:
    values = [*found, *allowed]
    if data.expression.type_ref == "boolean" or any(isinstance(value, bool) for value in values):
        return [True, False]
    numbers = sorted({value for value in values if isinstance(value, int | Decimal)})
    if numbers:
        between = [(Decimal(a) + Decimal(b)) / 2 for a, b in pairwise(numbers)]
        return [numbers[0] - 1, *numbers, *between, numbers[-1] + 1]
    texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
    if allowed:
        return [text for text in texts if text in allowed]
    return [*texts, OTHER]


class _Opaque(Exception):
    """A cell reads other variables or calls functions."""


def _literals(node: Any) -> list[Any]:
    """The plain values in a tree; `_Opaque` when there is anything that must be run."""
    if isinstance(
        node, tree.Name | tree.Call | tree.Path | tree.Filter | tree.For | tree.If | tree.MemberCall | tree.Quantified
    ):
        raise _Opaque
    if isinstance(node, tree.Literal):
        if node.value is None or isinstance(node.value, str | bool | int | Decimal):
            return [] if node.value is None else [node.value]
        raise _Opaque
    if isinstance(node, tree.Negation) and isinstance(node.operand, tree.Literal):
        return [-node.operand.value]
    if isinstance(node, tuple):
        return [value for each in node for value in _literals(each)]
    if is_dataclass(node):
        return [value for f in fields(node) for value in _literals(getattr(node, f.name))]
    return []
