"""Events of faults: the instance stands still until it is cancelled, and nothing of it is due any more."""

from __future__ import annotations

from zeebelet.records import Record
from zeebelet.state.tables import State


def error_created(state: State, record: Record) -> None:
    """A command failed: its instance is banned, and what was due is not due again."""
    error = record.value
    for schedule in (
        state.subscriptions.timer_schedule,
        state.jobs.deadlines,
        state.jobs.backoffs,
        state.messages.expiry,
    ):
        schedule.discard(error.error_command_key)
    if error.process_instance_key > 0:
        state.ban(error.process_instance_key)


APPLIERS = {("ERROR", "CREATED"): error_created}
