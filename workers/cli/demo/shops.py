"""A sales system as the demonstration plays it: it numbers sales and writes the documents the real one would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold; `turn` counts how often its story was told before, so that towns and products take turns."""

    number: str
    created: datetime
    turn: int
    technical_visit: bool = False
    wrong_contact: bool = False


class Shop(Protocol):
    """One sales system: its name, its topics, its documents."""

    @property
    def name(self) -> str:
        """As in order keys: `pyxis`."""
        ...

    @property
    def has_goods(self) -> bool:
        """Whether it sells things beside work, which have to be delivered first."""
        ...

    @property
    def topics(self) -> tuple[str, str, str]:
        """Of documents created, updated and cancelled."""
        ...

    @property
    def writes_avro(self) -> bool:
        """Whether its documents are Avro; else JSON."""
        ...

    def country(self, sold: Sold) -> str:
        """Where the work is to be done: `FR`."""
        ...

    def number(self, count: int) -> str:
        """A number as this system writes it."""
        ...

    def phone(self, sold: Sold) -> str:
        """A customer's phone number of the country."""
        ...

    def created(self, sold: Sold) -> dict[str, Any]:
        """The document of a sale."""
        ...

    def answer(self, sold: Sold, outcome_number: str) -> dict[str, Any]:
        """The document again, repriced after a technical visit."""
        ...

    def cancelled(self, sold: Sold, at: datetime) -> dict[str, Any]:
        """The document that calls it off."""
        ...

    def malformed(self) -> bytes:
        """A document that is no document: it must end on the failed topic and stop nothing."""
        ...


def stamp(instant: datetime) -> str:
    """As sales systems write instants."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
