"""Where the links of messages lead: pages for customers and providers, and Tasklist for operators."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses pages begin with."""

    customer: str
    provider: str
    tasklist: str
    operate: str | None = None

    def to_customer(self, *path: object) -> str:
        """A page for a customer."""
        return _page(self.customer, path)

    def to_provider(self, *path: object) -> str:
        """A page for a provider."""
        return _page(self.provider, path)

    def to_task(self, task: object) -> str:
        """A user task in Tasklist."""
        return _page(self.tasklist, (task,))

    def to_instance(self, instance: object) -> str:
        """A process instance in Operate; empty when nobody said where Operate is."""
        return _page(self.operate, (instance,)) if self.operate else ""


def _page(base: str, path: tuple[object, ...]) -> str:
    return "/".join((base.rstrip("/"), *(quote(str(part), safe="") for part in path)))
