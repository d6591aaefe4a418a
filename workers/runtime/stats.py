"""Plain counters of one task type. Health, metrics, status and the benchmark all read these; jobs only add to them."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

# Samples kept between two reports; at higher rates the newest ones stand for the rest.
_SAMPLES = 512


def _samples() -> deque[float]:
    return deque(maxlen=_SAMPLES)


@dataclass(slots=True)
class Stats:
    """`ended` counts outcomes by name when the engine has accepted them, not when a handler returns. Seconds throughout."""

    activated: int = 0
    started: int = 0
    dropped: int = 0
    handed_back: int = 0
    replayed: int = 0
    polls: int = 0
    poll_errors: int = 0
    stream_opens: int = 0
    stream_errors: int = 0
    restarts: int = 0
    renewed: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    undelivered: Counter[str] = field(default_factory=Counter)
    waited: deque[float] = field(default_factory=_samples)
    ran: deque[float] = field(default_factory=_samples)
    delivered: deque[float] = field(default_factory=_samples)
