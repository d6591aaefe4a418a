"""What a message says: each variable of the texts, and where it is kept. Read at the moment of sending, never before.

`needs` names the process variable that leads to it (nothing: the order itself does); a model may set any variable that is not
personal itself, as `details.<name>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from workers.domain.assignments import Offer
from workers.domain.closing import Agreement, WorkClosingForm, worst
from workers.domain.errors import NotKnown
from workers.domain.matters import Matter
from workers.domain.money import Money
from workers.domain.negotiations import DateNegotiation
from workers.domain.orders import ServiceOrder
from workers.domain.passes import Opens
from workers.domain.providers import Provider
from workers.domain.states import OfferState
from workers.domain.values import OfferMode, Recipient
from workers.domain.visits import Visit
from workers.journey.post import Post
from workers.ports.errors import Refused
from workers.ports.repositories import UnitOfWork

SHORT_ID = 8
# What stands around every e-mail to a customer.
ALWAYS = frozenset({"customerName", "storeName"})


class NoLongerNeeded(Exception):
    """What the message asks for has been done, or cannot be done any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a message is about. `details`: what the model sets, by the name of the variable."""

    unit: UnitOfWork
    post: Post
    matter: Matter
    recipient: Recipient
    visit: Visit | None = None
    provider: Provider | None = None
    offer: Offer | None = None
    wcf: WorkClosingForm | None = None
    agreement: Agreement | None = None
    negotiation: DateNegotiation | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def order(self) -> ServiceOrder:
        """The order it is about; `NotKnown` for a message that has none."""
        if not isinstance(self.matter, ServiceOrder):
            raise NotKnown(f"Expected a message about an order, but it is about provider {self.matter.id}")
        return self.matter


class Source(NamedTuple):
    """Where a variable comes from."""

    read: Callable[[Story], object]
    needs: str = ""


def values(story: Story, names: frozenset[str]) -> dict[str, object]:
    """The values of the named variables; None for what is not known. Only what is named is read at all."""
    return {name: _value(story, name) for name in names}


def _value(story: Story, name: str) -> object:
    told = story.details.get(name)
    source = SOURCES.get(name)
    return told if told not in (None, "") or source is None else source.read(story)


# -- order -----------------------------------------------------------------------------------------------------------------


def service_name(order: ServiceOrder) -> str:
    """The first service of the sale, as it was sold."""
    return next((line.name for line in order.products if line.kind == "SERVICE"), order.service_type)


def address_line(order: ServiceOrder) -> str:
    """The address on one line."""
    place = order.address
    street = " ".join(filter(None, (place.number, place.street, place.complement)))
    return f"{street}, {place.postal_code} {place.city}"


def _services(story: Story) -> list[str]:
    return [line.name for line in story.order.products if line.kind == "SERVICE"] or [story.order.service_type]


def _reason(story: Story) -> str | None:
    if story.offer is not None and story.offer.state in _OFFER_ENDS:
        withdrawn = story.offer.state is OfferState.WITHDRAWN and story.order.frozen
        return "ORDER_CANCELLED" if withdrawn else _OFFER_ENDS[story.offer.state]
    if story.order.cancellation:
        return str(story.order.cancellation.get("reason") or "OTHER")
    execution = story.unit.executions.latest(story.visit.id) if story.visit else None
    return execution.reason if execution else None


_OFFER_ENDS: Mapping[OfferState, str] = {
    OfferState.CLOSED: "ANOTHER_ACCEPTED",
    OfferState.EXPIRED: "NO_ANSWER",
    OfferState.WITHDRAWN: "REASSIGNED",
}


def _cancellation_fee(story: Story) -> Money | None:
    """What is proposed for a cancellation: per cent of the price of the services."""
    fee = (story.order.cancellation or {}).get("fee") or {}
    amount = (
        Decimal(str(fee.get("amount") or 0)) or story.order.service_price * Decimal(str(fee.get("percent") or 0)) / 100
    )
    return _money(story.order, amount.quantize(Decimal("0.01"))) if amount > 0 else None


def _money(order: ServiceOrder, amount: Decimal | None) -> Money | None:
    currency = next((line.currency for line in order.products), order.country.currency)
    return None if amount is None else Money(amount, currency)


def _preparation(story: Story) -> tuple[str, ...]:
    known = story.post.texts.catalogue.preparation
    return known.get(story.order.category) or known.get("OTHER", ())


def _outcome(story: Story) -> str | None:
    found = story.unit.tv_outcomes.latest(story.order.id)
    return found.outcome.value if found else None


def _modifications(story: Story) -> list[str]:
    found = story.unit.tv_outcomes.latest(story.order.id)
    return [change.description for change in found.modifications] if found else []


# -- visit -----------------------------------------------------------------------------------------------------------------


def _date(story: Story) -> object:
    visit = story.visit
    return story.order.country.day(visit.planned_start) if visit and visit.planned_start else None


def _last_date(story: Story) -> object:
    """The day the work ends, if it takes several."""
    visit, day = story.visit, story.order.country.day
    if visit is None or visit.planned_start is None or visit.planned_end is None:
        return None
    return day(visit.planned_end) if day(visit.planned_end) > day(visit.planned_start) else None


def window(order: ServiceOrder, visit: Visit) -> str:
    """Half-day as sold, else the hour of the start on the customer's clock."""
    return visit.slot_label or order.country.local(visit.start).strftime("%H:%M")


def _window(story: Story) -> str | None:
    if story.negotiation:
        return story.negotiation.last.window
    return window(story.order, story.visit) if story.visit and story.visit.planned_start else None


def _team(story: Story) -> str | None:
    held = story.unit.assignments.accepted(story.visit.id) if story.visit else None
    return story.unit.providers.team(held.team_id).name if held else None


