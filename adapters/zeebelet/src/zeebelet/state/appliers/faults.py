"""Events of faults: the instance stands still until it is cancelled, and nothing of it is due any more."""

from __future__ import annotations

from zeebelet.records import Record
from zeebelet.state.tables import State
from zeebelet.state.tables.jobs import FAILED


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
        ban(state, error.process_instance_key)


def ban(state: State, process_instance_key: int) -> None:
    """Nothing of an instance happens by itself any more, and no worker gets its jobs."""
    state.banned[process_instance_key] = None
    for key, timer in state.subscriptions.timers.all():
        if timer.process_instance_key == process_instance_key:
            state.subscriptions.timer_schedule.discard(key)
    jobs = [key for key, entry in state.jobs.all() if entry.value.process_instance_key == process_instance_key]
    for key in jobs:
        entry = state.jobs.get(key)
        if entry is not None:
            state.jobs.put(key, entry.value._replace(recurring_time=-1), FAILED)


APPLIERS = {("ERROR", "CREATED"): error_created}
