"""Makes the gateway's `schema.json` from the structure of the REST operations: python derive_schema.py STRUCTURE OUTPUT.

Facts are kept (names, types, limits); what is said the same way everywhere is left out: the problem detail of every error,
the path of every reference. Patterns are written for Python's `re`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_REFERENCE = "#/components/schemas/"
_PATTERNS = (("[\\p{L}_]", "[^\\W\\d]"), ("\\p{L}\\p{N}_", "\\w"))


def _pattern(text: str) -> str:
    for general, ours in _PATTERNS:
        text = text.replace(general, ours)
    return text


def compact(schema: Any) -> Any:
    """Returns a schema with short references and Python's patterns."""
    if isinstance(schema, list):
        return [compact(item) for item in schema]
    if isinstance(schema, str):
        return schema.removeprefix(_REFERENCE)
    if not isinstance(schema, dict):
        return schema
    made = {name: compact(value) for name, value in schema.items()}
    if isinstance(made.get("pattern"), str):
        made["pattern"] = _pattern(made["pattern"])
    return made


def operation(source: dict[str, Any]) -> dict[str, Any]:
    """Returns an operation: what it takes, what it answers, which errors it names."""
    made: dict[str, Any] = {"method": source["method"], "path": source["path"]}
    if source.get("parameters"):
        made["parameters"] = compact(source["parameters"])
    if "body" in source:
        made["body"] = compact(source["body"])
    responses = source["responses"]
    made["answers"] = {code: compact(content) for code, content in responses.items() if int(code) < 300}
    made["errors"] = [int(code) for code in responses if int(code) >= 400]
    return made


def derive(structure: dict[str, Any]) -> str:
    """Returns the text of `schema.json`: one line an operation or schema, so that changes can be read."""
    operations = {name: operation(source) for name, source in structure["operations"].items()}
    schemas = {name: compact(schema) for name, schema in structure["schemas"].items()}
    lines = []
    for title, entries in (("operations", operations), ("schemas", schemas)):
        rows = [
            f"    {json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in entries.items()
        ]
        lines.append(f'  "{title}": {{\n' + ",\n".join(rows) + "\n  }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(derive(json.loads(Path(sys.argv[1]).read_text())))