# -- offers, forms, agreements ---------------------------------------------------------------------------------------------


def _expires(story: Story) -> object:
    return next((item.expires_at for item in (story.offer, story.wcf, story.agreement) if item is not None), None)


def _sign_page(story: Story) -> str | None:
    """Read at the signature service: the address is the signer's own and must not be kept anywhere."""
    agreement, provider = story.agreement, story.provider
    signer = story.order.customer.email if story.recipient is Recipient.CUSTOMER else provider and provider.email
    if agreement is None or not signer:
        return None
    try:
        return story.post.signing_page(agreement.id, signer)
    except Refused as refusal:
        raise NoLongerNeeded(f"Agreement {agreement.id} is not to be signed by this person (any more)") from refusal


def _last_day(story: Story) -> object:
    """The last day an agreement can be signed, where its reader is."""
    agreement = story.agreement
    return story.matter.country.day(agreement.expires_at) if agreement and agreement.expires_at else None


def _total(story: Story) -> Money | None:
    return _money(story.order, story.order.total) if story.agreement else None


def _answer_page(*path: str) -> Callable[[Story], str | None]:
    """Where an offer, or a proposed day, is answered."""

    def read(story: Story) -> str | None:
        links, negotiation, offer = story.post.links, story.negotiation, story.offer
        if negotiation and story.recipient is Recipient.CUSTOMER:
            return links.to(Opens.CUSTOMER_DATES, negotiation.id, *path, since=negotiation.created_at)
        if negotiation:
            asked = story.unit.offers.get(negotiation.offer_id).provider_id
            return links.to(Opens.PROVIDER_DATES, negotiation.id, *path, since=negotiation.created_at, owner=asked)
        if offer is None:
            return None
        return links.to(Opens.OFFER, offer.id, *path, since=offer.sent_at, owner=offer.provider_id)

    return read


def _order_page(*path: str) -> Callable[[Story], str]:
    return lambda story: story.post.links.to(Opens.ORDER, story.order.id, *path, since=story.order.created_at)


def _documents_page(story: Story) -> str:
    links, provider = story.post.links, story.provider
    owner = provider.id if provider else None
    if story.visit:
        return links.to(Opens.VISIT, story.visit.id, since=story.visit.created_at, owner=owner)
    return links.to(Opens.WORK, owner, since=story.unit.now, owner=owner)


def _task_page(story: Story) -> str | None:
    task = story.details.get("userTaskKey")
    return story.post.links.to_task(task) if task else None


SOURCES: Mapping[str, Source] = {
    "orderNumber": Source(lambda s: s.order.order_number),
    "serviceName": Source(lambda s: service_name(s.order)),
    "serviceList": Source(_services),
    "postalCode": Source(lambda s: s.order.address.postal_code),
    "customerName": Source(lambda s: s.order.customer.name),
    "address": Source(lambda s: address_line(s.order)),
    "phone": Source(lambda s: s.order.customer.phone),
    "accessNotes": Source(lambda s: s.order.address.access_notes),
    "reasonText": Source(_reason),
    "feeText": Source(_cancellation_fee),
    "preparationList": Source(_preparation),
    "outcome": Source(_outcome),
    "modificationsText": Source(_modifications),
    "storeName": Source(lambda s: s.unit.references.store_name(s.order.store_code)),
    "rescheduleUrl": Source(_order_page("date")),
    "newDateUrl": Source(_order_page("date")),
    "surveyUrl": Source(_order_page("survey")),
    "date": Source(_date, "visitId"),
    "lastDate": Source(_last_date, "visitId"),
    "window": Source(_window, "visitId"),
    "teamName": Source(_team, "visitId"),
    "documentsUrl": Source(_documents_page),
    "providerName": Source(lambda s: s.provider and s.provider.name),
    "offerId": Source(lambda s: s.offer and str(s.offer.id)[:SHORT_ID], "offerId"),
    "mode": Source(lambda s: s.offer and s.offer.mode.value, "offerId"),
    "autoAccept": Source(lambda s: s.offer and str(s.offer.mode is OfferMode.AUTO_ACCEPT).lower(), "offerId"),
    "durationMin": Source(lambda s: s.visit and s.visit.duration_min, "visitId"),
    "price": Source(lambda s: _money(s.order, s.order.provider_total)),
    "acceptUrl": Source(_answer_page("accept"), "offerId"),
    "rejectUrl": Source(_answer_page("reject"), "offerId"),
    "round": Source(lambda s: s.negotiation and s.negotiation.last.n, "negotiationId"),
    "proposedDate": Source(lambda s: s.negotiation and s.negotiation.last.day, "negotiationId"),
    "answerBy": Source(lambda s: s.negotiation and s.negotiation.last.answer_by, "negotiationId"),
    "counterUrl": Source(_answer_page(), "negotiationId"),
    "expiresAt": Source(_expires, "agreementId"),
    "wcfNumber": Source(lambda s: s.wcf and s.wcf.number, "wcfId"),
    "count": Source(lambda s: s.wcf and len(s.wcf.reservations), "wcfId"),
    "worst": Source(lambda s: s.wcf and worst(s.wcf.reservations).value, "wcfId"),
    "signUrl": Source(_sign_page, "agreementId"),
    "validUntil": Source(_last_day, "agreementId"),
    "total": Source(_total),
    "taskUrl": Source(_task_page),
    "reasons": Source(lambda s: None, "go"),
    "invoiceNumber": Source(lambda s: None, "invoiceId"),
    "dueDate": Source(lambda s: None, "invoiceId"),
    "reference": Source(lambda s: None, "invoiceId"),
}
