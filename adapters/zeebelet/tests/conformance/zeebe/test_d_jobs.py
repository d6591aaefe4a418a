"""Jobs: states, retries, time-outs."""

from __future__ import annotations

from bpmn_models import one_task
from pyzeebe.proto import gateway_pb2 as pb
from zeebe_client import Code, Zeebe, raises_refusal


def test_D01_a_job_can_be_completed_without_being_activated(z: Zeebe) -> None:
    """The key, here from the search, is enough."""
    instance = z.run(one_task())
    key = z.eventually(lambda: int(z.search("jobs", processInstanceKey=str(instance))[0]["jobKey"]))

    z.complete(key)

    z.assert_ends(instance)


def test_D03_of_two_workers_the_first_to_complete_wins(z: Zeebe) -> None:
    """After a time-out another worker takes the job and completes it; the first one is told there is no such job."""
    z.pin()
    z.run(one_task())
    first = z.job("a", timeout=10_000)
    z.advance(11_000)
    second = z.job("a")
    assert second.key == first.key
    z.complete(second)

    with raises_refusal(Code.NOT_FOUND, f"Expected to complete job with key '{first.key}', but no such job was found"):
        z.complete(first)


def test_D05_a_failed_job_with_retries_is_activatable_at_once(z: Zeebe) -> None:
    """Retries are what the worker says."""
    z.run(one_task())

    z.fail("a", retries=2)

    assert z.job("a").retries == 2


def test_D07_a_job_in_back_off_cannot_be_completed(z: Zeebe) -> None:
    """It is FAILED until the back-off is over."""
    z.run(one_task())
    job = z.job("a")
    z.fail(job, retries=2, backoff=60_000)

    with raises_refusal(Code.FAILED_PRECONDITION, "it is in state 'FAILED'"):
        z.complete(job)


def test_D09_no_retries_and_no_message(z: Zeebe) -> None:
    """The incident then says so itself."""
    instance = z.run(one_task())

    z.fail("a", retries=0)

    incident = z.eventually(lambda: z.incident(instance, "JOB_NO_RETRIES"))
    assert incident["errorMessage"] == "No more retries left."


def test_D11_new_retries_alone_do_not_bring_a_job_back(z: Zeebe) -> None:
    """Only resolving the incident makes the job activatable again."""
    instance = z.run(one_task())
    job = z.job("a")
    z.fail(job, retries=0)
    incident = z.eventually(lambda: z.incident(instance, "JOB_NO_RETRIES"))

    z.update_retries(job, 1)
    assert z.jobs("a") == []
    z.resolve(incident)

    assert z.job("a").key == job.key


def test_D13_variables_of_a_failure_are_local(z: Zeebe) -> None:
    """The next worker sees them, the process does not."""
    instance = z.run(one_task(inputs=[("=1", "x")]))

    z.fail("a", retries=1, v=1)

    job = z.job("a")
    assert '"v":1' in job.variables.replace(" ", "")
    assert "v" not in z.variables(instance)
    assert z.variables(instance, job.elementInstanceKey)["v"] == 1


def test_D15_a_shorter_time_out_counts_from_now(z: Zeebe) -> None:
    """The job is activatable again at its new deadline."""
    z.pin()
    z.run(one_task())
    job = z.job("a", timeout=600_000)

    z.stub.UpdateJobTimeout(pb.UpdateJobTimeoutRequest(jobKey=job.key, timeout=10_000))
    z.advance(9_000)
    assert z.jobs("a") == []
    z.advance(2_000)

    assert z.job("a").key == job.key


def test_D17_jobs_come_first_in_first_out(z: Zeebe) -> None:
    """Two of three: those with the lowest keys; then the third."""
    z.deploy(one_task())
    for _ in range(3):
        z.create()

    first = [job.key for job in z.jobs("a", most=2)]
    rest = [job.key for job in z.jobs("a", most=2)]

    assert first + rest == sorted(first + rest)
    assert (len(first), len(rest)) == (2, 1)


def test_D19_a_job_made_without_retries_is_not_handed_out(z: Zeebe) -> None:
    """It exists, but nobody gets it."""
    instance = z.run(one_task(retries="=0"))

    z.assert_eventually(lambda: len(z.search("jobs", processInstanceKey=str(instance))), 1)
    assert z.jobs("a") == []


def test_D21_what_a_worker_must_say(z: Zeebe) -> None:
    """A type, a time-out and a number of jobs, each positive."""
    wrong = {
        "type to be present, but it was blank": {"type": "", "timeout": 1, "maxJobsToActivate": 1},
        "timeout to be greater than zero, but it was '0'": {"type": "a", "timeout": 0, "maxJobsToActivate": 1},
        "max jobs to activate to be greater than zero, but it was '0'": {
            "type": "a",
            "timeout": 1,
            "maxJobsToActivate": 0,
        },
    }

    for text, request in wrong.items():
        with raises_refusal(Code.INVALID_ARGUMENT, f"Expected to activate job batch with {text}"):
            list(z.stub.ActivateJobs(pb.ActivateJobsRequest(**request, requestTimeout=-1)))


def test_D23_a_job_too_big_for_a_message_is_an_incident(z: Zeebe) -> None:
    """The others are still delivered, and fewer variables make it small enough."""
    z.deploy(one_task())
    big = z.create()
    for name in ("v1", "v2", "v3"):
        z.set_variables(big, **{name: "x" * 1_500_000})
    z.create(v1="small")

    delivered = z.jobs("a")

    assert [job.variables.replace(" ", "") for job in delivered] == ['{"v1":"small"}']
    z.eventually(lambda: z.incident(big, "MESSAGE_SIZE_EXCEEDED"))
    also_big = z.create(small=1)
    for name in ("v1", "v2", "v3"):
        z.set_variables(also_big, **{name: "x" * 1_500_000})
    assert z.job("a", fetch=("small",)).processInstanceKey == also_big
