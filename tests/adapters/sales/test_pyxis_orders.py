"""Pyxis documents as normalised orders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.sales.contract import MAX_BYTES
from adapters.sales.pyxis import local
from adapters.sales.pyxis.client import Pyxis
from adapters.sales.pyxis.local import REFERENCE
from workers.domain import ids
from workers.ports.sales import CatalogueEntry, NormalisedOrder, Reference, Unreadable

# The domain brief's seventh example: schema-valid, business-invalid.
WRONG: Mapping[str, Any] = {
    "version": 1.0,
    "system": "Pyxis Order",
    "order": {
        "id": "8841260",
        "businessUnitId": "999",
        "storeId": "FR-0112",
        "creationDate": "2027-01-12T10:15:00.000Z",
        "channel": "FAX",
    },
    "generatedBy": {"id": "S-2207", "firstName": "Claire", "lastName": "Martin", "type": "SELLER"},
    "customer": {
        "number": "C-900800",
        "firstName": "Nina",
        "lastName": "Roux",
        "fiscalId": "",
        "phone": None,
        "email": None,
    },
    "address": {
        "streetName": "Chaussée de Mons",
        "buildingComplement": "",
        "postalCode": "7000",
        "city": "Mons",
        "province": "Hainaut",
        "country": "BE",
    },
    "items": [
        {
            "id": "70011200",
            "itemNumber": "1",
            "type": "SERVICE",
            "description": "Kitchen installation",
            "unitPrice": 1890.0,
            "quantity": 0.0,
            "paymentStatus": "NOT_PAID",
        }
    ],
    "configurationIds": [],
}
WRONG_ISSUES = [
    ("UNKNOWN_CHANNEL", "order.channel"),
    ("MISSING_CONTACT", "customer"),
    ("OUT_OF_RANGE", "items[0].quantity"),
    ("COUNTRY_NOT_SERVED", "address.country"),
]


@pytest.fixture
def pyxis() -> Pyxis:
    return Pyxis(lambda: REFERENCE)


def issues(found: NormalisedOrder | Unreadable) -> list[tuple[str, str]]:
    return [(issue.code, issue.field) for issue in found.issues]


def unreadable(pyxis: Pyxis, document: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as raised:
        pyxis.created(document)
    return raised.value


def test_the_example_becomes_the_order_of_the_brief(pyxis: Pyxis) -> None:
    """Example 1, field by field, in our words."""
    order = pyxis.created(local.encoded(local.EXAMPLE))
    assert (order.source_system, order.external_order_id) == ("pyxis", "8841207")
    assert (order.sales_channel, order.country_code, order.bu_code) == ("store", "FR", "FR-HOME")
    assert (order.store_code, order.urgency, order.service_code) == ("FR-0112", "STANDARD", "INSTALL_KITCHEN_12")
    assert (order.category, order.delivery_date, order.requested_shift) == ("KITCHEN", date(2027, 1, 20), "AM")
    assert (order.payment_status, order.delivery_status) == ("FULLY_PAID", "NOT_DELIVERED")
    assert order.created_at == datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
    assert (order.total_customer, order.total_provider) == (Decimal("2990"), Decimal("1450"))
    assert order.issues == ()
    customer, address = order.customer, order.address
    assert (customer.id, customer.name) == ("C-900771", "Paul Garnier")
    assert (customer.email, customer.phone) == ("paul.garnier@example.com", "+33639981234")
    assert (address.street, address.number, address.complement) == ("rue des Lilas", "14", "Esc. B, 3e")
    assert (address.postal_code, address.city, address.country) == ("59000", "Lille", "FR")
    service, worktop = order.lines
    assert (service.line_id, service.sku, service.kind) == ("1", "70011200", "SERVICE")
    assert (worktop.quantity, worktop.unit_price, worktop.currency) == (Decimal(2), Decimal(550), "EUR")
    assert (worktop.vat_rate, worktop.expected_date) == (Decimal(20), date(2027, 1, 20))
    assert order.system_metadata == {
        "tvMandatory": True,
        "preEstimationId": "PE-55120",
        "preEstimationVersion": "2",
        "sellerNotes": "Worktop does not fit the lift, carry by the stairs",
        "saleStatus": "VALIDATED",
        "vats": [{"rate": 20.0, "amount": 498.33}],
        "agreedProviderPrice": 1450.0,
        "configurationIds": ["CFG-77A"],
        "transformation": "pyxis-2",
    }


def test_the_same_sale_has_the_same_id(pyxis: Pyxis) -> None:
    """Whatever else changed: a replay cannot make a twin, and no other system's order with this number is it."""
    first = pyxis.created(local.created("8841207"))
    again = pyxis.created(local.created("8841207", {"customer": {"email": "other@example.com"}}))
    assert first.order_id == again.order_id == ids.order_id("pyxis", "8841207")
    assert first.order_key == "pyxis:8841207"
    assert pyxis.created(local.created("8841208")).order_id != first.order_id


