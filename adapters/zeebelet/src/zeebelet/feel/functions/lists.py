"""Functions of lists."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cmp_to_key, reduce
from typing import Any

from ..compare import equal_items, hashable, is_comparable, sort_key
from ..errors import FeelEvaluationError
from ..logic import contains
from ..meter import charge, charge_text
from ..numbers import Number, divide, double, int_value, minus, number, plus, power, times
from ..run import Run
from ..show import show
from ..values import NUMBERS, Failure, Function
from .registry import Library, illegal

library = Library(measured=True)
builtin = library.builtin
Items = list[Any]


@builtin("list contains", "list: list, element")
def list_contains(run: Run, items: Items, element: Any) -> bool:
    """Whether a list holds an element."""
    run.spend(len(items))
    return contains(items, element)


@builtin("count", "list: list")
def count(_run: Run, items: Items) -> int:
    """The number of items."""
    return len(items)


@builtin("is empty", "list: list")
def is_empty(_run: Run, items: Items) -> bool:
    """Whether there is no item."""
    return not items


def _extreme(items: Items, choose: Callable[..., Any]) -> Any:
    if not items:
        return None
    if not is_comparable(items):
        return Failure(f"{show(items)} is not comparable")
    return choose(items, key=sort_key)


@builtin("min", "list*: list")
def minimum(_run: Run, items: Items) -> Any:
    """The smallest item."""
    return _extreme(items, min)


@builtin("max", "list*: list")
def maximum(_run: Run, items: Items) -> Any:
    """The largest item."""
    return _extreme(items, max)


def of_numbers(items: Items, compute: Callable[[list[Number]], Any], *, empty: Any = None) -> Any:
    """What comes of a list of numbers; a failure when an item is none."""
    if not items:
        return empty
    kinds = set(map(type, items))
    if kinds <= _EXACT:
        return compute(items[:])
    if kinds <= NUMBERS:
        return compute([number(item) for item in items])
    wrong = next(item for item in items if type(item) not in NUMBERS)
    return Failure(f"expected number but found '{show(wrong)}'")


_EXACT = frozenset({int, Decimal})
_SUMMABLE = 10**16  # fewer than this many whole numbers below this have a sum of less than 34 digits


def total(numbers: Sequence[Number]) -> Number:
    """The sum, added from the left."""
    if (
        set(map(type, numbers)) == {int}
        and max(numbers) < _SUMMABLE
        and min(numbers) > -_SUMMABLE
        and len(numbers) < _SUMMABLE
    ):
        return int(sum(numbers))
    return reduce(plus, numbers)


@builtin("sum", "list*: list")
def summed(_run: Run, items: Items) -> Any:
    """The sum of numbers; null for none."""
    return of_numbers(items, total)


@builtin("product", "list*: list")
def product(_run: Run, items: Items) -> Any:
    """The product of numbers; null for none."""
    return of_numbers(items, lambda numbers: reduce(times, numbers))


@builtin("mean", "list*: list")
def mean(_run: Run, items: Items) -> Any:
    """The arithmetic mean."""
    return of_numbers(items, lambda numbers: divide(total(numbers), len(numbers)))


def _median(numbers: list[Number]) -> Number:
    numbers.sort()
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return divide(plus(numbers[middle - 1], numbers[middle]), 2)


@builtin("median", "list*: list")
def median(_run: Run, items: Items) -> Any:
    """The middle number, or the mean of the two in the middle."""
    return of_numbers(items, _median)


def _stddev(numbers: list[Number]) -> Number:
    if len(numbers) < 2:
        raise FeelEvaluationError("Expected at least two numbers for a standard deviation")
    middle = divide(total(numbers), len(numbers))
    squares = total([power(minus(item, middle), 2) for item in numbers])
    return double(math.sqrt(divide(squares, len(numbers) - 1)))


@builtin("stddev", "list*: list")
def stddev(_run: Run, items: Items) -> Any:
    """The standard deviation of a sample."""
    return of_numbers(items, _stddev)


def _mode(numbers: list[Number]) -> Items:
    counts: dict[Number, int] = {}
    for item in numbers:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values())
    return sorted(item for item, times_found in counts.items() if times_found == most)


@builtin("mode", "list*: list")
def mode(_run: Run, items: Items) -> Any:
    """The numbers found most often, in order."""
    return of_numbers(items, _mode, empty=[])


def folded(items: Items, deciding: bool) -> Any:
    """and/or over a list: what decides, or null when an item is no boolean."""
    result: Any = not deciding
    for item in items:
        if result is deciding:
            break
        known = type(item) is bool and (result is not None or item is deciding)
        result = item if known else None
    return result


@builtin("and", "list*: list")
@builtin("all", "list*: list")
def every(_run: Run, items: Items) -> Any:
    """Whether all items are true."""
    return folded(items, False)


@builtin("or", "list*: list")
@builtin("any", "list*: list")
def some(_run: Run, items: Items) -> Any:
    """Whether one item is true."""
    return folded(items, True)


def position(items: Sequence[Any], index: int) -> int:
    """The place of an index that counts from 1, or from the end when it is negative."""
    return index - 1 if index > 0 else len(items) + index


def _slice(items: Items, start: int, end: int) -> Items:
    return items[max(start, 0) : max(end, 0)]


ZERO_START = "start position must be a non-zero number"
ZERO_POSITION = "position must be a non-zero number"


@builtin("sublist", "list: list, start: number")
def sublist(_run: Run, items: Items, start: Number) -> Any:
    """The items from a position on."""
    if start == 0:
        return Failure(ZERO_START)
    return _slice(items, position(items, int_value(start)), len(items))


@builtin("sublist", "list: list, start: number, length: number")
def sublist_of_length(_run: Run, items: Items, start: Number, length: Number) -> Any:
    """So many items from a position on."""
    if start == 0:
        return Failure(ZERO_START)
    first = position(items, int_value(start))
    return _slice(items, first, first + int_value(length))


@builtin("append", "list: list, items*: list")
def append(_run: Run, items: Items, more: Items) -> Items:
    """The list with items added at its end."""
    return items + more


def joined(items: Items) -> Items:
    """The items of the lists in a list; what is no list stays as it is."""
    return [inner for item in items for inner in (item if type(item) is list else (item,))]


@builtin("concatenate", "lists*: list")
def concatenate(_run: Run, lists: Items) -> Items:
    """One list of the items of several."""
    return joined(lists)


@builtin("insert before", "list: list, position: number, newItem")
def insert_before(_run: Run, items: Items, at: Number, new: Any) -> Any:
    """The list with an item inserted before a position."""
    if at == 0:
        return Failure(ZERO_POSITION)
    place = max(position(items, int_value(at)), 0)
    return [*items[:place], new, *items[place:]]


@builtin("remove", "list: list, position: number")
def remove(_run: Run, items: Items, at: Number) -> Any:
    """The list without the item at a position."""
    if at == 0:
        return Failure(ZERO_POSITION)
    place = int_value(at)
    return items[: max(position(items, place), 0)] + items[max(position(items, place + 1), 0) :]


@builtin("reverse", "list: list")
def reverse(_run: Run, items: Items) -> Items:
    """The items from the last to the first."""
    return items[::-1]


@builtin("index of", "list: list, match")
def index_of(run: Run, items: Items, match: Any) -> Items:
    """The positions of the items that equal a value."""
    run.spend(len(items))
    return [at for at, item in enumerate(items, 1) if equal_items(item, match)]


def distinct(run: Run, items: Items) -> Items:
    """The items without those that equal an earlier one."""
    run.spend(len(items))
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(hashable(item), item)
    return list(seen.values())


@builtin("union", "lists*: list")
def union(run: Run, lists: Items) -> Items:
    """The distinct items of several lists."""
    return distinct(run, joined(lists))


@builtin("distinct values", "list: list")
def distinct_values(run: Run, items: Items) -> Items:
    """The items, each once."""
    return distinct(run, items)


@builtin("duplicate values", "list: list")
def duplicate_values(run: Run, items: Items) -> Items:
    """The items that are there more than once, each once."""
    counts: dict[Any, int] = {}
    run.spend(len(items))
    for item in items:
        key = hashable(item)
        counts[key] = counts.get(key, 0) + 1
    return [item for item in distinct(run, items) if counts[hashable(item)] > 1]


def flat(items: Items) -> Items:
    """The items of nested lists, at any depth, in order."""
    result: Items = []
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            if type(item) is list:
                charge(len(item))
                stack.append(iter(item))
                break
            result.append(item)
        else:
            stack.pop()
    return result


@builtin("flatten", "list: list")
def flatten(_run: Run, items: Items) -> Items:
    """One list without lists inside."""
    return flat(items)


class _NotBooleanError(Exception):
    """A function to sort by gave something else than a boolean."""


@builtin("sort", "list: list, precedes: function")
def sort(run: Run, items: Items, precedes: Function) -> Any:
    """The items in the order of a function that says whether one precedes another."""
    if len(precedes.params) != 2:
        return Failure(f"expect boolean function with 2 arguments, but found '{len(precedes.params)}'")

    def before(left: Any, right: Any) -> bool:
        run.spend()
        found = precedes.invoke(run, left, right)
        if type(found) is not bool:
            raise _NotBooleanError(f"expected boolean but found '{show(found)}'")
        return found

    def compare(left: Any, right: Any) -> int:
        return -1 if before(left, right) else 1 if before(right, left) else 0

    try:
        return sorted(items, key=cmp_to_key(compare))
    except _NotBooleanError as error:
        return Failure(f"fail to sort list by given precedes function: {error}")


def join(items: Items, delimiter: str = "", prefix: str = "", suffix: str = "") -> Any:
    """The strings of a list joined, nulls left out."""
    if any(item is not None and type(item) is not str for item in items):
        return Failure(f"expected a list of strings but found '{show(items)}'")
    charge_text(sum(len(item) + len(delimiter) for item in items if item is not None))
    return prefix + delimiter.join(item for item in items if item is not None) + suffix


@builtin("string join", "list: list")
def string_join(_run: Run, items: Items) -> Any:
    """The strings of a list as one."""
    return join(items)


@builtin("string join", "list: list, delimiter: string | null")
def string_join_delimited(_run: Run, items: Items, delimiter: str | None) -> Any:
    """The strings of a list with a delimiter between."""
    return join(items, delimiter or "")


@builtin("string join", "list: list, delimiter, prefix, suffix")
def string_join_wrapped(_run: Run, items: Items, delimiter: Any, prefix: Any, suffix: Any) -> Any:
    """The strings of a list with a delimiter between, a prefix and a suffix."""
    kinds = (type(prefix), type(suffix))
    if (delimiter is not None and type(delimiter) is not str) or kinds not in ((str, str), (type(None), type(None))):
        return illegal(items, delimiter, prefix, suffix)
    return join(items, delimiter or "", prefix or "", suffix or "")


@builtin("partition", "list: list, size: number")
def partition(_run: Run, items: Items, size: Number) -> Any:
    """Lists of so many items each, the last perhaps shorter."""
    step = int_value(size)
    if step <= 0:
        return Failure(f"'size' should be greater than zero but was '{show(size)}'")
    return [items[at : at + step] for at in range(0, len(items), step)]
