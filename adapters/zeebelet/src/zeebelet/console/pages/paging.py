"""Pages of long lists."""

from __future__ import annotations

from typing import NamedTuple

from zeebelet.records import JsonObject

SIZE = 50


class Paging(NamedTuple):
    """Which page of a list is shown, of how many rows."""

    number: int
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first row shown, from one."""
        return min(self.total, (self.number - 1) * self.size + 1)

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.total, self.number * self.size)


def page_number(text: str) -> int:
    """The number a reader asks for; anything else is the first page."""
    return max(1, int(text)) if text.isdigit() and len(text) < 10 else 1


def page_of(number: int, size: int = SIZE) -> JsonObject:
    """Returns the page of a search request."""
    return {"from": (number - 1) * size, "limit": size}
