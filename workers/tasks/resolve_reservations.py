"""resolve-reservations: what the quality team agreed with the customer, reservation by reservation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator

from workers.domain import closing, facts
from workers.domain.closing import Outcome, Reservation, Resolution, ResolutionAction
from workers.domain.errors import ResolutionInvalid, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import WCF, WcfState
from workers.domain.values import CauseOwner
from workers.journey.contract import Blank, OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

RESERVE_RESOLVED = "contracts.wcf.reserve_resolved"


class Row(TaskInput):
    """A row of the form `resolve-wcf-dispute`: its number or its words tell which reservation it is about."""

    reservation: str = ""
    action: Blank[ResolutionAction] = None
    cause: Annotated[CauseOwner, BeforeValidator(lambda value: value or CauseOwner.UNKNOWN)] = CauseOwner.UNKNOWN
    amount: Blank[Decimal] = None
    text: Blank[str] = None


class Review(TaskInput):
    """The form."""

    resolutions: list[Row] | None = None


class Input(OrderInput):
    """The signed form and what was decided about it."""

    wcf_id: UUID
    wcf_review: Review


class Output(TaskOutput):
    """How the form ends."""

    wcf_result: Outcome


@task("resolve-reservations", raises=(ResolutionInvalid, TenantMismatch))
def resolve_reservations(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Every reservation has one resolution, compensations are above zero and never more than the order cost (with what was agreed
    before). Settled ones make the form RESOLVED; one that is mended stays open until the rework is accepted.
    """
    order = unit.orders.of(data)
    form = unit.wcfs.get(data.wcf_id)
    found = _resolved(form.reservations, data.wcf_review.resolutions or [])
    _bounded(unit, order, form.id, closing.compensation(found))
    result = closing.outcome(found)
    form = replace(form, reservations=found)
    if result is Outcome.ACCEPTED and WCF.allows(form.state, WcfState.RESOLVED):
        form = form.moved(WcfState.RESOLVED)
    unit.wcfs.save(form)
    # By its number: the customer's words may name people.
    actions = {str(n): item.resolution.action.value for n, item in enumerate(found, start=1) if item.resolution}
    for number, action in actions.items():
        told = {"wcfId": str(form.id), "reservation": number, "action": action}
        unit.announce(facts.of_order(order, RESERVE_RESOLVED, **told))
    paid_back = float(closing.compensation(found))
    unit.orders.note(
        order, "reservations resolved", wcf=form.number, actions=list(actions.values()), compensation=paid_back
    )
    return Output(wcf_result=result)


def _resolved(found: Sequence[Reservation], rows: Sequence[Row]) -> tuple[Reservation, ...]:
    """Rows are matched by number or words first; what is left over goes in the order of the form."""
    left = [row for row in rows if row.action is not None]
    matched: dict[int, Row] = {}
    for number, item in enumerate(found, start=1):
        mine = [row for row in left if row.reservation.strip() in (str(number), item.description)]
        if mine:
            matched[number] = mine[0]
            left.remove(mine[0])
    missing = [number for number in range(1, len(found) + 1) if number not in matched]
    if len(left) < len(missing):
        number = missing[len(left)]
        raise ResolutionInvalid(f"Reservation {number} has no resolution: {found[number - 1].description}")
    if len(left) > len(missing):
        raise ResolutionInvalid(f"Expected one resolution for each of {len(found)} reservations, but there are more")
    matched |= dict(zip(missing, left, strict=True))
    return tuple(replace(item, resolution=_resolution(n, matched[n])) for n, item in enumerate(found, start=1))


def _resolution(number: int, row: Row) -> Resolution:
    action = row.action or ResolutionAction.ESCALATED
    amount = row.amount if action is ResolutionAction.COMPENSATION else None
    if action is ResolutionAction.COMPENSATION and not (amount and amount.is_finite() and amount > 0):
        raise ResolutionInvalid(f"The compensation for reservation {number} has to be above zero")
    return Resolution(action, row.cause, amount.quantize(Decimal("0.01")) if amount else None, row.text or "")


def _bounded(unit: UnitOfWork, order: ServiceOrder, form_id: UUID, amount: Decimal) -> None:
    before = sum(
        (closing.compensation(form.reservations) for form in unit.wcfs.of_order(order.id) if form.id != form_id),
        Decimal(0),
    )
    if amount + before > order.total:
        raise ResolutionInvalid(
            f"Expected compensations of at most {order.total} {order.country.currency}, but they are {amount + before}"
        )
