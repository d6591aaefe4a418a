"""Lets a form's data come to rest: expressions are computed, choices that are no options are dropped."""

from __future__ import annotations

from typing import Any

from zeebelet.console.forms.context import value_of
from zeebelet.console.forms.held import Held
from zeebelet.console.forms.options import among
from zeebelet.console.forms.schema import MULTI_CHOICE, SINGLE_CHOICE
from zeebelet.console.forms.tree import Node

_ROUNDS = 10  # expressions that depend on each other settle in a few; those that never do stop here


def settle(held: Held) -> None:
    """Computes and drops until nothing changes any more."""
    for _ in range(_ROUNDS):
        if not (compute(held, "change") | _drop_unknown(held)):
            return


def compute(held: Held, moment: str) -> bool:
    """Computes the expressions of a moment (change or presubmit); returns whether something changed."""
    wanted = [
        node
        for node in held.keyed()
        if node.field.type == "expression" and node.field.get("computeOn", "change") == moment
    ]
    return _renew(held, [(node, value_of(node.field.get("expression"), node.scope)) for node in wanted])


def _drop_unknown(held: Held) -> bool:
    return _renew(held, [(node, _known(held, node)) for node in held.keyed()])


def _renew(held: Held, values: list[tuple[Node, Any]]) -> bool:
    changed = [(node, value) for node, value in values if value != held.value(node)]
    for node, value in changed:
        held.hold(node.path, value)
    return bool(changed)


def _known(held: Held, node: Node) -> Any:
    value = held.value(node)
    if node.field.type in SINGLE_CHOICE and value not in (None, "", False, 0):
        return value if among(value, [option.value for option in held.options(node)]) else None
    if node.field.type in MULTI_CHOICE and isinstance(value, list):
        known = [option.value for option in held.options(node)]
        return [item for item in value if among(item, known)]
    return value
