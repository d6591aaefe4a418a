"""The results of all task types that are on their way to the engine."""

from __future__ import annotations

import asyncio
from collections import deque


class Outbox:
    """Paces intake. An engine that takes results more slowly than they come is busy: asking it for more work only makes every
    job older, and many small polls at once make it busier. `calm` lets the polls of all types through in turn, as results leave.

    It paces and never blocks: one type, or one partition of the engine, that takes nothing must not stop the others.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.sending = 0
        self._waiters: deque[asyncio.Future[None]] = deque()

    async def calm(self, *, within: float) -> None:
        """Returns when at most `most` results are on their way and it is the caller's turn, or after `within` seconds."""
        if self.sending <= self.most and not self._waiters:
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(turn)
        try:
            await asyncio.wait({turn}, timeout=within)
        finally:
            if not turn.done():
                self._waiters.remove(turn)

    def __enter__(self) -> None:
        self.sending += 1

    def __exit__(self, *_: object) -> None:
        self.sending -= 1
        # One at a time while results go out; everybody when none is left to wait for.
        while self._waiters and self.sending <= self.most:
            self._waiters.popleft().set_result(None)
            if self.sending:
                return