def test_a_sale_of_no_tenant_is_unreadable_with_all_its_errors(pyxis: Pyxis) -> None:
    """Example 7: exactly these five, in this order; nobody's task list would own it."""
    failure = unreadable(pyxis, local.encoded(WRONG))
    assert issues(failure) == [("UNKNOWN_BUSINESS_UNIT", "order.businessUnitId"), *WRONG_ISSUES]
    assert (failure.code, failure.external_order_id) == ("INVALID_ORDER", "8841260")


def test_the_same_with_a_known_tenant_is_an_order_with_issues(pyxis: Pyxis) -> None:
    """An operator corrects it."""
    order = pyxis.created(local.encoded({**WRONG, "order": {**WRONG["order"], "businessUnitId": "102"}}))
    assert issues(order) == WRONG_ISSUES
    assert (order.sales_channel, order.country_code, order.address.country) == (None, "FR", "BE")


ISSUES: dict[str, tuple[Mapping[str, Any], list[tuple[str, str]]]] = {
    "a channel in lower case": ({"order": {"channel": "web"}}, []),
    "a new channel": ({"order": {"channel": "METAVERSE"}}, [("UNKNOWN_CHANNEL", "order.channel")]),
    "phone only": ({"customer": {"email": None}}, []),
    "e-mail only": ({"customer": {"phone": ""}}, []),
    "blanks for a contact": ({"customer": {"phone": " ", "email": "  "}}, [("MISSING_CONTACT", "customer")]),
    "an e-mail that is none": ({"customer": {"email": "paul@"}}, [("INVALID_EMAIL", "customer.email")]),
    "a phone that is none": ({"customer": {"phone": "call me"}}, [("INVALID_PHONE", "customer.phone")]),
    "a phone too short": ({"customer": {"phone": "+331"}}, [("INVALID_PHONE", "customer.phone")]),
    "another country": ({"address": {"country": "ES"}}, [("COUNTRY_NOT_SERVED", "address.country")]),
    "no country": ({"address": {"country": None}}, [("COUNTRY_NOT_SERVED", "address.country")]),
    "no street": ({"address": {"streetName": None}}, [("MISSING_FIELD", "address.streetName")]),
    "no postal code": ({"address": {"postalCode": None}}, [("MISSING_FIELD", "address.postalCode")]),
    "a blank city": ({"address": {"city": " "}}, [("MISSING_FIELD", "address.city")]),
    "no items": ({"items": []}, [("MISSING_SERVICE", "items")]),
    "an unknown payment word": (
        {"order": {"orderPaymentStatus": "PAID_IN_SHELLS"}},
        [("UNKNOWN_PAYMENT_STATUS", "order.orderPaymentStatus")],
    ),
    "an unknown delivery word": (
        {"order": {"deliveryStatus": "LOST"}},
        [("UNKNOWN_DELIVERY_STATUS", "order.deliveryStatus")],
    ),
    "an unknown shift": ({"order": {"shift": "NIGHT"}}, [("UNKNOWN_SHIFT", "order.shift")]),
    "a negative agreed price": (
        {"order": {"servcProviderAgreedPrice": -1}},
        [("OUT_OF_RANGE", "order.servcProviderAgreedPrice")],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), ISSUES.values(), ids=ISSUES)
def test_each_mistake_is_named_with_its_path(
    pyxis: Pyxis, changes: Mapping[str, Any], expected: list[tuple[str, str]]
) -> None:
    """The tenant is known, so it is an order an operator can mend: never a default, never a dead letter."""
    assert issues(pyxis.created(local.created("1", changes))) == expected


