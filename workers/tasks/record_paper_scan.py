"""record-paper-scan: a work closing form or a contract was signed on paper; its checked scan is the evidence."""

from __future__ import annotations

from dataclasses import replace

from workers.domain import facts
from workers.domain.closing import WorkClosingForm
from workers.domain.contracts import Contract
from workers.domain.errors import ScanNotUsable, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import WCF, AgreementState, WcfState
from workers.domain.values import Severity
from workers.journey import papers
from workers.journey.contract import Blank
from workers.journey.papers import PaperInput
from workers.journey.scans import Scan, Scans
from workers.journey.signing import contract_ended
from workers.ports.documents import DocumentStore, PageCounter
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task


class Chase(TaskInput):
    """The code of the scan an operator names in the forms `chase-wcf` and `chase-contract`, and how many pages were signed."""

    scan_ref: Blank[str] = None
    scan_pages: float | None = None


class Input(PaperInput):
    """The form or contract that was signed on paper."""

    chase: Chase


@task("record-paper-scan", raises=(ScanNotUsable, TenantMismatch), system="documents")
def record_paper_scan(
    data: Input, ctx: Context, *, unit: UnitOfWork, documents: DocumentStore, counter: PageCounter
) -> None:
    """A form counts as signed without reservations (S37): what a customer wrote on paper an operator opens as a claim."""
    paper = papers.paper_of(unit, data, living=True)
    if paper.order is None:
        raise ScanNotUsable("Expected a paper of an order: a provider signs electronically")
    code, pages = data.chase.scan_ref, data.chase.scan_pages
    if code is None or pages is None:
        raise ScanNotUsable("Expected the code of a scan and its number of pages, but one is missing")
    scan = Scans(documents, counter).find(paper.order.id, code, pages=pages)
    if paper.contract is not None:
        _contract_signed(unit, paper.contract, scan)
    elif paper.wcf is not None and paper.wcf.scan_ref != scan.reference:
        _form_signed(unit, paper.order, paper.wcf, scan)


def _contract_signed(unit: UnitOfWork, contract: Contract, scan: Scan) -> None:
    if contract.scan_ref != scan.reference:
        contract_ended(unit, unit.contracts.save(replace(contract, scan_ref=scan.reference)), AgreementState.SIGNED)


def _form_signed(unit: UnitOfWork, order: ServiceOrder, form: WorkClosingForm, scan: Scan) -> None:
    if WCF.allows(form.state, WcfState.SIGNED_NO_RESERVES):
        form = form.moved(WcfState.SIGNED_NO_RESERVES)
    unit.wcfs.save(replace(form, scan_ref=scan.reference, signed_at=form.signed_at or unit.now))
    worst = Severity.NONE.value
    unit.announce(facts.of_order(order, facts.WCF_SIGNED, wcfId=str(form.id), reservations=0, worst=worst))
    unit.orders.note(order, "closing form signed on paper", wcf=form.number, scan=scan.code, pages=scan.pages)
