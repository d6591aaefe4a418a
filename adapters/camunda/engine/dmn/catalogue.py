"""The compiled elements of a model by id, and how a reference finds one, in the model or in one it imports."""

from __future__ import annotations

from collections.abc import Mapping
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
    imported: Mapping[str, Catalogue] = field(default_factory=dict)  # by the name the model gives them
    problems: tuple[str, ...] = ()  # everything that is wrong with the model

    def find(self, reference: model.Reference, *kinds: str) -> Found | None:
        """The element that a reference means, of one of these kinds (`inputs`, `decisions` ...)."""
        if reference.namespace in ("", self.definitions.namespace):
            return _first(self, "", reference.id, kinds)
        for prefix, other in self.imported.items():
            if other.definitions.namespace == reference.namespace:
                return _first(other, prefix, reference.id, kinds)
        return None


class Found(NamedTuple):
    """An element, and the name of the import it comes from."""

    prefix: str
    element: Any


def _first(catalogue: Catalogue, prefix: str, identifier: str, kinds: tuple[str, ...]) -> Found | None:
    for kind in kinds:
        element = getattr(catalogue, kind).get(identifier)
        if element is not None:
            return Found(prefix, element)
    return None
