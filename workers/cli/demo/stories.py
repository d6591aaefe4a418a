"""The orders of the demonstration: what is sold, and how customer, provider and operator behave.

A story says how people act, never what the system answers: paths and figures come from the models, the database and the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

CREATED_TOPIC = "sales.pyxis.order.created"
UPDATED_TOPIC = "sales.pyxis.order.updated"
CANCELLED_TOPIC = "sales.pyxis.order.cancelled"


@dataclass(frozen=True, slots=True)
class Story:
    """How the people around one order behave.

    `silent_offers` are the first offers nobody answers; `cancel_when` is the order state in which the customer changes her mind;
    `operator` is the decision of the operator for a wrong order; `tv_outcome` what the team finds at the technical visit.
    """

    name: str
    title: str
    technical_visit: bool = False
    tv_outcome: str = "YES"
    reprice: bool = False
    sales_approves: bool = True
    wrong_contact: bool = False
    operator: str = "RETRY"
    silent_offers: int = 0
    cancel_when: str = ""
    deliveries: int = 1


STORIES: tuple[Story, ...] = (
    Story("clean", "clean installation"),
    Story("yes-but", "technical visit YES_BUT, repriced", technical_visit=True, tv_outcome="YES_BUT", reprice=True),
    Story("corrected", "order corrected by an operator", wrong_contact=True),
    Story("silent", "provider silent, then the next one", silent_offers=1),
    Story("cancelled", "cancelled after assignment, compensated", cancel_when="ASSIGNED"),
    Story("rejected", "order rejected by an operator", wrong_contact=True, operator="REJECT"),
    Story("thrice", "the same document delivered three times", deliveries=3),
    Story("tv-yes", "technical visit YES", technical_visit=True),
)
# Towns the seeded providers serve, so that every order finds several candidates.
TOWNS = (("59000", "Lille", "Nord"), ("75011", "Paris", "Paris"))
FIRST_ORDER = 8_841_200


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale: its story, its number in the sales system and what was sold."""

    story: Story
    number: str
    created: datetime
    town: tuple[str, str, str]
    document: Mapping[str, Any] = field(repr=False)

    @property
    def order_key(self) -> str:
        """The correlation key: `pyxis:8841207`."""
        return f"pyxis:{self.number}"

    @property
    def topic_key(self) -> str:
        """The key of its records: country and number."""
        return f"FR_{self.number}"

    def created_document(self) -> bytes:
        """The document on `sales.pyxis.order.created`."""
        return json.dumps(self.document, ensure_ascii=False).encode()

    def answer_document(self, outcome_number: str) -> bytes:
        """The full document again, amended after a technical visit, on `sales.pyxis.order.updated`."""
        answer = json.loads(self.created_document())
        answer["order"] |= {
            "saleSystemOrderStatus": "AMENDED",
            "transactionLinkedTo": {"type": "TV_OUTCOME", "number": outcome_number},
            "orderPaymentStatus": "PARTIALLY_PAID",
        }
        answer["modifiedBy"] = answer["generatedBy"]
        answer["items"].append(_service_line("70019910", "3", "Move water inlet, 1 point", 310.0, paid=False))
        return json.dumps(answer, ensure_ascii=False).encode()

    def cancelled_document(self, at: datetime) -> bytes:
        """The document on `sales.pyxis.order.cancelled`."""
        wish = {
            "system": "Pyxis Order",
            "orderId": self.number,
            "businessUnitId": "102",
            "storeId": "FR-0112",
            "reason": "CUSTOMER_CHANGED_MIND",
            "comment": "Customer moves house",
            "requestedBy": "CUSTOMER",
            "cancelledAt": _stamp(at),
        }
        return json.dumps(wish).encode()


def sales(count: int, *, now: datetime) -> Iterator[Sale]:
    """`count` sales, the stories in turn; each created a minute after the other, shortly before `now`."""
    for index in range(count):
        story = STORIES[index % len(STORIES)]
        created = now - timedelta(minutes=count - index)
        number, town = str(FIRST_ORDER + index), TOWNS[(index // len(STORIES)) % len(TOWNS)]
        yield Sale(story, number, created, town, _document(story, number=number, created=created, town=town))


def malformed() -> bytes:
    """A document that is no document: it must end on the failed topic and stop nothing."""
    return b'{"version": 1.0, "system": "Pyxis Order", "order": {"id": "8841199"'


def _document(story: Story, *, number: str, created: datetime, town: tuple[str, str, str]) -> dict[str, Any]:
    postal_code, city, province = town
    seller = {"id": "S-2207", "firstName": "Claire", "lastName": "Martin", "type": "SELLER"}
    delivery = _stamp(created + timedelta(days=6))
    order = {
        "id": number,
        "businessUnitId": "102",
        "storeId": "FR-0112",
        "creationDate": _stamp(created),
        "channel": "STORE",
        "saleSystemOrderStatus": "VALIDATED",
        "deliveryStatus": "NOT_DELIVERED",
        "sellerNotes": "Worktop does not fit the lift, carry by the stairs",
        "technicalVisitMandatory": story.technical_visit,
        "transactionLinkedTo": None,
        "servcProviderAgreedPrice": 1450.0,
        "vats": [{"rate": 20.0, "amount": 498.33}],
        "orderPaymentStatus": "FULLY_PAID",
        "maxDeliveryDate": delivery,
        "scheduledDate": None,
    }
    contact = {"phone": None, "email": None} if story.wrong_contact else _contact(number)
    customer = {"number": f"C-{number}", "firstName": "Paul", "lastName": "Garnier", "fiscalId": ""} | contact
    address = {
        "streetNumber": "14",
        "streetName": "rue des Lilas",
        "buildingComplement": "Esc. B, 3e",
        "postalCode": postal_code,
        "city": city,
        "province": province,
        "country": "FR",
    }
    worktop = _product_line("70450033", "2", "Worktop oak 3 m, cut to size", 420.0, expected=delivery)
    return {
        "version": 1.0,
        "system": "Pyxis Order",
        "order": order,
        "generatedBy": seller,
        "modifiedBy": None,
        "customer": customer,
        "address": address,
        "items": [_service_line("70011200", "1", "Kitchen installation, up to 12 units", 1890.0, paid=True), worktop],
        "configurationIds": ["CFG-77A"],
    }


def _contact(number: str) -> dict[str, str]:
    return {"phone": "+33639981234", "email": f"customer.{number}@example.com"}


def _service_line(sku: str, line: str, description: str, price: float, *, paid: bool) -> dict[str, Any]:
    status = "FULLY_PAID" if paid else "NOT_PAID"
    return {"id": sku, "itemNumber": line, "type": "SERVICE", "description": description, "unitPrice": price} | {
        "quantity": 1.0,
        "paymentStatus": status,
        "vatRate": 20.0,
    }


def _product_line(sku: str, line: str, description: str, price: float, *, expected: str) -> dict[str, Any]:
    return {"id": sku, "itemNumber": line, "type": "PRODUCT", "description": description, "unitPrice": price} | {
        "quantity": 2.0,
        "expectedDate": expected,
        "paymentStatus": "FULLY_PAID",
        "configurationIdentifier": "CFG-77A",
        "vatRate": 20.0,
    }


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
