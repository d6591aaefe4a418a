"""Pyxis for a laptop and the tests: it writes the documents the real one would, for whatever sale one describes."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from adapters.sales.contract import encoded, instant, merged
from workers.ports.sales import BusinessUnit, CatalogueEntry, Reference

_UNITS = (
    BusinessUnit("102", "FR-HOME", "FR", "EUR"),
    BusinessUnit("201", "ES-DIY", "ES", "EUR"),
    BusinessUnit("301", "IT-HOME", "IT", "EUR"),
    BusinessUnit("401", "PL-HOME", "PL", "PLN"),
)
_CATALOGUE = (
    CatalogueEntry("70011200", "INSTALL_KITCHEN_12", "KITCHEN"),
    CatalogueEntry("70011300", "INSTALL_BATHROOM", "BATHROOM"),
    CatalogueEntry("70011400", "INSTALL_HVAC_SPLIT", "HVAC"),
    CatalogueEntry("70011500", "INSTALL_ELEC_OVEN", "ELECTRICAL"),
    CatalogueEntry("70011600", "INSTALL_FLOOR", "FLOORING"),
    CatalogueEntry("70011700", "INSTALL_GAS_HOB", "PLUMBING"),
    CatalogueEntry("70012100", "TV_CONFIRM", "KITCHEN"),
    CatalogueEntry("70012200", "TV_QUOTE", "BATHROOM"),
)
REFERENCE = Reference(
    business_units={unit.external_id: unit for unit in _UNITS}, catalogue={entry.sku: entry for entry in _CATALOGUE}
)

SELLER = {"id": "S-2207", "firstName": "Claire", "lastName": "Martin", "type": "SELLER"}
# The order of the domain brief's first example: a kitchen in Lille.
EXAMPLE: Mapping[str, Any] = {
    "version": 1.0,
    "system": "Pyxis Order",
    "order": {
        "id": "8841207",
        "businessUnitId": "102",
        "storeId": "FR-0112",
        "creationDate": "2027-01-11T09:00:00.000Z",
        "channel": "STORE",
        "saleSystemOrderStatus": "VALIDATED",
        "deliveryStatus": "NOT_DELIVERED",
        "sellerNotes": "Worktop does not fit the lift, carry by the stairs",
        "preEstimationId": "PE-55120",
        "preEstimationVersion": "2",
        "technicalVisitMandatory": True,
        "transactionLinkedTo": None,
        "servcProviderAgreedPrice": 1450.0,
        "vats": [{"rate": 20.0, "amount": 498.33}],
        "orderPaymentStatus": "FULLY_PAID",
        "maxDeliveryDate": "2027-01-20T00:00:00Z",
        "shift": "AM",
        "scheduledDate": None,
    },
    "generatedBy": SELLER,
    "modifiedBy": None,
    "customer": {
        "number": "C-900771",
        "firstName": "Paul",
        "lastName": "Garnier",
        "fiscalId": "",
        "phone": "+33639981234",
        "email": "paul.garnier@example.com",
    },
    "address": {
        "streetNumber": "14",
        "streetName": "rue des Lilas",
        "buildingComplement": "Esc. B, 3e",
        "postalCode": "59000",
        "city": "Lille",
        "province": "Nord",
        "country": "FR",
    },
    "items": [
        {
            "id": "70011200",
            "itemNumber": "1",
            "type": "SERVICE",
            "description": "Kitchen installation, up to 12 units",
            "unitPrice": 1890.0,
            "quantity": 1.0,
            "paymentStatus": "FULLY_PAID",
            "vatRate": 20.0,
            "providersPrice": 1450.0,
        },
        {
            "id": "70450033",
            "itemNumber": "2",
            "type": "PRODUCT",
            "description": "Worktop oak 3 m, cut to size",
            "unitPrice": 550.0,
            "quantity": 2.0,
            "expectedDate": "2027-01-20T00:00:00Z",
            "paymentStatus": "FULLY_PAID",
            "configurationIdentifier": "CFG-77A",
            "vatRate": 20.0,
        },
    ],
    "configurationIds": ["CFG-77A"],
}


def sale(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The example with changes: `{"order": {"id": "1"}, "customer": {"email": None}}`; lists are replaced whole."""
    return merged(deepcopy(dict(EXAMPLE)), changes or {})


def created(order_id: str, changes: Mapping[str, Any] | None = None) -> bytes:
    """A document for `sales.pyxis.order.created`."""
    return encoded(merged(sale(changes), {"order": {"id": order_id}}))


def amended(
    order_id: str, outcome_number: str, changes: Mapping[str, Any] | None = None, *, status: str = "AMENDED"
) -> bytes:
    """A document for `sales.pyxis.order.updated` that answers a technical visit."""
    link = {"type": "TV_OUTCOME", "number": outcome_number}
    head = {"id": order_id, "saleSystemOrderStatus": status, "transactionLinkedTo": link}
    return encoded(merged(sale(changes), {"order": head, "modifiedBy": SELLER}))


def cancelled(order_id: str, *, unit: str = "102", reason: str, by: str = "CUSTOMER", at: datetime) -> bytes:
    """A document for `sales.pyxis.order.cancelled`."""
    told = {"orderId": order_id, "businessUnitId": unit, "storeId": "FR-0112", "reason": reason, "requestedBy": by}
    return encoded({"system": "Pyxis Order", **told, "comment": "", "cancelledAt": instant(at)})