LINES: dict[str, tuple[Mapping[str, Any], str | None]] = {
    "nothing": ({"quantity": 0}, "items[0].quantity"),
    "less than nothing": ({"quantity": -1}, "items[0].quantity"),
    "half": ({"quantity": 0.5}, None),
    "more than a column holds": ({"quantity": 10_000_000_000}, "items[0].quantity"),
    "a gift": ({"unitPrice": 0}, None),
    "a negative price": ({"unitPrice": -0.01}, "items[0].unitPrice"),
    "a price no column holds": ({"unitPrice": 10_000_000_000}, "items[0].unitPrice"),
}


@pytest.mark.parametrize(("changes", "field"), LINES.values(), ids=LINES)
def test_the_limits_of_a_line(pyxis: Pyxis, changes: Mapping[str, Any], field: str | None) -> None:
    """A quantity is above zero, a price is not negative, and both fit the database."""
    items = [{**local.EXAMPLE["items"][0], **changes}]
    found = issues(pyxis.created(local.created("1", {"items": items})))
    assert found == ([("OUT_OF_RANGE", field)] if field else [])


def test_an_unknown_service_is_named_and_extras_are_not(pyxis: Pyxis) -> None:
    """The first service the catalogue knows decides what the order is; one it does not know is an extra to it."""
    kitchen, worktop = local.EXAMPLE["items"]
    extra = {**kitchen, "id": "70019910", "itemNumber": "3"}
    order = pyxis.created(local.created("1", {"items": [worktop, extra, kitchen]}))
    assert (order.service_code, order.issues) == ("INSTALL_KITCHEN_12", ())
    unknown = pyxis.created(local.created("1", {"items": [worktop, extra]}))
    assert issues(unknown) == [("UNKNOWN_PRODUCT", "items[1].id")]
    assert (unknown.service_code, unknown.category) == (None, None)
    only_goods = pyxis.created(local.created("1", {"items": [worktop]}))
    assert issues(only_goods) == [("MISSING_SERVICE", "items")]


def test_the_catalogue_of_the_day_counts() -> None:
    """Reference data is asked for per document: a new service is known without a restart."""
    catalogue = dict(REFERENCE.catalogue)
    pyxis = Pyxis(lambda: Reference(REFERENCE.business_units, catalogue))
    items = [{**local.EXAMPLE["items"][0], "id": "70099999"}]
    assert issues(pyxis.created(local.created("1", {"items": items}))) == [("UNKNOWN_PRODUCT", "items[0].id")]
    catalogue["70099999"] = CatalogueEntry("70099999", "INSTALL_ELEC_STOVE", "ELECTRICAL", urgency="URGENT")
    order = pyxis.created(local.created("1", {"items": items}))
    assert (order.service_code, order.urgency, order.issues) == ("INSTALL_ELEC_STOVE", "URGENT", ())


def test_the_providers_price_is_agreed_or_summed(pyxis: Pyxis) -> None:
    """The agreed price wins; else the lines' prices times their quantities; else it is not known."""
    items = [{**local.EXAMPLE["items"][0], "providersPrice": 100.5, "quantity": 3}, local.EXAMPLE["items"][1]]
    changes = {"order": {"servcProviderAgreedPrice": None}, "items": items}
    assert pyxis.created(local.created("1", changes)).total_provider == Decimal("301.5")
    bare = {**changes, "items": [local.EXAMPLE["items"][1], {**local.EXAMPLE["items"][0], "providersPrice": None}]}
    assert pyxis.created(local.created("1", bare)).total_provider is None


def test_a_national_number_gets_its_country(pyxis: Pyxis) -> None:
    """The tenant's country is the default, so the same digits mean another number elsewhere."""
    french = pyxis.created(local.created("1", {"customer": {"phone": "06 12 34 56 78"}}))
    assert french.customer.phone == "+33612345678"
    spanish = {"order": {"businessUnitId": "201"}, "address": {"country": "ES"}, "customer": {"phone": "600 000 123"}}
    assert pyxis.created(local.created("1", spanish)).customer.phone == "+34600000123"


def test_fields_without_a_home_are_kept(pyxis: Pyxis) -> None:
    """What a newer Pyxis tells beside what we know is in the order's metadata."""
    order = pyxis.created(local.created("1", {"order": {"mavNumber": "MAV-7", "loyalty": {"tier": 2}}}))
    assert order.system_metadata["other"] == {"mavNumber": "MAV-7", "loyalty": {"tier": 2}}


