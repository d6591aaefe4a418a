"""Validation, fit of a team, closing forms, messages, identities: pure rules as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from workers.domain import closing, ids, notices, providers, validation
from workers.domain.assignments import tie_breaker
from workers.domain.closing import Reservation
from workers.domain.notices import Addressee, Way
from workers.domain.orders import Address, Customer, Product, ServiceOrder
from workers.domain.providers import Absence, Certificate, Fitting, Provider, Quality, WorkTeam
from workers.domain.tenancy import COUNTRIES
from workers.domain.validation import Correction
from workers.domain.values import (
    Preference,
    Recipient,
    RiskStatus,
    SalesChannel,
    Severity,
    SourceSystem,
    ZoneKind,
)


def order(**changes) -> ServiceOrder:
    now = datetime(2027, 1, 11, 9, tzinfo=UTC)
    line = Product(
        line_id="1",
        sku="s",
        name="Kitchen",
        quantity=Decimal(1),
        unit_price=Decimal(1890),
        currency="EUR",
        kind="SERVICE",
    )
    fields = {
        "sales_channel": SalesChannel.STORE,
        "country_code": "FR",
        "bu_code": "FR-HOME",
        "customer": Customer(id="C-1", name="Paul", email="paul@example.com", phone="+33639981234"),
        "address": Address(street="rue des Lilas", postal_code="59000", city="Lille", country="FR"),
        "products": (line,),
        "service_type": "INSTALLATION",
        "raw_payload": {},
        "created_at": now,
        "updated_at": now,
    }
    return ServiceOrder.received(source_system=SourceSystem.PYXIS, external_order_id="8841207", **fields | changes)


def with_customer(**changes) -> ServiceOrder:
    return order(customer=replace(order().customer, **changes))


def with_address(**changes) -> ServiceOrder:
    return order(address=replace(order().address, **changes))


@pytest.mark.parametrize(
    ("sale", "code", "field"),
    [
        (with_customer(email=None, phone=None), "MISSING_CONTACT", "customer"),
        (with_customer(email="paul"), "INVALID_EMAIL", "customer.email"),
        (with_customer(phone="0639981234"), "INVALID_PHONE", "customer.phone"),
        (with_address(street=""), "MISSING_FIELD", "address.street"),
        (with_address(country="BE"), "COUNTRY_NOT_SERVED", "address.country"),
        (with_address(postal_code="7000"), "INVALID_POSTAL_CODE", "address.postalCode"),
        (order(products=(replace(order().products[0], quantity=Decimal(0)),)), "OUT_OF_RANGE", "products[0].quantity"),
        (order(products=(replace(order().products[0], kind="PRODUCT"),)), "MISSING_SERVICE", "products"),
        (order(sales_channel=None), "UNKNOWN_CHANNEL", "order.channel"),
    ],
)
def test_each_fault_is_named(sale, code, field):
    """One fault gives exactly one issue, with its code and path."""
    assert [(issue.code, issue.field) for issue in validation.issues(sale)] == [(code, field)]


def test_all_faults_are_named_together():
    """An operator sees everything at once, not one fault per round."""
    sale = replace(with_customer(email=None, phone=None), sales_channel=None, products=())
    assert {issue.code for issue in validation.issues(sale)} == {
        "MISSING_CONTACT",
        "UNKNOWN_CHANNEL",
        "MISSING_SERVICE",
    }


def test_a_correction_mends_the_order_and_not_the_document():
    """Corrected fields change, the document as received stays, and the audit names fields without values."""
    broken = with_customer(email=None, phone=None)
    change = Correction(email="paul@example.com", postal_code="59800", quantities={"1": Decimal(2)})
    mended = validation.corrected(broken, change)
    assert validation.issues(mended) == ()
    assert (mended.address.postal_code, mended.products[0].quantity) == ("59800", Decimal(2))
    assert mended.raw_payload == broken.raw_payload
    assert change.fields == ("email", "postal_code", "quantity of line 1")
    assert "paul@example.com" not in repr(change)


def test_ids_follow_from_the_key():
    """I1: the same sale has the same id and number everywhere; another sale has another one."""
    assert order().id == ids.order_id("pyxis", "8841207") == ids.order_id("pyxis", "8841207")
    assert ids.order_id("pyxis", "8841208") != order().id != ids.order_id("tempo", "8841207")
    assert order().order_number == ids.order_number(order().id, 2027)
    assert order().order_key == "pyxis:8841207"


def test_an_order_shows_no_personal_data_in_its_repr():
    """I13: logs that print an order print no name, contact, street or document."""
    text = repr(order(raw_payload={"secret": "document"}))
    assert not any(word in text for word in ("Paul", "paul@", "+336", "Lilas", "document"))


TEAM = WorkTeam(
    id=uuid4(),
    provider_id=uuid4(),
    name="A 1",
    base_lat=50.6,
    base_lng=3.0,
    certificates=(Certificate(name="PLUMBING_LICENSE", valid_until=date(2027, 6, 30)),),
    absences=(
        Absence(kind="VACATION", first=date(2027, 2, 1), last=date(2027, 2, 5)),
        Absence(kind="TRAINING", first=date(2027, 1, 27), last=date(2027, 1, 27), approved=False),
    ),
)
FIRM = Provider(
    id=TEAM.provider_id,
    country_code="FR",
    bu_code="FR-HOME",
    name="A",
    tier=1,
    quality=Quality(first_time_rate=0.96, satisfaction=4.3, punctuality=0.9),
    preferences={"KITCHEN": Preference.P1, "HVAC": Preference.OPT_OUT, "GARDEN": Preference.P2},
)
DAY = date(2027, 1, 27)


@pytest.mark.parametrize(
    ("fit", "category", "certificates", "day", "expected"),
    [
        (Fitting(FIRM, TEAM, ZoneKind.PRIMARY), "KITCHEN", ("PLUMBING_LICENSE",), DAY, True),
        (Fitting(FIRM, TEAM, ZoneKind.PRIMARY), "HVAC", (), DAY, False),
        (Fitting(FIRM, TEAM, ZoneKind.PRIMARY), "FLOORING", (), DAY, False),
        (Fitting(FIRM, TEAM, ZoneKind.PRIMARY), "KITCHEN", ("GAS_CERTIFICATION",), DAY, False),
        (Fitting(FIRM, TEAM, ZoneKind.PRIMARY), "KITCHEN", ("PLUMBING_LICENSE",), date(2027, 7, 1), False),
        (Fitting(replace(FIRM, contract_signed=False), TEAM, ZoneKind.PRIMARY), "KITCHEN", (), DAY, False),
        (Fitting(replace(FIRM, risk_status=RiskStatus.SUSPENDED), TEAM, ZoneKind.PRIMARY), "KITCHEN", (), DAY, False),
        (Fitting(replace(FIRM, risk_status=RiskStatus.ON_WATCH), TEAM, ZoneKind.PRIMARY), "KITCHEN", (), DAY, True),
        (Fitting(FIRM, TEAM, ZoneKind.PRIMARY, False), "KITCHEN", (), DAY, False),
    ],
)
def test_no_slot_is_held_with_a_team_that_could_never_come(fit, category, certificates, day, expected):
    """A first sieve of the slot search; who may take the visit is the table's to say."""
    assert providers.plausible(fit, category, certificates, day) is expected


