"""Who waits for an answer: a client's command is answered once, and only after everything is safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from zeebelet.records import Record

Respond = Callable[[Record], None]


class Answer(NamedTuple):
    """An answer that waits for the commit."""

    request_id: int
    respond: Respond
    record: Record


class Clients:
    """Requests without an answer yet, and the answers on their way."""

    def __init__(self) -> None:
        self._waiting: dict[int, Respond] = {}
        self.answers: list[Answer] = []

    def __len__(self) -> int:
        """How many still wait."""
        return len(self._waiting)

    def wait(self, request_id: int, respond: Respond) -> None:
        """A client waits for the answer to its request."""
        self._waiting[request_id] = respond

    def answer(self, request_id: int, record: Record) -> None:
        """Answer a client, once the batch is committed; a request is answered once."""
        respond = self._waiting.pop(request_id, None)
        if respond is not None:
            self.answers.append(Answer(request_id, respond, record))

    def forget(self, request_id: int) -> None:
        """Nobody will answer this client any more: it waits for its own time-out."""
        self._waiting.pop(request_id, None)

    def take_back(self, answered: int) -> None:
        """Answers given since there were `answered` are not given: their clients wait again."""
        for answer in self.answers[answered:]:
            self._waiting[answer.request_id] = answer.respond
        del self.answers[answered:]

    def take(self) -> list[Answer]:
        """Hand over the answers that wait for the commit."""
        answers, self.answers = self.answers, []
        return answers
