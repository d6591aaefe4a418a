"""Messages about an order: who is meant, how they are reached, what they are told. Addresses are read at this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workers.domain import notices
from workers.domain.notices import Addressee
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider
from workers.domain.values import Recipient, Urgency
from workers.domain.visits import Visit
from workers.ports.errors import Refused
from workers.ports.messaging import AlreadySent, Channel, Messaging, OutgoingMessage
from workers.ports.repositories import Notification, UnitOfWork

SENT, REFUSED, SENT_BEFORE = "sent", "refused", "sent-before"
# Messages to a team that has to find the door.
ON_THE_WAY = ("job-assigned", "schedule-changed")
Subkey = Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What to tell whom, about what."""

    template: str
    recipient: Recipient
    visit: Visit | None = None
    provider: Provider | None = None
    channel: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


def send(unit: UnitOfWork, messaging: Messaging, order: ServiceOrder, notice: Notice, subkey: Subkey) -> int:
    """Sends a notice on every channel the policy asks for and returns how many took it.

    One channel that refuses is remembered; when all do, the refusal is the caller's.
    """
    to = addressee(unit, order, notice)
    if to is None:
        unit.orders.note(order, "message has no addressee", template=notice.template, recipient=notice.recipient)
        return 0
    night = notices.quiet(unit.now, order.country)
    urgent = order.urgency is Urgency.URGENT
    chosen = notices.channels(notice.template, to, urgent=urgent, in_quiet_hours=night, only=notice.channel)
    if not chosen:
        unit.orders.note(order, "message has no address", template=notice.template, recipient=notice.recipient)
    refusals = [_send_one(unit, messaging, order, _message(order, notice, to, channel, subkey)) for channel in chosen]
    refused = [refusal for refusal in refusals if refusal]
    if chosen and len(refused) == len(chosen):
        raise refused[0]
    return len(chosen) - len(refused)


def _send_one(unit: UnitOfWork, messaging: Messaging, order: ServiceOrder, message: OutgoingMessage) -> Refused | None:
    """Sends and remembers. A worker that died after sending left no trace: then the service knows the key."""
    refusal: Refused | None = None
    status, receipt_id = SENT, ""
    try:
        receipt_id = messaging.send(message).message_id
    except AlreadySent:
        status = SENT_BEFORE
    except Refused as error:
        refusal, status = error, REFUSED
    to, template = message.variables["recipient"], message.template
    sent = Notification(message.idempotency_key, template, to, message.channel.value, receipt_id, status)
    unit.notifications.add(order, sent)
    return refusal


def _message(order: ServiceOrder, notice: Notice, to: Addressee, channel: str, subkey: Subkey) -> OutgoingMessage:
    return OutgoingMessage(
        idempotency_key=subkey(notice.template, to.recipient, channel),
        channel=Channel(channel),
        to=to.addresses[channel],
        template=notice.template,
        locale=to.locale,
        variables={"recipient": to.recipient.value, **variables(order, notice)},
    )


def addressee(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee | None:
    """Where the recipient is reached; None when there is nobody (no provider has the visit)."""
    return ADDRESSEES[notice.recipient](unit, order, notice)


def _customer(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee:
    del unit, notice
    customer = order.customer
    return Addressee(
        recipient=Recipient.CUSTOMER,
        locale=customer.language or order.country.locale,
        addresses=_known(email=customer.email, sms=customer.phone),
        preferred=customer.preferred_channel,
    )


def _provider(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee | None:
    provider = notice.provider or provider_of(unit, order, notice.visit)
    if provider is None:
        return None
    addresses = _known(email=provider.email, sms=provider.phone, push=provider.device)
    return Addressee(recipient=Recipient.PROVIDER, locale=order.country.locale, addresses=addresses)


def _operator(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee:
    del unit, notice
    group = {"in-app": f"ops-{order.country_code}"}
    return Addressee(recipient=Recipient.OPERATOR, locale=order.country.locale, addresses=group)


def _store(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee:
    del notice
    addresses = _known(email=unit.references.store_email(order.store_code))
    return Addressee(recipient=Recipient.STORE, locale=order.country.locale, addresses=addresses)


ADDRESSEES: Mapping[Recipient, Callable[[UnitOfWork, ServiceOrder, Notice], Addressee | None]] = {
    Recipient.CUSTOMER: _customer,
    Recipient.PROVIDER: _provider,
    Recipient.OPERATOR: _operator,
    Recipient.STORE: _store,
}


def _known(**addresses: str | None) -> dict[str, str]:
    return {channel: address for channel, address in addresses.items() if address}


def provider_of(unit: UnitOfWork, order: ServiceOrder, visit: Visit | None) -> Provider | None:
    """Who has, or had last, the visit (the newest visit of the order when none is named)."""
    for candidate in [visit] if visit else reversed(unit.visits.of_order(order.id)):
        assignments = unit.assignments.of_visit(candidate.id)
        if assignments:
            return unit.providers.get(assignments[-1].provider_id)
    return None


def variables(order: ServiceOrder, notice: Notice) -> dict[str, str]:
    """What the template may use. A provider learns the customer's name and address only once the visit is theirs."""
    told = {
        "orderNumber": order.order_number,
        "serviceName": service_name(order),
        "postalCode": order.address.postal_code,
    }
    if notice.template != "job-offer":
        told |= {"customerName": order.customer.name, "address": address_line(order)}
    if notice.template in ON_THE_WAY:
        told |= {"phone": order.customer.phone or "", "accessNotes": order.address.access_notes or ""}
    if notice.visit and notice.visit.planned_start:
        told |= appointment(order, notice.visit)
    if notice.provider:
        told["providerName"] = notice.provider.name
    return told | dict(notice.more)


def appointment(order: ServiceOrder, visit: Visit) -> dict[str, str]:
    """Day and window on the customer's clock."""
    start = order.country.local(visit.start)
    return {"date": start.date().isoformat(), "window": visit.slot_label or start.strftime("%H:%M")}


def service_name(order: ServiceOrder) -> str:
    """The first service of the sale, as it was sold."""
    return next((line.name for line in order.products if line.kind == "SERVICE"), order.service_type)


def address_line(order: ServiceOrder) -> str:
    """The address on one line."""
    place = order.address
    street = " ".join(filter(None, (place.number, place.street, place.complement)))
    return f"{street}, {place.postal_code} {place.city}"