UNREADABLE: dict[str, tuple[bytes, tuple[str, str]]] = {
    "nothing": (b"", ("MALFORMED", "")),
    "half a document": (local.created("1")[:300], ("MALFORMED", "")),
    "no text": (b"\xff\xfe", ("MALFORMED", "")),
    "Avro of a registry": (b"\x00\x00\x00\x00\x07abc", ("MALFORMED", "")),
    "a list": (b"[]", ("WRONG_TYPE", "")),
    "null": (b"null", ("WRONG_TYPE", "")),
    "a hundred thousand brackets": (b"[" * 100_000, ("MALFORMED", "")),
    "a NUL in a text": (local.created("1").replace(b"Lilas", b"\\u0000"), ("MALFORMED", "")),
    "half a surrogate": (local.created("1").replace(b"Lilas", b"\\ud800"), ("MALFORMED", "")),
    "not a number": (local.created("1").replace(b"1890.0", b"NaN"), ("WRONG_TYPE", "items[0].unitPrice")),
    "infinity": (local.created("1").replace(b"1890.0", b"1e999"), ("WRONG_TYPE", "items[0].unitPrice")),
    "no order id": (local.encoded(local.sale({"order": {"id": ""}})), ("MISSING_FIELD", "order.id")),
    "an id of a kilobyte": (local.created("1" * 1024), ("TOO_LONG", "order.id")),
    "a line break in the id": (local.created("1\n2"), ("WRONG_TYPE", "order.id")),
    "a time without zone": (
        local.encoded(local.sale({"order": {"creationDate": "2027-01-11T09:00:00"}})),
        ("WRONG_TYPE", "order.creationDate"),
    ),
    "no address": (local.encoded(local.sale({"address": None})), ("WRONG_TYPE", "address")),
    "an unknown kind of line": (
        local.created("1").replace(b'"PRODUCT"', b'"SUBSCRIPTION"'),
        ("WRONG_TYPE", "items[1].type"),
    ),
    "too many lines": (local.encoded(local.sale({"items": [local.EXAMPLE["items"][1]] * 501})), ("TOO_LONG", "items")),
    "no version": (local.encoded(local.sale({"version": None})), ("UNKNOWN_VERSION", "version")),
    "a later version": (local.encoded(local.sale({"version": 3.0})), ("UNKNOWN_VERSION", "version")),
    "another system": (local.encoded(local.sale({"system": "Tempo"})), ("UNKNOWN_SYSTEM", "system")),
    "a giant": (b" " * (MAX_BYTES + 1), ("OVERSIZED", "")),
}


@pytest.mark.parametrize(("document", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_document_one_cannot_read_names_why(pyxis: Pyxis, document: bytes, expected: tuple[str, str]) -> None:
    """Whatever comes, it is this one error, and it tells the place."""
    assert issues(unreadable(pyxis, document)) == [expected]


def test_every_missing_part_is_named_at_once(pyxis: Pyxis) -> None:
    """The sender mends a document in one go."""
    fields = [field for code, field in issues(unreadable(pyxis, b"{}")) if code == "MISSING_FIELD"]
    assert fields == ["system", "order", "customer", "address", "items"]


def test_errors_and_reprs_tell_no_personal_data(pyxis: Pyxis) -> None:
    """They get into logs and onto the failed topic."""
    failure = unreadable(pyxis, local.encoded({**WRONG, "items": [{**WRONG["items"][0], "unitPrice": "Nina Roux"}]}))
    order = pyxis.created(local.created("1"))
    told = repr(failure) + str(failure) + repr([issue.message for issue in failure.issues]) + repr(order)
    for secret in ("Nina", "Roux", "Garnier", "Lilas", "paul", "+336", "stairs"):
        assert secret not in told


def test_our_examples_are_what_pyxis_sends() -> None:
    """The builder changes what it is told to and nothing else."""
    changed = json.loads(local.created("77", {"customer": {"email": None}}))
    assert changed["order"]["id"] == "77"
    assert changed["customer"] == {**local.EXAMPLE["customer"], "email": None}
    assert local.EXAMPLE["order"]["id"] == "8841207"
