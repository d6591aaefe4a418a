"""Our payables as Fusion's invoices, and its answers and errors in our words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from adapters import http
from adapters.oracle_fusion.settings import OracleFusionSettings
from workers.ports.erp import KnownPayable, Payable, PayableKey, PayableRefused, PayableStatus, Problem
from workers.ports.errors import Misconfigured, Refused, Unavailable

SYSTEM = "oracle-fusion"
ITEM = "application/vnd.oracle.adf.resourceitem+json"
ERROR_LIMIT = 1000
# The query language has no documented way to write a quote inside a value: such a key never gets there.
KEY = re.compile(r"[A-Za-z0-9 ._/-]{1,50}")
# What Fusion says when somebody was quicker with the same number; the code depends on the release, the words do not.
TWIN = re.compile(r"duplicate|already exists|must be unique", re.IGNORECASE)


def query_of(key: PayableKey) -> str:
    """The `q` that finds a payable. `Refused` for a key that cannot be put into one."""
    values = {"InvoiceNumber": key.number, "SupplierNumber": key.supplier}
    for name, value in values.items():
        if not KEY.fullmatch(value):
            raise Refused(f"Expected {name} of letters, digits and . _ / -, but it is not", system=SYSTEM)
    return " and ".join(f"{name}='{value}'" for name, value in values.items())


def invoice_of(payable: Payable, settings: OracleFusionSettings) -> dict[str, Any]:
    """The body of `POST /invoices`. Amounts are numbers with two decimals at most."""
    unit = settings.business_units.get(payable.bu_code)
    if unit is None:
        known = ", ".join(sorted(settings.business_units)) or "none"
        raise Misconfigured(
            f"Expected a business unit of Fusion for {payable.bu_code}, but business_units names {known}",
            system=SYSTEM,
            reference=payable.key.number,
        )
    return {
        "InvoiceNumber": payable.key.number,
        "InvoiceCurrency": payable.currency,
        "InvoiceAmount": float(payable.total),
        "InvoiceDate": payable.invoice_date.isoformat(),
        "TermsDate": payable.invoice_date.isoformat(),
        "BusinessUnit": unit,
        "SupplierNumber": payable.key.supplier,
        "SupplierSite": payable.site,
        "InvoiceSource": settings.invoice_source,
        "InvoiceGroup": payable.bu_code,
        "Description": payable.description[:240],
        "invoiceLines": _lines(payable),
    }


def _lines(payable: Payable) -> list[dict[str, Any]]:
    coded = {"TaxClassification": payable.tax_code, "DistributionCombination": payable.account}
    extra = {name: value for name, value in coded.items() if value}
    rows = [
        {"LineNumber": number, "LineType": "Item", "LineAmount": float(line.amount), "Description": line.text, **extra}
        for number, line in enumerate(payable.lines, start=1)
    ]
    if payable.tax:
        rows.append({"LineNumber": len(rows) + 1, "LineType": "Tax", "LineAmount": float(payable.tax), **extra})
    return rows


def known_of(item: Mapping[str, Any], *, held: bool, payment: Mapping[str, Any] | None = None) -> KnownPayable:
    """A payable as Fusion tells it; `held` is whether a hold of ours is on it, `payment` the newest one that counts."""
    return KnownPayable(
        erp_id=str(item["InvoiceId"]),
        key=PayableKey(str(item["InvoiceNumber"]), str(item["SupplierNumber"])),
        status=_status(item, held=held),
        total=Decimal(str(item["InvoiceAmount"])).quantize(Decimal("0.01")),
        currency=str(item["InvoiceCurrency"]),
        paid_at=_day((payment or {}).get("PaymentDate")),
        reference=_text((payment or {}).get("PaymentNumber")),
    )


def is_cancelled(item: Mapping[str, Any]) -> bool:
    """Whether an invoice was cancelled. Flags are JSON booleans, of older releases "Y" and "N"."""
    return item.get("CanceledFlag") in (True, "Y") or str(item.get("ValidationStatus", "")).lower() == "canceled"


def _status(item: Mapping[str, Any], *, held: bool) -> PayableStatus:
    if is_cancelled(item):
        return PayableStatus.CANCELLED
    if str(item.get("PaidStatus", "")).lower() in ("paid", "fully paid"):
        return PayableStatus.PAID
    return PayableStatus.HELD if held else PayableStatus.OPEN


def _day(value: object) -> datetime | None:
    """A payment's date; a value that is none does not spoil the rest."""
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC) if value else None
    except ValueError:
        return None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def items_of(response: httpx.Response) -> list[Mapping[str, Any]]:
    """The rows of a collection. `Unavailable` when a gateway answered something else in between."""
    body = _json(response)
    found = body.get("items") if isinstance(body, Mapping) else None
    if not isinstance(found, list):
        raise Unavailable("Expected a collection of items, but the service answered something else", system=SYSTEM)
    return [row for row in found if isinstance(row, Mapping)]


def item_of(response: httpx.Response) -> Mapping[str, Any]:
    """One resource. `Unavailable` when it is none: it may have been made, the repeat looks it up."""
    body = _json(response)
    if not isinstance(body, Mapping) or "links" not in body:
        raise Unavailable("Expected a resource, but the service answered something else", system=SYSTEM)
    return body


def self_of(item: Mapping[str, Any]) -> str:
    """The address of a resource: its id is opaque, it is taken from `links` and never built."""
    for link in item.get("links") or ():
        if link.get("rel") == "self":
            return str(link["href"])
    raise Unavailable("Expected a link to the resource itself, but there is none", system=SYSTEM)


def checked(response: httpx.Response, *, reference: str) -> httpx.Response:
    """The response when it is a success. A 400 (and a 500 that names errors: some refusals come as one) is `PayableRefused`."""
    if response.is_success:
        return response
    found = problems(response)
    if response.status_code in (400, 422) or (response.status_code == 500 and any(p.code for p in found)):
        told = "; ".join(problem.text for problem in found)[:ERROR_LIMIT] or f"status {response.status_code}"
        raise PayableRefused(f"Oracle Fusion refused: {told}", problems=found, reference=reference)
    detail = found[0].code if found else ""
    return http.raise_for_status(response, system=SYSTEM, reference=reference, detail=detail)


def problems(response: httpx.Response) -> list[Problem]:
    """What an error says: JSON details, else its text, cut."""
    body = _json(response)
    if isinstance(body, Mapping):
        details = body.get("o:errorDetails")
        rows = [row for row in details if isinstance(row, Mapping)] if isinstance(details, list) else []
        found = [
            Problem(
                text=str(row.get("detail", ""))[:ERROR_LIMIT],
                code=str(row.get("o:errorCode", "")),
                path=str(row.get("o:errorPath", "")),
            )
            for row in rows
        ]
        return found or [Problem(text=str(body.get("detail") or body.get("title") or "")[:ERROR_LIMIT])]
    text = response.text.strip()[:ERROR_LIMIT]
    return [Problem(text=text)] if text else []


def is_twin(refusal: PayableRefused) -> bool:
    """Whether the refusal says that the invoice is there already."""
    return any(TWIN.search(problem.text) for problem in refusal.problems)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
