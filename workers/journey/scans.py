"""Scans of what was signed on paper: kept when they come, judged when an operator says which one counts."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

from workers.domain.errors import ScanNotUsable
from workers.ports.documents import DocumentStore, PageCounter
from workers.ports.errors import Refused

_CODE = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that was kept. `code` is what operators call it; it says nothing without its order."""

    code: str
    reference: str
    pages: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Scans:
    """The scans of all orders."""

    documents: DocumentStore
    counter: PageCounter

    def keep(self, order_id: UUID, content: bytes) -> Scan:
        """Stores a scan of an order, or a provider's document; the same bytes are the same scan.

        `ScanNotUsable` for what is no readable PDF.
        """
        pages = self._pages(content)
        digest = hashlib.sha256(content).hexdigest()
        code = digest[:12]
        return Scan(code, self.documents.put(_name(order_id, code), content), pages, digest)

    def find(self, order_id: UUID, code: str, *, pages: float) -> Scan:
        """A scan of this order that has all its pages; `ScanNotUsable` with what to do when it is none."""
        code = code.strip().lower()
        reference = self.documents.find(_name(order_id, code)) if _CODE.fullmatch(code) else None
        if reference is None:
            raise ScanNotUsable(
                f"There is no scan {code!r} of this order: upload it, then enter the code of the answer"
            )
        found = self._pages(self.documents.get(reference))
        if found != pages:
            raise ScanNotUsable(
                f"Expected {pages:g} pages, but scan {code} has {found}: scan every page, or correct the number"
            )
        return Scan(code, reference, found)

    def _pages(self, content: bytes) -> int:
        try:
            return self.counter.pages(content)
        except Refused as error:
            raise ScanNotUsable(f"Expected a PDF that opens without a password, but {error}") from error


def _name(order_id: UUID, code: str) -> str:
    return f"scans/{order_id}/{code}.pdf"
