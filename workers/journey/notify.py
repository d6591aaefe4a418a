"""Messages about an order: who is meant, how they are reached, what they are told. Addresses are read at this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from workers.domain import notices
from workers.domain.assignments import Offer
from workers.domain.closing import Agreement, WorkClosingForm
from workers.domain.messages import Template, language_of
from workers.domain.negotiations import DateNegotiation
from workers.domain.notices import Addressee
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider
from workers.domain.states import OfferState
from workers.domain.values import Recipient, Urgency
from workers.domain.visits import Visit
from workers.journey import telling
from workers.journey.post import Post
from workers.journey.telling import Story, address_line, service_name
from workers.ports.errors import Refused
from workers.ports.messaging import AlreadySent, Channel, OutgoingMessage
from workers.ports.repositories import Notification, UnitOfWork
from workers.ports.texts import Draft

__all__ = ["Notice", "address_line", "appointment", "provider_of", "send", "service_name"]

SENT, REFUSED, SENT_BEFORE = "sent", "refused", "sent-before"
Subkey: TypeAlias = Callable[..., str]
# An offer nobody answered: open, or taken back by a cancellation.
UNANSWERED = frozenset({OfferState.PENDING, OfferState.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What to tell whom, about what. `more` holds variables of the text that are not personal; `role` is an operator's."""

    template: str
    recipient: Recipient
    visit: Visit | None = None
    provider: Provider | None = None
    offer: Offer | None = None
    wcf: WorkClosingForm | None = None
    agreement: Agreement | None = None
    negotiation: DateNegotiation | None = None
    channel: str | None = None
    role: str = "ops"
    more: Mapping[str, object] = field(default_factory=dict)


def send(unit: UnitOfWork, post: Post, order: ServiceOrder, notice: Notice, subkey: Subkey) -> int:
    """Sends a notice on every channel the policy asks for and returns how many took it.

    One channel that refuses is remembered; when all do, the refusal is the caller's.
    """
    to = addressee(unit, order, notice)
    if to is None:
        unit.orders.note(order, "message has no addressee", template=notice.template, recipient=notice.recipient)
        return 0
    template = post.texts.catalogue.templates[notice.template]
    chosen = _channels(unit, order, template, notice, to)
    if not chosen:
        unit.orders.note(order, "message has no address", template=notice.template, recipient=notice.recipient)
        return 0
    told = telling.values(story(unit, post, order, notice), template.mentioned(notice.recipient) | telling.ALWAYS)
    messages = [
        _message(
            post,
            order,
            notice,
            to,
            channel,
            told=told,
            key=subkey(notice.template, notice.recipient.value, channel.value),
        )
        for channel in chosen
    ]
    refused = [refusal for message in messages if (refusal := _send_one(unit, post, order, notice, message))]
    if len(refused) == len(messages):
        raise refused[0]
    return len(messages) - len(refused)


def _channels(
    unit: UnitOfWork, order: ServiceOrder, template: Template, notice: Notice, to: Addressee
) -> tuple[Channel, ...]:
    night, urgent = notices.quiet(unit.now, order.country), order.urgency is Urgency.URGENT
    chosen = notices.channels(template.notice, to, urgent=urgent, in_quiet_hours=night, only=notice.channel)
    return tuple(Channel(channel) for channel in chosen)


def _send_one(
    unit: UnitOfWork, post: Post, order: ServiceOrder, notice: Notice, message: OutgoingMessage
) -> Refused | None:
    """Sends and remembers. A worker that died after sending left no trace: then the service knows the key."""
    refusal: Refused | None = None
    status, receipt_id = SENT, ""
    try:
        receipt_id = post.messaging.send(message).message_id
    except AlreadySent:
        status = SENT_BEFORE
    except Refused as error:
        refusal, status = error, REFUSED
    sent = Notification(
        message.idempotency_key, message.template, notice.recipient.value, message.channel.value, receipt_id, status
    )
    unit.notifications.add(order, sent)
    return refusal


def _message(
    post: Post,
    order: ServiceOrder,
    notice: Notice,
    to: Addressee,
    channel: Channel,
    *,
    told: Mapping[str, object],
    key: str,
) -> OutgoingMessage:
    language = language_of(to.language, order.country.locale)
    draft = Draft(
        template=notice.template,
        recipient=notice.recipient,
        channel=channel,
        language=language,
        country=order.country,
        values=told,
    )
    return OutgoingMessage(
        idempotency_key=key,
        channel=channel,
        to=to.addresses[channel],
        template=notice.template,
        locale=language,
        content=post.texts.write(draft),
        country=order.country_code,
        about=_about(order, notice),
    )


def _about(order: ServiceOrder, notice: Notice) -> str:
    parts = (order, notice.visit, notice.offer, notice.wcf, notice.agreement, notice.negotiation)
    return "/".join(str(part.id) for part in parts if part is not None)


def story(unit: UnitOfWork, post: Post, order: ServiceOrder, notice: Notice) -> Story:
    """What the message is about, and where its words come from."""
    return Story(
        unit=unit,
        post=post,
        order=order,
        recipient=notice.recipient,
        visit=notice.visit,
        provider=notice.provider or provider_of(unit, order, notice.visit),
        offer=notice.offer,
        wcf=notice.wcf,
        agreement=notice.agreement,
        negotiation=notice.negotiation,
        details=notice.more,
    )


def addressee(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee | None:
    """Where the recipient is reached; None when there is nobody (no provider has the visit)."""
    return ADDRESSEES[notice.recipient](unit, order, notice)


def _customer(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee:
    del unit, notice
    customer = order.customer
    return Addressee(
        recipient=Recipient.CUSTOMER,
        language=customer.language,
        addresses=_known(email=customer.email, sms=customer.phone),
        preferred=customer.preferred_channel,
    )


def _provider(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee | None:
    provider = notice.provider or provider_of(unit, order, notice.visit)
    if provider is None:
        return None
    addresses = _known(email=provider.email, sms=provider.phone, push=provider.device)
    return Addressee(recipient=Recipient.PROVIDER, addresses=addresses)


def _operator(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee:
    del unit
    group = {"in-app": f"{notice.role}-{order.country_code}"}
    return Addressee(recipient=Recipient.OPERATOR, addresses=group)


def _store(unit: UnitOfWork, order: ServiceOrder, notice: Notice) -> Addressee:
    del notice
    addresses = _known(email=unit.references.store_email(order.store_code))
    return Addressee(recipient=Recipient.STORE, addresses=addresses)


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
    return _asked(unit, order) if order.frozen else None


def _asked(unit: UnitOfWork, order: ServiceOrder) -> Provider | None:
    """Of an order that is being cancelled: who had an offer that nobody answered."""
    for visit in reversed(unit.visits.of_order(order.id)):
        open_ones = [offer for offer in unit.offers.of_visit(visit.id) if offer.state in UNANSWERED]
        if open_ones:
            return unit.providers.get(open_ones[-1].provider_id)
    return None


def appointment(order: ServiceOrder, visit: Visit) -> dict[str, str]:
    """Day and window on the customer's clock, as sales systems are told."""
    return {"date": order.country.day(visit.start).isoformat(), "window": telling.window(order, visit)}
