"""The structure of the REST API, as the tests read it: requests that follow it, requests that break it, answers judged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema

Schema = dict[str, Any]
_FILE = Path(__file__).resolve().parents[3] / "src/zeebelet/gateway/rest/schema.json"


@cache
def structure() -> Schema:
    """Operations and schemas."""
    return json.loads(_FILE.read_text())


def operations() -> dict[str, Schema]:
    """All operations by their id."""
    return structure()["operations"]


def body_schema(operation: str) -> Schema | None:
    """The schema of an operation's JSON body."""
    return operations()[operation].get("body", {}).get("application/json") or None


# --- answers


def _converted(schema: Any) -> Any:
    """OpenAPI's dialect as JSON Schema: null is a type, references point into $defs."""
    if isinstance(schema, list):
        return [_converted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _converted(value) for name, value in schema.items() if name not in ("nullable", "discriminator")}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = f"#/$defs/{made['$ref']}"
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")  # several choices of one form are meant as one
    if "allOf" in made:
        made.pop("additionalProperties", None)
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") is True else made


@cache
def _definitions() -> Schema:
    return {name: _converted(schema) for name, schema in structure()["schemas"].items()}


_formats = jsonschema.FormatChecker(formats=())


@_formats.checks("date-time")
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or (
        re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", value) is not None
        and datetime.fromisoformat(value) is not None
    )


def problems_of(schema: Schema, value: Any) -> list[str]:
    """What is wrong with a value."""
    validator = jsonschema.Draft202012Validator(
        {**_converted(schema), "$defs": _definitions()}, format_checker=_formats
    )
    found = [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]
    return found + list(_undeclared(schema, value, ""))


def _undeclared(schema: Schema, value: Any, path: str) -> Iterator[str]:
    """Properties an answer has and its schema does not."""
    flat = flatten(schema)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _undeclared(flat.get("items", {}), item, f"{path}[{index}]")
    if not isinstance(value, dict) or "properties" not in flat:
        return
    for name, member in value.items():
        if name in flat["properties"]:
            yield from _undeclared(flat["properties"][name], member, f"{path}.{name}")
        elif not flat.get("additionalProperties"):
            yield f"{path}.{name} is not declared"


def flatten(schema: Schema) -> Schema:
    """A schema with references and allOf resolved at its top."""
    made: Schema = {}
    parts = [flatten(structure()["schemas"][schema["$ref"]])] if "$ref" in schema else []
    parts += [flatten(part) for part in schema.get("allOf", ())]
    for part in [*parts, {k: v for k, v in schema.items() if k not in ("$ref", "allOf")}]:
        for name, value in part.items():
            if name == "properties":
                made[name] = {**made.get(name, {}), **value}
            elif name == "required":
                made[name] = sorted({*made.get(name, []), *value})
            else:
                made[name] = value
    return made


# --- requests that follow the structure

_SAMPLES = {
    "ElementId": "A",
    "ProcessDefinitionId": "P",
    "DecisionDefinitionId": "D",
    "TenantId": "<default>",
    "StartCursor": "WzFd",
    "EndCursor": "WzFd",
    "DecisionEvaluationInstanceKey": "2251799813685999-1",
    "Tag": "tag",
    "date-time": "2026-01-01T10:00:00.000Z",
}
_UNKNOWN_KEY = "2251799999999999"


def sample(schema: Schema, *, full: bool = False, depth: int = 0) -> Any:
    """A value that follows a schema: the least of it, or (`full`) with every property."""
    flat = flatten(schema)
    if "oneOf" in flat:
        return sample(_branches(flat)[0], full=full, depth=depth + 1)
    if "enum" in flat:
        return flat["enum"][0]
    kind = "object" if "properties" in flat else flat.get("type")
    if kind == "object":
        names = flat.get("properties", {}) if full and depth < 6 else flat.get("required", [])
        return {name: sample(flat["properties"][name], full=full, depth=depth + 1) for name in names}
    if kind == "array":
        return [sample(flat["items"], full=full, depth=depth + 1)] if full and depth < 6 else []
    if kind == "string":
        return _text(flat)
    return {"integer": max(1, flat.get("minimum", 1)), "boolean": True}.get(kind, "anything")


def _branches(flat: Schema) -> list[Schema]:
    """The choices of a `oneOf`; one that is told by a property has it fixed."""
    discriminator = flat.get("discriminator")
    if not discriminator:
        return list(flat.get("oneOf", ()))
    made = []
    for value, target in discriminator["mapping"].items():
        branch = flatten({"$ref": target})
        # Written as it stands: these values are no enum, which could be written in any case.
        fixed = {"type": "string", "format": f"={value}"}
        made.append({**branch, "properties": {**branch["properties"], discriminator["propertyName"]: fixed}})
    return made


def _text(flat: Schema) -> str:
    if flat.get("format", "").startswith("="):
        return flat["format"][1:]
    if flat.get("format") in _SAMPLES:
        return _SAMPLES[flat["format"]]
    if flat.get("pattern") == "^-?[0-9]+$":
        return _UNKNOWN_KEY
    return "WzFd" if flat.get("format") == "base64" else "x" * max(1, flat.get("minLength", 1))


class Case(NamedTuple):
    """A request body: what it shows, the body, and for a broken one the property that is wrong."""

    what: str
    body: Any
    field: str = ""


