"""Tells open pages that something changed, by server-sent events: the page then loads itself anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

_AT_MOST_EVERY_S = 0.4
_SIGN_OF_LIFE_S = 15.0


class Changes:
    """Counts what the engine does; whoever waits is told at most a few times a second."""

    def __init__(self) -> None:
        self._count = 0
        self._waiting: set[asyncio.Event] = set()

    def on_record(self, record: object) -> None:
        """Takes in a record."""
        self._count += 1
        for event in self._waiting:
            event.set()

    async def stream(self) -> AsyncIterator[bytes]:
        """Yields an event for each burst of changes, and a comment when nothing happens for long."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield b"retry: 2000\n\n"
            while True:
                try:
                    await asyncio.wait_for(event.wait(), _SIGN_OF_LIFE_S)
                except TimeoutError:
                    yield b": nothing new\n\n"
                    continue
                await asyncio.sleep(_AT_MOST_EVERY_S)
                event.clear()
                yield b"event: changed\ndata: %d\n\n" % self._count
        finally:
            self._waiting.discard(event)
