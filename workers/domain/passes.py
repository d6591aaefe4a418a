"""Passes: what a link in a message carries so that its reader needs no account. Nobody can guess or change one, and each ends.

    kind (1 byte)  what it opens, and for whom
    key (16)       the id of that
    until (4)      the second it ends
    seal (12)      of all of this and of whom it was made for

Whom it was made for is not written in it: it is looked up again when the pass is shown. A visit given to another provider
has another owner then, and the seal of the link its first provider has fits no more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from workers.domain.errors import DomainError

SEAL, LENGTH = 12, 33


class Opens(StrEnum):
    """What a pass opens."""

    ORDER = "o"  # the customer's order: where it stands, signing
    CUSTOMER_DATES = "c"  # a date the customer is asked about
    OFFER = "f"  # an offer to a provider
    PROVIDER_DATES = "p"  # a date the provider is asked about
    VISIT = "v"  # a visit of a provider
    PRO_FORMA = "i"
    WORK = "w"  # all offers and visits of a provider


FOR_CUSTOMERS = frozenset({Opens.ORDER, Opens.CUSTOMER_DATES})
# How long a pass lasts, from the moment of what it opens: an offer from its sending, an order from its sale.
LASTS: Mapping[Opens, timedelta] = {
    Opens.ORDER: timedelta(days=400),
    Opens.CUSTOMER_DATES: timedelta(days=14),
    Opens.OFFER: timedelta(days=14),
    Opens.PROVIDER_DATES: timedelta(days=14),
    Opens.VISIT: timedelta(days=400),
    Opens.PRO_FORMA: timedelta(days=120),
    Opens.WORK: timedelta(days=1),
}


class PassRefused(DomainError):
    """Expected a link that is valid now."""

    code = "PASS_REFUSED"


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass as it was shown; only `Passes.check` says whether it holds."""

    opens: Opens
    key: UUID
    until: datetime
    head: bytes = field(repr=False)
    seal: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passes:
    """Makes and checks passes. The first key seals; the others are older ones whose passes still hold."""

    keys: Sequence[bytes] = field(repr=False)

    def make(self, opens: Opens, key: UUID, *, since: datetime, owner: object) -> str:
        """The pass, 44 signs of an address. The same arguments make the same pass."""
        until = int((since + LASTS[opens]).timestamp())
        head = opens.value.encode() + key.bytes + until.to_bytes(4, "big")
        return base64.urlsafe_b64encode(head + _seal(self.keys[0], head, owner)).decode()

    def check(self, shown: Pass, *, owner: object, now: datetime) -> None:
        """Raises `PassRefused` unless it was made by us for this owner and has not ended."""
        if not any(hmac.compare_digest(_seal(key, shown.head, owner), shown.seal) for key in self.keys):
            raise PassRefused("Expected a link of ours for whom this belongs to now, but it is not.")
        if now >= shown.until:
            raise PassRefused("Expected a link that is still valid, but its time is over.")


def read(text: str) -> Pass:
    """What a pass says of itself. `PassRefused` for what is none."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        if len(raw) != LENGTH:
            raise ValueError(text)
        head, seal = raw[:-SEAL], raw[-SEAL:]
        until = datetime.fromtimestamp(int.from_bytes(head[17:], "big"), UTC)
        return Pass(Opens(head[:1].decode()), UUID(bytes=head[1:17]), until, head, seal)
    except (ValueError, OverflowError, OSError) as error:
        raise PassRefused("Expected a link of ours, but it is none.") from error


def _seal(key: bytes, head: bytes, owner: object) -> bytes:
    return hmac.new(key, head + str(owner or "").encode(), hashlib.sha256).digest()[:SEAL]
