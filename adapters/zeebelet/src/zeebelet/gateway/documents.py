"""JSON documents as clients send them: an empty text is an empty document, the root is an object, integers fit 64 bits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.halves import whole
from zeebelet.nesting import MAX_DEPTH, is_too_deep
from zeebelet.records import JsonObject

_MAY_BE_TOO_BIG = re.compile(r"\d{19}|[eE]\+?\d{3}")
_MAY_HOLD_HALVES = re.compile(r"\\u[dD][89a-fA-F]")
_INFINITE = float("inf")
_SHOWN = 500  # characters of a wrong document that its refusal repeats
_INTEGERS = range(-(2**63), 2**64)
_TYPE_NAMES = {list: "ARRAY", str: "STRING", bool: "BOOLEAN", int: "INTEGER", float: "FLOAT"}


def _integer(text: str) -> int:
    value = int(text)
    if value not in _INTEGERS:
        raise ValueError(f"Numeric value ({text}) out of range of a 64 bit integer")
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (_INFINITE, -_INFINITE):
        raise ValueError(f"Numeric value ({text[:40]}) out of range of a double")
    return value


def _constant(text: str) -> Any:
    raise ValueError(f"Unrecognized token '{text}': was expecting a JSON value")


def parse(text: str | bytes) -> Any:
    """Returns the value of a JSON text; raises ValueError where JSON ends, integers of more than 64 bits included."""
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    if is_too_deep(text):
        raise ValueError(f"Document nesting depth exceeds the maximum allowed ({MAX_DEPTH})")
    if _MAY_BE_TOO_BIG.search(text):
        value = json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_constant)
    else:
        value = json.loads(text, parse_constant=_constant)
    return _whole(value) if _MAY_HOLD_HALVES.search(text) else value


def _whole(value: Any) -> Any:
    """The value without halves of surrogate pairs, which nobody can write: they are stored as Java does."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {whole(name): _whole(item) for name, item in value.items()}
    return value


def document(text: str, *, field: str = "variables") -> JsonObject:
    """Returns the object a client sent as JSON text. Blank and `null` mean the empty document."""
    if not text or text.isspace():
        return {}
    try:
        value = parse(text)
    except ValueError as error:
        raise InvalidRequestError(f"Invalid JSON value: {text[:_SHOWN]} ({error})") from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRequestError(
            f"Property '{field}' is invalid: Expected document to be a root level object, "
            f"but was '{_TYPE_NAMES[type(value)]}'"
        )
    return value


def text(value: Any) -> str:
    """Returns a value as compact JSON text, the way variables are shown."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pick(variables: JsonObject, names: Iterable[str]) -> JsonObject:
    """Returns the variables named, or all when none is named."""
    wanted = tuple(names)
    return {name: variables[name] for name in wanted if name in variables} if wanted else variables
