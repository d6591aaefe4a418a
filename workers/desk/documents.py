"""The documents of an order, by names people can say: `CTR-2026-000001`, and what was signed of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workers.bootstrap import OrderFile


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. `name` is unique within its order; `state` is where its signature stands."""

    name: str
    what: str
    state: str
    at: datetime | None
    reference: str


def papers_of(file: OrderFile) -> list[Paper]:
    """Contracts, work closing forms, what was signed of them, scans."""
    return [*_made(file), *_signed(file)]


def _made(file: OrderFile) -> Iterator[Paper]:
    for rows, what in ((file.contracts, "contract"), (file.wcfs, "work closing form")):
        for row in rows:
            if row["document_ref"]:
                yield Paper(row["number"], what, row["state"], row["created_at"], row["document_ref"])
            if row["scan_ref"]:
                yield Paper(f"{row['number']}-scan", f"{what}, scan of the paper", row["state"], None, row["scan_ref"])


def _signed(file: OrderFile) -> Iterator[Paper]:
    numbers = {row["id"]: row["number"] for row in (*file.contracts, *file.wcfs)}
    for row in file.view.agreements:
        number = _number(row, numbers)
        what = row["kind"].replace("_", " ").lower()
        if row["signed_ref"]:
            yield Paper(f"{number}-signed", f"{what}, signed", row["state"], row["closed_at"], row["signed_ref"])
        if row["audit_ref"]:
            yield Paper(f"{number}-audit", f"{what}, proof of signature", "", row["closed_at"], row["audit_ref"])


def _number(row: Any, numbers: Any) -> str:
    """Of the paper that was signed; two agreements about one paper are told apart by their ids."""
    return f"{numbers.get(row['contract_id'] or row['wcf_id'], 'agreement')}-{str(row['id'])[-6:]}"
