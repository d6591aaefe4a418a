"""Which elements have input and output mappings at all: what a model maps elsewhere is not applied, as in Zeebe."""

from __future__ import annotations

NEITHER, OUTPUTS, BOTH = (False, False), (False, True), (True, True)
# Element type, or element and event type -> whether inputs and outputs are applied. What is not listed has both.
MAPPED: dict[str | tuple[str, str], tuple[bool, bool]] = {
    "TASK": NEITHER,
    "MANUAL_TASK": NEITHER,
    "EXCLUSIVE_GATEWAY": NEITHER,
    "INCLUSIVE_GATEWAY": NEITHER,
    "PARALLEL_GATEWAY": NEITHER,
    "EVENT_BASED_GATEWAY": NEITHER,
    "START_EVENT": OUTPUTS,
    "BOUNDARY_EVENT": OUTPUTS,
    "INTERMEDIATE_THROW_EVENT": OUTPUTS,
    "END_EVENT": OUTPUTS,
    ("INTERMEDIATE_THROW_EVENT", "MESSAGE"): BOTH,
    ("INTERMEDIATE_THROW_EVENT", "SIGNAL"): BOTH,
    ("INTERMEDIATE_THROW_EVENT", "COMPENSATION"): NEITHER,
    ("END_EVENT", "MESSAGE"): BOTH,
    ("END_EVENT", "SIGNAL"): BOTH,
    ("END_EVENT", "ERROR"): NEITHER,
    ("END_EVENT", "TERMINATE"): NEITHER,
    ("END_EVENT", "COMPENSATION"): NEITHER,
}


def mapped(element_type: str, event_type: str) -> tuple[bool, bool]:
    """Whether the inputs and the outputs of an element are applied."""
    return MAPPED.get((element_type, event_type)) or MAPPED.get(element_type, BOTH)
