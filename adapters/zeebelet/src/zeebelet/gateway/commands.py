"""The way from a transport to the engine: a command goes in, its answering event comes out or its rejection is raised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from zeebelet.gateway.errors import RejectedError, TimedOutError, UnavailableError
from zeebelet.records import Record, RecordType

PARTITION = 1
_KEY_BITS = 51


class Command(NamedTuple):
    """What a client asks of the engine."""

    value_type: str
    intent: str
    value: Any
    key: int = -1


class Submits(Protocol):
    """The part of the engine that takes commands."""

    def submit(
        self,
        value_type: str,
        intent: str,
        value: Any,
        *,
        key: int = -1,
        respond: Callable[[Record], None] | None = None,
    ) -> None:
        """Appends the command and processes it to the fixed point."""

    def group(self) -> AbstractContextManager[None]:
        """Commits several commands at once: answers wait until the block ends."""


def check_partition(key: int) -> None:
    """Refuses a key no partition of this engine has given out."""
    partition = key >> _KEY_BITS
    if partition != PARTITION:
        raise UnavailableError(
            f"Expected to execute command on partition {partition}, but either it does not exist, "
            "or the gateway is not yet aware of it"
        )


def settled(record: Record) -> Record:
    """Returns an answering event, or raises the rejection."""
    if record.record_type is RecordType.REJECTION:
        raise RejectedError(record)
    return record


class Commands:
    """Submits commands and waits for their answers. `after` is called when one was processed: due times may have moved.

    With `grouped` the commands that come in one turn of the loop are made safe together: one wait for the disk, not many.
    """

    def __init__(self, engine: Submits, after: Callable[[], None], *, grouped: bool = False) -> None:
        self._engine = engine
        self._after = after
        self._grouped = grouped
        self._group: AbstractContextManager[None] | None = None

    def now(self, command: Command) -> Record:
        """Returns the answer to a command the engine answers at once."""
        answers: list[Record] = []
        self._end_group()
        self._submit(command, answers.append)
        return settled(answers[0])

    async def ask(self, command: Command, *, timeout: float | None = None) -> Record:
        """Returns the answer to a command, however late it comes; `timeout` in seconds bounds the wait."""
        answers: list[Record] = []
        late: asyncio.Future[Record] | None = None

        def respond(record: Record) -> None:
            if late is None:
                answers.append(record)
            elif not late.done():
                late.set_result(record)

        if self._grouped and self._group is None:
            self._begin_group()
        self._submit(command, respond)
        if answers:
            return settled(answers[0])
        late = asyncio.get_running_loop().create_future()
        try:
            return settled(await asyncio.wait_for(late, timeout))
        except TimeoutError as error:
            raise TimedOutError(
                "Time out between gateway and broker: Request "
                f"{command.value_type}/{command.intent} timed out after {timeout} s"
            ) from error

    def _begin_group(self) -> None:
        self._group = self._engine.group()
        self._group.__enter__()
        asyncio.get_running_loop().call_soon(self._end_group)

    def _end_group(self) -> None:
        if self._group is not None:
            group, self._group = self._group, None
            group.__exit__(None, None, None)

    def _submit(self, command: Command, respond: Callable[[Record], None]) -> None:
        self._engine.submit(command.value_type, command.intent, command.value, key=command.key, respond=respond)
        self._after()
