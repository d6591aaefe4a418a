"""Who opens a page: the pass in its address, checked against whose the thing is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from fastapi import Request

from workers.api.pages.words import Words, known
from workers.bootstrap import DeskReads, OrderFile, Platform
from workers.domain import passes
from workers.domain.callers import Kind
from workers.domain.messages import LANGUAGES, language_of
from workers.domain.passes import FOR_CUSTOMERS, Opens, Pass, Passes, PassRefused
from workers.domain.tenancy import COUNTRIES, Country
from workers.ports.clock import Clock
from workers.ports.identity import Owners

ROOTS: Mapping[bool, str] = {True: "/c", False: "/p"}
KINDS: Mapping[Opens, Kind] = {
    Opens.ORDER: Kind.ORDER,
    Opens.CUSTOMER_DATES: Kind.NEGOTIATION,
    Opens.OFFER: Kind.OFFER,
    Opens.PROVIDER_DATES: Kind.NEGOTIATION,
    Opens.VISIT: Kind.VISIT,
    Opens.PRO_FORMA: Kind.PRO_FORMA,
}


@dataclass(frozen=True)
class Visitor:
    """Somebody with a pass that holds. `provider` is whose pass it is; None for customers."""

    request: Request
    token: str
    shown: Pass
    country: Country
    provider: UUID | None
    order_id: UUID | None

    @property
    def platform(self) -> Platform:
        """The platform."""
        platform: Platform = self.request.app.state.platform
        return platform

    @property
    def root(self) -> str:
        """The address of this pass's page."""
        return f"{ROOTS[self.shown.opens in FOR_CUSTOMERS]}/{self.token}"

    @property
    def now(self) -> datetime:
        """What time it is for the journeys."""
        return self.platform.get(Clock).now()

    @cached_property
    def file(self) -> OrderFile:
        """The order it is about."""
        found = self.platform.get(DeskReads).file(self.order_id) if self.order_id else None
        if found is None:
            raise PassRefused("Expected a link to something that still exists, but it does not.")
        return found

    @cached_property
    def words(self) -> Words:
        """Of the language asked for, else the customer's, else the country's."""
        asked = self.request.query_params.get("lang", "")
        if asked in LANGUAGES:
            return Words(asked, self.country)
        own = self.file.order.customer.language if self.shown.opens in FOR_CUSTOMERS else None
        return Words(known(language_of(own, self.country.locale)), self.country)

    def pass_for(self, opens: Opens, key: UUID, *, since: datetime) -> str:
        """The address of another page of the same person."""
        made = self.platform.get(Passes).make(opens, key, since=since, owner=self.provider or "")
        return f"{ROOTS[opens in FOR_CUSTOMERS]}/{made}"


def visitor(request: Request, token: str, *opens: Opens) -> Visitor:
    """Whoever shows this pass. `PassRefused` unless it opens one of these, holds, and is for whom the thing belongs to now."""
    platform: Platform = request.app.state.platform
    shown = passes.read(token)
    if shown.opens not in opens:
        raise PassRefused("Expected a link to this kind of page, but it leads to another.")
    country, provider = _whose(platform, shown)
    owner: Any = "" if shown.opens in FOR_CUSTOMERS else provider
    platform.get(Passes).check(shown, owner=owner, now=platform.get(Clock).now())
    kind = KINDS.get(shown.opens)
    order_id = platform.get(DeskReads).order_id(kind, shown.key) if kind else None
    return Visitor(request, token, shown, COUNTRIES[country], provider, order_id)


def _whose(platform: Platform, shown: Pass) -> tuple[str, UUID | None]:
    """Country and provider of what a pass opens."""
    if shown.opens is Opens.WORK:
        work = platform.get(DeskReads).work_of(shown.key)
        if work is None:
            raise PassRefused("Expected a link to a provider we know, but there is none.")
        return work.country_code, shown.key
    owner = platform.get(Owners).owner(KINDS[shown.opens], shown.key)
    if owner is None:
        raise PassRefused("Expected a link to something that exists, but it does not.")
    if shown.opens in FOR_CUSTOMERS:
        return owner.country_code, None
    if owner.provider_id is None:
        raise PassRefused("Expected a link to something a provider has, but nobody has it.")
    return owner.country_code, owner.provider_id
