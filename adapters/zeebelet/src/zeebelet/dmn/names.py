"""Names of a model that FEEL cannot see the end of by itself: those with spaces, operators or other signs in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from ..model import dmn as model

NAMED = (
    model.InformationItem,
    model.Output,
    model.ItemDefinition,
    model.Decision,
    model.InputData,
    model.BusinessKnowledgeModel,
    model.DecisionService,
    model.Import,
)


def special_names(part: Any) -> frozenset[str]:
    """Every name in a part of a model that is not a plain identifier."""
    return frozenset(name for name in _names(part) if name and not name.isidentifier())


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, model.Binding):  # its parameter is a name where the function is defined, not here
        yield from _names(value.value)
        return
    if isinstance(value, NAMED):
        yield value.name
    if isinstance(value, model.Iteration):
        yield value.variable
    if isinstance(value, tuple):
        for item in value:
            yield from _names(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _names(getattr(value, field.name))
