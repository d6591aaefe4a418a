"""From the outputs of the rules that matched to the result of a table, one function per hit policy.

A row is the outputs of a matched rule by column name, in the order of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .errors import DecisionError
from .feel_values import is_number, render, total

Row = dict[str, Any]
Rows = Sequence[Row]

UNIQUE, FIRST, COLLECT = "UNIQUE", "FIRST", "COLLECT"


class Order(NamedTuple):
    """How the rows of one table compare: their rank by output values, and whether two are the same."""

    rank: Callable[[Row], Any]
    same: Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class HitPolicy:
    """How a table makes one result of its rows. `lists` tells whether the result is a list."""

    name: str
    combine: Callable[[Rows, Order], Any]
    lists: bool = False
    counts: bool = False


def single(row: Row) -> Any:
    """The result of one rule: the value of the only column, or a context of all."""
    return next(iter(row.values())) if len(row) == 1 else row


def _first(rows: Rows, _: Order) -> Any:
    return single(rows[0])


def _unique(rows: Rows, _: Order) -> Any:
    if len(rows) > 1:
        raise DecisionError(f"multiple values aren't allowed for UNIQUE hit policy. found: '{_listing(rows)}'")
    return single(rows[0])


def _any(rows: Rows, order: Order) -> Any:
    distinct: list[Row] = []
    for row in rows:
        if not any(all(map(order.same, row.values(), other.values())) for other in distinct):
            distinct.append(row)
    if len(distinct) > 1:
        raise DecisionError(f"different values aren't allowed for ANY hit policy. found: '{_listing(distinct)}'")
    return single(rows[0])


def _priority(rows: Rows, order: Order) -> Any:
    return single(min(rows, key=order.rank))


def _in_order(rows: Rows, _: Order) -> Any:
    return [single(row) for row in rows]


def _by_output(rows: Rows, order: Order) -> Any:
    return [single(row) for row in sorted(rows, key=order.rank)]


def _aggregate(reduce: Callable[[list[Any]], Any]) -> Callable[[Rows, Order], Any]:
    def aggregate(rows: Rows, _: Order) -> Any:
        if len(rows[0]) != 1:
            raise DecisionError(f"multiple values aren't allowed. found: {_listing(rows)}")
        return reduce([_number(single(row)) for row in rows])

    return aggregate


def _number(value: Any) -> Any:
    if not is_number(value):
        raise DecisionError(f"expected number but found '{render(value)}'")
    return value


def _count(rows: Rows, _: Order) -> Any:
    return len(rows)


def _listing(rows: Rows) -> str:
    """The rows as Camunda writes them into its messages."""
    maps = ("Map(" + ", ".join(f"{name} -> {render(value)}" for name, value in row.items()) + ")" for row in rows)
    return f"List({', '.join(maps)})"


POLICIES: dict[tuple[str, str], HitPolicy] = {
    (policy.name, aggregation): policy
    for aggregation, policy in (
        ("", HitPolicy(UNIQUE, _unique)),
        ("", HitPolicy(FIRST, _first)),
        ("", HitPolicy("ANY", _any)),
        ("", HitPolicy("PRIORITY", _priority)),
        ("", HitPolicy("RULE ORDER", _in_order, lists=True)),
        ("", HitPolicy("OUTPUT ORDER", _by_output, lists=True)),
        ("", HitPolicy(COLLECT, _in_order, lists=True)),
        ("SUM", HitPolicy(COLLECT, _aggregate(total))),
        ("MIN", HitPolicy(COLLECT, _aggregate(min))),
        ("MAX", HitPolicy(COLLECT, _aggregate(max))),
        ("COUNT", HitPolicy(COLLECT, _count, counts=True)),
    )
}
