"""Slots: the first one a fitting team can keep, held by the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from workers.domain.negotiations import DateAnswer, Side
from workers.domain.orders import Address, Product
from workers.domain.values import SourceSystem
from workers.domain.visits import Execution
from workers.intake.dates import Said, answer_date
from workers.journey.dates import Wanted
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


def test_an_unserved_address_has_a_date_and_no_team(world):
    """S16: no zone covers the postal code, so the first slot the rules allow is kept without a booking, and nobody is found."""
    world.created(address=Address(street="rue", postal_code="13001", city="Marseille", country="FR")).scheduled()
    assert world.vars["scheduledSlot"] | {"end": ""} == {
        "date": "2027-01-27", "lastDate": "2027-01-27", "label": "AM", "start": "08:00", "end": ""
    }  # fmt: skip
    assert world.vars["bookingId"] is None
    assert world.view().bookings == []
    assert world.state == "SCHEDULED"
    outcome = world.run("find-providers")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "NO_PROVIDERS_FOUND"


def test_nobody_at_work_is_explained(own_world):
    """A covered address whose teams are all away has no slot, and the operator reads why for each day."""
    with psycopg.connect(own_world.url, autocommit=True) as connection:
        connection.execute("UPDATE work_teams SET status = 'ON_VACATION'")
    outcome = own_world.created().run("schedule-service", visitKind="MAIN", serviceType="INSTALLATION", durationMin=240)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "NO_SLOT_AVAILABLE"
    assert '"earliest":"2027-01-27"' in outcome.variables.replace(" ", "")
    assert "no team serves this address" in outcome.variables
    assert own_world.state == "CREATED"


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
        "INSERT INTO bookings (id, visit_id, order_id, team_id, country_code, bu_code, day, start_q, end_q, travel_q, part,"
        " expires_at, kind, state, created_at, updated_at) SELECT gen_random_uuid(), visit_id, order_id, team_id,"
        " country_code, bu_code, day, end_q + 1, end_q + 8, travel_q, part + 1, expires_at, kind, 'CONFIRMED', now(), now()"
        " FROM bookings WHERE id = :booking"
    )
    with world.owner.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError, match="bookings_overlap"):
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
        assert effect.unit.bookings.hold_all([moved]) is None
        assert effect.unit.bookings.get(UUID(mine)) == booking, "the transaction goes on as if nothing had been tried"
        effect.store({})


# -- several bookings of one visit ---------------------------------------------------------------------------------------


def small_teams(world, people=1):
    """Every team has so many people."""
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("UPDATE work_teams SET crew_size = %s", [people])


def parts(world):
    """Team, day and state of every booking, part by part."""
    rows = sorted(world.view().bookings, key=lambda row: (row["created_at"], row["part"]))
    return [(row["team_id"], row["day"].isoformat(), row["state"]) for row in rows]


def test_work_of_two_days_books_two_days(world):
    """Ten hours are a whole day and the rest of the next working day, by one team, confirmed together."""
    world.created(category="BATHROOM", delivery_date=date(2027, 1, 26)).scheduled(minutes=600)
    assert world.vars["scheduledSlot"] | {"label": "", "start": "", "end": ""} == {
        "date": "2027-01-29", "lastDate": "2027-02-01", "label": "", "start": "", "end": ""
    }  # fmt: skip
    assert [day for _, day, _ in parts(world)] == ["2027-01-29", "2027-02-01"]
    assert len({team for team, _, _ in parts(world)}) == 1
    world.assigned()
    assert [state for _, _, state in parts(world)] == ["CONFIRMED", "CONFIRMED"]
    assert world.view().visits[0]["planned_end"] > world.view().visits[0]["planned_start"]


def test_work_for_two_small_teams_books_both(own_world):
    """A crew larger than one team takes several of the same provider at once; both are given back together."""
    small_teams(own_world)
    world = own_world.created().scheduled()
    (first, day, _), (second, same, _) = parts(world)
    assert first != second
    assert day == same
    with world.unit() as effect:
        assert len({effect.unit.providers.team(team).provider_id for team in (first, second)}) == 1
        effect.store({})
    world.assigned()
    assert [state for _, _, state in parts(world)] == ["CONFIRMED", "CONFIRMED"]
    world.do("release-slot")
    assert [state for _, _, state in parts(world)] == ["CANCELLED", "CANCELLED"]


def test_a_crew_nobody_has_is_explained(world):
    """More people than any provider has, all teams together, is no slot, and the operator reads why."""
    outcome = world.created().run(
        "schedule-service", visitKind="MAIN", serviceType="INSTALLATION", durationMin=240, crew=40
    )
    assert isinstance(outcome, BpmnError)
    assert "no team serves this address" in outcome.variables


def test_another_provider_takes_all_parts_over(own_world):
    """The slot moves to the winner's teams, each part of it; nothing of the first provider's stays booked."""
    small_teams(own_world)
    world = own_world.created().scheduled(minutes=600)
    before = parts(world)
    assert len(before) == 4, "two teams on two days"
    world.ranked()
    other = next(n for n, row in enumerate(world.vars["ranked"]) if row["teamId"] != str(before[0][0]))
    world.offered(rank=other).answered().do("confirm-assignment").do("confirm-booking")
    after = parts(world)
    assert [state for _, _, state in after] == ["CONFIRMED"] * 4
    assert not {team for team, _, _ in after} & {team for team, _, _ in before}
    assert [day for _, day, _ in after] == [day for _, day, _ in before]


def test_a_provider_that_lost_a_team_meanwhile_cannot_take_it(own_world):
    """All or nothing: with one of its two teams busy the offer is not open any more, and every booking stays where it was."""
    small_teams(own_world)
    world = own_world.created(external_order_id="a").scheduled().ranked()
    before, taken = parts(world), {team for team, _, _ in parts(world)}
    rank = next(n for n, row in enumerate(world.vars["ranked"]) if UUID(row["teamId"]) not in taken)
    world.offered(rank=rank).answered()
    provider = world.vars["ranked"][rank]["providerId"]
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute(
            "UPDATE work_teams SET status = 'INACTIVE' WHERE provider_id = %s AND id <> %s",
            [provider, world.vars["ranked"][rank]["teamId"]],
        )
    outcome = world.run("confirm-assignment")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "OFFER_NO_LONGER_OPEN"
    assert parts(world) == before


def test_a_renewed_hold_renews_every_part(own_world):
    """An offer keeps all days and teams held; when nobody renews them they lapse together."""
    small_teams(own_world)
    world = own_world.created(external_order_id="a").scheduled(minutes=600).offered()
    assert len({row["expires_at"] for row in world.view().bookings}) == 1
    held = parts(world)
    world.clock.forward(days=5)
    with world.unit() as effect:
        assert effect.unit.bookings.lapse([held[-1][0]]) == 4, "asked for one team, all of the visit lapse"
        effect.store({})
    assert {state for _, _, state in parts(world)} == {"EXPIRED"}
    assert isinstance(world.run("confirm-booking"), BpmnError)


def test_a_lapsed_hold_of_several_parts_is_made_anew(own_world):
    """Who accepts late gets every part back while the teams are free."""
    small_teams(own_world)
    world = own_world.created().scheduled(minutes=600).offered().answered()
    held = parts(world)
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("UPDATE bookings SET state = 'EXPIRED'")
    world.do("confirm-assignment").do("confirm-booking")
    again = [row for row in parts(world) if row[2] == "CONFIRMED"]
    assert [row[1] for row in again] == [row[1] for row in held]
    assert len(again) == 4


def test_another_date_moves_every_part(world):
    """An agreed date moves both days, also onto a day the visit holds itself; calendars hear of each."""
    world.created(category="BATHROOM").scheduled(minutes=600).offered()
    first = [day for _, day, _ in parts(world)]
    world.negotiated(day=first[1])
    said = Said(by=Side.CUSTOMER, answer=DateAnswer.ACCEPTED, wanted=Wanted(date.fromisoformat(first[1])))
    with world.unit("api") as effect:
        answer_date(effect.unit, world.almanac, world.vars["negotiationId"], 1, said=said)
        effect.store({})
    world.do("finalize-date-agreement")
    moved = [day for _, day, _ in parts(world)]
    assert moved[0] == first[1]
    assert moved[1] > moved[0]
    assert "scheduling.booking.released" in world.topics()


def test_part_numbers_are_the_databases(world):
    """A visit has each part once, whatever SQL says."""
    world.created().scheduled()
    copy = (
        "INSERT INTO bookings (id, visit_id, order_id, team_id, country_code, bu_code, day, start_q, end_q, travel_q, part,"
        " expires_at, kind, state, created_at, updated_at) SELECT gen_random_uuid(), visit_id, order_id, team_id,"
        " country_code, bu_code, day + 1, start_q, end_q, travel_q, part, expires_at, kind, 'CONFIRMED', now(), now()"
        " FROM bookings WHERE id = :booking"
    )
    with world.owner.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError, match="bookings_parts"):
        connection.execute(sa.text(copy), {"booking": UUID(world.vars["bookingId"])})


def test_nights_are_no_work():
    """What a team is paid minutes for excludes its pauses; one that never ended lasts until it left."""
    run = Execution(
        id=UUID(int=1), visit_id=UUID(int=2), order_id=UUID(int=3), country_code="FR", bu_code="FR-HOME",
        dispatched_at=at("2027-01-29T06:00"), checked_in_at=at("2027-01-29T07:00"), checked_out_at=at("2027-02-01T09:00"),
        pauses=({"from": "2027-01-29T16:00:00+00:00", "reason": "night"}, {"until": "2027-02-01T07:00:00+00:00"}),
    )  # fmt: skip
    assert run.minutes == 11 * 60
    open_end = replace(run, pauses=({"from": "2027-01-29T16:00:00+00:00", "reason": "night"},))
    assert open_end.minutes == 9 * 60
