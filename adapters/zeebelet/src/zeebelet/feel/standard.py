"""What the standard's dialect does otherwise than Camunda's: the operations that replace theirs in the emitted code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from . import standard_arithmetic, standard_compare
from .access import iteration
from .access import read as read_property
from .calendar import epoch_day, from_epoch_day
from .calls import by_name, collect, find, invoke
from .errors import FeelEvaluationError
from .logic import UNBOUND
from .numbers import bounded, number
from .run import Run
from .standard_arithmetic import or_null
from .types_of_values import conforms
from .values import NUMBERS, Date, Failure, Function, Range

Body = Callable[..., Any]
Sources = tuple[Body, ...]


# ---- loops, in which a list may depend on the variables before it


def _listed(run: Run, source: Any) -> list[Any]:
    """What an iterator runs over: a list, a range of numbers or dates, or a single value."""
    if isinstance(source, Range):
        if source.start is None or source.end is None or source.start > source.end:
            raise FeelEvaluationError("Expected a range from a smaller to a greater value")
        source = range_items(run, source.start, source.end)
    if source is None or type(source) is Failure:
        raise FeelEvaluationError("Expected a list, but was null")
    return source if type(source) is list else [source]


def range_items(run: Run, start: Any, end: Any) -> Any:
    """The whole numbers or the days of a range."""
    if isinstance(start, Date) and isinstance(end, Date):
        first, last = epoch_day(start), epoch_day(end)
        run.spend(abs(last - first))
        step = 1 if last >= first else -1
        return [from_epoch_day(day) for day in range(first, last + step, step)]
    return iteration(run, start, end)


def _combinations(run: Run, sources: Sources, chosen: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if len(chosen) == len(sources):
        yield chosen
        return
    for item in _listed(run, sources[len(chosen)](*chosen)):
        run.spend()
        yield from _combinations(run, sources, (*chosen, item))


def dependent_loop(run: Run, sources: Sources, body: Body) -> Any:
    """for ... return"""
    return or_null(lambda: [_value(body(*chosen)) for chosen in _combinations(run, sources)])


def dependent_loop_with_partial(run: Run, sources: Sources, body: Body) -> Any:
    """for ... return, with the results so far in `partial`"""

    def results() -> list[Any]:
        found: list[Any] = []
        for chosen in _combinations(run, sources):
            run.spend(len(found))
            found.append(_value(body(*chosen, list(found))))
        return found

    return or_null(results)


def dependent_exists(run: Run, sources: Sources, body: Body) -> Any:
    """some ... satisfies"""
    return or_null(lambda: _decided(run, sources, body, True))


def dependent_all_hold(run: Run, sources: Sources, body: Body) -> Any:
    """every ... satisfies"""
    return or_null(lambda: _decided(run, sources, body, False))


def _decided(run: Run, sources: Sources, body: Body, deciding: bool) -> Any:
    result: Any = not deciding
    for chosen in _combinations(run, sources):
        found = body(*chosen)
        if found is deciding:
            return deciding
        if type(found) is not bool:
            result = None
    return result


def _value(found: Any) -> Any:
    return None if type(found) is Failure else found


# ---- filters, for which a single value is a list of one


def _as_list(value: Any) -> list[Any]:
    return value if type(value) is list else [] if value is None else [value]


def item_at(_run: Run, base: Any, index: Any) -> Any:
    """The item at an index."""
    items = _as_list(base)
    place = bounded(index) - 1 if index > 0 else len(items) + bounded(index)
    return items[place] if index != 0 and 0 <= place < len(items) else None


def filtered(run: Run, base: Any, condition: Body) -> Any:
    """The items for which a condition holds, or the item at the index that it gives."""
    items = _as_list(base)
    run.spend(len(items))
    index = condition(UNBOUND) if not items else condition(items[0])
    if type(index) in NUMBERS:
        return item_at(run, items, number(index))
    return [item for item in items if condition(item) is True]


# ---- calls: whatever fails is null


def _settled(found: Any) -> Any:
    return None if type(found) is Failure else found


def call(run: Run, name: str, function: Function, values: tuple[Any, ...]) -> Any:
    """A call of a function that is known when the expression is compiled."""
    result = or_null(invoke, run, function, values)
    if type(result) is Failure and name == "assert":
        raise FeelEvaluationError(result.message)
    return _settled(result)


def call_found(run: Run, name: str, candidates: Any, arguments: Any, count: int) -> Any:
    """A call of a name that is only known when it is evaluated."""
    names = None if callable(arguments) else tuple(arguments)
    function = find(run, name, candidates, count, names)
    if function is None:
        return None
    values = collect(function, arguments()) if callable(arguments) else by_name(function, tuple(arguments), arguments)
    return _settled(or_null(invoke, run, function, values))


def call_member(run: Run, base: Any, name: str, arguments: Any, count: int) -> Any:
    """A call of a function that a context holds."""
    return call_found(run, name, (base.get(name) if type(base) is dict else None,), arguments, count)


def call_value(run: Run, function: Any, arguments: Any, count: int) -> Any:
    """A call of whatever a value is; null when that is no function."""
    return call_found(run, "", (function,), arguments, count)


# ---- reading

_OF_RANGE = {"start": 0, "end": 1, "start included": 2, "end included": 3}


def read(run: Run, value: Any, key: str) -> Any:
    """The property of a value; ranges have them too, and functions are entries like any other."""
    if isinstance(value, Range):
        return value[_OF_RANGE[key]] if key in _OF_RANGE else None
    if type(value) is list:
        run.spend(len(value))
        return [read(run, item, key) for item in value]
    if type(value) is dict:
        return value.get(key)
    return _settled(read_property(run, value, key))


def unfailed(items: Any) -> Any:
    """A list or context; a failed item is null."""
    if type(items) is dict:
        return {key: _settled(item) for key, item in items.items()}
    return [_settled(item) for item in items]


STANDARD_OPERATIONS: dict[str, Any] = {
    "dependent_loop": dependent_loop,
    "dependent_loop_with_partial": dependent_loop_with_partial,
    "dependent_exists": dependent_exists,
    "dependent_all_hold": dependent_all_hold,
    "iteration": range_items,
    "item_at": item_at,
    "filtered": filtered,
    "call": call,
    "call_found": call_found,
    "call_member": call_member,
    "call_value": call_value,
    "read": read,
    "unfailed": unfailed,
    "unfailed_context": unfailed,
    "instance_of": conforms,
    **{
        name: getattr(module, name)
        for module, names in (
            (standard_compare, "equal less less_equal greater greater_equal make_range open_range in_range unary_test"),
            (standard_arithmetic, "add subtract multiply divide_by exponentiate negative"),
        )
        for name in names.split()
    },
}
