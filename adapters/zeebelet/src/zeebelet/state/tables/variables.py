"""Variables by scope. A scope is an element instance; what it does not have is looked up in the scopes around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zeebelet.records import JsonObject
from zeebelet.state.tables.instances import InstanceTable


class VariableTable:
    """Values with their keys, by scope and name."""

    def __init__(self, instances: InstanceTable) -> None:
        self._instances = instances
        self._scopes: dict[int, dict[str, tuple[int, Any]]] = {}

    def local(self, scope_key: int, name: str) -> tuple[int, Any] | None:
        """(key, value) of a variable of exactly this scope."""
        scope = self._scopes.get(scope_key)
        return scope.get(name) if scope else None

    def visible(self, scope_key: int, name: str) -> tuple[int, Any] | None:
        """(key, value) of the nearest variable with this name."""
        while scope_key > 0:
            scope = self._scopes.get(scope_key)
            if scope is not None and name in scope:
                return scope[name]
            instance = self._instances.get(scope_key)
            scope_key = instance.value.flow_scope_key if instance else -1
        return None

    def local_document(self, scope_key: int) -> JsonObject:
        """The variables of exactly this scope."""
        return {name: value for name, (_, value) in self._scopes.get(scope_key, {}).items()}

    def document(self, scope_key: int) -> JsonObject:
        """Everything visible from a scope, the nearest of each name."""
        found: JsonObject = {}
        while scope_key > 0:
            for name, (_, value) in self._scopes.get(scope_key, {}).items():
                found.setdefault(name, value)
            instance = self._instances.get(scope_key)
            scope_key = instance.value.flow_scope_key if instance else -1
        return found

    def context(self, scope_key: int) -> Mapping[str, Any]:
        """What is visible from a scope, looked up only when an expression asks for it."""
        return ScopeContext(self, scope_key)

    def put(self, scope_key: int, name: str, entry: tuple[int, Any]) -> None:
        """Set a variable's (key, value)."""
        scope = self._scopes.get(scope_key)
        if scope is None:
            self._scopes[scope_key] = {name: entry}
        else:
            scope[name] = entry

    def drop(self, scope_key: int) -> None:
        """Forget a scope."""
        self._scopes.pop(scope_key, None)

    def scopes(self) -> dict[int, dict[str, tuple[int, Any]]]:
        """Everything, for snapshots."""
        return self._scopes


class ScopeContext(Mapping[str, Any]):
    """A FEEL context over a scope and the scopes around it."""

    __slots__ = ("_scope_key", "_variables")

    def __init__(self, variables: VariableTable, scope_key: int) -> None:
        self._variables = variables
        self._scope_key = scope_key

    def __getitem__(self, name: str) -> Any:
        found = self._variables.visible(self._scope_key, name)
        if found is None:
            raise KeyError(name)
        return found[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables.document(self._scope_key))

    def __len__(self) -> int:
        return len(self._variables.document(self._scope_key))