def well_formed(schema: Schema) -> Iterator[Case]:
    """Bodies that follow a schema: the least, each optional property alone, everything."""
    flat = flatten(schema)
    if "oneOf" in flat:
        for branch in flat["oneOf"]:
            yield from well_formed(branch)
        return
    least = sample(flat)
    yield Case("least", least)
    for name, member in flat.get("properties", {}).items():
        if name not in flat.get("required", ()):
            for what, value in _values(member, depth=0):
                yield Case(f"{name}: {what}", {**least, name: value})


def _values(schema: Schema, depth: int) -> Iterator[tuple[str, Any]]:
    """Some values of a property: its full sample, each choice, each enum value, each member of an object."""
    flat = flatten(schema)
    yield "full", sample(schema, full=True, depth=3)
    if flat.get("nullable"):
        yield "null", None
    for index, branch in enumerate(_branches(flat)):
        yield f"choice {index}", sample(branch, full=True, depth=3)
    for value in flat.get("enum", ()):
        yield value, value
        yield value.lower(), value.lower()
    if depth < 2:
        yield from _members(flat, depth)


def _members(flat: Schema, depth: int) -> Iterator[tuple[str, Any]]:
    if flat.get("type") == "array":
        for what, value in _values(flat["items"], depth + 1):
            yield f"[{what}]", [value]
    least = sample(flat) if "properties" in flat and "oneOf" not in flat else {}
    for name, member in flat.get("properties", {}).items():
        for what, value in _values(member, depth + 1):
            yield f"{name}: {what}", {**least, name: value}


# --- requests that break the structure

_OTHER_TYPES: dict[str, Any] = {
    "string": 5,
    "integer": "five",
    "boolean": "yes",
    "array": "none",
    "object": "none",
}


def broken(schema: Schema, path: str = "", depth: int = 0) -> Iterator[Case]:
    """Values that break one rule of a schema each; `field` is where."""
    flat = flatten(schema)
    if "oneOf" in flat:
        yield from _broken_choice(flat, path, depth)
        return
    kind = "object" if "properties" in flat else flat.get("type")
    if kind is None:
        return
    yield Case(f"{path} mistyped", _OTHER_TYPES[kind], path)
    if not flat.get("nullable") and path:
        yield Case(f"{path} null", None, path)
    yield from _BREAKERS.get(kind, lambda *_: iter(()))(flat, path, depth)


def _broken_string(flat: Schema, path: str, depth: int) -> Iterator[Case]:
    if "enum" in flat:
        yield Case(f"{path} no such value", "NO_SUCH_VALUE", path)
        return
    if flat.get("minLength", 0) > 0:
        yield Case(f"{path} too short", "", path)
    if "maxLength" in flat:
        yield Case(f"{path} too long", "1" * (flat["maxLength"] + 1), path)
    if "pattern" in flat:
        yield Case(f"{path} wrong pattern", "!no match!", path)
    if flat.get("format") == "date-time":
        yield Case(f"{path} no date", "yesterday", path)


def _broken_integer(flat: Schema, path: str, depth: int) -> Iterator[Case]:
    yield Case(f"{path} fraction", 1.5, path)
    limits = {"int32": 2**31, "int64": 2**63}
    if flat.get("format") in limits:
        yield Case(f"{path} too many bits", limits[flat["format"]], path)
    if "minimum" in flat:
        yield Case(f"{path} below the minimum", flat["minimum"] - 1, path)
    if "maximum" in flat:
        yield Case(f"{path} above the maximum", flat["maximum"] + 1, path)


def _broken_array(flat: Schema, path: str, depth: int) -> Iterator[Case]:
    good = sample(flat["items"])
    if "maxItems" in flat:
        yield Case(f"{path} too many", [f"tag{i}" for i in range(flat["maxItems"] + 1)], path)
    if flat.get("uniqueItems"):
        yield Case(f"{path} twice the same", [good, good], path)
    if depth < 5:
        for case in broken(flat["items"], f"{path}[0]", depth + 1):
            yield case._replace(body=[case.body])


def _broken_object(flat: Schema, path: str, depth: int) -> Iterator[Case]:
    if "properties" not in flat:
        return
    good = sample(flat)
    for name in flat.get("required", ()):
        yield Case(f"{path}.{name} missing", {k: v for k, v in good.items() if k != name}, name)
    if not flat.get("additionalProperties"):
        yield Case(f"{path}.surprise unknown", {**good, "surprise": 1}, "surprise")
    if depth < 5:
        for name, member in flat["properties"].items():
            for case in broken(member, f"{path}.{name}" if path else name, depth + 1):
                yield case._replace(body={**good, name: case.body})


def _broken_choice(flat: Schema, path: str, depth: int) -> Iterator[Case]:
    branches = [flatten(branch) for branch in _branches(flat)]
    yield Case(f"{path} no choice fits", 5.5, path)
    objects = [branch for branch in branches if "properties" in branch]
    needed = [set(branch.get("required", ())) for branch in objects]
    if len(objects) > 1 and all(needed) and "discriminator" not in flat:
        everything: dict[str, Any] = {}
        for branch in objects:
            everything.update(sample(branch))
        yield Case(f"{path} both choices", everything, sorted(needed[0])[0])
        yield Case(f"{path} none of the choices", {}, sorted(needed[0])[0])
    if "discriminator" in flat:
        name = flat["discriminator"]["propertyName"]
        yield Case(f"{path} no such kind", {**sample(flat), name: "noSuchKind"}, name)
    if depth < 5:
        for branch in objects:
            for case in broken(branch, path, depth + 1):
                if isinstance(case.body, dict) and "missing" not in case.what:
                    yield case


_BREAKERS: dict[str, Any] = {
    "string": _broken_string,
    "integer": _broken_integer,
    "array": _broken_array,
    "object": _broken_object,
}
