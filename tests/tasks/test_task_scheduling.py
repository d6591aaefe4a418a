"""Slots: the first one a fitting team can keep, held by the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from workers.domain.orders import Address, Product
from workers.domain.values import SourceSystem
from workers.runtime.outcome import BpmnError

MADRID = Address(street="Calle del Olmo 8", postal_code="28001", city="Madrid", country="ES")
MILANO = Address(street="Via Roma 1", postal_code="20121", city="Milano", country="IT")
WARSZAWA = Address(street="ul. Polna 1", postal_code="00-001", city="Warszawa", country="PL")
SERVICE = Product(
    line_id="1", sku="x", name="Service", quantity=Decimal(1), unit_price=Decimal(95), currency="EUR", kind="SERVICE"
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("sale", "created", "kind", "service", "expected"),
    [
        # S8: FR survey ordered on a Saturday; two days later is Easter Monday
        ({}, "2027-03-27T09:00", "TECHNICAL_VISIT", "CONFIRMATION_TV", "2027-03-30"),
        # S9: IT installation; four days later is Easter Sunday
        (
            {"country_code": "IT", "bu_code": "IT-HOME", "address": MILANO},
            "2027-03-24T09:00", "MAIN", "INSTALLATION", "2027-03-30",
        ),
        # S10: PL installation; five days later is a Sunday, then 3 May
        (
            {"country_code": "PL", "bu_code": "PL-HOME", "address": WARSZAWA},
            "2027-04-27T09:00", "MAIN", "INSTALLATION", "2027-05-04",
        ),
        # S11: ES repair from Tempo on a Friday afternoon
        (
            {
                "country_code": "ES", "bu_code": "ES-DIY", "address": MADRID, "source_system": SourceSystem.TEMPO,
                "service_type": "REPAIR", "category": "PLUMBING", "service_code": "REPAIR_PLUMBING",
            },
            "2027-02-05T15:00", "MAIN", "REPAIR", "2027-02-08",
        ),
    ],
)  # fmt: skip
def test_earliest_day_of_each_country(world, sale, created, kind, service, expected):
    """Notice per country and service, rolled to a working day at the address; the timeline tells why."""
    world.clock.at = at(created)
    fields = {"created_at": world.clock.at, "delivery_date": None, "category": "KITCHEN", "products": (SERVICE,)}
    world.created(**fields | sale).scheduled(kind, 60, service)
    assert world.vars["scheduledSlot"]["date"] == expected
    held = next(entry for entry in world.view().timeline if entry.what == "slot held")
    assert held.detail["because"]


def test_a_survey_does_not_wait_for_the_goods(world):
    """A technical visit may come before delivery; the main work may not (I14)."""
    world.created().scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV")
    assert world.vars["scheduledSlot"]["date"] == "2027-01-13"
    assert world.state == "CREATED", "during the survey the order stays CREATED"
    world.scheduled()
    assert world.vars["scheduledSlot"]["date"] == "2027-01-27"
    assert world.state == "SCHEDULED"


def test_what_the_journey_waits_for(world):
    """Instants in UTC: the start, two hours before it, and when a missing team counts as missing."""
    world.created().scheduled()
    assert [world.vars[name] for name in ("scheduledAt", "visitStartMinus2h", "noShowAt")] == [
        "2027-01-27T07:00:00Z", "2027-01-27T05:00:00Z", "2027-01-27T07:30:00Z",
    ]  # fmt: skip


def test_no_two_bookings_of_a_team_overlap(world):
    """I4: as many orders as the teams can take on a day, then the next day; travel is kept between two jobs."""
    days = []
    for number in range(20):
        world.created(external_order_id=f"kitchen-{number}").scheduled()
        days.append((world.vars["scheduledSlot"]["date"], world.vars["scheduledSlot"]["label"]))
    assert days == sorted(days)
    assert len(set(days)) > 1, "a full half-day is not given twice"
    with psycopg.connect(world.url) as connection:
        (overlaps,) = connection.execute(
            "SELECT count(*) FROM bookings a JOIN bookings b ON a.team_id = b.team_id AND a.day = b.day AND a.id < b.id"
            " AND a.occupied && b.occupied"
        ).fetchone()
    assert overlaps == 0


def test_an_unserved_address_is_explained(world):
    """Without a team for the postal code there is no slot, and the operator reads why for each day."""
    world.created(address=Address(street="rue", postal_code="13001", city="Marseille", country="FR"))
    outcome = world.run("schedule-service", visitKind="MAIN", serviceType="INSTALLATION", durationMin=240)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "NO_SLOT_AVAILABLE"
    assert '"earliest":"2027-01-27"' in outcome.variables.replace(" ", "")
    assert "no team serves this address" in outcome.variables
    assert world.state == "CREATED"


def test_a_certificate_nobody_holds_closes_every_day(world):
    """A required licence screens the teams out."""
    world.created()
    outcome = world.run(
        "schedule-service", visitKind="MAIN", serviceType="INSTALLATION", durationMin=240, certs=["ASBESTOS"]
    )
    assert isinstance(outcome, BpmnError)


def test_planned_anew_is_the_same_visit(world):
    """A visit that is planned again keeps its identity, gives its slot and team back and gets others."""
    world.created().scheduled().assigned()
    first = dict(world.vars)
    world.clock.forward(days=20)
    world.scheduled()
    assert world.vars["visitId"] == first["visitId"]
    assert world.vars["bookingId"] != first["bookingId"]
    assert world.vars["scheduledSlot"]["date"] == "2027-02-01"
    assert world.state == "SCHEDULED"
    view = world.view()
    assert [booking["state"] for booking in view.bookings] == ["CANCELLED", "PRE_BOOKED"]
    assert [assignment["state"] for assignment in view.assignments] == ["CANCELLED"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"date": "2027-02-03", "label": "PM"}, "2027-02-03"),
        ({"date": "2027-02-03", "label": "AM", "teamId": ""}, "2027-02-03"),
        ({"date": "2027-01-18", "label": "AM", "ignoreNotice": True}, "2027-01-18"),  # hourly: any start that morning
        ({"date": "2027-01-18", "label": "AM"}, None),  # before the buffer and without leave
    ],
)
def test_an_operators_slot_is_taken_as_it_is(world, choice, expected):
    """I14: the buffer holds unless the operator says otherwise; empty fields of the form say nothing."""
    world.created()
    job = {"visitKind": "MAIN", "serviceType": "INSTALLATION", "durationMin": 240, "crew": 2, "certs": []}
    outcome = world.run("schedule-service", slotChoice={"decision": "USE_SLOT", **choice}, **job)
    if expected is None:
        assert isinstance(outcome, BpmnError)
        return
    assert world.view().bookings[0]["day"] == date.fromisoformat(expected)


def test_an_expired_hold_is_given_away_and_then_lost(world):
    """A hold lives 48 hours: afterwards its slot may go to somebody else, and confirming it says SLOT_LOST."""
    job = {"minutes": 480, "service": "INSTALLATION"}
    world.created(external_order_id="first", category="BATHROOM").scheduled(**job)
    first, team = dict(world.vars), world.view().bookings[0]["team_id"]
    world.clock.forward(hours=49)
    for number in range(8):
        world.created(external_order_id=f"later-{number}", category="BATHROOM").scheduled(**job)
        if world.view().bookings[0]["team_id"] == team and world.vars["scheduledSlot"] == first["scheduledSlot"]:
            break
    else:
        pytest.fail("the lapsed slot was never given to anybody")
    world.vars = first
    outcome = world.run("confirm-booking")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "SLOT_LOST"


def test_a_late_confirmation_of_a_slot_nobody_wanted_counts(world):
    """As long as the slot was not given away a late confirmation is one."""
    world.created().scheduled()
    world.clock.forward(days=4)
    world.do("confirm-booking")
    assert world.view().bookings[0]["state"] == "CONFIRMED"


def test_another_tenants_order_is_refused(world):
    """I12: a job whose variables name another country or business unit raises TENANT_MISMATCH."""
    world.created()
    world.vars["buCode"] = "FR-DIY"
    outcome = world.run("schedule-service", visitKind="MAIN", serviceType="INSTALLATION", durationMin=240)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "TENANT_MISMATCH"


def test_the_exclusion_is_the_databases(world):
    """I4: even SQL cannot put two live bookings of a team on top of each other."""
    world.created().scheduled()
    booking = world.vars["bookingId"]
    copy = (
        "INSERT INTO bookings (id, visit_id, order_id, team_id, country_code, bu_code, day, start_q, end_q, travel_q,"
        " expires_at, kind, state, created_at, updated_at) SELECT gen_random_uuid(), visit_id, order_id, team_id,"
        " country_code, bu_code, day, end_q + 1, end_q + 8, travel_q, expires_at, kind, 'CONFIRMED', now(), now()"
        " FROM bookings WHERE id = :booking"
    )
    with world.database.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError, match="bookings_overlap"):
        connection.execute(sa.text(copy), {"booking": UUID(booking)})


def test_surveys_of_an_order_that_is_only_a_survey_move_it(world):
    """An order for a technical visit is scheduled by its visit, which is all there is."""
    sale = {"service_type": "CONFIRMATION_TV", "service_code": "TV_KITCHEN"}
    world.created(**sale).scheduled("TECHNICAL_VISIT", 60, "CONFIRMATION_TV")
    assert world.state == "SCHEDULED"
    world.assigned().dispatched().on_site().do("record-tv-outcome", checkout={"tvOutcome": "YES"})
    assert world.state == "COMPLETED"


def test_an_unknown_channel_is_kept_as_unknown(world):
    """A word nobody knows is an issue, never a default (and the column has a value all the same)."""
    outcome = world.order(sales_channel=None).run("validate-order")
    assert isinstance(outcome, BpmnError)
    assert "UNKNOWN_CHANNEL" in outcome.variables


def test_moving_a_booking_to_a_busy_team_fails(world):
    """A held slot goes to another team only when that team is free then."""
    world.created(external_order_id="a").scheduled()
    busy = world.view().bookings[0]
    world.created(external_order_id="b").scheduled()
    mine = world.vars["bookingId"]
    with world.unit() as effect:
        booking = effect.unit.bookings.get(UUID(mine))
        moved = replace(booking, team_id=busy["team_id"], start_q=busy["start_q"], end_q=busy["end_q"], day=busy["day"])
        assert effect.unit.bookings.hold(moved) is None
        assert effect.unit.bookings.get(UUID(mine)) == booking, "the transaction goes on as if nothing had been tried"
        effect.store({})
