"""Payables of Oracle Fusion over its ERP REST API."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from adapters.oracle_fusion import wire
from adapters.oracle_fusion.session import FusionSession
from adapters.oracle_fusion.settings import OracleFusionSettings
from workers.ports.erp import KnownPayable, Payable, PayableKey, PayableRefused
from workers.ports.errors import Conflict, NotFound


class OracleFusion:
    """Implements `workers.ports.erp.Payables`. Safe to share between threads.

    Fusion has no idempotency header: what was made is found again by its invoice number and supplier, before every post, and
    after a refusal that speaks of a twin.
    """

    def __init__(self, settings: OracleFusionSettings, *, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._session = FusionSession(settings, transport=transport)

    def create(self, payable: Payable) -> KnownPayable:
        """Makes it, or finds the one with the same key."""
        body = wire.invoice_of(payable, self._settings)
        found = self._item(payable.key)
        if found is None:
            try:
                answer = self._session.request("POST", "/invoices", reference=payable.key.number, json=body)
                return wire.known_of(wire.item_of(answer), held=False)
            except PayableRefused as refusal:
                found = self._item(payable.key) if wire.is_twin(refusal) else None
                if found is None:  # not ours: people have to look
                    raise
        return _same(wire.known_of(found, held=False), payable)

    def find(self, key: PayableKey) -> KnownPayable | None:
        """How it stands, with its payment."""
        item = self._item(key)
        if item is None:
            return None
        paid = _payment(self._session, key) if item.get("AmountPaid") else None
        return wire.known_of(item, held=bool(self._holds(key, item)), payment=paid)

    def hold(self, key: PayableKey, *, reason: str) -> None:
        """Blocks its payment by a manual hold of our name, unless there is one."""
        item = self._existing(key)
        if self._holds(key, item):
            return
        body = {"HoldName": self._settings.hold_name, "HoldReason": reason[:240], "InvoiceNumber": key.number}
        body |= {"BusinessUnit": item["BusinessUnit"], "Supplier": item["Supplier"]}
        self._session.request("POST", "/invoiceHolds", reference=key.number, json=body)

    def release(self, key: PayableKey, *, reason: str) -> None:
        """Ends our holds; others' stay."""
        body = {"ReleaseName": self._settings.release_name, "ReleaseReason": reason[:240]}
        for hold in self._holds(key, self._existing(key)):
            self._session.request("PATCH", wire.self_of(hold), reference=key.number, json=body)

    def attach(self, key: PayableKey, *, name: str, content: bytes) -> None:
        """Adds a file to the invoice's attachments, unless one of that name is there."""
        place = wire.self_of(self._existing(key)) + "/child/attachments"
        known = self._session.items(place, reference=key.number, onlyData="true")
        if any(row.get("FileName") == name for row in known):
            return
        body = {
            "DatatypeCode": "FILE",
            "FileName": name,
            "Title": name,
            "CategoryName": "From Supplier",
            "FileContents": base64.b64encode(content).decode(),
        }
        self._session.request("POST", place, reference=key.number, json=body)

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def __enter__(self) -> Self:
        """The adapter itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()

    def _existing(self, key: PayableKey) -> Mapping[str, Any]:
        item = self._item(key)
        if item is None:
            raise NotFound(
                f"Expected invoice {key.number} in Oracle Fusion, but there is none",
                system=wire.SYSTEM,
                reference=key.number,
            )
        return item

    def _item(self, key: PayableKey) -> Mapping[str, Any] | None:
        """The invoice that is not cancelled, else a cancelled one; None without any."""
        rows = self._session.items("/invoices", reference=key.number, q=wire.query_of(key), limit="10")
        # A query may fold case and blanks: the key that counts is ours.
        exact = [row for row in rows if (row["InvoiceNumber"], str(row["SupplierNumber"])) == tuple(key)]
        return min(exact, key=wire.is_cancelled, default=None)

    def _holds(self, key: PayableKey, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Our holds on an invoice that are not released. A hold names its supplier by name, not by number."""
        query = f"InvoiceNumber='{key.number}' and HoldName='{self._settings.hold_name}'"
        rows = self._session.items("/invoiceHolds", reference=key.number, q=query, limit="25")
        return [row for row in rows if not row.get("ReleaseName") and row.get("Supplier") == item.get("Supplier")]


def _same(known: KnownPayable, payable: Payable) -> KnownPayable:
    if (known.total, known.currency) == (payable.total, payable.currency):
        return known
    raise Conflict(
        f"Expected invoice {payable.key.number} of {payable.total} {payable.currency}, but Oracle Fusion has one of"
        f" {known.total} {known.currency}",
        system=wire.SYSTEM,
        reference=payable.key.number,
    )


def _payment(session: FusionSession, key: PayableKey) -> Mapping[str, Any] | None:
    """The newest payment that was not taken back."""
    finder = f"PaidInvoicesFinder;InvoiceNumber={key.number}"
    rows = session.items("/payablesPayments", reference=key.number, finder=finder, onlyData="true", limit="25")
    ours = [row for row in rows if str(row.get("SupplierNumber", key.supplier)) == key.supplier]
    good = [row for row in ours if not row.get("VoidDate")]
    return max(good, key=lambda row: str(row.get("PaymentDate", "")), default=None)
