"""The life cycle of an element instance, as a table that is asked: a step it does not have is never applied."""

from __future__ import annotations

from zeebelet.errors import EngineError

ACTIVATING = "ELEMENT_ACTIVATING"
ACTIVATED = "ELEMENT_ACTIVATED"
COMPLETING = "ELEMENT_COMPLETING"
COMPLETED = "ELEMENT_COMPLETED"
TERMINATING = "ELEMENT_TERMINATING"
TERMINATED = "ELEMENT_TERMINATED"

TRANSITIONS: dict[str, frozenset[str]] = {
    ACTIVATING: frozenset({ACTIVATED, TERMINATING}),
    ACTIVATED: frozenset({COMPLETING, TERMINATING}),
    COMPLETING: frozenset({COMPLETED, TERMINATING}),
    COMPLETED: frozenset(),
    TERMINATING: frozenset({TERMINATED}),
    TERMINATED: frozenset(),
}


class IllegalTransition(EngineError):
    """An event would move an element instance where the table has no step."""


def check(state: str, target: str, key: int) -> None:
    """Raise `IllegalTransition` for a step that the table does not have."""
    if target not in TRANSITIONS[state]:
        expected = sorted(TRANSITIONS[state])
        raise IllegalTransition(
            f"Expected element instance '{key}' in state '{state}' to go to one of {expected}, but it was to go to '{target}'"
        )
