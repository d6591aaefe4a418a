"""The compiled elements of a model by id, and how a reference finds one, in the model or in one it imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..model import dmn as model
from .graph import Decision, Input, Service
from .knowledge import Knowledge
from .types import Types


@dataclass(slots=True)
class Catalogue:
    """What a model holds."""

    definitions: model.Definitions
    types: Types
    names: frozenset[str]  # those FEEL has to be told of everywhere: of types and imports
    inputs: dict[str, Input] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    knowledge: dict[str, Knowledge] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    imported: tuple[tuple[str, Catalogue], ...] = ()  # with the name the model gives them; "" makes all of it its own
    problems: tuple[str, ...] = ()  # everything that is wrong with the model

    def find(self, reference: model.Reference, *kinds: str) -> Found | None:
        """The element that a reference means, of one of these kinds (`inputs`, `decisions` ...)."""
        if reference.namespace in ("", self.definitions.namespace):
            return self._own(reference.id, kinds) or self._within(model.Reference("", reference.id), kinds)
        for prefix, other in self.imported:
            if other.definitions.namespace == reference.namespace:
                found = other.find(model.Reference("", reference.id), *kinds)
                return found and Found(prefix, found.element)
        return self._within(reference, kinds)

    def exported(self, kind: str) -> dict[str, Any]:
        """The elements of a kind by id: the model's own, and those of imports without a name."""
        found: dict[str, Any] = {}
        for other in reversed(self._unnamed()):
            found |= other.exported(kind)
        found |= getattr(self, kind)
        return found

    def _own(self, identifier: str, kinds: tuple[str, ...]) -> Found | None:
        elements = (getattr(self, kind).get(identifier) for kind in kinds)
        return next((Found("", element) for element in elements if element is not None), None)

    def _within(self, reference: model.Reference, kinds: tuple[str, ...]) -> Found | None:
        return next(filter(None, (other.find(reference, *kinds) for other in self._unnamed())), None)

    def _unnamed(self) -> list[Catalogue]:
        return [other for prefix, other in self.imported if not prefix]


class Found(NamedTuple):
    """An element, and the name of the import it comes from."""

    prefix: str
    element: Any
