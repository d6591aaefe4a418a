"""The states in which commands make sense; the states themselves and their order are in `state.lifecycle`."""

from __future__ import annotations

from zeebelet.state.lifecycle import ACTIVATED, ACTIVATING, COMPLETED, COMPLETING, TERMINATED, TERMINATING

__all__ = ["ACCEPTED_IN", "ACTIVATED", "ACTIVATING", "COMPLETED", "COMPLETING", "TERMINATED", "TERMINATING"]

# The states in which a command makes sense: its own state again is the retry after an incident.
ACCEPTED_IN: dict[str, frozenset[str]] = {
    "ACTIVATE_ELEMENT": frozenset({ACTIVATING}),
    "COMPLETE_ELEMENT": frozenset({ACTIVATED, COMPLETING}),
    "TERMINATE_ELEMENT": frozenset({ACTIVATING, ACTIVATED, COMPLETING}),
    "COMPLETE_EXECUTION_LISTENER": frozenset({ACTIVATING, COMPLETING}),
}
