"""recall-contract: a visit is planned anew; a contract for the old plan cannot be signed any more."""

from __future__ import annotations

from workers.domain.contracts import ContractKind
from workers.domain.errors import TenantMismatch
from workers.domain.gates import SETTLED
from workers.domain.states import AgreementState
from workers.domain.values import ContractStatus
from workers.journey.contract import OrderInput
from workers.journey.signing import record_status
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signatures
from workers.runtime import Context, TaskOutput, task


class Output(TaskOutput):
    """Whether the contract counts as settled after all: who was quicker than the recall has signed."""

    contract_settled: bool


@task("recall-contract", raises=(TenantMismatch,), system="adobe-sign")
def recall_contract(data: OrderInput, ctx: Context, *, unit: UnitOfWork, signatures: Signatures) -> Output:
    """Does nothing for a contract that is signed, waived or not needed. A closing form is none of its business."""
    order = unit.orders.of(data)
    for agreement in unit.agreements.of_order(order.id):
        if agreement.open and agreement.kind == ContractKind.CUSTOMER.value:
            signatures.cancel(agreement.id, comment="The visit is planned anew")
            record_status(unit, order, agreement, signatures.get(agreement.id).status)
    for contract in unit.contracts.of_order(order.id):
        if contract.state is AgreementState.DRAFT:
            unit.contracts.save(contract.moved(AgreementState.VOIDED))
    settled = unit.orders.of(data).contract_status in SETTLED - {ContractStatus.NOT_NEEDED}
    return Output(contract_settled=settled)
