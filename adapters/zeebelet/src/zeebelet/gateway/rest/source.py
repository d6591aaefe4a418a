"""The shipped structure of the API: its operations and schemas."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
Check = Callable[[Any, str, list[str]], Any]


@cache
def source() -> Schema:
    """Returns the operations and schemas as shipped."""
    return json.loads((Path(__file__).with_name("schema.json")).read_text("utf-8"))  # type: ignore[no-any-return]


def flatten(schema: Schema) -> Schema:
    """Returns a schema with its references and `allOf` members merged into it."""
    made: Schema = {}
    parts = [source()["schemas"][schema["$ref"]]] if "$ref" in schema else []
    for part in (*parts, *schema.get("allOf", ())):
        _merge(made, flatten(part))
    _merge(made, {name: value for name, value in schema.items() if name not in ("$ref", "allOf")})
    return made


def _merge(into: Schema, other: Schema) -> None:
    for name, value in other.items():
        if name == "properties":
            into[name] = {**into.get(name, {}), **value}
        elif name == "required":
            into[name] = [*into.get(name, []), *value]
        else:
            into[name] = value
