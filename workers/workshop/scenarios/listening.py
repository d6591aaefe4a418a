"""Everything the platform logs while a scenario is played."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the record as text."""
        self.lines.append(f"{record.levelname} {record.name}: {self.format(record)}")


@contextmanager
def heard() -> Iterator[list[str]]:
    """The lines logged in the block, from INFO on; nothing of them reaches the terminal."""
    root, ear = logging.getLogger(), _Ear()
    level, handlers = root.level, root.handlers[:]
    root.setLevel(logging.INFO)
    root.handlers[:] = [ear]
    try:
        yield ear.lines
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers
