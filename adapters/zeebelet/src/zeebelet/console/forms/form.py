"""One form with its data: what a person changed, what is wrong, what is submitted."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from zeebelet.console.forms import inputs, validation
from zeebelet.console.forms.context import Clock
from zeebelet.console.forms.held import Held
from zeebelet.console.forms.initial import new_item
from zeebelet.console.forms.inputs import Posted, Reader
from zeebelet.console.forms.paths import get, put
from zeebelet.console.forms.schema import Field
from zeebelet.console.forms.settle import compute, settle
from zeebelet.console.forms.tree import Node


class Form(Held):
    """A form opened with variables. `kept` is what an earlier page of it held (`state`)."""

    def __init__(
        self, root: Field, variables: Mapping[str, Any], clock: Clock, *, kept: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(root, variables, clock, kept or {})
        settle(self)

    @property
    def state(self) -> dict[str, Any]:
        """What the next page needs of this one: everything the form's fields hold."""
        names = {str(field.path[0]) for field in self.root.walk() if field.path}
        return {name: self.data[name] for name in sorted(names) if name in self.data}

    def take(self, posted: Posted, shown: Iterable[str], reader: Reader) -> None:
        """Takes over what a person gave to the instances the page showed."""
        names = frozenset(shown)
        for node in [node for node in self.keyed() if node.name in names]:
            if inputs.has_input(node.field) and not self.is_fixed(node):
                self.hold(node.path, inputs.read(node.field, posted, node.name, reader))
        settle(self)

    def add_item(self, name: str) -> None:
        """Adds an item to a list."""
        for node in self._lists(name):
            items = self._items(node)
            self.hold(node.path, [*items, new_item(node.field, self.data, node.path, len(items))])
        settle(self)

    def remove_item(self, name: str, index: int) -> None:
        """Takes an item out of a list."""
        for node in self._lists(name):
            self.hold(node.path, [item for at, item in enumerate(self._items(node)) if at != index])
        settle(self)

    def _lists(self, name: str) -> list[Node]:
        return [node for node in self.view.walk() if node.field.repeats and node.name == name]

    def _items(self, node: Node) -> list[Any]:
        items = get(self.data, node.path, None)
        return items if isinstance(items, list) else []

    def errors(self) -> dict[str, list[str]]:
        """Returns what is wrong, by the name of the field's instance; disabled and hidden fields are never wrong."""
        found = {
            node.name: validation.problems(node.field, self.value(node), node.scope)
            for node in self.keyed()
            if not node.field.disabled
        }
        return {name: listed for name, listed in found.items() if listed}

    def submission(self) -> dict[str, Any]:
        """Returns the variables a completion sends: what visible fields hold that are not disabled."""
        compute(self, "presubmit")
        made: dict[str, Any] = {}
        for node in self.keyed():
            if not node.field.disabled:
                put(made, node.path, copy.deepcopy(self.value(node)))
        return made