def test_distance_is_measured_or_follows_from_the_zone():
    """Great-circle kilometres when the place is known, else what the zone suggests."""
    fit = Fitting(FIRM, TEAM, ZoneKind.SECONDARY)
    assert fit.distance_km((50.6311, 3.0468)) == pytest.approx(4.8, abs=0.1)
    assert fit.distance_km(None) == 25.0


def test_ranking_breaks_ties():
    """Score, then the nearer, then the better, then the smaller id."""
    near, far = {"distanceKm": 5.0}, {"distanceKm": 9.0}
    good = {"distanceKm": 9.0, "firstTimeRate": 0.9, "punctuality": 0.9, "satisfaction": 4.5}
    rows = [
        ({"score": 70, "providerId": "d"}, near),
        ({"score": 77, "providerId": "c"}, far),
        ({"score": 77, "providerId": "b"}, far),
        ({"score": 77, "providerId": "z"}, good),
        ({"score": 77, "providerId": "a"}, near),
    ]
    rows.sort(key=lambda row: tie_breaker(*row))
    assert [row["providerId"] for row, _ in rows] == ["a", "z", "b", "c", "d"]


@pytest.mark.parametrize(
    ("form", "found", "worst", "rating"),
    [
        ({}, [], "NONE", None),
        ({"reservation1": "  ", "severity1": "MAJOR", "rating": "9"}, [], "NONE", None),
        ({"reservation1": "scratch", "severity1": "MINOR", "rating": "4"}, ["MINOR"], "MINOR", 4),
        (
            {"reservation1": "leak", "severity1": "major", "reservation3": "scratch"},
            ["MAJOR", "MODERATE"],
            "MAJOR",
            None,
        ),
    ],
)
def test_what_a_customer_wrote(form, found, worst, rating):
    """Faults are read from the form's fields; an unknown severity counts as MODERATE, nonsense ratings as none."""
    faults = closing.reservations(form)
    assert [fault.severity.value for fault in faults] == found
    assert closing.worst(faults) == worst
    assert closing.rating(form) == rating


