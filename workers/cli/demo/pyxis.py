"""Pyxis in the demonstration: kitchens, sold in French stores."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from workers.cli.demo.shops import Sold, stamp

# Towns the seeded providers serve, so that every order finds several candidates.
TOWNS = (("59000", "Lille", "Nord"), ("75011", "Paris", "Paris"))
SELLER = {"id": "S-2207", "firstName": "Claire", "lastName": "Martin", "type": "SELLER"}


class Pyxis:
    """Implements `workers.cli.demo.shops.Shop`."""

    name = "pyxis"
    has_goods = True
    writes_avro = True
    topics = ("sales.pyxis.order.created", "sales.pyxis.order.updated", "sales.pyxis.order.cancelled")

    def country(self, sold: Sold) -> str:
        """Its stores are in France."""
        del sold
        return "FR"

    def number(self, count: int) -> str:
        """Digits."""
        return str(count)

    def phone(self, sold: Sold) -> str:
        """French."""
        del sold
        return "+33639981235"

    def created(self, sold: Sold) -> dict[str, Any]:
        """A kitchen and a worktop."""
        delivery = stamp(sold.created + timedelta(days=6))
        kitchen = _service_line("70011200", "1", "Kitchen installation, up to 12 units", 1890.0, paid=True)
        worktop = _product_line("70450033", "2", "Worktop oak 3 m, cut to size", 420.0, expected=delivery)
        return {
            "version": 1.0,
            "system": "Pyxis Order",
            "order": _order(sold, delivery),
            "generatedBy": SELLER,
            "modifiedBy": None,
            "customer": _customer(sold),
            "address": _address(sold),
            "items": [kitchen, worktop],
            "configurationIds": ["CFG-77A"],
        }

    def answer(self, sold: Sold, outcome_number: str) -> dict[str, Any]:
        """The full document again, with one more service."""
        answer = self.created(sold)
        answer["order"] |= {
            "saleSystemOrderStatus": "AMENDED",
            "transactionLinkedTo": {"type": "TV_OUTCOME", "number": outcome_number},
            "orderPaymentStatus": "PARTIALLY_PAID",
        }
        answer["modifiedBy"] = answer["generatedBy"]
        answer["items"].append(_service_line("70019910", "3", "Move water inlet, 1 point", 310.0, paid=False))
        return answer

    def cancelled(self, sold: Sold, at: datetime) -> dict[str, Any]:
        """The customer changes her mind."""
        return {
            "system": "Pyxis Order",
            "orderId": sold.number,
            "businessUnitId": "102",
            "storeId": "FR-0112",
            "reason": "CUSTOMER_CHANGED_MIND",
            "comment": "Customer moves house",
            "requestedBy": "CUSTOMER",
            "cancelledAt": stamp(at),
        }

    def malformed(self) -> bytes:
        """Cut off in the middle."""
        return b'{"version": 1.0, "system": "Pyxis Order", "order": {"id": "8841199"'


def _order(sold: Sold, delivery: str) -> dict[str, Any]:
    return {
        "id": sold.number,
        "businessUnitId": "102",
        "storeId": "FR-0112",
        "creationDate": stamp(sold.created),
        "channel": "STORE",
        "saleSystemOrderStatus": "VALIDATED",
        "deliveryStatus": "NOT_DELIVERED",
        "sellerNotes": "Worktop does not fit the lift, carry by the stairs",
        "technicalVisitMandatory": sold.technical_visit,
        "transactionLinkedTo": None,
        "servcProviderAgreedPrice": 1450.0,
        "vats": [{"rate": 20.0, "amount": 498.33}],
        "orderPaymentStatus": "FULLY_PAID",
        "maxDeliveryDate": delivery,
        "scheduledDate": None,
    }


def _customer(sold: Sold) -> dict[str, Any]:
    contact = {"phone": "+33639981234", "email": f"customer.{sold.number}@example.com"}
    nobody = dict.fromkeys(contact)
    named = {"number": f"C-{sold.number}", "firstName": "Paul", "lastName": "Garnier", "fiscalId": ""}
    return named | (nobody if sold.wrong_contact else contact)


def _address(sold: Sold) -> dict[str, Any]:
    postal_code, city, province = TOWNS[sold.turn % len(TOWNS)]
    return {
        "streetNumber": "14",
        "streetName": "rue des Lilas",
        "buildingComplement": "Esc. B, 3e",
        "postalCode": postal_code,
        "city": city,
        "province": province,
        "country": "FR",
    }


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
