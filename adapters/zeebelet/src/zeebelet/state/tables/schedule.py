"""Things that are due at a time: a heap with lazy deletion, so that nothing ever scans what is waiting."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator


class Schedule:
    """Keys by due time."""

    def __init__(self) -> None:
        self._due: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []

    def put(self, key: int, due: int) -> None:
        """Make `key` due at `due`, instead of whatever was planned for it."""
        self._due[key] = due
        heapq.heappush(self._heap, (due, key))

    def discard(self, key: int) -> None:
        """Forget a key; one that is not planned is fine."""
        self._due.pop(key, None)

    def next_due(self) -> int | None:
        """The earliest due time."""
        self._drop_stale()
        return self._heap[0][0] if self._heap else None

    def due(self, now: int) -> list[int]:
        """Keys due at `now` or before, earliest first."""
        found: list[tuple[int, int]] = []
        while (due := self.next_due()) is not None and due <= now:
            found.append(heapq.heappop(self._heap))
            while self._heap and self._heap[0] == found[-1]:
                heapq.heappop(self._heap)
        for entry in found:
            heapq.heappush(self._heap, entry)
        return [key for _, key in found]

    def items(self) -> list[tuple[int, int]]:
        """Every (key, due), by key."""
        return sorted(self._due.items())

    def __len__(self) -> int:
        return len(self._due)

    def _drop_stale(self) -> None:
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)


class KeyQueue(Collection[int]):
    """A set of keys read in rising order, cheap to change at both ends and in between."""

    def __init__(self) -> None:
        self._members: set[int] = set()
        self._heap: list[int] = []

    def add(self, key: int) -> None:
        """Put a key in."""
        if key not in self._members:
            self._members.add(key)
            heapq.heappush(self._heap, key)

    def discard(self, key: int) -> None:
        """Take a key out; one that is not in is fine."""
        self._members.discard(key)
        if not self._members:
            self._heap.clear()

    def __iter__(self) -> Iterator[int]:
        """The keys in rising order; costs only for those that are looked at."""
        seen: list[int] = []
        try:
            while self._heap:
                key = heapq.heappop(self._heap)
                if key in self._members and (not seen or seen[-1] != key):
                    seen.append(key)
                    yield key
        finally:
            for key in seen:
                heapq.heappush(self._heap, key)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, key: object) -> bool:
        return key in self._members
