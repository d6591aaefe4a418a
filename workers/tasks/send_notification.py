"""send-notification: writes to customer, provider, operator or store; headers say which template to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

from workers.domain.errors import NotKnown, TenantMismatch
from workers.domain.message_checks import did_you_mean
from workers.domain.messages import Catalogue
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider
from workers.domain.values import Recipient
from workers.journey import matters, notify, paying, reminders
from workers.journey.contract import visit_of
from workers.journey.going import Go
from workers.journey.matters import MatterInput
from workers.journey.notice import Notice
from workers.journey.post import Post
from workers.ports.messaging import Channel
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskHeaders, task


class Input(MatterInput):
    """What the message is about. `details` holds what the model sets itself, by the names of the texts' variables; `urgent`
    makes an alert ring."""

    visit_id: UUID | None = None
    offer_id: UUID | None = None
    negotiation_id: UUID | None = None
    wcf_id: UUID | None = None
    agreement_id: str | None = None
    go: Go | None = None
    invoice_id: UUID | None = None
    urgent: bool | None = None
    details: Mapping[str, Any] | None = None


class Headers(TaskHeaders):
    """Set in the model. `role`: whose attention an operator's message asks for (`finance`, `quality` ...)."""

    template: str
    recipient: Recipient
    channel: Channel | None = None
    role: str = "ops"


@task("send-notification", raises=(TenantMismatch,), system="messaging")
def send_notification(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork, post: Post) -> None:
    """Addresses are read from the database now; each channel's message has a key of its own, so none goes out twice."""
    _check(headers, post.texts.catalogue)
    matter = matters.of(unit, data)
    if isinstance(matter, Provider):
        notify.send(unit, post, matter, _to_provider(unit, matter, data, headers), ctx.subkey)
        return
    notice = reminders.worded(unit, post, matter, _notice(unit, matter, data, headers, post))
    notify.send(unit, post, matter, notice, ctx.subkey)
    reminders.remind(unit, post, matter, notice)


def _check(headers: Headers, catalogue: Catalogue) -> None:
    """The same words as `fsm check`, for a model that was deployed without it."""
    template = catalogue.templates.get(headers.template)
    if template is None:
        hint = did_you_mean(headers.template, catalogue.templates)
        raise Permanent(f"Expected a known template in the task header, but there is no {headers.template!r}.{hint}")
    if headers.recipient not in template.texts:
        told = ", ".join(sorted(template.texts))
        raise Permanent(
            f"Expected {headers.template} to go to one of {told}, but the task header says {headers.recipient}"
        )


def _notice(unit: UnitOfWork, order: ServiceOrder, data: Input, headers: Headers, post: Post) -> Notice:
    visit = visit_of(unit, order, data.visit_id) if data.visit_id else None
    offer = _of(order, unit.offers.get(data.offer_id)) if data.offer_id else None
    form = _of(order, unit.wcfs.get(data.wcf_id)) if data.wcf_id else None
    agreement = _of(order, unit.agreements.get(data.agreement_id)) if data.agreement_id else None
    provider = unit.providers.get(offer.provider_id) if offer else notify.provider_of(unit, order, visit)
    negotiation = _of(order, unit.negotiations.get(data.negotiation_id)) if data.negotiation_id else None
    reasons = {"reasons": data.go.reasons} if data.go and data.go.reasons else {}
    money = paying.told(unit, order, post) if data.invoice_id else {}
    return Notice(
        template=headers.template,
        recipient=headers.recipient,
        visit=visit,
        provider=provider,
        offer=offer,
        wcf=form,
        agreement=agreement,
        negotiation=negotiation,
        channel=headers.channel,
        role=headers.role,
        urgent=data.urgent,
        more={**reasons, **money, **(data.details or {})},
    )


def _to_provider(unit: UnitOfWork, provider: Provider, data: Input, headers: Headers) -> Notice:
    """A message without an order: about the provider itself, and perhaps about its contract."""
    agreement = unit.agreements.get(data.agreement_id) if data.agreement_id else None
    contract = unit.contracts.find(agreement.contract_id) if agreement and agreement.contract_id else None
    if agreement and (contract is None or contract.provider_id != provider.id):
        raise NotKnown(f"Expected agreement {agreement.id} to be of provider {provider.id}, but it is another's")
    return Notice(
        template=headers.template,
        recipient=headers.recipient,
        provider=provider,
        agreement=agreement,
        channel=headers.channel,
        role=headers.role,
        urgent=data.urgent,
        more=data.details or {},
    )


class _Child(Protocol):
    @property
    def id(self) -> object: ...
    @property
    def order_id(self) -> UUID | None: ...


C = TypeVar("C", bound=_Child)


def _of(order: ServiceOrder, child: C) -> C:
    """A message about one order says nothing of another's."""
    if child.order_id != order.id:
        raise NotKnown(f"Expected {child.id} to belong to order {order.id}, but it belongs to another")
    return child
