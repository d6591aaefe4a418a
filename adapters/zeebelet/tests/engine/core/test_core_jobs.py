"""Jobs: hand-out, answers, retries, time-outs, incidents."""

from __future__ import annotations

import pytest
from engine_harness import BLANK_JOB, Harness
from engine_models import end, extensions, io, job, model, service, start, tag

from zeebelet import records as r
from zeebelet.loop import EngineConfig

ONE = model(start() + service("a", mapping=io({"x": "=1"})) + end(), "s a e")
PLAIN = model(start() + service("a") + end(), "s a e")


def test_job_can_be_completed_without_having_been_activated(h: Harness) -> None:
    """A worker need not have activated the job it completes."""
    h.run(PLAIN)
    h.complete("a")
    assert h.completed()[-1] == "p"


@pytest.mark.parametrize(
    ("intent", "verb"), [("COMPLETE", "complete"), ("FAIL", "fail"), ("THROW_ERROR", "throw an error for")]
)
def test_answers_to_a_job_that_is_gone(h: Harness, intent: str, verb: str) -> None:
    """Whoever comes second hears that there is no such job."""
    h.run(PLAIN)
    key = h.job("a")
    h.complete("a")
    answer = h.ask("JOB", intent, BLANK_JOB, key=key)
    assert answer.rejection_type == "NOT_FOUND"
    assert answer.rejection_reason == f"Expected to {verb} job with key '{key}', but no such job was found"


def test_failed_job_with_retries_can_be_had_at_once(h: Harness) -> None:
    """The retries are exactly what the worker sent."""
    h.run(PLAIN)
    (key,) = h.activate("a")
    assert h.activate("a") == {}
    h.fail("a", 2)
    assert h.activate("a")[key].retries == 2


def test_failed_job_with_back_off_comes_back_later(h: Harness) -> None:
    """During the back-off the job is FAILED and takes no answers."""
    h.run(PLAIN)
    h.activate("a")
    h.fail("a", 2, retry_backoff=5_000)
    key = h.job("a")
    answer = h.ask("JOB", "COMPLETE", BLANK_JOB, key=key)
    assert answer.rejection_reason == f"Expected to complete job with key '{key}', but it is in state 'FAILED'"
    assert answer.rejection_type == "INVALID_STATE"
    h.pass_time(4)
    assert h.activate("a") == {}
    h.pass_time(1)
    assert list(h.activate("a")) == [key]


@pytest.mark.parametrize(("message", "shown"), [("", "No more retries left."), ("broken", "broken")])
def test_job_without_retries_is_an_incident(h: Harness, message: str, shown: str) -> None:
    """The incident tells what the worker said."""
    h.run(PLAIN)
    h.fail("a", 0, error_message=message)
    (incident,) = h.incidents()
    assert (incident.error_type, incident.error_message) == ("JOB_NO_RETRIES", shown)
    assert incident.job_key == h.job("a")


def test_incident_of_a_job_is_resolved_after_new_retries(h: Harness) -> None:
    """New retries alone change nothing; resolving without retries is refused; then the job can be had again."""
    h.run(PLAIN)
    h.fail("a")
    (incident_key,) = [key for key, _ in h.engine.state.incidents.all()]
    job_key = h.job("a")
    refused = h.ask("INCIDENT", "RESOLVE", None, key=incident_key)
    assert refused.rejection_type == "INVALID_STATE"
    assert refused.rejection_reason == (
        f"Expected to resolve incident with key '{incident_key}', but job with key '{job_key}' has no retries left. "
        "Please update the job retries and retry resolving the incident"
    )
    h.do("JOB", "UPDATE_RETRIES", BLANK_JOB._replace(retries=1), key=job_key)
    assert h.activate("a") == {}
    h.resolve()
    assert list(h.activate("a")) == [job_key]
    h.fail("a")
    assert [key for key, _ in h.engine.state.incidents.all()] != [incident_key]


@pytest.mark.parametrize("retries", [0, -1])
def test_retries_must_be_positive(h: Harness, retries: int) -> None:
    """Zero and less are refused."""
    h.run(PLAIN)
    key = h.job("a")
    answer = h.ask("JOB", "UPDATE_RETRIES", BLANK_JOB._replace(retries=retries), key=key)
    assert answer.rejection_type == "INVALID_ARGUMENT"
    assert answer.rejection_reason == (
        f"Expected to update retries for job with key '{key}' with a positive amount of retries, "
        f"but the amount given was '{retries}'"
    )


def test_variables_of_a_failed_job_are_local_and_seen_by_the_next_worker(h: Harness) -> None:
    """Failing merges variables into the task's own scope."""
    key = h.run(ONE)
    h.fail("a", 1, variables={"v": 1})
    (work,) = h.activate("a").values()
    assert work.variables == {"x": 1, "v": 1}
    assert h.variables(key) == {}


def test_job_times_out_with_its_retries(h: Harness) -> None:
    """After its deadline the job can be had again; the late worker may still complete it."""
    h.run(PLAIN)
    (key,) = h.activate("a", timeout=10_000)
    h.pass_time(11)
    assert h.engine.state.jobs.get(key).state == "ACTIVATABLE"  # type: ignore[union-attr]
    assert h.engine.state.jobs.get(key).value.retries == 3  # type: ignore[union-attr]
    h.complete(key)
    assert h.completed()[-1] == "p"


