"""send-notification: writes to customer, provider, operator or store; headers say which template to whom."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.negotiations import DateNegotiation
from workers.domain.notices import TEMPLATES
from workers.domain.orders import ServiceOrder
from workers.domain.values import Recipient
from workers.journey import notify
from workers.journey.contract import OrderInput, visit_of
from workers.journey.going import Go
from workers.journey.notify import Notice
from workers.ports.messaging import Channel, Messaging
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskHeaders, task


class Input(OrderInput):
    """What the message is about."""

    visit_id: UUID | None = None
    offer_id: UUID | None = None
    negotiation_id: UUID | None = None
    wcf_id: UUID | None = None
    agreement_id: str | None = None
    go: Go | None = None


class Headers(TaskHeaders):
    """Set in the model."""

    template: str
    recipient: Recipient
    channel: Channel | None = None


@task("send-notification", raises=(TenantMismatch,), system="messaging")
def send_notification(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork, messaging: Messaging) -> None:
    """Addresses are read from the database now; each channel's message has a key of its own, so none goes out twice."""
    if headers.template not in TEMPLATES:
        raise Permanent(f"Unknown template {headers.template!r} in the task header; known are {', '.join(TEMPLATES)}")
    order = unit.orders.of(data)
    notify.send(unit, messaging, order, _notice(unit, order, data, headers), ctx.subkey)


def _notice(unit: UnitOfWork, order: ServiceOrder, data: Input, headers: Headers) -> Notice:
    visit = visit_of(unit, order, data.visit_id) if data.visit_id else None
    offer = unit.offers.get(data.offer_id) if data.offer_id else None
    provider = unit.providers.get(offer.provider_id) if offer else notify.provider_of(unit, order, visit)
    more = {"offerId": str(offer.id)} if offer else {}
    if data.negotiation_id:
        more |= _date(unit.negotiations.get(data.negotiation_id))
    if data.wcf_id:
        form = unit.wcfs.get(data.wcf_id)
        more |= {"wcfNumber": form.number, "count": str(len(form.reservations))}
        more |= {"expiresAt": form.expires_at.isoformat()} if form.expires_at else {}
    if data.agreement_id:
        more["agreementId"] = data.agreement_id
    if data.go and data.go.reasons:
        more["reasons"] = ", ".join(data.go.reasons)
    if order.cancellation:
        more["reasonText"] = str(order.cancellation.get("reason", ""))
    return Notice(
        template=headers.template,
        recipient=headers.recipient,
        visit=visit,
        provider=provider,
        channel=headers.channel,
        more=more,
    )


def _date(negotiation: DateNegotiation) -> dict[str, str]:
    last = negotiation.last
    said = {"negotiationId": str(negotiation.id), "round": str(last.n), "proposedDate": last.day.isoformat()}
    return said | ({"answerBy": last.answer_by.isoformat()} if last.answer_by else {})
