"""generate-contract: the document customers sign before the work, and providers before any work."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from workers.domain import ids
from workers.domain.contracts import Contract, ContractKind
from workers.domain.errors import NotKnown, TenantMismatch
from workers.domain.gates import SETTLED
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider
from workers.domain.states import CONTRACT, AgreementState
from workers.domain.tenancy import COUNTRIES
from workers.domain.values import ContractStatus
from workers.journey import notify
from workers.journey.contract import alive
from workers.journey.papers import PaperInput
from workers.ports.documents import DocumentRequest, DocumentStore, Renderer
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

SERIES = "CTR"
SIGNATURES: Mapping[ContractKind, int] = {ContractKind.CUSTOMER: 1, ContractKind.PROVIDER: 2}
TITLES: Mapping[str, Mapping[ContractKind, str]] = {
    "FR": {ContractKind.CUSTOMER: "Contrat de prestation", ContractKind.PROVIDER: "Contrat de partenariat"},
    "ES": {ContractKind.CUSTOMER: "Contrato de servicio", ContractKind.PROVIDER: "Contrato de colaboración"},
    "IT": {ContractKind.CUSTOMER: "Contratto di servizio", ContractKind.PROVIDER: "Contratto di collaborazione"},
    "PL": {ContractKind.CUSTOMER: "Umowa o wykonanie usługi", ContractKind.PROVIDER: "Umowa o współpracy"},
    "PT": {ContractKind.CUSTOMER: "Contrato de prestação", ContractKind.PROVIDER: "Contrato de parceria"},
}
Sections = tuple[tuple[str, Mapping[str, str]], ...]


class Input(PaperInput):
    """What the contract is about."""

    contract_type: ContractKind
    contract_template: str = "GENERIC"
    contract_bundle: list[UUID] | None = None
    provider_id: UUID | None = None


class Output(TaskOutput):
    """The contract's new version and its document."""

    contract_id: UUID
    contract_number: str
    contract_version: int
    document_ref: str


@task("generate-contract", raises=(TenantMismatch,), system="documents")
def generate_contract(
    data: Input, ctx: Context, *, unit: UnitOfWork, renderer: Renderer, documents: DocumentStore
) -> Output:
    """Each sending has its own version, so a signed one is never touched; an earlier one that ended is superseded."""
    if data.contract_type is ContractKind.CUSTOMER:
        contract, sections = _of_customer(unit, data, ctx.key)
    else:
        contract, sections = _of_provider(unit, data, ctx.key)
    content = renderer.render(_request(contract, sections))
    reference = documents.put(f"contracts/{contract.id}.pdf", content)
    contract = replace(contract, document_ref=reference, sha256=hashlib.sha256(content).hexdigest())
    unit.contracts.add(contract)
    return Output(
        contract_id=contract.id,
        contract_number=contract.number,
        contract_version=contract.sequence,
        document_ref=reference,
    )


def _of_customer(unit: UnitOfWork, data: Input, key: str) -> tuple[Contract, Sections]:
    if data.service_order_id is None:
        raise NotKnown("Expected the order of a customer's contract, but none is named")
    order = alive(unit.orders.get(data.service_order_id))
    bundle = tuple(data.contract_bundle or (order.id,))
    known = unit.contracts.of_order(order.id)
    contract = _version(
        unit, data, key, known, order_id=order.id, bundle=bundle, tenant=(order.country_code, order.bu_code)
    )
    covered = [order if order_id == order.id else alive(unit.orders.get(order_id)) for order_id in bundle]
    for item in covered:
        if item.contract_status not in SETTLED - {ContractStatus.NOT_NEEDED}:
            item = unit.orders.save(replace(item, contract_status=ContractStatus.PENDING))
        unit.orders.note(item, "contract made", contract=contract.number, version=contract.sequence)
    return contract, _sold(covered)


def _of_provider(unit: UnitOfWork, data: Input, key: str) -> tuple[Contract, Sections]:
    if data.provider_id is None:
        raise NotKnown("Expected the provider of a provider's contract, but none is named")
    provider = unit.providers.get(data.provider_id)
    tenant = (provider.country_code, provider.bu_code)
    known = unit.contracts.of_provider(provider.id)
    contract = _version(unit, data, key, known, provider_id=provider.id, tenant=tenant)
    return contract, _partner(provider)


def _version(
    unit: UnitOfWork,
    data: Input,
    key: str,
    known: list[Contract],
    *,
    tenant: tuple[str, str],
    order_id: UUID | None = None,
    provider_id: UUID | None = None,
    bundle: tuple[UUID, ...] = (),
) -> Contract:
    for earlier in known:
        if earlier.state is not AgreementState.SIGNED and CONTRACT.allows(earlier.state, AgreementState.SUPERSEDED):
            unit.contracts.save(earlier.moved(AgreementState.SUPERSEDED))
    identity = ids.derived_id("contract", key)
    return Contract(
        id=identity,
        number=unit.numbers.issue(SERIES, identity, year=unit.now.year),
        kind=data.contract_type,
        sequence=len(known) + 1,
        country_code=tenant[0],
        bu_code=tenant[1],
        template=data.contract_template,
        created_at=unit.now,
        updated_at=unit.now,
        order_id=order_id,
        provider_id=provider_id,
        bundle=bundle,
    )


def _sold(orders: list[ServiceOrder]) -> Sections:
    first = orders[0]
    numbers = {order.external_order_id: order.order_number for order in orders}
    lines = {
        f"{order.external_order_id}/{line.line_id}": f"{line.quantity:f} x {line.name}"
        for order in orders
        for line in order.products
    }
    total = sum(order.total for order in orders)
    money = {"Total": f"{total:.2f} {first.products[0].currency}"} if first.products else {}
    return (
        ("Order", numbers),
        ("Customer", {"Name": first.customer.name, "Address": notify.address_line(first)}),
        ("Work", lines | money),
    )


def _partner(provider: Provider) -> Sections:
    trades = {name: taste.value for name, taste in provider.preferences.items()}
    return (("Provider", {"Name": provider.name, "Rank": provider.rank.value}), ("Trades", trades))


def _request(contract: Contract, sections: Sections) -> DocumentRequest:
    """Made of what is stored and nothing else: the same version always gives the same bytes."""
    return DocumentRequest(
        template=f"contract-{contract.template.lower()}",
        locale=COUNTRIES[contract.country_code].locale,
        title=f"{TITLES[contract.country_code][contract.kind]} {contract.number}",
        sections=sections,
        signatures=SIGNATURES[contract.kind],
    )
