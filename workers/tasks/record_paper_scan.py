"""record-paper-scan: the work closing form was signed on paper; its checked scan is the evidence."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain import facts
from workers.domain.errors import ScanNotUsable, TenantMismatch
from workers.domain.states import WCF, WcfState
from workers.domain.values import Severity
from workers.journey.contract import Blank, OrderInput, alive
from workers.journey.scans import Scans
from workers.ports.documents import DocumentStore, PageCounter
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task


class Chase(TaskInput):
    """The code of the scan an operator names in the form `chase-wcf`, and how many pages were signed."""

    scan_ref: Blank[str] = None
    scan_pages: float | None = None


class Input(OrderInput):
    """The form that was signed on paper."""

    wcf_id: UUID
    chase: Chase


@task("record-paper-scan", raises=(ScanNotUsable, TenantMismatch), system="documents")
def record_paper_scan(
    data: Input, ctx: Context, *, unit: UnitOfWork, documents: DocumentStore, counter: PageCounter
) -> None:
    """The form counts as signed without reservations (S37): what a customer wrote on paper an operator opens as a claim."""
    order = alive(unit.orders.of(data))
    code, pages = data.chase.scan_ref, data.chase.scan_pages
    if code is None or pages is None:
        raise ScanNotUsable("Expected the code of a scan and its number of pages, but one is missing")
    scan = Scans(documents, counter).find(order.id, code, pages=pages)
    form = unit.wcfs.get(data.wcf_id)
    if form.scan_ref == scan.reference:
        return
    if WCF.allows(form.state, WcfState.SIGNED_NO_RESERVES):
        form = form.moved(WcfState.SIGNED_NO_RESERVES)
    unit.wcfs.save(replace(form, scan_ref=scan.reference, signed_at=form.signed_at or unit.now))
    worst = Severity.NONE.value
    unit.announce(facts.of_order(order, facts.WCF_SIGNED, wcfId=str(form.id), reservations=0, worst=worst))
    unit.orders.note(order, "closing form signed on paper", wcf=form.number, scan=scan.code, pages=scan.pages)
