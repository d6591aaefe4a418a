"""Where a value of FEEL becomes something else: a timer, a due date, a stored variable, an attribute with a type."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    catch,
    end,
    extensions,
    flow,
    gateway,
    job,
    message,
    message_event,
    model,
    multi,
    service,
    start,
    tag,
    timer,
    user_task,
)

BERLIN_5PM = '=date and time(date("2027-03-01"), time("17:00:00@Europe/Berlin"))'
EXPECTED = "Expected result of the expression '{}' to be {}, but was '{}'."


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def millis(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def script(expression: str) -> bytes:
    task = tag("scriptTask", extensions(tag("zeebe:script", expression=expression, resultVariable="x")), id="a")
    return model(start() + task + end(), "s a e")


def fault(h: Harness, file: bytes, variables: dict[str, Any] | None = None) -> tuple[str, str]:
    """The one incident of a new instance: its type and message without the warnings."""
    h.run(file, variables)
    (incident,) = h.incidents()
    return incident.error_type, incident.error_message.partition(" The evaluation reported")[0]


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        (BERLIN_5PM, "2027-03-01T16:00:00Z"),
        ('=date and time("2027-03-01T10:00:00")', "2027-03-01T09:00:00Z"),
        ('=date and time("2027-03-01T10:00+01:00[Europe/Berlin]")', "2027-03-01T09:00:00Z"),
        ('=@"2027-03-01T10:00:00@Europe/Berlin"', "2027-03-01T09:00:00Z"),
        ('=@"2027-03-01T10:00:00@America/New_York"', "2027-03-01T15:00:00Z"),
        ('="2027-02-01T10:00:00+02"', "2027-02-01T08:00:00Z"),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_a_date_time_is_due_at_its_instant(h: Harness, expression: str, due: str) -> None:
    """A FEEL date-time is taken as it is; a local one has the machine's zone; a text is read as Java reads it."""
    h.run(model(start() + catch("c", timer("Date", expression)) + end(), "s c e"))
    assert [record.value.due_date for record in h.events("TIMER", "CREATED")] == [millis(due)]


@pytest.mark.usefixtures("berlin")
def test_a_start_event_takes_a_date_time(h: Harness) -> None:
    """Also where it is evaluated at deployment."""
    h.deploy(model(start(inside=timer("Date", BERLIN_5PM)) + end(), "s e"))
    assert [record.value.due_date for record in h.events("TIMER", "CREATED")] == [millis("2027-03-01T16:00:00Z")]


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("Date", '=date("2027-03-01")', EXPECTED.format('date("2027-03-01")', "one of '[DATE_TIME, STRING]'", "DATE")),
        ("Date", "=5", EXPECTED.format("5", "one of '[DATE_TIME, STRING]'", "NUMBER")),
        ("Duration", "=m", EXPECTED.format("m", "one of '[DURATION, PERIOD, STRING]'", "NULL")),
        ("Duration", "=v", "Invalid duration format 'pt10s' for expression 'v'"),
        ("Date", "=w", "Invalid date-time format '2027-02-01T10:00:00+0200' for expression 'w'"),
        ("Date", "2027-02-01T24:00:00Z", "Invalid date-time format"),
        ("Date", "2027-02-01T10:00:00+01:00[Europe/Nowhere]", "Invalid date-time format"),
        ("Date", "2027-02-01T10:00:00+19:00", "Invalid date-time format"),
        ("Duration", "pt10s", "Invalid duration format"),
    ],
)
def test_what_is_no_time_is_an_incident(h: Harness, kind: str, text: str, message: str) -> None:
    """It names the expression and the type that it gave."""
    file = model(start() + catch("c", timer(kind, text)) + end(), "s c e")
    found = fault(h, file, {"v": "pt10s", "w": "2027-02-01T10:00:00+0200"})
    assert found[0] == "EXTRACT_VALUE_ERROR"
    assert found[1].startswith(message)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Date", "2027-02-01T10:00:00+0200"),
        ("Date", "2027-02-01T10:00:00[Europe/Berlin]"),
        ("Date", "2027-02-01T10:00:00"),
        ("Cycle", "R/pt10s"),
        ("Cycle", "0 0 9 * *"),
        ("Cycle", "0 0 22-2 * * *"),
        ("Cycle", "R/10:37:00Z/P1D"),
        ("Cycle", "R/2027-02-01/PT1H"),
    ],
)
def test_a_start_event_that_is_never_due_is_refused(h: Harness, kind: str, text: str) -> None:
    """Its text is read at deployment."""
    assert h.refused(model(start(inside=timer(kind, text)) + end(), "s e"))


