"""Values by key, and things that are due."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Indexed(Protocol[T_co]):
    """Values by key and by some indexes."""

    def get(self, key: int) -> T_co | None:
        """By key."""
        ...

    def by(self, index: str, entry: Hashable) -> list[int]:
        """Keys of an index entry, oldest first."""
        ...

    def has(self, index: str, entry: Hashable) -> bool:
        """Whether an index entry holds anything."""
        ...

    def all(self) -> Iterable[tuple[int, T_co]]:
        """Every (key, value), oldest first."""
        ...

    def __len__(self) -> int: ...


class Schedule(Protocol):
    """Things that are due."""

    def next_due(self) -> int | None:
        """The earliest due time."""
        ...

    def due(self, now: int) -> list[int]:
        """Keys due at `now` or before, earliest first."""
        ...
