"""What writing to people takes: the service that sends, the texts, where links lead, and whom to ask how a message travels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from workers.domain.links import Links
from workers.ports.decisions import Decisions
from workers.ports.messaging import Messaging
from workers.ports.processes import Processes
from workers.ports.texts import Texts

# Agreement and e-mail address of a signer -> where that person signs. `Refused` when it is not their turn, or not any more.
SigningPage: TypeAlias = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The post room. `operators`: group of operators (`ops-FR`) -> channel -> address, beside their task list."""

    messaging: Messaging
    texts: Texts
    links: Links
    signing_page: SigningPage
    decisions: Decisions
    processes: Processes
    operators: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
