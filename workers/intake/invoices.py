"""Answers about a pro forma: the provider signs or contests it, the ERP tells that it was paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.domain.errors import InvalidTransition
from workers.domain.orders import ServiceOrder
from workers.domain.payments import Contest, ProForma, ProFormaState
from workers.intake.answers import Answer
from workers.journey import paying
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

WAITING = timedelta(hours=48)
SIGNED, CONTESTED = "payment.invoice.signed", "payment.invoice.contested"


def answer_pro_forma(
    unit: UnitOfWork,
    invoice_id: UUID,
    *,
    accepted: bool,
    revision: int = 1,
    reason: str | None = None,
    proposed: Decimal | None = None,
) -> Answer:
    """The provider's answer; `InvalidTransition` (HTTP 409) unless this revision of the pro forma waits for one."""
    order, known = _pro_forma(unit, invoice_id)
    if known.state is not ProFormaState.SENT or known.revision != revision:
        raise InvalidTransition(
            f"Expected revision {revision} of pro forma {known.number} to wait for an answer,"
            f" but revision {known.revision} is {known.state}"
        )
    state = ProFormaState.SIGNED if accepted else ProFormaState.CONTESTED
    contest = None if accepted else Contest(reason or "", proposed)
    answered = unit.pro_formas.save(replace(known.moved(state), contest=contest, answered_at=unit.now))
    more = {} if accepted else {"reason": reason, "proposed": float(proposed) if proposed is not None else None}
    unit.announce(paying.of_invoice(order, answered, SIGNED if accepted else CONTESTED, **more))
    unit.orders.note(order, f"pro forma {state.lower()}", number=answered.number)
    # A revision is another question: its answer is another message.
    message_id = f"proforma-answered:{answered.id}:{answered.revision}"
    variables = {"proFormaAnswer": _told(answered)}
    return Answer(order, ProcessMessage("proforma-answered", str(answered.id), message_id, WAITING, variables))


def _told(answered: ProForma) -> dict[str, Any]:
    """What the journey has to know: how far apart both sides are, never more of the text than finance needs."""
    apart, share = answered.contest.difference(answered.total) if answered.contest else (Decimal(0), Decimal(0))
    return {
        "decision": answered.state.value,
        "reason": answered.contest.reason if answered.contest else None,
        "proposed": float(answered.contest.proposed) if answered.contest and answered.contest.proposed else None,
        "difference": float(apart),
        "differencePercent": float(share),
    }


def payment_answered(unit: UnitOfWork, invoice_id: UUID, result: Mapping[str, Any]) -> Answer:
    """What the ERP says about a payment; recorded by the journey, which waits for it."""
    order, known = _pro_forma(unit, invoice_id)
    unit.orders.note(order, "answer of the ERP", number=known.number, status=result.get("status"))
    return Answer(order, paying.completed_message(known.id, result))


def _pro_forma(unit: UnitOfWork, invoice_id: UUID) -> tuple[ServiceOrder, ProForma]:
    """Order first: it is locked, so the pro forma read afterwards is the newest."""
    order = unit.orders.get(unit.pro_formas.get(invoice_id).order_id)
    return order, unit.pro_formas.get(invoice_id)
