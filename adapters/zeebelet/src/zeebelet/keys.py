"""Keys: a partition in the upper 13 bits, a counter in the lower 51."""

from __future__ import annotations

KEY_BITS = 51
PARTITION = 1
FIRST_KEY = PARTITION << KEY_BITS


def partition_of(key: int) -> int:
    """The partition a key belongs to; the engine has partition 1 only."""
    return key >> KEY_BITS


class KeyGenerator:
    """Hands out keys in rising order; replay moves it past every key it meets."""

    def __init__(self) -> None:
        self._last = FIRST_KEY

    def next(self) -> int:
        """A key never handed out before."""
        self._last += 1
        return self._last

    def seen(self, key: int) -> None:
        """Never hand out `key` again."""
        if key > self._last:
            self._last = key

    @property
    def last(self) -> int:
        """The newest key handed out."""
        return self._last
