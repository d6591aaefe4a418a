"""validate-contract-bundle: which orders one contract can cover."""

from __future__ import annotations

from uuid import UUID

from workers.domain.contracts import ContractKind, check_bundle
from workers.domain.errors import BundleInvalid, TenantMismatch
from workers.journey.papers import PaperInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Input(PaperInput):
    """The kind of contract, and the orders it should cover (the order alone when none are named)."""

    contract_type: ContractKind
    order_ids: list[UUID] | None = None


class Output(TaskOutput):
    """The orders it covers; none for a provider's contract."""

    contract_bundle: list[UUID]


@task("validate-contract-bundle", raises=(BundleInvalid, TenantMismatch))
def validate_contract_bundle(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Orders of one customer, sales system and business unit, of which none is signed elsewhere or begun."""
    if data.contract_type is ContractKind.PROVIDER or data.service_order_id is None:
        return Output(contract_bundle=[])
    wanted = dict.fromkeys([data.service_order_id, *(data.order_ids or [])])
    # Locked in the order of their ids: two bundles that share orders never wait for each other.
    orders = {order_id: unit.orders.get(order_id) for order_id in sorted(wanted)}
    check_bundle([orders[order_id] for order_id in wanted])
    return Output(contract_bundle=list(wanted))
