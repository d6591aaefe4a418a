"""Notice, buffers, holidays and the slots of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.calendar import PublicHolidays
from workers.domain import scheduling
from workers.domain.scheduling import Busy, Slot, Stretch, TeamCalendar, Wish
from workers.domain.slot_rules import RULES, SlotRules
from workers.domain.tenancy import COUNTRIES
from workers.settings import MODELS
from workers.workshop.decisions import FileDecisions

HOLIDAYS = PublicHolidays()
TABLES = FileDecisions([MODELS / "dmn" / "slot-and-buffer-rules.dmn"])


def holidays(country: str, postal_code: str = ""):
    return lambda day: HOLIDAYS.name(day, country=country, postal_code=postal_code)


def output(country: str = "FR", service: str = "INSTALLATION", category: str = "OTHER", urgency: str = "STANDARD"):
    """What the deployed decision says."""
    inputs = {"countryCode": country, "serviceType": service, "category": category, "urgency": urgency}
    return TABLES.decide(RULES, **inputs)


def wish(
    country: str = "FR", service: str = "INSTALLATION", created: str = "2027-01-11", category: str = "OTHER", **changes
) -> Wish:
    day = date.fromisoformat(created)
    rules = SlotRules.of(output(country, service, category))
    fields = {"rules": rules, "created": day, "today": day, "duration_min": 240}
    return Wish(**fields | changes)


def slots(day: date, wanted: Wish):
    return scheduling.slots(day, wanted, holidays("FR"))


@pytest.mark.parametrize(
    ("country", "service", "created", "expected", "because"),
    [
        ("FR", "CONFIRMATION_TV", "2027-03-27", "2027-03-30", "2027-03-29"),  # S8: +2 is Easter Monday
        ("IT", "INSTALLATION", "2027-03-24", "2027-03-30", "2027-03-29"),  # S9: +4 is Easter Sunday, then Monday
        ("PL", "INSTALLATION", "2027-04-27", "2027-05-04", "2027-05-03"),  # S10: +5 is Sunday, then 3 May
        ("ES", "REPAIR", "2027-02-05", "2027-02-08", "weekend"),  # S11: +1 is a Saturday
        ("FR", "REWORK", "2027-01-11", "2027-01-12", "notice of 1 days"),  # a plain working day
        ("PL", "REWORK", "2027-01-11", "2027-01-13", "notice of 2 days"),
    ],
)
def test_notice_rolls_to_a_working_day(country, service, created, expected, because):
    """Calendar days of notice, then the next day that is neither weekend nor holiday; the reasons are told."""
    found = scheduling.earliest(wish(country, service, created), holidays(country))
    assert found.day == date.fromisoformat(expected)
    assert because in " ".join(found.reasons)


def test_spanish_regions_have_their_own_holidays():
    """24 June 2027 is a holiday in Barcelona and none in Madrid: the address decides."""
    saint_john = date(2027, 6, 24)
    assert HOLIDAYS.name(saint_john, country="ES", postal_code="08001")
    assert HOLIDAYS.name(saint_john, country="ES", postal_code="28001") is None


def test_patron_day_of_an_italian_town():
    """7 December is kept in Milan, not in Rome."""
    assert HOLIDAYS.name(date(2027, 12, 7), country="IT", postal_code="20121")
    assert HOLIDAYS.name(date(2027, 12, 7), country="IT", postal_code="00184") is None


@pytest.mark.parametrize(
    ("category", "expected"),
    [("KITCHEN", "2027-01-27"), ("BATHROOM", "2027-01-25"), ("FLOORING", "2027-01-22"), ("OTHER", "2027-01-20")],
)
def test_goods_rest_after_delivery(category, expected):
    """S1 and S21: the buffer of the product counts from delivery; a kitchen delivered on 01-20 waits until 01-27."""
    found = scheduling.earliest(wish(category=category, delivery=date(2027, 1, 20)), holidays("FR"))
    assert found.day == date.fromisoformat(expected)


def test_never_today():
    """A visit planned again long after the sale is not planned for the same day."""
    found = scheduling.earliest(wish(today=date(2027, 6, 1)), holidays("FR"))
    assert found.day == date(2027, 6, 2)


@pytest.mark.parametrize(
    ("ahead", "labels"),
    [(15, ["AM", "PM"]), (14, ["08:00", "09:00", "14:00", "15:00"])],
)
def test_half_days_far_ahead_hours_when_near(ahead, labels):
    """More than fourteen days ahead a half-day is sold, else an hour; a four-hour job never runs over noon unasked."""
    today = date(2027, 1, 11)
    found = slots(today + timedelta(days=ahead), wish())
    assert [slot.label for slot in found if slot.label in labels] == labels


def test_noon_is_not_worked():
    """A job that runs into the break ends an hour later, and none starts in it or ends after the day."""
    found = {slot.label: slot for slot in slots(date(2027, 1, 13), wish(duration_min=285))}
    assert found["08:00"] == Slot(date(2027, 1, 13), "08:00", 32, 51)  # 12:45: before the break
    assert found["09:00"] == Slot(date(2027, 1, 13), "09:00", 36, 59)  # 13:45 plus the hour
    assert "13:00" not in found
    assert "15:00" not in found


def test_a_longer_scope_needs_a_longer_slot():
    """S3: 240 minutes fit a half-day, 285 do not: the job takes the morning and part of the afternoon."""
    day = date(2027, 1, 28)
    assert [slot.label for slot in slots(day, wish())] == ["AM", "PM"]
    assert slots(day, wish(duration_min=285)) == [Slot(day, "AM", 32, 51)]


def test_work_longer_than_a_day_goes_on_on_the_next_working_days():
    """Whole days first, from the morning on; weekends and holidays are passed. It ends when its last day's part does."""
    friday, monday = date(2027, 1, 29), date(2027, 2, 1)
    found = slots(friday, wish(duration_min=600))
    assert found == [Slot(friday, "AM", 32, 68, (Stretch(monday, 32, 40),))]
    assert scheduling.instants(found[0], COUNTRIES["FR"])[1] == datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    assert [s.label for s in slots(date(2027, 1, 13), wish(duration_min=960))] == ["08:00"], "near: by the hour"
    assert slots(friday, wish(duration_min=480))[0].rest == (), "a day's work is one day"


