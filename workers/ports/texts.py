"""The texts of messages: files an analyst edits, filled with what a message has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workers.domain.messages import Catalogue, Content
from workers.domain.tenancy import Country
from workers.domain.values import Recipient
from workers.ports.messaging import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One message to write. `values` are of the kind their variable has; None counts as absent."""

    template: str
    recipient: Recipient
    channel: Channel
    language: str
    country: Country
    values: Mapping[str, object] = field(repr=False)


class Texts(Protocol):
    """Writes messages from the files. Raises `Misconfigured` when the files are wrong: `fsm check` says so before."""

    @property
    def catalogue(self) -> Catalogue:
        """All templates with their variables."""
        ...

    def write(self, draft: Draft) -> Content:
        """The message. Raises `Misconfigured` when it lacks a variable it cannot do without."""
        ...
