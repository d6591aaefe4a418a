"""Documents: rendered from data, kept as evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """What to render: a title, label-value lines by section, the form fields a signer fills, and how many sign it.

    A document with form fields is signed by the one who fills them.
    """

    template: str
    locale: str
    title: str
    sections: Sequence[tuple[str, Mapping[str, str]]]
    form_fields: Sequence[str] = ()
    signatures: int = 0


class Renderer(Protocol):
    """Renders documents."""

    def render(self, request: DocumentRequest) -> bytes:
        """The document as PDF; the same request gives the same bytes."""
        ...


class PageCounter(Protocol):
    """Reads how many pages a document has."""

    def pages(self, content: bytes) -> int:
        """The pages of a PDF, at least 1. `Refused` for what is no PDF, holds no page or needs a password."""
        ...


class DocumentStore(Protocol):
    """Keeps documents unchanged. Raises `PortError`s."""

    def put(self, name: str, content: bytes, *, content_type: str = "application/pdf") -> str:
        """Stores `content` under `name` and returns a reference; the same name and bytes again is the same reference,
        other bytes under a known name is a `Conflict` (signed evidence is never overwritten)."""
        ...

    def get(self, reference: str) -> bytes:
        """The bytes behind a reference. `NotFound` when unknown."""
        ...

    def find(self, name: str) -> str | None:
        """The reference of what is stored under `name`, None when nothing is."""
        ...


class DocumentLinks(Protocol):
    """Shows documents to people who have no account with us."""

    def link(self, reference: str, *, valid_for: timedelta) -> str:
        """An address that shows the document to whoever has it, for a while."""
        ...
