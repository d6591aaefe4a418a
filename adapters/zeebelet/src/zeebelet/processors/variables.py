"""Writes variables: strictly local, or merged upwards the way Zeebe does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zeebelet.processors import values
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject, ProcessInstance


def set_local(ctx: Context, owner: ProcessInstance, scope_key: int, document: Mapping[str, Any]) -> None:
    """Set variables in exactly this scope; values that stay the same are left alone."""
    for name, value in document.items():
        _set(ctx, owner, scope_key, name, value)


def merge(ctx: Context, owner: ProcessInstance, scope_key: int, document: Mapping[str, Any]) -> None:
    """Update each variable where it is found on the way up; what no scope has is created at the root.

    Zeebe's quirk is kept: a variable found with an equal value is not used up, so it travels on.
    """
    left: JsonObject = dict(document)
    root = owner.process_instance_key
    while left and scope_key != root:
        for name in [name for name in left if ctx.state.variables.local(scope_key, name) is not None]:
            if _set(ctx, owner, scope_key, name, left[name]):
                del left[name]
        instance = ctx.state.instances.get(scope_key)
        if instance is None:
            break
        scope_key = instance.value.flow_scope_key
    set_local(ctx, owner, root, left)


def _set(ctx: Context, owner: ProcessInstance, scope_key: int, name: str, value: Any) -> bool:
    """Write one variable if that changes anything."""
    current = ctx.state.variables.local(scope_key, name)
    if current is None:
        ctx.event("VARIABLE", "CREATED", ctx.next_key(), values.variable(owner, scope_key, name, value))
        _note(ctx, scope_key, name, "create")
        return True
    key, old = current
    if same(old, value):
        return False
    ctx.event("VARIABLE", "UPDATED", key, values.variable(owner, scope_key, name, value))
    _note(ctx, scope_key, name, "update")
    return True


def _note(ctx: Context, scope_key: int, name: str, change: str) -> None:
    ctx.notes.changed_variables.setdefault(scope_key, {})[name] = change


def same(left: Any, right: Any) -> bool:
    """Equal as JSON: 1, 1.0 and true are three values, although Python takes them for one."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    return bool(left == right)