@pytest.mark.parametrize(
    ("expression", "stored"),
    [
        ('date and time("2027-03-01T10:00:00@Europe/Berlin")', "2027-03-01T10:00:00+01:00[Europe/Berlin]"),
        ('date and time("2027-03-01T10:00:00+01:00")', "2027-03-01T10:00:00+01:00"),
        ('date and time("2027-03-01T10:00:00")', "2027-03-01T10:00:00"),
        ('date and time("2027-03-01T10:00:00.5")', "2027-03-01T10:00:00.5"),
        ('time("10:00:00")', "10:00"),
        ('time("10:30:15")', "10:30:15"),
        ('time("10:00:00.250")', "10:00:00.250"),
        ('date("2027-03-01")', "2027-03-01"),
        ('duration("P1M")', "P1M"),
        ('[date and time("2027-03-01T10:00:00@Europe/Berlin")]', ["2027-03-01T10:00:00+01:00[Europe/Berlin]"]),
        (
            'date and time(date("2027-07-01"), time("10:00:00@America/New_York"))',
            "2027-07-01T10:00:00-04:00[America/New_York]",
        ),
    ],
)
def test_a_time_is_stored_as_java_writes_it(h: Harness, expression: str, stored: Any) -> None:
    """ISO_ZONED_DATE_TIME, ISO_LOCAL_DATE_TIME, LocalTime.toString: not as FEEL's string()."""
    key = h.run(script(f"={expression}"))
    assert h.variables(key) == {"x": stored}


@pytest.mark.parametrize(
    ("text", "due"),
    [
        (BERLIN_5PM, "2027-03-01T16:00:00Z"),
        ('=date and time("2027-03-01T10:00:00")', "2027-03-01T09:00:00Z"),
        ("2027-03-01T10:00:00Z", "2027-03-01T10:00:00Z"),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_a_due_date_is_a_date_time(h: Harness, text: str, due: str) -> None:
    """Of FEEL's kind or a text."""
    h.run(model(start() + user_task("u", tag("zeebe:taskSchedule", dueDate=text)) + end(), "s u e"))
    (task,) = [entry.value for entry in h.engine.state.user_tasks.all().values()]
    assert datetime.fromisoformat(task.due_date.partition("[")[0]) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("2027-03-01T10:00:00Z", "2027-03-01T10:00Z"),
        ('="2027-03-01T10:00:00+01:00[Europe/Berlin]"', "2027-03-01T10:00+01:00[Europe/Berlin]"),
        ("2027-03-01T10:00:30Z", "2027-03-01T10:00:30Z"),
    ],
)
def test_a_due_date_of_a_task_by_job_is_written_as_java_does(h: Harness, text: str, header: str) -> None:
    """ZonedDateTime.toString drops seconds that are zero."""
    h.run(model(start() + user_task("u", tag("zeebe:taskSchedule", dueDate=text), native=False) + end(), "s u e"))
    (task,) = h.activate("io.camunda.zeebe:userTask").values()
    assert task.custom_headers["io.camunda.zeebe:dueDate"] == header


def user(*more: str, native: bool = True) -> bytes:
    return model(start() + user_task("u", *more, native=native) + end(), "s u e")


def branching(kind: str) -> bytes:
    file = start() + gateway(kind, "g", default="g_e") + end() + end("t") + flow("s", "g") + flow("g", "e")
    return model(file + flow("g", "t", "m"))


def assigned(**attributes: str) -> str:
    return tag("zeebe:assignmentDefinition", **attributes)


