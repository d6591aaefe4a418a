"""How a message goes to whom (domain brief 6.10). Addresses are read when it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from workers.domain.tenancy import Country
from workers.domain.values import Recipient

QUIET_FROM, QUIET_UNTIL = 21, 8


class NoticeClass(StrEnum):
    """Kinds of messages that travel alike."""

    OFFER = "OFFER"
    APPOINTMENT = "APPOINTMENT"
    SIGNATURE_REQUEST = "SIGNATURE_REQUEST"
    DAY_OF_VISIT = "DAY_OF_VISIT"
    CANCELLATION = "CANCELLATION"
    OPERATOR_ALERT = "OPERATOR_ALERT"
    MONEY = "MONEY"
    SURVEY = "SURVEY"


N = NoticeClass


class Way(NamedTuple):
    """A row of the policy: None matches anything; channels are tried left to right, the joined ones go together."""

    notice: NoticeClass | None
    recipient: Recipient | None
    urgent: bool | None
    quiet: bool | None
    channels: tuple[str, ...]
    joined: bool = True


R = Recipient
# First match wins. In quiet hours only what makes no noise goes out.
POLICY: tuple[Way, ...] = (
    Way(N.OFFER, R.PROVIDER, True, None, ("push", "sms")),
    Way(N.OFFER, R.PROVIDER, False, None, ("push", "email")),
    Way(N.SIGNATURE_REQUEST, R.CUSTOMER, None, False, ("email", "sms")),
    Way(N.SIGNATURE_REQUEST, R.CUSTOMER, None, True, ("email", "sms"), joined=False),
    Way(N.APPOINTMENT, R.CUSTOMER, None, True, ("email", "sms"), joined=False),
    Way(N.APPOINTMENT, R.CUSTOMER, None, False, ("preferred", "sms", "email"), joined=False),
    Way(N.DAY_OF_VISIT, R.CUSTOMER, None, None, ("sms", "email"), joined=False),
    Way(N.DAY_OF_VISIT, R.PROVIDER, None, None, ("sms", "push")),
    Way(N.CANCELLATION, R.CUSTOMER, None, None, ("email", "sms")),
    Way(N.CANCELLATION, R.PROVIDER, None, None, ("email", "sms")),
    Way(N.OPERATOR_ALERT, R.OPERATOR, True, None, ("in-app", "email")),
    Way(None, R.OPERATOR, None, None, ("in-app",)),
    Way(None, R.STORE, None, None, ("email",)),
    Way(N.SURVEY, R.CUSTOMER, None, None, ("preferred", "email", "sms"), joined=False),
    Way(None, None, None, None, ("email", "sms"), joined=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Where somebody can be reached; a channel without an address is skipped."""

    recipient: Recipient
    addresses: Mapping[str, str]
    language: str | None = None
    preferred: str | None = None

    def __repr__(self) -> str:
        """Without the addresses."""
        return f"Addressee({self.recipient}, {sorted(self.addresses)})"


def quiet(now: datetime, country: Country) -> bool:
    """Whether it is night on the country's clock."""
    hour = country.local(now).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def way(notice: NoticeClass, recipient: Recipient, *, urgent: bool, in_quiet_hours: bool) -> Way:
    """The first row of the policy that matches."""
    asked = (notice, recipient, urgent, in_quiet_hours)
    return next(row for row in POLICY if all(cell in (None, value) for cell, value in zip(row[:4], asked, strict=True)))


def channels(
    notice: NoticeClass, to: Addressee, *, urgent: bool, in_quiet_hours: bool, only: str | None = None
) -> tuple[str, ...]:
    """The channels this message takes to this addressee; empty when there is no way to reach them.

    A model that names one channel gets it if there is an address, else what the policy says.
    """
    if only and only in to.addresses:
        return (only,)
    row = way(notice, to.recipient, urgent=urgent, in_quiet_hours=in_quiet_hours)
    wanted = [to.preferred if channel == "preferred" else channel for channel in row.channels]
    reachable = tuple(dict.fromkeys(channel for channel in wanted if channel and channel in to.addresses))
    return reachable if row.joined else reachable[:1]
