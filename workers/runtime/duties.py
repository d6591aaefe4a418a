"""What a worker does beside jobs, each on its own beat. An error in one round is logged; the next round comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

_LOG = logging.getLogger(__name__)
Round: TypeAlias = Callable[[], object] | Callable[[], Awaitable[object]]


async def every(pause: float, *rounds: Round) -> None:
    """Does the rounds, rests, and does them again."""
    while True:
        for one in rounds:
            try:
                result = one()
                if asyncio.iscoroutine(result) or isinstance(result, asyncio.Future):
                    await result
            except Exception:
                _LOG.exception("a round of looking after the worker failed unexpectedly; the next one comes")
        await asyncio.sleep(pause)