def test_a_day_too_short_for_a_days_work_holds_none():
    """Where an analyst asks for more minutes than a working day has, nothing is planned past the evening."""
    rules = replace(wish().rules, minutes_per_day=720)
    assert slots(DAY, wish(rules=rules, duration_min=960)) == []


def test_today_only_with_consent_and_with_time_to_get_there():
    """With an operator's consent the notice is none; a slot of today starts late enough for a team to come."""
    today = date(2027, 1, 11)
    wanted = wish("ES", "REPAIR", same_day=True, today_from_q=46, duration_min=120)
    found = scheduling.earliest(wanted, holidays("ES"))
    assert found.day == today
    assert "consent" in found.reasons[0] or "notice of 0" in found.reasons[0]
    assert slots(today, wanted)[0].label == "12:00"


@pytest.mark.parametrize(
    ("cell", "value", "named"),
    [
        ("hours.morningFrom", "8h", "morningFrom"),
        ("hours.travelMin", -5, "travelMin"),
        ("grid.windowDays", "thirty", "windowDays"),
        ("noticeDays", None, "noticeDays"),
        ("grid", None, "grid"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(cell, value, named):
    """What an analyst mistyped fails with the cell's name, and never with a guess."""
    told = output()
    *path, last = cell.split(".")
    inner = told
    for name in path:
        inner = inner[name]
    inner[last] = value
    with pytest.raises(ValueError, match=named):
        SlotRules.of(told)


def test_a_team_keeps_all_days_or_none():
    """A team that is busy on the second day cannot take the first one either."""
    slot = Slot(DAY, "AM", 32, 68, (Stretch(date(2027, 1, 28), 32, 40),))
    assert calendar().refuses(slot, 3) is None
    assert calendar(Busy(date(2027, 1, 28), 36, 40)).refuses(slot, 3) == "booked"


def test_the_wished_half_comes_first():
    """What the seller noted is tried before the rest."""
    day = date(2027, 1, 28)
    assert [slot.label for slot in slots(day, wish(preferred_label="PM"))] == ["PM", "AM"]


def calendar(*busy: Busy, **changes) -> TeamCalendar:
    fields = {
        "working_days": (0, 1, 2, 3, 4),
        "shift": (32, 80),
        "max_jobs_day": 4,
        "max_minutes_day": 480,
        "max_jobs_week": 20,
        "absent": lambda day: False,
    }
    return TeamCalendar(busy=busy, **fields | changes)


DAY = date(2027, 1, 27)


@pytest.mark.parametrize(
    ("team", "slot", "reason"),
    [
        (calendar(), Slot(DAY, "AM", 32, 48), None),
        (calendar(Busy(DAY, 32, 48)), Slot(DAY, "PM", 52, 68), None),  # one hour between: 45 minutes of travel fit
        (calendar(Busy(DAY, 32, 48)), Slot(DAY, "12:30", 50, 66), "booked"),  # only half an hour
        (calendar(Busy(DAY, 52, 68)), Slot(DAY, "AM", 34, 50), "booked"),  # travel before the next job counts too
        (calendar(Busy(DAY, 32, 48)), Slot(DAY, "PM", 52, 72), "hours"),  # 4 + 5 hours
        (calendar(*[Busy(DAY, q, q + 2) for q in (32, 40, 48, 56)]), Slot(DAY, "x", 70, 72), "capacity"),
        (calendar(absent=lambda day: True), Slot(DAY, "AM", 32, 48), "absence"),
        (calendar(shift=(36, 80)), Slot(DAY, "AM", 32, 48), "shift"),
        (calendar(), Slot(date(2027, 1, 30), "AM", 32, 48), "shift"),  # a Saturday
    ],
)
def test_why_a_team_cannot_come(team, slot, reason):
    """Shift, absence, limits, and other jobs with the way between them."""
    assert team.refuses(slot, 3) == reason


def test_the_search_window_skips_closed_days():
    """Thirty days from the earliest one, without weekends and holidays."""
    days = list(scheduling.window(date(2027, 3, 26), holidays("FR"), 30))
    assert days[:2] == [date(2027, 3, 26), date(2027, 3, 30)]
    assert days[-1] <= date(2027, 4, 24)


def test_instants_follow_the_wall_clock_over_the_change_of_time():
    """S31: a slot at 10:00 in Madrid is 10:00 on the wall before and after 28 March; 48 hours before are elapsed hours."""
    madrid = COUNTRIES["ES"]
    start, _ = scheduling.instants(Slot(date(2027, 3, 29), "10:00", 40, 48), madrid)
    assert start == datetime(2027, 3, 29, 8, 0, tzinfo=UTC)
    assert madrid.local(start - timedelta(hours=48)).isoformat() == "2027-03-27T09:00:00+01:00"
