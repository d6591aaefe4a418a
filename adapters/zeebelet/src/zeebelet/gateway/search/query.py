"""Answers any search: filter, sort and page over the rows of a view."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable
from operator import neg
from typing import Any, NamedTuple

from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.gateway.search import cursors
from zeebelet.gateway.search.columns import Column, Columns, show
from zeebelet.gateway.search.filters import Test, column_test, equal_to, every
from zeebelet.gateway.search.tables import Table, Tables
from zeebelet.records import JsonObject

_DEFAULT_LIMIT = 100
_MANY = 500  # rows that are worth more than sorting them
Special = Callable[[Tables, Any], Test]
# Tables and a filter -> the rows it can only let through, and the names it has then been asked for already; None: no short way.
Narrow = Callable[[Tables, JsonObject], "tuple[Collection[Any], Collection[str]] | None"]


class View(NamedTuple):
    """What a search reads and shows. `hidden` columns can be filtered and sorted by; `special` filters look further.

    `narrow` knows short ways to the rows of some filters.
    """

    table: Callable[[Tables], Table[Any]]
    key: str
    shown: Columns
    hidden: Columns = {}  # noqa: RUF012 - never mutated
    special: dict[str, Special] = {}  # noqa: RUF012 - never mutated
    narrow: Narrow = lambda tables, wanted: None

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name in self.shown or name in self.hidden

    def column(self, name: str) -> Column:
        """Returns a column by its name."""
        return self.shown.get(name) or self.hidden[name]


class _Order:
    """A sort value: what is missing comes last; `descending` turns it all around."""

    __slots__ = ("descending", "value")

    def __init__(self, value: Any, *, descending: bool) -> None:
        self.value = value
        self.descending = descending

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Order) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: _Order) -> bool:
        one, two = (other.value, self.value) if self.descending else (self.value, other.value)
        if one is None or two is None:
            return one is not None and two is None
        return bool(one < two)


class _Sorting:
    def __init__(self, view: View, sort: list[JsonObject]) -> None:
        fields = [(view.column(item["field"]), item.get("order", "ASC") == "DESC") for item in sort]
        self._fields = [*fields, (view.column(view.key), False)]

    def values(self, row: Any) -> list[Any]:
        """The sort values of a row, as a cursor holds them."""
        return [self._value(column, column.read(row)) for column, _ in self._fields]

    @staticmethod
    def _value(column: Column, value: Any) -> Any:
        return None if column.kind.missing(value) else value

    def sort(self, rows: list[Any]) -> None:
        """Sorts rows as `key` would: one stable pass for each field, the last one first, which is many times faster."""
        for column, descending in reversed(self._fields):
            read, missing = column.read, column.kind.missing

            def value(row: Any, read: Any = read, missing: Any = missing) -> tuple[bool, Any]:
                found = read(row)
                return (True, 0) if missing(found) else (False, found)

            rows.sort(key=value, reverse=descending)

    def first(self, rows: list[Any], count: int) -> list[Any]:
        """The first rows, in order. A page of many rows needs no order of all of them."""
        if len(rows) > _MANY and count * 10 < len(rows):
            sizes = self._sizes(rows)
            if sizes is not None:
                return [rows[place] for *_, place in heapq.nsmallest(count, zip(*sizes, range(len(rows)), strict=True))]
        self.sort(rows)
        return rows[:count]

    def _sizes(self, rows: list[Any]) -> list[list[Any]] | None:
        """For each field the values of all rows, numbers that descend turned around, so that tuples of them order as `sort`
        does; None where something is missing or a text descends."""
        sizes = []
        for column, descending in self._fields:
            values = list(map(column.read, rows))
            try:
                if None in values or column.kind.missing(min(values)):
                    return None
                sizes.append(list(map(neg, values)) if descending else values)
            except TypeError:
                return None
        return sizes

    def key(self, row: Any) -> list[_Order]:
        """The sort key of a row."""
        return self.ordered(self.values(row))

    def ordered(self, values: list[Any]) -> list[_Order]:
        """The sort key of sort values."""
        return [_Order(v, descending=down) for v, (_, down) in zip(values, self._fields, strict=True)]

    def position(self, cursor: str, field: str) -> list[_Order]:
        """The sort key a cursor stands for."""
        return self.ordered(cursors.decode(cursor, field=field, length=len(self._fields)))


def _page(rows: list[Any], sorting: _Sorting, page: JsonObject) -> list[Any]:
    limit, start = page.get("limit", _DEFAULT_LIMIT), page.get("from", 0)
    if "after" not in page and "before" not in page:
        return sorting.first(rows, start + limit)[start:]
    sorting.sort(rows)
    try:
        if "after" in page:
            start = bisect_right(rows, sorting.position(page["after"], "after"), key=sorting.key)
            return rows[start : start + limit]
        end = bisect_left(rows, sorting.position(page["before"], "before"), key=sorting.key)
        return rows[max(0, end - limit) : end]
    except TypeError as error:  # values of other types than this search sorts by
        raise InvalidRequestError(cursors.unreadable(*next(iter(page.items())))) from error


def filter_test(tables: Tables, view: View, wanted: JsonObject) -> Test:
    """Returns the test a filter object stands for; `$or` holds where one of its members does."""
    tests: list[Test] = []
    for name, value in wanted.items():
        if name == "$or":
            tests.append(_any_of([filter_test(tables, view, member) for member in value]))
        elif value is None:
            continue  # a filter that may be null filters nothing then
        elif name in view.special:
            tests.append(view.special[name](tables, value))
        else:
            tests.append(column_test(view.column(name), value))
    return every(tests)


def _any_of(tests: list[Test]) -> Test:
    return lambda row: not tests or any(test(row) for test in tests)


def _candidates(table: Table[Any], view: View, wanted: JsonObject) -> Iterable[Any]:
    for name, value in wanted.items():
        column = view.shown.get(name) or view.hidden.get(name)
        if column is not None and table.is_indexed(column.attribute):
            exact = equal_to(column, value)
            if exact is not None:
                return table.where(column.attribute, exact)
    return table


def find(tables: Tables, view: View, wanted: JsonObject) -> list[Any]:
    """Returns the rows a filter lets through, unordered."""
    test = filter_test(tables, view, wanted)
    return [row for row in _candidates(view.table(tables), view, wanted) if test(row)]


def search(
    tables: Tables,
    view: View,
    request: JsonObject,
    *,
    scope: JsonObject | None = None,
    rows: Iterable[Any] | None = None,
    shown: Columns | None = None,
) -> JsonObject:
    """Answers a search request: `scope` narrows it by fixed filters, `rows` gives the rows to search in."""
    wanted = request.get("filter", {})
    if rows is None and scope:
        rows = find(tables, view, scope)
    if rows is None:
        rows, asked = view.narrow(tables, wanted) or (_candidates(view.table(tables), view, wanted), ())
        wanted = {name: value for name, value in wanted.items() if name not in asked}
    test = filter_test(tables, view, wanted)
    found = [row for row in rows if test(row)] if wanted else list(rows)
    sorting = _Sorting(view, request.get("sort", []))
    page = _page(found, sorting, request.get("page", {}))
    return {
        "items": [show(row, shown or view.shown) for row in page],
        "page": {
            "totalItems": len(found),
            "hasMoreTotalItems": False,
            "startCursor": cursors.encode(sorting.values(page[0])) if page else None,
            "endCursor": cursors.encode(sorting.values(page[-1])) if page else None,
        },
    }
