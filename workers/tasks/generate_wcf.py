"""generate-wcf: the document a customer signs after the work."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from workers.domain import ids
from workers.domain.closing import FORM_FIELDS, WorkClosingForm
from workers.domain.errors import TenantMismatch, WorkRecordIncomplete
from workers.domain.orders import ServiceOrder
from workers.domain.states import OrderState
from workers.domain.values import Completion
from workers.domain.visits import Execution
from workers.journey import notify
from workers.journey.contract import VisitInput, alive, visit_of
from workers.ports.documents import DocumentRequest, DocumentStore, Renderer
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

SERIES = "WCF"
# Printed by country; the fields a customer fills keep their names everywhere.
TITLES: Mapping[str, str] = {
    "FR": "Fiche de fin de travaux",
    "ES": "Parte de finalización de obra",
    "IT": "Verbale di fine lavori",
    "PL": "Protokół odbioru prac",
    "PT": "Folha de conclusão dos trabalhos",
}


class Input(VisitInput):
    """The work that was done."""

    execution_id: UUID
    wcf_template: str = "INSTALLATION"


class Output(TaskOutput):
    """The form and its document."""

    wcf_id: UUID
    document_ref: str


@task("generate-wcf", raises=(WorkRecordIncomplete, TenantMismatch), system="documents")
def generate_wcf(
    data: Input, ctx: Context, *, unit: UnitOfWork, renderer: Renderer, documents: DocumentStore
) -> Output:
    """Renders and stores the document. Each sending has its own form, so a signed one is never touched."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    execution = unit.executions.get(data.execution_id)
    if execution.checked_out_at is None or execution.completion_status is Completion.CANCELLED:
        raise WorkRecordIncomplete(f"Execution {execution.id} has no check-out", missing=["checkOut"])
    form = _form(unit, order, execution, data.wcf_template, ctx.key)
    content = renderer.render(_request(unit, order, execution, form))
    reference = documents.put(f"wcf/{form.id}.pdf", content)
    form = unit.wcfs.add(replace(form, document_ref=reference, sha256=hashlib.sha256(content).hexdigest()))
    unit.orders.note(order, "closing form made", wcf=form.number)
    if order.driven_by(visit.kind) and order.state is OrderState.IN_PROGRESS:
        unit.orders.move(order, OrderState.COMPLETED, reason="accepted although not everything was done")
    return Output(wcf_id=form.id, document_ref=reference)


def _form(unit: UnitOfWork, order: ServiceOrder, execution: Execution, template: str, key: str) -> WorkClosingForm:
    identity = ids.derived_id("wcf", key)
    earlier = [form for form in unit.wcfs.of_order(order.id) if form.execution_id == execution.id]
    return WorkClosingForm(
        id=identity,
        number=unit.numbers.issue(SERIES, identity, year=unit.now.year),
        sequence=len(earlier) + 1,
        visit_id=execution.visit_id,
        execution_id=execution.id,
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        template=template,
        created_at=unit.now,
        updated_at=unit.now,
    )


def _request(unit: UnitOfWork, order: ServiceOrder, execution: Execution, form: WorkClosingForm) -> DocumentRequest:
    """Made of what is stored and nothing else: the same form always gives the same bytes."""
    team = unit.providers.team(execution.team_id).name if execution.team_id else ""
    moments = {"Start": execution.checked_in_at, "End": execution.checked_out_at}
    on_site = {name: order.country.local(at).strftime("%Y-%m-%d %H:%M") for name, at in moments.items() if at}
    services = {line.line_id: f"{line.quantity:f} x {line.name}" for line in order.products if line.kind == "SERVICE"}
    return DocumentRequest(
        template=f"wcf-{form.template.lower()}",
        locale=order.customer.language or order.country.locale,
        title=f"{TITLES[order.country_code]} {form.number}",
        sections=(
            ("Order", {"Number": order.order_number, "Reference": order.external_order_id}),
            ("Customer", {"Name": order.customer.name, "Address": notify.address_line(order)}),
            ("Work", {**services, "Team": team, **on_site, "Result": execution.completion_status or ""}),
        ),
        form_fields=FORM_FIELDS,
    )
