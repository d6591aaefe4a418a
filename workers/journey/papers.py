"""What is sent to be signed: a work closing form or a contract, of an order or of a provider. One face for the signing tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from workers.domain.closing import Agreement, WorkClosingForm
from workers.domain.contracts import Contract, ContractKind
from workers.domain.errors import NotKnown, SignerAddressInvalid
from workers.domain.orders import ServiceOrder
from workers.domain.states import AgreementState
from workers.domain.tenancy import COUNTRIES
from workers.journey.contract import alive
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signer
from workers.runtime import Permanent, TaskInput


class PaperInput(TaskInput):
    """The order (none for a provider's contract), whose it should be, and the form or contract it is about."""

    service_order_id: UUID | None = None
    country_code: str
    bu_code: str
    wcf_id: UUID | None = None
    contract_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Scope:
    service_order_id: UUID
    country_code: str
    bu_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A form or a contract, with its order if it has one."""

    kind: str
    number: str
    external_id: str
    locale: str
    country_code: str
    bu_code: str
    order: ServiceOrder | None = None
    wcf: WorkClosingForm | None = None
    contract: Contract | None = None

    @property
    def document_ref(self) -> str | None:
        """Where its document is."""
        paper = self.wcf or self.contract
        return paper.document_ref if paper else None

    def note(self, unit: UnitOfWork, what: str, **detail: Any) -> None:
        """A line in the order's timeline; a provider's contract keeps its own moments."""
        if self.order is not None:
            unit.orders.note(self.order, what, **detail)


def paper_of(unit: UnitOfWork, data: PaperInput, *, living: bool = False) -> Paper:
    """The paper a task is about, of the tenant the task believes in. `living`: not of an order that is being cancelled."""
    order = _order(unit, data, living=living)
    if data.contract_id is not None:
        return _of_contract(unit, data, unit.contracts.get(data.contract_id), order)
    if data.wcf_id is None or order is None:
        raise Permanent("Expected the id of a work closing form or of a contract, but neither is set")
    form = unit.wcfs.get(data.wcf_id)
    _same(form.id, form.order_id, order)
    return Paper(
        kind="WCF",
        number=form.number,
        external_id=f"wcf-{form.id}",
        locale=order.customer.language or order.country.locale,
        country_code=order.country_code,
        bu_code=order.bu_code,
        order=order,
        wcf=form,
    )


def agreement_of(unit: UnitOfWork, data: PaperInput, agreement_id: str) -> tuple[Paper, Agreement]:
    """An agreement with the paper it is about; `NotKnown` when it belongs to another order."""
    agreement = unit.agreements.get(agreement_id)
    named = data.model_copy(update={"wcf_id": agreement.wcf_id, "contract_id": agreement.contract_id})
    return paper_of(unit, named), agreement


def signers(unit: UnitOfWork, paper: Paper) -> tuple[Signer, ...]:
    """Who signs, in order: the customer; or the provider and then whoever signs for us."""
    if paper.contract is None or paper.contract.kind is ContractKind.CUSTOMER:
        customer = paper.order.customer if paper.order else None
        if customer is None or not customer.email:
            raise SignerAddressInvalid("The customer has no e-mail address to sign with")
        return (Signer(email=customer.email, name=customer.name),)
    provider = unit.providers.get(paper.contract.provider_id) if paper.contract.provider_id else None
    ours = unit.references.signatory(paper.country_code, paper.bu_code)
    if provider is None or not provider.email:
        raise SignerAddressInvalid("The provider has no e-mail address to sign with")
    if ours is None:
        raise SignerAddressInvalid(f"Nobody is entered who signs for {paper.bu_code}")
    return (Signer(email=provider.email, name=provider.name), Signer(email=ours[1], name=ours[0], order=2))


def with_address(unit: UnitOfWork, paper: Paper, email: str | None) -> Paper:
    """The paper after an operator corrected the customer's address."""
    if not email or paper.order is None:
        return paper
    order = unit.orders.save(replace(paper.order, customer=replace(paper.order.customer, email=email)))
    unit.orders.note(order, "corrected by an operator", fields=["email"])
    return replace(paper, order=order)


def draft(unit: UnitOfWork, paper: Paper, agreement_id: str, *, expires_at: datetime) -> Agreement:
    """The agreement of a paper as it is kept before anybody can recall it."""
    return Agreement(
        id=agreement_id,
        order_id=paper.order.id if paper.order else None,
        country_code=paper.country_code,
        bu_code=paper.bu_code,
        kind=paper.kind,
        wcf_id=paper.wcf.id if paper.wcf else None,
        contract_id=paper.contract.id if paper.contract else None,
        sent_at=unit.now,
        expires_at=expires_at,
        updated_at=unit.now,
        state=AgreementState.DRAFT,
    )


def _order(unit: UnitOfWork, data: PaperInput, *, living: bool) -> ServiceOrder | None:
    if data.service_order_id is None:
        return None
    order = unit.orders.of(_Scope(data.service_order_id, data.country_code, data.bu_code))
    return alive(order) if living else order


def _of_contract(unit: UnitOfWork, data: PaperInput, contract: Contract, order: ServiceOrder | None) -> Paper:
    if contract.order_id is not None:
        _same(contract.id, contract.order_id, order)
    locale = order.customer.language or order.country.locale if order else _locale(contract.country_code)
    return Paper(
        kind=contract.kind.value,
        number=contract.number,
        external_id=f"contract-{contract.id}",
        locale=locale,
        country_code=contract.country_code,
        bu_code=contract.bu_code,
        order=order,
        contract=contract,
    )


def _locale(country_code: str) -> str:
    return COUNTRIES[country_code].locale


def _same(child: UUID, order_id: UUID, order: ServiceOrder | None) -> None:
    if order is None or order.id != order_id:
        raise NotKnown(f"Expected {child} to belong to the order of this task, but it belongs to another")
