"""What writing to people takes: the service that sends, the texts, where links lead, and the signature service's addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from workers.domain.links import Links
from workers.ports.messaging import Messaging
from workers.ports.texts import Texts

# Agreement and e-mail address of a signer -> where that person signs. `Refused` when it is not their turn, or not any more.
SigningPage: TypeAlias = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The post room."""

    messaging: Messaging
    texts: Texts
    links: Links
    signing_page: SigningPage
