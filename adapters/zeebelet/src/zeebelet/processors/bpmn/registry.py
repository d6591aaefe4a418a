"""Finds the processor of an element type; filled by the table in `elements`, so that processors can call each other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zeebelet.processors.bpmn.element import ElementProcessor

_PROCESSORS: dict[str, ElementProcessor] = {}


def register(table: dict[str, ElementProcessor]) -> None:
    """Make a table of processors known."""
    _PROCESSORS.update(table)


def processor(bpmn_element_type: str) -> ElementProcessor:
    """The processor of an element type."""
    return _PROCESSORS[bpmn_element_type]
