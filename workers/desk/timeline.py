"""One order as a story: moves, messages, offers, visits and signatures in the order of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline."""

    at: datetime
    kind: str
    what: str
    who: str


def timeline_of(view: Any) -> list[Happening]:
    """Everything that happened to an order (`Reads.order`), the earliest first; ties keep the order of the parts."""
    parts = (_moves, _offers, _messages, _signatures)
    return sorted((happening for part in parts for happening in part(view)), key=lambda h: h.at)


# Notes that other parts of the timeline tell better.
_TOLD_ELSEWHERE = frozenset({"message sent", "offer sent", "offer accepted", "sent to be signed", "agreement closed"})
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|T\d\d:\d\d:")


def _moves(view: Any) -> Iterator[Happening]:
    for entry in view.timeline:
        reason = f" ({entry.reason})" if entry.reason else ""
        if entry.target:
            yield Happening(entry.at, "move", f"{entry.source or 'new'} → {entry.target}{reason}", entry.actor)
        elif entry.what not in _TOLD_ELSEWHERE:
            detail = ", ".join(f"{name} {value}" for name, value in entry.detail.items() if _telling(value))
            yield Happening(entry.at, "visit", f"{entry.what}{': ' if detail else ''}{detail}{reason}", entry.actor)


def _telling(value: Any) -> bool:
    """Ids and instants are for machines: `fsm orders show --json` has them."""
    return isinstance(value, str | int | float) and not isinstance(value, bool) and not _ID.search(str(value))


def _offers(view: Any) -> Iterator[Happening]:
    for offer in view.offers:
        yield Happening(offer["sent_at"], "offer", f"offer sent, score {offer['score']:g}", "platform")
        if offer["answered_at"]:
            yield Happening(offer["answered_at"], "offer", f"offer {offer['state'].lower()}", _answerer(offer["state"]))


def _answerer(state: str) -> str:
    return "provider" if state in ("ACCEPTED", "REJECTED") else "platform"


def _messages(view: Any) -> Iterator[Happening]:
    for sent in view.notifications:
        what = f"{sent['channel']} {sent['template']} to {sent['recipient']}"
        yield Happening(sent["sent_at"] or sent["created_at"], "message", what, "platform")


def _signatures(view: Any) -> Iterator[Happening]:
    for agreement in view.agreements:
        kind = agreement["kind"].replace("_", " ").lower()
        yield Happening(agreement["sent_at"], "signature", f"{kind} sent for signature", "platform")
        if agreement["closed_at"]:
            proof = f", sha256 {agreement['signed_sha256'][:12]}…" if agreement["signed_sha256"] else ""
            yield Happening(
                agreement["closed_at"], "signature", f"{kind} {agreement['state'].lower()}{proof}", "customer"
            )