def test_time_out_can_be_changed_while_active(h: Harness) -> None:
    """The new deadline counts from now; a job that is not active has none."""
    h.run(PLAIN)
    key = h.job("a")
    answer = h.ask("JOB", "UPDATE_TIMEOUT", BLANK_JOB._replace(timeout=1), key=key)
    assert answer.rejection_reason == f"Expected to update the timeout of job with key '{key}', but it is not active"
    h.activate("a", timeout=60_000)
    h.do("JOB", "UPDATE_TIMEOUT", BLANK_JOB._replace(timeout=5_000), key=key)
    h.pass_time(5)
    assert list(h.activate("a")) == [key]


def test_jobs_are_handed_out_oldest_first_up_to_the_maximum(h: Harness) -> None:
    """FIFO by key, also for a job that came back."""
    h.deploy(PLAIN)
    for _ in range(3):
        h.create()
    first = list(h.activate("a", 2))
    h.fail(first[0], 1)
    third = list(h.activate("a", 5))
    assert first == sorted(first)
    assert third[0] == first[0]
    assert len(third) == 2


@pytest.mark.parametrize("retries", ["=0", "=-1"])
def test_job_without_retries_from_the_start_is_not_handed_out(h: Harness, retries: str) -> None:
    """It exists, but no worker gets it."""
    h.run(model(start() + tag("serviceTask", extensions(job("a", retries)), id="a"), "s a"))
    assert h.job("a")
    assert h.activate("a") == {}


@pytest.mark.parametrize(
    ("batch", "reason"),
    [
        (r.JobBatch(" ", "w", 1, 1), "Expected to activate job batch with type to be present, but it was blank"),
        (
            r.JobBatch("a", "w", 0, 1),
            "Expected to activate job batch with timeout to be greater than zero, but it was '0'",
        ),
        (
            r.JobBatch("a", "w", 1, 0),
            "Expected to activate job batch with max jobs to activate to be greater than zero, but it was '0'",
        ),
    ],
)
def test_activation_is_validated(h: Harness, batch: r.JobBatch, reason: str) -> None:
    """Blank type, no time, no jobs."""
    answer = h.ask("JOB_BATCH", "ACTIVATE", batch)
    assert (answer.rejection_type, answer.rejection_reason) == ("INVALID_ARGUMENT", reason)


def test_worker_sees_the_nearest_variables_or_those_it_asks_for(h: Harness) -> None:
    """Empty list: all that is visible, the nearest of each name; else the listed ones that exist."""
    h.run(ONE, {"x": 0, "y": 2})
    (work,) = h.activate("a").values()
    assert work.variables == {"x": 1, "y": 2}
    h.fail("a", 1)
    (work,) = h.activate("a", fetch=("y", "missing")).values()
    assert work.variables == {"y": 2}


def test_job_larger_than_a_message_is_put_aside(h: Harness) -> None:
    """Other jobs are still delivered; after the variables shrink, resolving brings it back."""
    h = Harness(config=EngineConfig(max_message_size=2_000))
    h.deploy(PLAIN)
    big = h.create(variables={"v": "x" * 3_000})
    h.create(variables={"v": "small"})
    assert [work.variables for work in h.activate("a").values()] == [{"v": "small"}]
    (incident,) = h.incidents()
    assert incident.error_type == "MESSAGE_SIZE_EXCEEDED"
    assert incident.error_message.startswith(
        f"The job with key '{incident.job_key}' can not be activated, because with "
    )
    h.set_variables(big, {"v": "y"})
    h.resolve()
    assert [work.variables for work in h.activate("a").values()] == [{"v": "y"}]


def test_long_error_messages_are_cut(h: Harness) -> None:
    """10,000 characters are kept, then three dots."""
    h.run(PLAIN)
    h.fail("a", 0, error_message="x" * 10_001)
    assert h.incidents()[0].error_message == "x" * 10_000 + "..."


def test_workers_are_told_when_a_job_becomes_activatable(h: Harness) -> None:
    """Created, failed with retries, back-off over, timed out, incident resolved, yielded: six moments."""
    h.run(PLAIN)
    assert h.types == ["a"]
    h.activate("a", timeout=1_000)
    h.pass_time(1)
    assert len(h.types) == 2
    h.activate("a")
    h.fail("a", 1)
    assert len(h.types) == 3
    h.activate("a")
    h.fail("a", 1, retry_backoff=1_000)
    assert len(h.types) == 3
    h.pass_time(1)
    assert len(h.types) == 4
    (key,) = h.activate("a")
    h.do("JOB", "YIELD", None, key=key)
    assert len(h.types) == 5
    h.fail("a", 0)
    h.do("JOB", "UPDATE_RETRIES", BLANK_JOB._replace(retries=1), key=key)
    h.resolve()
    assert h.types == ["a"] * 6


@pytest.mark.parametrize(("attribute", "message"), [("type", "STRING"), ("retries", "NUMBER")])
def test_job_expression_of_the_wrong_type_is_an_incident(h: Harness, attribute: str, message: str) -> None:
    """No job is created; the element waits in ACTIVATING."""
    values = {"type": "a", "retries": "3"} | {attribute: "=true"}
    h.run(
        model(
            start() + f'<bpmn:serviceTask id="a"><bpmn:extensionElements><zeebe:taskDefinition type="{values["type"]}" '
            f'retries="{values["retries"]}"/></bpmn:extensionElements></bpmn:serviceTask>',
            "s a",
        )
    )
    (incident,) = h.incidents()
    assert incident.error_type == "EXTRACT_VALUE_ERROR"
    assert incident.error_message == f"Expected result of the expression 'true' to be '{message}', but was 'BOOLEAN'."
    assert not len(h.engine.state.jobs)