def test_the_worst_is_by_weight_not_by_name():
    """MODERATE is worse than MINOR although it comes later in the alphabet."""
    assert closing.worst([Reservation("a", Severity.MINOR), Reservation("b", Severity.MODERATE)]) is Severity.MODERATE


EVERYWHERE = {"email": "e", "sms": "+33", "push": "d", "in-app": "g"}


NOON, NIGHT = datetime(2027, 1, 11, 11, 0, tzinfo=UTC), datetime(2027, 1, 11, 22, 30, tzinfo=UTC)
FRANCE = COUNTRIES["FR"]


def legs(way: Way, to: Addressee, now: datetime = NOON, only: str | None = None):
    """Channels and due time of each leg."""
    found = notices.plan(way, to, now=now, country=FRANCE, only=only)
    return [(leg.channels, leg.due) for leg in found.legs]


def customer(addresses=EVERYWHERE, **more):
    return Addressee(recipient=Recipient.CUSTOMER, addresses=addresses, **more)


FIRST_THAT_WORKS = Way(channels=("preferred", "sms", "email"), together=False, keep_one=True)


def test_a_preferred_channel_comes_first_and_a_missing_address_is_skipped():
    """Who prefers e-mail gets e-mail; who has no telephone gets what is left; who has nothing, nothing."""
    assert legs(FIRST_THAT_WORKS, customer(preferred="email")) == [(("email", "sms"), None)]
    assert legs(FIRST_THAT_WORKS, customer({"email": "e"})) == [(("email",), None)]
    assert legs(FIRST_THAT_WORKS, customer({})) == []


def test_an_unwanted_channel_is_skipped_and_a_contract_keeps_one():
    """E-mail, else SMS, although they were opted out of; never an address that is dead."""
    nothing = frozenset(EVERYWHERE)
    assert legs(FIRST_THAT_WORKS, customer(unwanted=frozenset({"sms"}))) == [(("email",), None)]
    assert legs(FIRST_THAT_WORKS, customer(unwanted=nothing)) == [(("email",), None)]
    assert legs(FIRST_THAT_WORKS, customer(unwanted=nothing, dead=frozenset({"email"}))) == [(("sms",), None)]
    assert legs(FIRST_THAT_WORKS, customer(dead=frozenset({"email", "sms"}))) == []
    assert legs(Way(channels=("email",)), customer(unwanted=nothing)) == []


SPLIT = Way(channels=("email",), later=("sms",), later_at_hour=8, keep_one=True)
EIGHT = datetime(2027, 1, 12, 7, 0, tzinfo=UTC)


def test_what_waits_waits_on_the_clock_of_the_country():
    """At 23:30 in Paris eight o'clock is tomorrow, at 03:00 it is today."""
    assert legs(SPLIT, customer(), NIGHT) == [(("email",), None), (("sms",), EIGHT)]
    assert legs(SPLIT, customer({"sms": "+33"}), NIGHT + timedelta(hours=4)) == [(("sms",), EIGHT)]
    assert legs(Way(channels=("email",), after=timedelta(hours=2)), customer()) == [
        (("email",), NOON + timedelta(hours=2))
    ]


def test_a_channel_a_model_names_keeps_the_hours():
    """The second reminder is an SMS, but not at night; without a number the policy decides."""
    assert legs(SPLIT, customer(), NIGHT, "sms") == [(("sms",), EIGHT)]
    assert legs(FIRST_THAT_WORKS, customer(), NOON, "sms") == [(("sms",), None)]
    assert legs(SPLIT, customer({"email": "e"}), NIGHT, "sms") == [(("email",), None)]


def test_the_hour_of_a_country_over_a_change_of_the_clocks():
    """The night of 28 March 2027 lacks an hour; eight is eight all the same."""
    found = legs(Way(channels=("sms",), at_hour=8), customer(), datetime(2027, 3, 27, 22, 0, tzinfo=UTC))
    assert found == [(("sms",), datetime(2027, 3, 28, 6, 0, tzinfo=UTC))]


@pytest.mark.parametrize(("hour", "local"), [(6, 7.5), (20, 21.5)])
def test_the_policy_is_asked_with_the_hour_of_the_country(hour, local):
    """Half past is .5, told in UTC (winter)."""
    assert notices.local_hour(datetime(2027, 1, 11, hour, 30, tzinfo=UTC), FRANCE) == local


def test_numbers_and_derived_ids():
    """A yearly series is padded, and a derived id is a plain function of its parts."""
    assert ids.series_number("WCF", 2027, 42) == "WCF-2027-000042"
    assert ids.derived_id("visit", UUID(int=1), 1) == ids.derived_id("visit", UUID(int=1), 1)
    assert ids.derived_id("visit", UUID(int=1), 1) != ids.derived_id("visit", UUID(int=1), 2)
