"""Who is meant by a message, and where they can be reached. Read at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from workers.domain.matters import Matter
from workers.domain.notices import Addressee
from workers.domain.notifications import Block, Scope, address_key
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider
from workers.domain.states import OfferState
from workers.domain.values import Recipient
from workers.domain.visits import Visit
from workers.journey.matters import order_of
from workers.journey.notice import Notice
from workers.journey.post import Post
from workers.ports.errors import Refused
from workers.ports.messaging import Channel
from workers.ports.repositories import UnitOfWork

# An offer nobody answered: open, or taken back by a cancellation.
UNANSWERED = frozenset({OfferState.PENDING, OfferState.WITHDRAWN})


def addressee(unit: UnitOfWork, post: Post, matter: Matter, notice: Notice) -> Addressee | None:
    """Where the recipient is reached, less the channels they opted out of or that bounced; None when there is nobody."""
    found = ADDRESSEES[notice.recipient](unit, post, matter, notice)
    if found is None or notice.recipient is Recipient.OPERATOR:
        return found
    keys = {channel: key_of(post, matter, channel, address) for channel, address in found.addresses.items()}
    blocks = unit.notifications.blocks(keys, country=matter.country_code)
    unwanted = {channel for channel, scope, reason in blocks if reason is Block.OPTED_OUT and scope is Scope.ALL}
    dead = {channel for channel, _, reason in blocks if reason is Block.BOUNCED}
    no_surveys = any(reason is Block.OPTED_OUT for _, _, reason in blocks)
    return replace(found, unwanted=frozenset(unwanted), dead=frozenset(dead), no_surveys=no_surveys)


def key_of(post: Post, matter: Matter, channel: str, address: str) -> str:
    """The digest of an address in its one form; of one that is none, of what it is."""
    try:
        return address_key(channel, post.messaging.canonical(Channel(channel), address, matter.country_code))
    except Refused:
        return address_key(channel, address)


def about(unit: UnitOfWork, matter: Matter, visit: Visit | None) -> Provider | None:
    """The provider a message is about, or who has the visit it is about."""
    return matter if isinstance(matter, Provider) else provider_of(unit, matter, visit)


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


def _customer(unit: UnitOfWork, post: Post, matter: Matter, notice: Notice) -> Addressee | None:
    del unit, post, notice
    order = order_of(matter)
    if order is None:
        return None
    customer = order.customer
    return Addressee(
        recipient=Recipient.CUSTOMER,
        language=customer.language,
        addresses=_known(email=customer.email, sms=customer.phone),
        preferred=customer.preferred_channel,
    )


def _provider(unit: UnitOfWork, post: Post, matter: Matter, notice: Notice) -> Addressee | None:
    provider = notice.provider or about(unit, matter, notice.visit)
    if provider is None:
        return None
    addresses = _known(email=provider.email, sms=provider.phone, push=provider.device)
    return Addressee(recipient=Recipient.PROVIDER, addresses=addresses)


def _operator(unit: UnitOfWork, post: Post, matter: Matter, notice: Notice) -> Addressee:
    del unit
    if notice.operator is not None:
        person = notice.operator
        return Addressee(recipient=Recipient.OPERATOR, addresses=person.addresses, language=person.language)
    group = f"{notice.role}-{matter.country_code}"
    return Addressee(recipient=Recipient.OPERATOR, addresses={"in-app": group, **post.operators.get(group, {})})


def _store(unit: UnitOfWork, post: Post, matter: Matter, notice: Notice) -> Addressee | None:
    del post, notice
    order = order_of(matter)
    if order is None:
        return None
    addresses = _known(email=unit.references.store_email(order.store_code))
    return Addressee(recipient=Recipient.STORE, addresses=addresses)


ADDRESSEES: Mapping[Recipient, Callable[[UnitOfWork, Post, Matter, Notice], Addressee | None]] = {
    Recipient.CUSTOMER: _customer,
    Recipient.PROVIDER: _provider,
    Recipient.OPERATOR: _operator,
    Recipient.STORE: _store,
}


def _known(**addresses: str | None) -> dict[str, str]:
    return {channel: address for channel, address in addresses.items() if address}
