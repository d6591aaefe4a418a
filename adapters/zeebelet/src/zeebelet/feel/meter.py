"""What the evaluation that runs in this thread may still build, print and compare.

A list may hold one list many times over: what is small in memory can be without end when it is printed, compared or stored. So
every item that is looked at counts, wherever that happens; a function that has no run at hand counts here.
"""

from __future__ import annotations

import threading

from .errors import FeelLimitError

MAX_ITEMS = 100_000  # items of lists, entries of contexts, and stretches of text, in one evaluation
STRETCH = 256  # characters that count as one item


class _Meter(threading.local):
    left = MAX_ITEMS


_meter = _Meter()


def reset() -> None:
    """A new evaluation begins."""
    _meter.left = MAX_ITEMS


def charge(items: int) -> None:
    """Count items; raises `FeelLimitError` when there were too many."""
    _meter.left = left = _meter.left - items - 1
    if left < 0:
        raise FeelLimitError(f"Expected an evaluation that builds, prints and compares at most {MAX_ITEMS} values")


def charge_text(length: int) -> None:
    """Count the characters of a text that is made."""
    if length > STRETCH:
        charge(length // STRETCH)
