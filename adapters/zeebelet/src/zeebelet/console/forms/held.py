"""What a form holds: its data, and what it shows of them now."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from zeebelet.console.forms.conditions import visible_data
from zeebelet.console.forms.context import Clock, Scope, holds
from zeebelet.console.forms.initial import initialized
from zeebelet.console.forms.options import Option, options
from zeebelet.console.forms.paths import Path, get, put
from zeebelet.console.forms.schema import Field
from zeebelet.console.forms.tree import Node, build


class Held:
    """A form's data: what it was opened with, and what it holds now. `kept` is what an earlier page of it held."""

    def __init__(self, root: Field, variables: Mapping[str, Any], clock: Clock, kept: Mapping[str, Any]) -> None:
        self.root = root
        self.clock = clock
        self.initial = initialized(root, variables)
        self.data: dict[str, Any] = {**copy.deepcopy(self.initial), **copy.deepcopy(dict(kept))}

    @cached_property
    def view(self) -> Node:
        """What the form shows now."""
        seen = {**self.initial, **visible_data(self.root, self.data, self.clock)}
        return build(self.root, self.data, Scope(seen, seen, None, (), self.clock))

    def keyed(self) -> Iterator[Node]:
        """The fields shown that hold a value."""
        return (node for node in self.view.walk() if node.field.kind.keyed)

    def value(self, node: Node) -> Any:
        """The value of a field's instance."""
        return get(self.data, node.path, None)

    def hold(self, path: Path, value: Any) -> None:
        """Changes a value; what is shown is then looked at anew."""
        put(self.data, path, value)
        self.__dict__.pop("view", None)

    def is_fixed(self, node: Node) -> bool:
        """Whether a person may not change a field."""
        rule = node.field.get("readonly", False)
        return node.field.disabled or rule is True or holds(rule, node.scope)

    def options(self, node: Node) -> list[Option]:
        """The options of a choice."""
        return options(node.field, self.initial, node.scope)
