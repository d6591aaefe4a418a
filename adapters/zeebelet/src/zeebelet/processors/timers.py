"""When timers are due: dates, durations, repetitions, cron."""

from __future__ import annotations

from typing import NamedTuple

from zeebelet import feel
from zeebelet.errors import Failure
from zeebelet.graph.specs import TimerSpec
from zeebelet.model.cron import parse_cron
from zeebelet.model.time import parse_date_time, parse_interval, parse_repetition
from zeebelet.processors import expressions
from zeebelet.processors.context import Context
from zeebelet.records import Timer

_EXPECTED = {
    "timeDate": ("DATE_TIME", "STRING"),
    "timeDuration": ("DURATION", "PERIOD", "STRING"),
    "timeCycle": ("STRING",),
}


class Due(NamedTuple):
    """When a timer fires first, how often (-1 for ever), and what the next time comes from."""

    due_date: int
    repetitions: int = 1
    interval: str = ""


def evaluate(ctx: Context, spec: TimerSpec, scope: expressions.Scope) -> Due:
    """When a timer is due, from now."""
    result = expressions.evaluate(ctx, spec.expression, scope)
    if spec.kind == "timeDate" and isinstance(result.value, feel.ZonedDateTime | feel.LocalDateTime):
        return Due(feel.epoch_millis(result.value))
    if expressions.type_name(result.value) not in _EXPECTED[spec.kind]:
        raise expressions.unexpected(spec.expression, result, *_EXPECTED[spec.kind])
    text = expressions.plain(result.value)
    return _READERS[spec.kind](ctx.now, text.strip(), spec.expression.text)


def _date(_now: int, text: str, expression: str) -> Due:
    try:
        return Due(parse_date_time(text))
    except ValueError:
        raise _invalid("date-time", text, expression) from None


def _duration(now: int, text: str, expression: str) -> Due:
    try:
        return Due(parse_interval(text).after(now))
    except ValueError:
        raise _invalid("duration", text, expression) from None


def _cycle(now: int, text: str, expression: str) -> Due:
    try:
        return first_of_cycle(now, text)
    except ValueError:
        raise _invalid("cycle", text, expression) from None


_READERS = {"timeDate": _date, "timeDuration": _duration, "timeCycle": _cycle}


def _invalid(what: str, text: str, expression: str) -> Failure:
    return Failure("EXTRACT_VALUE_ERROR", f"Invalid {what} format '{text}' for expression '{expression}'")


def first_of_cycle(now: int, text: str) -> Due:
    """The first time of a repetition (text that starts with `R`) or a cron expression."""
    if not text.startswith("R"):
        due = parse_cron(text).next_after(now)
        if due is None:
            raise ValueError("never")
        return Due(due, -1, text)
    repetition = parse_repetition(text)
    start = repetition.start
    first = repetition.interval.after(now) if start is None else max(start, now)
    return Due(first, repetition.repetitions, text)


def following(now: int, timer: Timer) -> Due | None:
    """The time after this one: of a repetition from the due date (it does not drift), never before now; of cron from now."""
    if timer.repetitions in (0, 1) or not timer.interval:
        return None
    left = timer.repetitions if timer.repetitions < 0 else timer.repetitions - 1
    if not timer.interval.startswith("R"):
        due = parse_cron(timer.interval).next_after(now)
        return None if due is None else Due(due, left, timer.interval)
    cycle = parse_repetition(timer.interval)
    return Due(max(cycle.interval.after(timer.due_date, cycle.zone), now), left, timer.interval)
