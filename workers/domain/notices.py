"""How a message goes to whom (domain brief 6.10). The table itself is the decision `NotificationPolicy`; this is what follows
from its answer: which of the channels can be used, and when that is on the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from workers.domain.tenancy import Country
from workers.domain.values import Recipient

POLICY = "NotificationPolicy"
PREFERRED = "preferred"
# What a contract needs is told on one of these, in this order, whatever somebody opted out of.
LAST_CHANNELS = ("email", "sms")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The answer of the policy. Hours are on the clock of the order's country."""

    channels: tuple[str, ...]
    together: bool = True
    at_hour: float | None = None
    after: timedelta = timedelta(0)
    later: tuple[str, ...] = ()
    later_at_hour: float | None = None
    later_after: timedelta = timedelta(0)
    only_if_unread: bool = False
    keep_one: bool = False

    @classmethod
    def of(cls, output: Mapping[str, Any]) -> Way:
        """The decision's output; cells that are left empty count as not said."""
        return cls(
            channels=tuple(output.get("channels") or ()),
            together=bool(output.get("together")),
            at_hour=output.get("atHour"),
            after=timedelta(minutes=output.get("afterMinutes") or 0),
            later=tuple(output.get("laterChannels") or ()),
            later_at_hour=output.get("laterAtHour"),
            later_after=timedelta(minutes=output.get("laterAfterMinutes") or 0),
            only_if_unread=bool(output.get("onlyIfUnread")),
            keep_one=bool(output.get("keepOne")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Where somebody can be reached; a channel without an address is skipped.

    `unwanted` are channels this person opted out of, `dead` those whose address has bounced.
    """

    recipient: Recipient
    addresses: Mapping[str, str]
    language: str | None = None
    preferred: str | None = None
    unwanted: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()
    no_surveys: bool = False

    def __repr__(self) -> str:
        """Without the addresses."""
        return f"Addressee({self.recipient}, {sorted(self.addresses)})"

    def reachable(self, channels: Iterable[str]) -> tuple[str, ...]:
        """Those of the channels that can and may be used, in order, each once."""
        wanted = (self.preferred if channel == PREFERRED else channel for channel in channels)
        usable = (c for c in wanted if c and c in self.addresses and c not in self.unwanted | self.dead)
        return tuple(dict.fromkeys(usable))

    def last_resort(self) -> tuple[str, ...]:
        """The one channel a contract keeps open."""
        return tuple(c for c in LAST_CHANNELS if c in self.addresses and c not in self.dead)[:1]


class Leg(NamedTuple):
    """Channels that go at one time: all of them, or the first that works. `due` is None for now."""

    channels: tuple[str, ...]
    together: bool
    due: datetime | None = None
    only_if_unread: bool = False


class Plan(NamedTuple):
    """What happens to one message for one person. No legs: nobody is reached, or nobody wants it."""

    legs: tuple[Leg, ...]
    keep_one: bool
    wanted: bool

    def starts(self, now: datetime) -> datetime:
        """When the first channel goes."""
        return min((leg.due or now for leg in self.legs), default=now)


def local_hour(now: datetime, country: Country) -> float:
    """What the clock of the country shows, minutes as a fraction: 21.5 is half past nine in the evening."""
    local = country.local(now)
    return round(local.hour + local.minute / 60, 4)


def plan(way: Way, to: Addressee, *, now: datetime, country: Country, only: str | None = None) -> Plan:
    """Which channels go when. A model that names one channel gets it if it can be used, at the time the policy has for it."""
    first_due = _due(way.at_hour, way.after, now, country)
    later_due = _due(way.later_at_hour, way.later_after, first_due or now, country)
    legs: tuple[Leg, ...] = (
        Leg(to.reachable(way.channels), way.together, first_due),
        Leg(to.reachable(way.later), True, later_due, way.only_if_unread),
    )
    if only is not None and to.reachable((only,)):
        legs = (Leg((only,), True, later_due if only in way.later else first_due),)
    elif way.keep_one and not any(leg.channels for leg in legs):
        legs = tuple(Leg((c,), True, later_due if c in way.later else first_due) for c in to.last_resort())
    return Plan(tuple(leg for leg in legs if leg.channels), way.keep_one, bool(way.channels or way.later))


def _due(hour: float | None, after: timedelta, now: datetime, country: Country) -> datetime | None:
    """The next time the country's clock shows `hour`, or `after` from now; None for at once."""
    if hour is None:
        return now + after if after else None
    at = time(int(hour), round(hour % 1 * 60))
    today = country.at(country.day(now), at)
    return today if today > now else country.at(country.day(now) + timedelta(days=1), at)
