"""What a migration may not do to the events an active element listens to: they stay with it, apart, and of their kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from zeebelet.errors import Rejection, invalid_state
from zeebelet.graph import Element, ExecutableProcess


class Pair(NamedTuple):
    """An active element and what it becomes, each in its process."""

    source: Element
    target: Element
    before: ExecutableProcess
    after: ExecutableProcess


def check(key: int, pair: Pair, mapping: dict[str, str]) -> None:
    """Refuse mappings of the element's catch events that take them away; those not mapped begin anew."""
    mapped = [(event, mapping[event]) for event in _events(pair.source) if event in mapping]
    for event, target_id in mapped:
        if target_id not in _events(pair.target):
            raise _refuse(
                key,
                pair,
                f"and has a catch event with id '{event}' that is mapped to a catch event with id '{target_id}'. "
                "These mappings detach the catch event from the element in the target process. "
                "Map the catch event to one of the target element, or leave it out.",
            )
        _check_kind(key, pair.before.elements[event], pair.after.elements[target_id])
    for target_id, count in Counter(target_id for _, target_id in mapped).items():
        if count > 1:
            raise _refuse(
                key,
                pair,
                f"and has catch events that are all mapped to the catch event with id '{target_id}'. Merging catch events "
                "by mapping several to the same target is not possible. Map each to one of its own.",
            )


def _events(element: Element) -> Iterator[str]:
    """Its boundary events, the starts of its event sub-processes, and what follows an event-based gateway."""
    yield from element.boundary_ids
    yield from element.event_start_ids
    if element.type == "EVENT_BASED_GATEWAY":
        yield from (flow.target_id for flow in element.outgoing)


def _check_kind(key: int, source: Element, target: Element) -> None:
    if source.event_type != target.event_type:
        raise invalid_state(
            f"Expected to migrate process instance '{key}' but catch event with id '{source.id}' and event type "
            f"'{source.event_type}' is mapped to a catch event with id '{target.id}' and different event type "
            f"'{target.event_type}'. Catch events must be mapped to catch events of the same event type."
        )


def _refuse(key: int, pair: Pair, what: str) -> Rejection:
    return invalid_state(
        f"Expected to migrate process instance '{key}' but active element with id '{pair.source.id}' is mapped to element "
        f"with id '{pair.target.id}' {what}"
    )
