"""Reading from values: properties, list items, filters; and the loops over lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from .calendar import weekday
from .compare import expected
from .errors import FeelLimitError
from .logic import UNBOUND, boolean_or_null, is_fatal
from .numbers import Number, is_whole, minus, number
from .run import NO_CONTEXT_ENTRY_FOUND, NO_PROPERTY_FOUND, NO_VARIABLE_FOUND, Run
from .show import show, variables_of
from .temporal_text import duration_parts
from .values import (
    NANOS,
    NUMBERS,
    Date,
    DayTimeDuration,
    Failure,
    Function,
    LocalDateTime,
    LocalTime,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
)

Properties = dict[str, Callable[[Any], Any]]

_OF_DATE: Properties = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": weekday,
}
_OF_DAY: Properties = {
    "hour": lambda value: value.nanos // (3600 * NANOS),
    "minute": lambda value: value.nanos // (60 * NANOS) % 60,
    "second": lambda value: value.nanos // NANOS % 60,
}
_NO_ZONE: Properties = {"time offset": lambda value: None, "timezone": lambda value: None}
_ZONE: Properties = {
    "time offset": lambda value: DayTimeDuration(value.offset * NANOS),
    "timezone": lambda value: value.zone,
}
_DATE_OF: Properties = {name: (lambda value, read=read: read(value.date)) for name, read in _OF_DATE.items()}  # type: ignore[misc]

PROPERTIES: dict[type, Properties] = {
    Date: _OF_DATE,
    LocalTime: _OF_DAY | _NO_ZONE,
    ZonedTime: _OF_DAY | _ZONE,
    LocalDateTime: _DATE_OF | _OF_DAY | _NO_ZONE,
    ZonedDateTime: _DATE_OF | _OF_DAY | _ZONE,
    YearMonthDuration: {
        "years": lambda value: abs(value.months) // 12 * (-1 if value.months < 0 else 1),
        "months": lambda value: abs(value.months) % 12 * (-1 if value.months < 0 else 1),
    },
    DayTimeDuration: {
        name: (lambda value, at=at: duration_parts(value)[at])  # type: ignore[misc]
        for at, name in enumerate(("days", "hours", "minutes", "seconds"))
    },
}


def no_variable(run: Run, name: str) -> None:
    """Null for a variable that does not exist."""
    run.warn(NO_VARIABLE_FOUND, f"No variable found with name '{name}'")


def unbound_variable(run: Run, name: str) -> Any:
    """As `no_variable`, where properties would be read from it: there is nothing to read from."""
    no_variable(run, name)
    return UNBOUND


def read(run: Run, value: Any, key: str) -> Any:
    """The property of a value."""
    if type(value) is dict:
        found = value.get(key, UNBOUND)
        if found is not UNBOUND and type(found) is not Function:
            return found
        keys = ", ".join(f"'{known}'" for known in variables_of(value))
        detail = f"Available keys: {keys}" if keys else "The context is empty"
        run.warn(NO_CONTEXT_ENTRY_FOUND, f"No context entry found with key '{key}'. {detail}")
        return None
    if type(value) is list:
        run.spend(len(value))
        return [
            found
            if type(item) is dict and (found := item.get(key, UNBOUND)) is not UNBOUND and type(found) is not Function
            else read(run, item, key)
            for item in value
        ]
    return _read_other(run, value, key)


def _read_other(run: Run, value: Any, key: str) -> Any:
    if value is None:
        run.warn(NO_CONTEXT_ENTRY_FOUND, f"No context entry found with key '{key}'. The context is null")
        return None
    if type(value) is Failure:
        return value
    known = PROPERTIES.get(type(value), {})
    if key in known:
        return known[key](value)
    names = ", ".join(f"'{name}'" for name in known)
    message = f"No property found with name '{key}' of value '{show(value)}'. Available properties: {names}"
    run.warn(NO_PROPERTY_FOUND, message)
    return None


def _list_or_null(run: Run, value: Any) -> Any:
    """The failure of a value that is no list, as filters and loops end with it."""
    failure = expected(run, "list", value)
    return failure if failure.fatal else None


def item_at(run: Run, base: Any, index: Number) -> Any:
    """The item of a list at an index: from 1, or from the end with -1; null outside of the list."""
    if type(base) is not list:
        return _list_or_null(run, base)
    place = index - 1 if index > 0 else len(base) + index
    return base[int(place)] if 0 <= place < len(base) else None


_DROPPED = "_"  # how Camunda marks an item that a condition drops; an item that is this very text goes with them


def filtered(run: Run, base: Any, condition: Callable[[Any], Any]) -> Any:
    """The items for which a comparison or a function holds, or the item at the index that it gives."""
    if type(base) is not list:
        return _list_or_null(run, base)
    if not base:
        return []
    run.spend(len(base))
    first = condition(base[0])
    if type(first) is Failure:
        return first if first.fatal else None
    if type(first) in NUMBERS:
        return item_at(run, base, number(first))
    verdicts = [condition(item) for item in base[1:]]
    if Failure in map(type, verdicts):
        return None
    kept = [item for item, holds in zip(base[1:], verdicts, strict=True) if holds is True]
    if _DROPPED in kept:
        kept = [item for item in kept if item != _DROPPED]
    return [base[0], *kept] if first is True else kept


def filtered_or_indexed(run: Run, base: Any, condition: Callable[[Any], Any]) -> Any:
    """A filter that may be an index: it is read outside of the list first, as Camunda does, warnings included."""
    if type(base) is not list:
        return _list_or_null(run, base)
    index = condition(UNBOUND)
    if type(index) in NUMBERS:
        return item_at(run, base, number(index))
    return filtered(run, base, condition)


def combinations(run: Run, sources: Sequence[Any]) -> Any:
    """Every combination of the items of several lists, the last one turning fastest; or the failure of what is no list."""
    failures = [expected(run, "list", source) for source in sources if type(source) is not list]
    if failures:
        return failures[0]
    size = 1
    for source in sources:
        size *= len(source)
    run.spend(size)
    return product(*sources)


def loop(run: Run, sources: Sequence[Any], body: Callable[..., Any]) -> Any:
    """The results of a body for every combination."""
    if len(sources) == 1 and type(sources[0]) is list:
        run.spend(len(sources[0]))
        return [body(item) for item in sources[0]]
    found = combinations(run, sources)
    if type(found) is Failure:
        return found if found.fatal else None
    return [body(*combination) for combination in found]


def loop_with_partial(run: Run, sources: Sequence[Any], body: Callable[..., Any]) -> Any:
    """As `loop`, for a body that reads `partial`, the results so far."""
    found = combinations(run, sources)
    if type(found) is Failure:
        return found if found.fatal else None
    results: list[Any] = []
    for combination in found:
        run.spend(len(results))  # each look at them is a copy, so that a later result cannot change an earlier one
        results.append(body(*combination, list(results)))
    return results


def exists(run: Run, sources: Sequence[Any], body: Callable[..., Any]) -> Any:
    """Whether the body holds for some combination."""
    return _decided(run, sources, body, True)


def all_hold(run: Run, sources: Sequence[Any], body: Callable[..., Any]) -> Any:
    """Whether the body holds for every combination."""
    return _decided(run, sources, body, False)


def _decided(run: Run, sources: Sequence[Any], body: Callable[..., Any], deciding: bool) -> Any:
    found = combinations(run, sources)
    if type(found) is Failure:
        return found if found.fatal else None
    result: Any = not deciding
    for combination in found:
        holds = body(*combination)
        if result is not None:
            result = boolean_or_null(run, holds)
        elif holds is deciding or is_fatal(holds):
            result = holds
        if result is deciding or is_fatal(result):
            return result
    return result


def iteration(run: Run, start: Any, end: Any) -> Any:
    """The numbers from start to end in steps of one, up or down."""
    for bound in (start, end):
        if type(bound) not in NUMBERS:
            return expected(run, "number", bound)
    first, last = number(start), number(end)
    distance: Any = abs(minus(last, first))
    size = int(distance) + 1 if distance < run.steps else run.steps + 1
    if size > run.steps:
        raise FeelLimitError(
            f"Expected a range that can be walked through, but it is from {show(start)} to {show(end)}"
        )
    run.spend(size)
    step = 1 if first < last else -1
    if is_whole(first):
        return list(range(int(first), int(first) + size * step, step))
    return [first + offset * step for offset in range(size)]


def unfailed(items: list[Any]) -> Any:
    """A list, unless one of its items failed: then that failure, which is fatal no more."""
    for item in items:
        if type(item) is Failure:
            return Failure(f'fatal error("{item.message}")') if item.fatal else item
    return items


def unfailed_context(context: dict[str, Any]) -> Any:
    """A context, unless one of its entries failed."""
    failed = unfailed(list(context.values()))
    return failed if type(failed) is Failure else context
