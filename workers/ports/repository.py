"""What every repository does."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Repository(Protocol[T]):
    """Keeps one kind of aggregate."""

    def get(self, key: Any) -> T:
        """The aggregate; `NotKnown` when there is none."""
        ...

    def find(self, key: Any) -> T | None:
        """The aggregate, or None."""
        ...

    def add(self, item: T) -> T:
        """Keeps a new one."""
        ...

    def save(self, item: T) -> T:
        """Keeps a changed one and returns it with its next version; `Unavailable` when it was changed meanwhile."""
        ...
