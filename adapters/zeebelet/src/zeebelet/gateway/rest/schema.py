"""Compiles the schemas of `schema.json` into checks.

A check takes a value, where it stands, and a list it adds problems to; it returns the value as the engine wants it: enums
in their own spelling, defaults filled in. An object refuses what it does not know, unless it says that anything may follow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from zeebelet.gateway.rest.choice import choice
from zeebelet.gateway.rest.source import Check, Schema, flatten

_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_RFC_3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2}(:\d{2})?)(\[[\w/+-]+\])?"
)
_ZONE_ID = re.compile(r"\[[^\]]*\]$")


def _is_date_time(text: str) -> bool:
    if not _RFC_3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(_ZONE_ID.sub("", text))
    except ValueError:
        return False
    return True


class Unreadable(str):
    """A problem that keeps the request from being read at all: it is told alone."""

    __slots__ = ()


def _mistyped(path: str) -> str:
    return Unreadable(f"Request property [{path}] cannot be parsed")


def _string_rules(schema: Schema) -> list[tuple[Callable[[str], bool], str]]:
    rules: list[tuple[Callable[[str], bool], str]] = []
    if "minLength" in schema:
        least = schema["minLength"]
        rules.append((lambda text: len(text) >= least, f"must have at least {least} character(s)"))
    if "maxLength" in schema:
        most = schema["maxLength"]
        rules.append((lambda text: len(text) <= most, f"must have at most {most} characters"))
    if "pattern" in schema:
        pattern = re.compile(schema["pattern"].removeprefix("^").removesuffix("$"))
        rules.append((lambda text: pattern.fullmatch(text) is not None, f"must match {schema['pattern']}"))
    if schema.get("format") == "date-time":
        # Where a date may be null, an empty text takes it away.
        holds = (lambda text: not text or _is_date_time(text)) if schema.get("nullable") else _is_date_time
        rules.append((holds, "cannot be parsed as a date according to RFC 3339, section 5.6"))
    return rules


def _enum(schema: Schema) -> Check:
    spellings = {value.upper(): value for value in schema["enum"]}

    def check(value: Any, path: str, problems: list[str]) -> Any:
        if not isinstance(value, str):
            problems.append(_mistyped(path))
            return value
        if value.upper() not in spellings:
            values = ", ".join(schema["enum"])
            problems.append(Unreadable(f"Unexpected value '{value}' for enum field '{path}'. Use any of [{values}]"))
        return spellings.get(value.upper(), value)

    return check


def _string(schema: Schema) -> Check:
    if "enum" in schema:
        return _enum(schema)
    rules = _string_rules(schema)

    def check(value: Any, path: str, problems: list[str]) -> Any:
        if not isinstance(value, str):
            problems.append(_mistyped(path))
            return value
        problems.extend(f"The value '{value}' of {path} {text}." for holds, text in rules if not holds(value))
        return value

    return check


def _integer(schema: Schema) -> Check:
    low, high = _RANGES.get(schema.get("format", "int64"), _RANGES["int64"])
    low, high = max(low, schema.get("minimum", low)), min(high, schema.get("maximum", high))

    def check(value: Any, path: str, problems: list[str]) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            problems.append(_mistyped(path))
        elif not low <= value <= high:
            problems.append(f"The value for {path} is '{value}' but must be within {low} and {high}.")
        return value

    return check


def _boolean(schema: Schema) -> Check:
    def check(value: Any, path: str, problems: list[str]) -> Any:
        if not isinstance(value, bool):
            problems.append(_mistyped(path))
        return value

    return check


def _array(schema: Schema) -> Check:
    item = compile_schema(schema.get("items", {}))
    most, unique = schema.get("maxItems"), schema.get("uniqueItems", False)

    def check(value: Any, path: str, problems: list[str]) -> Any:
        if not isinstance(value, list):
            problems.append(_mistyped(path))
            return value
        if most is not None and len(value) > most:
            problems.append(f"The provided {path} has {len(value)} items, but at most {most} are allowed.")
        if unique and len({json.dumps(member) for member in value}) < len(value):
            problems.append(f"The provided {path} contains duplicates, but its items must be unique.")
        return [item(member, f"{path}[{index}]", problems) for index, member in enumerate(value)]

    return check


def _object(schema: Schema) -> Check:
    properties = {name: compile_schema(member) for name, member in schema.get("properties", {}).items()}
    required = sorted(set(schema.get("required", ())))
    rest = schema.get("additionalProperties", not properties)
    rest_check = compile_schema(rest) if isinstance(rest, dict) else None
    defaults = _defaults(schema)

    def check(value: Any, path: str, problems: list[str]) -> Any:
        if not isinstance(value, dict):
            problems.append(_mistyped(path))
            return value
        problems.extend(f"No {_join(path, name)} provided." for name in required if name not in value)
        made = dict(defaults)
        for name, member in value.items():
            known = properties.get(name, rest_check)
            if known is not None:
                made[name] = known(member, _join(path, name), problems)
            elif rest:
                made[name] = member
            else:
                problems.append(Unreadable(f"Request property [{_join(path, name)}] cannot be parsed"))
        return made

    return check


def _defaults(schema: Schema) -> dict[str, Any]:
    """What an absent property means; one that may be null means nothing when absent."""
    members = {name: flatten(member) for name, member in schema.get("properties", {}).items()}
    return {
        name: member["default"]
        for name, member in members.items()
        if "default" in member and not member.get("nullable")
    }


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _anything(value: Any, path: str, problems: list[str]) -> Any:
    return value


def _nullable(check: Check) -> Check:
    def checked(value: Any, path: str, problems: list[str]) -> Any:
        return None if value is None else check(value, path, problems)

    return checked


_COMPILERS: dict[str, Callable[[Schema], Check]] = {
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}


@cache
def _named(name: str) -> Check:
    return _compile(flatten({"$ref": name}))


def compile_schema(schema: Schema) -> Check:
    """Returns the check of a schema; a named schema is compiled once."""
    if set(schema) == {"$ref"}:
        return _named(schema["$ref"])
    return _compile(flatten(schema))


def _compile(schema: Schema) -> Check:
    if "oneOf" in schema:
        check = choice(schema, compile_schema)
    else:
        kind = "object" if "properties" in schema else schema.get("type")
        check = _COMPILERS[kind](schema) if kind else _anything
    return _nullable(check) if schema.get("nullable") else check
