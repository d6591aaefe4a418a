"""Every event and what it does to the state. Replay is: apply each event again.

A released applier is never changed in what it does to old logs; a new meaning gets a new intent.
"""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.records import Record
from zeebelet.state.appliers import deployment, execution, faults, jobs, subscriptions, work
from zeebelet.state.tables import State

Applier = Callable[[State, Record], None]

APPLIERS: dict[tuple[str, str], Applier] = {
    **deployment.APPLIERS,
    **execution.APPLIERS,
    **faults.APPLIERS,
    **jobs.APPLIERS,
    **subscriptions.APPLIERS,
    **work.APPLIERS,
}

__all__ = ["APPLIERS", "Applier", "State"]
