"""The effect ledger: an effect is applied at most once per key, and its result is replayed when a job comes again.

The key comes from the element instance or the business event, never from the attempt. `open` starts one transaction and
takes the key's lock; the domain change, the result and the events to publish commit together or not at all. A second run of
the same key waits for the first (or raises `Unavailable` after the lock time-out) and then finds `stored`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from workers.domain.scope import Scope
from workers.ports.events import Event


class Effect(Protocol):
    """One open transaction under one effect key."""

    @property
    def stored(self) -> Mapping[str, Any] | None:
        """The result of an earlier run with this key, or None when there was none."""
        ...

    @property
    def unit(self) -> Any:
        """The unit of work (`workers.ports.repositories.UnitOfWork`) bound to this transaction."""
        ...

    @property
    def events(self) -> Sequence[Event]:
        """Events recorded with this effect that are not known to be published yet."""
        ...

    def admit(self, scope: Scope) -> None:
        """Binds the transaction to the scope's tenant and checks everything the scope names along child -> order -> tenant.

        `TenantMismatch` for another tenant's, `NotKnown` for another order's; what does not exist is the handler's to miss.
        """
        ...

    def store(self, result: Mapping[str, Any]) -> None:
        """Keeps the result (JSON-ready); committed with everything else when the `with` block ends without an error."""
        ...


class EffectLedger(Protocol):
    """Opens effects and remembers which events still have to go out."""

    def open(self, key: str, *, task_type: str) -> AbstractContextManager[Effect]:
        """A transaction under `key`. Leaving the block normally commits, leaving by an exception rolls back."""
        ...

    def published(self, key: str) -> None:
        """Marks the events of `key` as accepted by the bus."""
        ...

    def unpublished(self, *, limit: int = 100) -> list[tuple[str, list[Event]]]:
        """Keys whose events were committed some time ago and never marked as published (a worker died in between)."""
        ...
