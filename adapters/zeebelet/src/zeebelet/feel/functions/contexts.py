"""Functions of contexts."""

from __future__ import annotations

from typing import Any

from ..maporder import ordered
from ..meter import charge
from ..run import Run
from ..show import variables_of
from .registry import Library, illegal

library = Library(measured=True)
builtin = library.builtin
Context = dict[str, Any]


@builtin("get entries", "context: context", "m: context")
def get_entries(_run: Run, context: Context) -> list[Context]:
    """The entries as a list of contexts with `key` and `value`."""
    return [{"key": key, "value": value} for key, value in ordered(variables_of(context)).items()]


_KEY = "key: string | list"


@builtin("get value", f"m: context, {_KEY}", f"context: context, {_KEY}", "context: context, keys: list")
def get_value(_run: Run, context: Context, key: str | list[Any]) -> Any:
    """The value of a key, or of a path of keys; null when there is none."""
    if type(key) is str:
        return variables_of(context).get(key)
    found: Any = context
    if not key or any(type(part) is not str for part in key):
        return None
    for part in key:
        found = variables_of(found).get(part) if type(found) is dict else None
    return found


def _put(context: Context, key: str, value: Any) -> Context:
    charge(len(context))
    return {**variables_of(context), key: value}


def _put_at(context: Context, keys: list[str], value: Any) -> Context:
    key, *rest = keys
    if not rest:
        return _put(context, key, value)
    inner = context.get(key)
    return _put(context, key, _put_at(inner if type(inner) is dict else {}, rest, value))


@builtin("context put", "context: context, key: string | list, value", "context: context, keys: list, value")
@builtin("put", "context: context, key: string | list, value")
def context_put(_run: Run, context: Context, key: str | list[Any], value: Any) -> Any:
    """The context with an entry set; a list of keys is a path into contexts."""
    if type(key) is str:
        return _put(context, key, value)
    if not key:
        return None
    if any(type(part) is not str for part in key):
        return illegal(context, key, value)
    return _put_at(context, key, value)  # type: ignore[arg-type]


@builtin("context merge", "contexts*")
@builtin("put all", "contexts*")
def context_merge(_run: Run, contexts: Any) -> Any:
    """One context with the entries of several, the last one winning."""
    if type(contexts) is not list or any(type(context) is not dict for context in contexts):
        return None
    charge(sum(map(len, contexts)))
    return {key: value for context in contexts for key, value in variables_of(context).items()}


@builtin("context", "entries")
def to_context(_run: Run, entries: Any) -> Any:
    """A context of a list of contexts with `key` and `value`."""
    if type(entries) is not list or not all(_is_entry(entry) for entry in entries):
        return None
    return {entry["key"]: entry["value"] for entry in entries}


def _is_entry(entry: Any) -> bool:
    return type(entry) is dict and type(entry.get("key")) is str and "value" in entry
