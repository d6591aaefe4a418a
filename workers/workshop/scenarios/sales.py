"""What the sales side sends in a scenario: documents of the sales systems, as records of their topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from adapters.sales.contract import encoded, merged
from adapters.sales.pyxis import local as pyxis
from adapters.sales.tempo import local as tempo
from workers.domain.tenancy import COUNTRIES, Country
from workers.ports.streams import Record
from workers.workshop.scenarios.format import OrderGiven, Part, Reference
from workers.workshop.scenarios.moments import local

Changes = Mapping[str, Any]


class BaseOrder(Part):
    """An order other orders are described by: a line of `orders.yaml`."""

    system: str
    country: str
    created: str
    document: Mapping[str, Any] = {}
    reference: Reference = Reference()


@dataclass(slots=True)
class Sale:
    """One sale of a scenario. `sent` are the records that left the sales system, in order."""

    system: str
    country: Country
    number: str
    created: datetime
    document: Mapping[str, Any] = field(repr=False)
    copies: int = 1
    reference: Reference = field(default_factory=Reference)
    sent: list[Record] = field(default_factory=list, repr=False)
    _offsets: Iterator[int] = field(default_factory=count, repr=False)

    @property
    def order_key(self) -> str:
        """The correlation key: `pyxis:8841207`."""
        return f"{self.system}:{self.number}"

    def record(self, topic: str, document: bytes, *, event_id: str = "", key: str = "") -> Record:
        """A record of this sale. The same `event_id` again is the same event."""
        offset = next(self._offsets)
        named = event_id or str(uuid5(NAMESPACE_URL, f"scenario:{topic}:{self.number}:{offset}"))
        headers = {"event-id": named, "correlation-id": self.order_key, "event-type": topic}
        record = Record(topic, 0, offset, key or f"{self.country.code}_{self.number}", document, headers)
        self.sent.append(record)
        return record


@dataclass(frozen=True, slots=True)
class Seller:
    """How a sales system speaks: topic and document of what it sends."""

    created: Callable[[Sale], tuple[str, bytes]]
    updated: Callable[[Sale, Changes], tuple[str, bytes]]
    repriced: Callable[[Sale, str, Changes], tuple[str, bytes]]
    cancelled: Callable[[Sale, str, datetime], tuple[str, bytes]]


def _pyxis_created(sale: Sale) -> tuple[str, bytes]:
    return "sales.pyxis.order.created", encoded(sale.document)


def _pyxis_updated(sale: Sale, changes: Changes) -> tuple[str, bytes]:
    head = {"order": {"saleSystemOrderStatus": "AMENDED"}, "modifiedBy": pyxis.SELLER}
    return "sales.pyxis.order.updated", encoded(merged(merged(copied(sale.document), head), changes))


def _pyxis_repriced(sale: Sale, outcome: str, changes: Changes) -> tuple[str, bytes]:
    link = {"order": {"transactionLinkedTo": {"type": "TV_OUTCOME", "number": outcome}}}
    return _pyxis_updated(sale, merged(link, changes))


def _pyxis_cancelled(sale: Sale, reason: str, at: datetime) -> tuple[str, bytes]:
    unit = str(sale.document["order"]["businessUnitId"])
    return "sales.pyxis.order.cancelled", pyxis.cancelled(sale.number, unit=unit, reason=reason, at=at)


def _tempo_created(sale: Sale) -> tuple[str, bytes]:
    return "sales.tempo.service.requested", encoded(sale.document)


def _tempo_updated(sale: Sale, changes: Changes) -> tuple[str, bytes]:
    return "sales.tempo.service.updated", encoded(merged(copied(sale.document), changes))


def _tempo_repriced(sale: Sale, outcome: str, changes: Changes) -> tuple[str, bytes]:
    raise AssertionError(f"Expected a system with technical visits to answer {outcome}, but Tempo has none")


def _tempo_cancelled(sale: Sale, reason: str, at: datetime) -> tuple[str, bytes]:
    unit = str(sale.document["business_unit"])
    told = tempo.cancelled(sale.number, reason=reason, at=at, unit=unit, country=sale.country.code)
    return "sales.tempo.service.cancelled", told


SELLERS: Mapping[str, Seller] = {
    "pyxis": Seller(_pyxis_created, _pyxis_updated, _pyxis_repriced, _pyxis_cancelled),
    "tempo": Seller(_tempo_created, _tempo_updated, _tempo_repriced, _tempo_cancelled),
}


def sale_of(given: OrderGiven, bases: Mapping[str, BaseOrder]) -> Sale:
    """The sale an order of a file describes. `ValueError` for a base or system nobody knows."""
    if given.base not in bases:
        raise ValueError(f"Expected a base order of orders.yaml ({', '.join(sorted(bases))}), but found {given.base!r}")
    base = bases[given.base]
    country = COUNTRIES[base.country]
    created = local(given.created or base.created, country)
    document = merged(START_DOCUMENT[base.system](given.number, created), copied(base.document))
    return Sale(
        base.system,
        country,
        given.number,
        created,
        merged(document, copied(given.document)),
        given.copies,
        base.reference,
    )


def _pyxis_start(number: str, created: datetime) -> dict[str, Any]:
    return pyxis.sale({"order": {"id": number, "creationDate": _stamp(created)}})


def _tempo_start(number: str, created: datetime) -> dict[str, Any]:
    return tempo.request({"request_id": number, "created_timestamp": _stamp(created)})


START_DOCUMENT: Mapping[str, Callable[[str, datetime], dict[str, Any]]] = {"pyxis": _pyxis_start, "tempo": _tempo_start}


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def copied(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy nothing of which is shared."""
    return deepcopy(dict(document))


def payment_news(status: str, at: datetime, changes: Changes) -> bytes:
    """A document for `sales.payment.status_updated`."""
    return encoded({"occurredAt": _stamp(at), "paymentStatus": status, **changes})


def delivery_news(status: str, at: datetime, changes: Changes) -> bytes:
    """A document for `supply_chain.delivery.status_updated`."""
    return encoded({"occurredAt": _stamp(at), "deliveryStatus": status, "products": [], **changes})


def delivery_moved(sale: Sale, changes: Changes) -> bytes:
    """`UpdateDeliveryDate` of the supply chain (domain brief, example 6)."""
    order = sale.document["order"]
    told = {
        "eventType": "UpdateDeliveryDate",
        "businessUnitIdentifier": order["businessUnitId"],
        "storeIdentifier": order["storeId"],
        "customerOrderNumber": sale.number,
        "saleSystem": "Pyxis",
    }
    return encoded({**told, **changes})
