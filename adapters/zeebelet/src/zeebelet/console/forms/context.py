"""FEEL inside of forms: expressions see the form's data, and in lists also `this`, `parent` and `i`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from zeebelet import feel

Clock = Callable[[], datetime]


class Scope(NamedTuple):
    """Where an expression stands: the form's data, the item it belongs to, what that is part of, and its positions."""

    data: Mapping[str, Any]
    this: Any
    parent: Any
    i: tuple[int, ...]
    clock: Clock

    def names(self) -> dict[str, Any]:
        """Everything an expression may name; data hides the special names, which have a second spelling."""
        special = {"this": self.this, "parent": self.parent, "i": list(self.i)}
        return {**special, **self.data, **{f"_{name}_": value for name, value in special.items()}}

    def item(self, value: Any, index: int) -> Scope:
        """The scope of one item of a list that stands in this scope."""
        above = self._replace(data=self.this if isinstance(self.this, dict) else {}).names()
        return Scope(self.data, value, above, (*self.i, index + 1), self.clock)


def is_expression(value: Any) -> bool:
    """Whether a property is an expression."""
    return isinstance(value, str) and value.startswith("=")


def evaluate(text: str, names: Mapping[str, Any], clock: Clock) -> Any:
    """Returns the value of an expression (without `=`), None when it has none; raises FeelError for what is no FEEL."""
    spaced = [name for name in names if not name.isidentifier()]
    result = feel.compile(text, names=spaced).evaluate(names, clock=clock)
    return feel.to_json(result.value)


def value_of(value: Any, scope: Scope) -> Any:
    """Returns a property: the result when it is an expression (None when that fails), else itself."""
    if not is_expression(value):
        return value
    try:
        return evaluate(value[1:], scope.names(), scope.clock)
    except feel.FeelError:
        return None


def holds(condition: Any, scope: Scope) -> bool:
    """Whether a condition is true. It is a unary test without an input: a result of null equals the input and holds, too."""
    if not is_expression(condition):
        return False
    try:
        value = evaluate(condition[1:], scope.names(), scope.clock)
    except feel.FeelSyntaxError:
        return False
    except feel.FeelError:
        return True
    return value is True or value is None
