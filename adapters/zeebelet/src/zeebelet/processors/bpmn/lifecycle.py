"""The life cycle of an element instance, as a table."""

from __future__ import annotations

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

# The states in which a command makes sense: its own state again is the retry after an incident.
ACCEPTED_IN: dict[str, frozenset[str]] = {
    "ACTIVATE_ELEMENT": frozenset({ACTIVATING}),
    "COMPLETE_ELEMENT": frozenset({ACTIVATED, COMPLETING}),
    "TERMINATE_ELEMENT": frozenset({ACTIVATING, ACTIVATED, COMPLETING}),
    "COMPLETE_EXECUTION_LISTENER": frozenset({ACTIVATING, COMPLETING}),
}


def can_transition(state: str, target: str) -> bool:
    """Whether the table has this step."""
    return target in TRANSITIONS[state]
