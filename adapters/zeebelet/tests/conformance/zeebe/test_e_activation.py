"""The activation protocol: long polling and streams."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import grpc
import httpx
import pytest
from bpmn_models import one_task
from pyzeebe.proto import gateway_pb2 as pb
from zeebe_client import Code, Zeebe, raises_refusal


def test_E01_a_negative_request_time_out_does_not_wait(z: Zeebe) -> None:
    """The stream ends at once, without a message and without an error."""
    request = pb.ActivateJobsRequest(type=z.name("a"), timeout=1000, maxJobsToActivate=1, requestTimeout=-1)

    assert list(z.stub.ActivateJobs(request, timeout=2)) == []


def test_E03_a_request_time_out_of_zero_is_the_default(z: Zeebe) -> None:
    """It ends after about ten seconds."""
    began = time.monotonic()

    assert z.jobs("a", patience=0) == []

    assert 9 <= time.monotonic() - began <= 13


def test_E05_one_job_ends_one_of_two_waits(z: Zeebe) -> None:
    """The other request goes on waiting until its own time-out."""
    z.deploy(one_task())
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(z.jobs, "a", patience=2_000) for _ in range(2)]
        z.create()
        found = [future.result() for future in waiting]

    assert sorted(len(jobs) for jobs in found) == [0, 1]


def test_E07_whatever_makes_a_job_activatable_ends_the_wait(z: Zeebe) -> None:
    """A back-off that is over, a time-out, a resolved incident."""
    z.pin()
    instance = z.run(one_task())

    def wait_while(act) -> pb.ActivatedJob:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(z.jobs, "a", patience=8_000, timeout=10_000)
            threading.Event().wait(0.3)
            assert not waiting.done()
            act()
            (job,) = waiting.result()
            return job

    job = z.job("a")
    z.fail(job, retries=1, backoff=5_000)
    wait_while(lambda: z.advance(6_000))
    job = wait_while(lambda: z.advance(11_000))
    z.fail(job, retries=0)
    z.update_retries(job, 1)
    incident = z.incidents(instance)[0]
    assert wait_while(lambda: z.resolve(incident)).key == job.key


class Stream:
    """An open job stream and what came out of it."""

    def __init__(self, z: Zeebe, type: str, *, timeout: int = 60_000) -> None:
        request = pb.StreamActivatedJobsRequest(type=z.name(type), worker="stream", timeout=timeout)
        self.call = z.stub.StreamActivatedJobs(request)
        self.jobs: queue.Queue[pb.ActivatedJob] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        threading.Event().wait(0.5)  # a stream says nothing when it is registered

    def _read(self) -> None:
        with suppress(grpc.RpcError):  # the test cancels the call
            for job in self.call:
                self.jobs.put(job)

    def next(self) -> pb.ActivatedJob:
        """The next job pushed."""
        return self.jobs.get(timeout=5)


def test_E09_a_stream_gets_a_job_whenever_it_becomes_activatable(z: Zeebe) -> None:
    """Created, failed with retries, timed out, incident resolved: four pushes of one job."""
    z.pin()
    z.deploy(one_task())
    stream = Stream(z, "a", timeout=10_000)

    instance = z.create()
    job = stream.next()
    z.fail(job, retries=1)
    assert stream.next().key == job.key
    z.advance(11_000)
    assert stream.next().key == job.key
    z.fail(job, retries=0)
    z.update_retries(job, 1)
    z.resolve(z.eventually(lambda: z.incident(instance, "JOB_NO_RETRIES")))

    assert stream.next().key == job.key
    stream.call.cancel()


def test_E11_a_stream_and_a_poll_share_the_jobs(z: Zeebe) -> None:
    """Ten instances: each job is delivered exactly once."""
    z.deploy(one_task())
    stream = Stream(z, "a")
    with ThreadPoolExecutor(1) as pool:
        polled = pool.submit(z.jobs, "a", patience=2_000)
        for _ in range(10):
            z.create()
        keys = [job.key for job in polled.result()]
    while len(keys) < 10:
        keys.append(stream.next().key)
    stream.call.cancel()

    assert len(set(keys)) == len(keys) == 10
    assert stream.jobs.empty()


def test_E13_there_is_one_tenant(z: Zeebe) -> None:
    """Another tenant's name is refused: multi-tenancy is off."""
    z.deploy(one_task())

    with raises_refusal(Code.INVALID_ARGUMENT, "with tenant identifier 'x', but multi-tenancy is disabled"):
        z.stub.CreateProcessInstance(
            pb.CreateProcessInstanceRequest(bpmnProcessId=z.name("P"), version=-1, tenantId="x")
        )


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_a_client_that_left_takes_no_job_along(z: Zeebe, transport: str) -> None:
    """It stopped waiting before there was a job: the next one who asks gets it."""
    z.deploy(one_task())
    if transport == "grpc":
        request = pb.ActivateJobsRequest(type=z.name("a"), timeout=60_000, maxJobsToActivate=1, requestTimeout=20_000)
        with raises_refusal(Code.DEADLINE_EXCEEDED):
            list(z.stub.ActivateJobs(request, timeout=0.3))
    else:
        body = {"type": z.name("a"), "timeout": 60_000, "maxJobsToActivate": 1, "requestTimeout": 20_000}
        with pytest.raises(httpx.ReadTimeout):
            z.http.post("/v2/jobs/activation", json=body, timeout=0.3)
    threading.Event().wait(0.3)  # the cluster learns of it a moment later

    z.create()

    z.job("a")
