"""The books of the emulated pod: invoices, holds, payments, attachments, and what it checks before it takes one in.

It checks what a pod checks first: business unit, supplier and site, the sum of the lines, a number that is not taken.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

UNITS: Mapping[str, str] = {
    "FR-HOME": "France Home",
    "ES-HOME": "Spain Home",
    "ES-DIY": "Spain DIY",
    "IT-HOME": "Italy Home",
    "PL-HOME": "Poland Home",
}
MAIN_SITE = "MAIN"
Row = dict[str, Any]


class RefusedError(Exception):
    """What is wrong with a request, in Fusion's shape: detail, code, path."""

    def __init__(self, detail: str, code: str, path: str) -> None:
        super().__init__(detail)
        self.detail, self.code, self.path = detail, code, path


class Books:
    """What the pod knows. `sites`: supplier number -> its sites; a supplier nobody named has the site `MAIN`."""

    def __init__(self) -> None:
        self.sites: dict[str, set[str]] = {}
        self.invoices: list[Row] = []
        self.holds: list[Row] = []
        self.payments: list[Row] = []
        self.attachments: list[Row] = []
        self._lock = threading.RLock()
        self._ids = count(300_100_000_000_001)

    def invoice(self, body: Mapping[str, Any]) -> Row:
        """Takes an invoice in."""
        with self._lock:
            self._check(body)
            made = {
                **{name: value for name, value in body.items() if name != "invoiceLines"},
                "InvoiceId": next(self._ids),
                # The id of the resource is opaque: nobody can guess it from InvoiceId.
                "_id": uuid4().hex.upper(),
                "Supplier": f"Supplier {body['SupplierNumber']}",
                "ValidationStatus": "Not validated",
                "PaidStatus": "Unpaid",
                "AmountPaid": 0,
                "CanceledFlag": False,
                "_lines": body["invoiceLines"],
            }
            self.invoices.append(made)
            return made

    def hold(self, body: Mapping[str, Any]) -> Row:
        """Puts a manual hold on an invoice."""
        with self._lock:
            held = [
                row
                for row in self.invoices
                if (row["InvoiceNumber"], row["Supplier"]) == (body["InvoiceNumber"], body["Supplier"])
            ]
            if not held:
                raise RefusedError("The invoice does not exist.", "AP-810241", "/InvoiceNumber")
            made = {**body, "HoldId": next(self._ids), "ReleaseName": None, "ReleaseReason": None}
            self.holds.append(made)
            return made

    def release(self, hold_id: int, body: Mapping[str, Any]) -> Row:
        """Releases a hold."""
        with self._lock:
            hold = next(row for row in self.holds if row["HoldId"] == hold_id)
            hold |= body
            return hold

    def pay(self, number: str, on: date) -> bool:
        """The payment run: pays an invoice in full unless it is held, paid or cancelled; whether it did."""
        with self._lock:
            for row in self.invoices:
                if row["InvoiceNumber"] == number and self._payable(row):
                    row |= {"PaidStatus": "Paid", "AmountPaid": row["InvoiceAmount"], "ValidationStatus": "Validated"}
                    payment = {"InvoiceNumber": number, "SupplierNumber": row["SupplierNumber"]}
                    payment |= {"PaymentNumber": next(self._ids), "PaymentAmount": row["InvoiceAmount"]}
                    self.payments.append(payment | {"PaymentDate": on.isoformat(), "VoidDate": None})
                    return True
            return False

    def _payable(self, row: Row) -> bool:
        mine = [
            hold for hold in self.holds if hold["InvoiceNumber"] == row["InvoiceNumber"] and not hold["ReleaseName"]
        ]
        return row["PaidStatus"] == "Unpaid" and not row["CanceledFlag"] and not mine

    def _check(self, body: Mapping[str, Any]) -> None:
        if body["BusinessUnit"] not in UNITS.values():
            raise RefusedError("The business unit is not valid.", "27014", "/BusinessUnit")
        sites = self.sites.get(body["SupplierNumber"], {MAIN_SITE})
        if body["SupplierSite"] not in sites:
            raise RefusedError("The supplier site is not valid or not a pay site.", "AP-810133", "/SupplierSite")
        lines = sum((Decimal(str(line["LineAmount"])) for line in body["invoiceLines"]), Decimal(0))
        if lines != Decimal(str(body["InvoiceAmount"])):
            raise RefusedError("The sum of the lines is not the invoice amount.", "AP-810502", "/InvoiceAmount")
        key = (body["InvoiceNumber"], body["SupplierNumber"])
        if any(
            (row["InvoiceNumber"], row["SupplierNumber"]) == key for row in self.invoices if not row["CanceledFlag"]
        ):
            raise RefusedError("A duplicate invoice number exists for this supplier.", "AP-810234", "/InvoiceNumber")
