"""How often a job is tried and how long the engine waits between attempts. Pure: decides, never sleeps."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential back-off with jitter.

    `attempts` is an upper bound: the model's `retries` says how many attempts a job has, the policy may lower that number,
    never raise it (the engine does not tell a first attempt from a raised one). Element templates take their `retries` from here.
    """

    attempts: int = 3
    first: timedelta = timedelta(seconds=10)
    factor: float = 3.0
    cap: timedelta = timedelta(minutes=5)
    jitter: float = 0.2

    def __post_init__(self) -> None:
        """Refuses policies that would hammer the engine or never end."""
        if self.attempts < 1 or self.factor < 1 or not 0 <= self.jitter < 1 or self.first > self.cap:
            raise ValueError(
                f"Expected attempts >= 1, factor >= 1, 0 <= jitter < 1 and first <= cap, but the policy is {self}"
            )

    def left(self, retries: int) -> int:
        """Attempts left after one of a job that still had `retries` failed."""
        return max(0, min(retries, self.attempts) - 1)

    def attempt(self, retries: int) -> int:
        """Which attempt this is (1 = first) when the job has `retries` left."""
        return max(1, self.attempts - retries + 1)

    def delay(self, retries: int, *, chance: Callable[[], float] = random.random) -> timedelta:
        """The pause before the next attempt: first x factor^(attempt - 1), capped, spread by +-jitter."""
        exponent = min(self.attempt(retries) - 1, 64)
        plain = min(self.first.total_seconds() * self.factor**exponent, self.cap.total_seconds())
        return timedelta(seconds=plain * (1 + self.jitter * (2 * chance() - 1)))
