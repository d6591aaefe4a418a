"""`oneOf`: which of the choices a value is meant to be, so that its problems are told in the terms of that choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zeebelet.gateway.rest.source import Check, Schema, flatten

Compile = Callable[[Schema], Check]


class _Branch:
    """One of the choices."""

    def __init__(self, schema: Schema, compile_schema: Compile) -> None:
        flat = flatten(schema)
        self.check = compile_schema(schema)
        self.nullable = bool(flat.get("nullable"))
        self.is_object = "properties" in flat or flat.get("type") == "object"
        self.known = set(flat.get("properties", {}))
        self.required = set(flat.get("required", ()))

    def fits(self, given: set[str]) -> bool:
        """Whether an object with these properties can be meant."""
        return self.required <= given <= self.known


def choice(schema: Schema, compile_schema: Compile) -> Check:
    """Returns the check of a `oneOf`; `compile_schema` makes those of its members."""
    branches = [_Branch(member, compile_schema) for member in schema["oneOf"]]
    objects = [branch for branch in branches if branch.is_object]
    plain = [branch for branch in branches if not branch.is_object]
    of_object = _by_properties(objects)
    if "discriminator" in schema:
        of_object = _discriminated(schema["discriminator"], of_object, compile_schema)

    def check(value: Any, path: str, problems: list[str]) -> Any:
        if value is None and any(branch.nullable for branch in branches):
            return None
        if objects and (isinstance(value, dict) or not plain):
            return of_object(value, path, problems)
        return _first_without_problems(plain, value, path, problems)

    return check


def _first_without_problems(branches: list[_Branch], value: Any, path: str, problems: list[str]) -> Any:
    found: list[str] = []
    for branch in branches:
        tried: list[str] = []
        made = branch.check(value, path, tried)
        if not tried:
            return made
        found = found or tried
    problems.extend(found)
    return value


def _by_properties(branches: list[_Branch]) -> Check:
    names = ", ".join(sorted(set().union(*(branch.required for branch in branches))))

    def check(value: Any, path: str, problems: list[str]) -> Any:
        given = set(value) if isinstance(value, dict) else set()
        fitting = [branch for branch in branches if branch.fits(given)]
        if not fitting and isinstance(value, dict):
            complete = [branch for branch in branches if branch.required and branch.required <= given]
            where = f" in {path}" if path else ""
            if len(complete) > 1:
                problems.append(f"Only one of [{names}] is allowed{where}.")
                return value
            if not complete and names and not any(not branch.required for branch in branches):
                problems.append(f"At least one of [{names}] is required{where}.")
                return value
            fitting = complete
        branch = fitting[0] if fitting else max(branches, key=lambda candidate: len(candidate.known & given))
        return branch.check(value, path, problems)

    return check


def _discriminated(discriminator: Schema, by_properties: Check, compile_schema: Compile) -> Check:
    name = discriminator["propertyName"]
    mapping = {value: compile_schema({"$ref": target}) for value, target in discriminator["mapping"].items()}

    def check(value: Any, path: str, problems: list[str]) -> Any:
        kind = value.get(name) if isinstance(value, dict) else None
        if kind is None:
            return by_properties(value, path, problems)
        if not isinstance(kind, str) or kind not in mapping:
            where = f"{path}.{name}" if path else name
            problems.append(f"Unexpected value '{kind}' for field '{where}'. Use any of [{', '.join(mapping)}].")
            return value
        return mapping[kind](value, path, problems)

    return check
