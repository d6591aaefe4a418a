"""Chance that does not depend on when something is asked: the same seed, subject and question give the same answer."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(slots=True)
class Chance:
    """Answers questions about an order; asked again, the next answer comes."""

    seed: int
    _asked: dict[tuple[object, str], int] = field(default_factory=dict)

    def share(self, subject: object, question: str) -> float:
        """A number from 0 to 1."""
        count = self._asked[subject, question] = self._asked.get((subject, question), -1) + 1
        text = f"{self.seed}:{subject}:{question}:{count}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest()) / 2**56

    def happens(self, subject: object, question: str, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.share(subject, question) < probability

    def span(self, subject: object, question: str, mean: timedelta) -> timedelta:
        """How long something takes that takes `mean` on average (exponential, at most five times the mean)."""
        return mean * min(5.0, -math.log(1.0 - self.share(subject, question)))
