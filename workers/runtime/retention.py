"""Effect records expire by policy: a key older than any instance that could still ask for it is of no more use."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Protocol, runtime_checkable

_LOG = logging.getLogger(__name__)


@runtime_checkable
class ForgettingLedger(Protocol):
    """A ledger that can drop old effects. Effects with events not yet published are kept, whatever their age."""

    def forget(self, *, older_than: timedelta) -> int:
        """Drops published effects older than this; returns how many."""
        ...


def expire(ledger: object, *, keep: timedelta) -> int:
    """One round; a ledger that keeps everything is left alone."""
    if not isinstance(ledger, ForgettingLedger):
        return 0
    number = ledger.forget(older_than=keep)
    if number:
        _LOG.info("%d effects older than %s are forgotten", number, keep)
    return number
