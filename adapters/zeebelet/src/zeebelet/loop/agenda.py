"""What is due when: timers, job deadlines, back-offs, messages' ends."""

from __future__ import annotations

from typing import NamedTuple

from zeebelet.state.views import Schedule, Views


class Due(NamedTuple):
    """The command that makes something due happen."""

    value_type: str
    intent: str
    key: int


class Agenda:
    """Everything of an engine that happens by itself at some time."""

    def __init__(self, state: Views) -> None:
        self._state = state

    @property
    def _schedules(self) -> tuple[tuple[Schedule, str, str], ...]:
        """Asked for anew each time: a state that was made again has others."""
        state = self._state
        return (
            (state.subscriptions.timer_schedule, "TIMER", "TRIGGER"),
            (state.jobs.deadlines, "JOB", "TIME_OUT"),
            (state.jobs.backoffs, "JOB", "RECUR_AFTER_BACKOFF"),
            (state.messages.expiry, "MESSAGE", "EXPIRE"),
        )

    def next_due(self) -> int | None:
        """When the next thing is due, in epoch milliseconds."""
        times = (schedule.next_due() for schedule, _, _ in self._schedules)
        return min((time for time in times if time is not None), default=None)

    def next_timer(self) -> int | None:
        """When the next timer is due, in epoch milliseconds."""
        return self._state.subscriptions.timer_schedule.next_due()

    def due(self, now: int) -> list[Due]:
        """What is due at `now` or before."""
        return [
            Due(value_type, intent, key)
            for schedule, value_type, intent in self._schedules
            for key in schedule.due(now)
        ]
