"""What a back office sends: scans of forms that were signed on paper."""

from __future__ import annotations

import hashlib
from uuid import UUID

from fastapi import APIRouter, Body, Request

from workers.bootstrap import Platform
from workers.journey.scans import Scans
from workers.ports.documents import DocumentStore, PageCounter

router = APIRouter(tags=["scans"])


@router.post("/orders/{order_id}/scans", status_code=201)
def upload(
    order_id: UUID, request: Request, content: bytes = Body(media_type="application/pdf")
) -> dict[str, str | int]:
    """Keeps a scan. Its code and its number of pages go into the form "Chase work closing form"; 422 when it is no usable PDF."""
    platform: Platform = request.app.state.platform
    scans = Scans(platform.get(DocumentStore), platform.get(PageCounter))
    key = f"scan:{order_id}:{hashlib.sha256(content).hexdigest()}"
    with platform.ledger.open(key, task_type="scan") as effect:
        if effect.stored is not None:
            return dict(effect.stored)
        order = effect.unit.orders.get(order_id)
        scan = scans.keep(order.id, content)
        effect.unit.orders.note(order, "scan uploaded", scan=scan.code, pages=scan.pages)
        told: dict[str, str | int] = {"scanRef": scan.code, "pages": scan.pages}
        effect.store(told)
    return told
