"""Where the links of messages lead: pages for customers and providers, and Tasklist for operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from workers.domain.passes import FOR_CUSTOMERS, Opens, Passes

# What a page is called in the portal of somebody who has one of their own and knows its users.
PATHS: Mapping[Opens, str] = {
    Opens.ORDER: "orders",
    Opens.CUSTOMER_DATES: "dates",
    Opens.OFFER: "offers",
    Opens.PROVIDER_DATES: "dates",
    Opens.VISIT: "visits",
    Opens.PRO_FORMA: "pro-formas",
    Opens.WORK: "documents",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses pages begin with. With `passes` they lead to our own pages, else into portals that know their users."""

    customer: str
    provider: str
    tasklist: str
    operate: str | None = None
    desk: str | None = None
    passes: Passes | None = None

    def to(self, opens: Opens, key: UUID | None, *verb: str, since: datetime, owner: object = "") -> str:
        """A page for a customer or a provider. `since`: from when on its pass lasts; `owner`: whose it is (a provider's id)."""
        base = self.customer if opens in FOR_CUSTOMERS else self.provider
        if self.passes is not None and key is not None:
            return _page(base, (self.passes.make(opens, key, since=since, owner=owner), *verb))
        return _page(base, (PATHS[opens], *([key] if key is not None and opens is not Opens.WORK else []), *verb))

    def to_task(self, task: object) -> str:
        """A user task in Tasklist."""
        return _page(self.tasklist, (task,))

    def to_desk(self, order: object = "") -> str:
        """An order on our desk, which asks who its reader is; empty when nobody said where the desk is."""
        return _page(self.desk, ("desk", "orders", *([order] if order else []))) if self.desk else ""

    def to_instance(self, instance: object) -> str:
        """A process instance in Operate; empty when nobody said where Operate is."""
        return _page(self.operate, (instance,)) if self.operate else ""


def _page(base: str, path: tuple[object, ...]) -> str:
    return "/".join((base.rstrip("/"), *(quote(str(part), safe="") for part in path)))
