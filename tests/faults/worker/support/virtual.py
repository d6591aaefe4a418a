"""An event loop whose clock jumps to the next timer when nothing else is to do: hours pass in milliseconds, always alike."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            if late := super().select(5.0):  # a thread of the loop's own, closing down
                return late
            raise RuntimeError("nothing is scheduled any more: the program under test waits for ever")
        self.loop.advance(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is virtual and starts at 1,000 s."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.loop = self
        self._virtual = 1_000.0
        super().__init__(selector)

    def time(self) -> float:
        return self._virtual

    def advance(self, seconds: float) -> None:
        self._virtual += seconds


class InlinePool(Executor):
    """Runs what is submitted at once: threads would make virtual time meaningless."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def run_virtual(main: Coroutine[Any, Any, T], *, limit: float = 100_000.0) -> T:
    """Runs `main` in virtual time; more than `limit` virtual seconds is a failure."""

    async def bounded() -> T:
        async with asyncio.timeout(limit):
            return await main

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(bounded())