M = {
    "assignee": (user(assigned(assignee="=m")), "'STRING'"),
    "assignee by job": (user(assigned(assignee="=m"), native=False), "'STRING'"),
    "candidate groups": (user(assigned(candidateGroups="=m")), "'ARRAY'"),
    "candidate users": (user(assigned(candidateUsers="=m")), "'ARRAY'"),
    "external form": (user(tag("zeebe:formDefinition", externalReference="=m")), "'STRING'"),
    "form id": (user(tag("zeebe:formDefinition", formId="=m")), "'STRING'"),
    "priority": (user(tag("zeebe:priorityDefinition", priority="=m")), "'NUMBER'"),
    "job type": (model(start() + service("a", "=m") + end(), "s a e"), "'STRING'"),
    "job retries": (
        model(start() + tag("serviceTask", extensions(job("a", "=m")), id="a") + end(), "s a e"),
        "'NUMBER'",
    ),
    "message name": (
        model(start() + catch("c", message_event("n")) + end(), "s c e", message("n", "=1", "=m")),
        "'STRING'",
    ),
    "called process": (
        model(
            start() + tag("callActivity", extensions(tag("zeebe:calledElement", processId="=m")), id="c") + end(),
            "s c e",
        ),
        "'STRING'",
    ),
    "collection": (
        model(start() + service("a", inside=multi("=m")) + end(), "s a e"),
        "'ARRAY'",
    ),
    "condition": (branching("exclusive"), "'BOOLEAN'"),
    "condition of an inclusive gateway": (branching("inclusive"), "'BOOLEAN'"),
    "boundary cycle": (
        model(
            start() + service("a") + boundary("b", "a", timer("Cycle", "=m"), interrupting=False) + end() + end("t"),
            "s a e; b t",
        ),
        "'STRING'",
    ),
}


@pytest.mark.parametrize("what", M)
def test_a_misspelt_name_is_an_incident(h: Harness, what: str) -> None:
    """Null is no text, number, list or answer: the element waits for somebody to repair it."""
    file, wanted = M[what]
    assert fault(h, file) == ("EXTRACT_VALUE_ERROR", EXPECTED.format("m", wanted, "NULL"))


def test_a_misspelt_correlation_key_is_an_incident(h: Harness) -> None:
    """In words of its own."""
    file = model(start() + catch("c", message_event("n")) + end(), "s c e", message("n", "=m"))
    said = (
        "Failed to extract the correlation key for 'm': The value must be either a string or a number, but was 'NULL'."
    )
    assert fault(h, file) == ("EXTRACT_VALUE_ERROR", said)


def test_a_repaired_name_goes_on(h: Harness) -> None:
    """Set what was missing, resolve: the task is there with its assignee."""
    key = h.run(user(assigned(assignee="=who")))
    h.set_variables(key, {"who": "kim"})
    h.resolve()
    assert [entry.value.assignee for entry in h.engine.state.user_tasks.all().values()] == ["kim"]
    assert h.incidents() == []


def test_dates_of_a_task_may_be_missing(h: Harness) -> None:
    """A date that comes out null is none."""
    h.run(user(tag("zeebe:taskSchedule", dueDate="=misspelt")))
    assert [entry.value.due_date for entry in h.engine.state.user_tasks.all().values()] == [""]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (
            user(tag("zeebe:priorityDefinition", priority="=70.5")),
            "Expected result of the expression '70.5' to be an integer, but was a decimal.",
        ),
        (
            user(tag("zeebe:priorityDefinition", priority="=string(70)")),
            EXPECTED.format("string(70)", "'NUMBER'", "STRING"),
        ),
        (user(assigned(assignee="=5")), EXPECTED.format("5", "'STRING'", "NUMBER")),
        (
            user(assigned(candidateGroups="=[1,2]")),
            "Expected result of the expression '[1,2]' to be 'ARRAY' containing 'STRING' items, "
            "but was 'ARRAY' containing at least one non-'STRING' item",
        ),
        (
            user(assigned(candidateUsers="=string(7)"), native=False),
            EXPECTED.format("string(7)", "'ARRAY'", "STRING"),
        ),
    ],
)
def test_a_value_of_another_type_is_an_incident(h: Harness, file: bytes, message: str) -> None:
    """Nothing is converted."""
    kind, said = fault(h, file)
    assert kind == "EXTRACT_VALUE_ERROR"
    assert said.startswith(message)


def test_an_empty_list_is_a_list(h: Harness) -> None:
    """Nobody in particular may do the task."""
    h.run(user(assigned(candidateGroups="=[]")))
    assert h.incidents() == []
