"""Jobs on their way to workers, with a real engine in this loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from zeebelet.gateway.commands import Command
from zeebelet.gateway.errors import InvalidRequestError, RejectedError
from zeebelet.gateway.gateway import Gateway
from zeebelet.loop import Engine
from zeebelet.records import Deployment, DeploymentResource, JobBatch, ProcessInstanceCreation

MODEL = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <bpmn:process id="P" isExecutable="true">
    <bpmn:startEvent id="S"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="A"/>
    <bpmn:serviceTask id="A">
      <bpmn:extensionElements><zeebe:taskDefinition type="a"/></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming>
    </bpmn:serviceTask>
  </bpmn:process>
</bpmn:definitions>"""
BATCH = JobBatch("a", "worker", 60_000, 10)


@pytest.fixture
async def gateway() -> Iterator[Gateway]:
    """A gateway whose engine knows the one-task process."""
    made = Gateway(Engine())
    deployment = Deployment((DeploymentResource("p.bpmn", MODEL),))
    made.services.commands.now(Command("DEPLOYMENT", "CREATE", deployment))
    yield made
    made.stop()


def start(gateway: Gateway, count: int = 1) -> None:
    """Starts instances."""
    for _ in range(count):
        creation = ProcessInstanceCreation(bpmn_process_id="P")
        gateway.services.commands.now(Command("PROCESS_INSTANCE_CREATION", "CREATE", creation))


async def turn() -> None:
    """Lets everything happen that is ready to happen."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_who_wait_are_woken_and_the_first_is_served(gateway: Gateway) -> None:
    """One job: the request that came first gets it, the other goes on waiting."""
    services = gateway.services
    first = asyncio.create_task(services.polls.poll(BATCH, 60_000))
    second = asyncio.create_task(services.polls.poll(BATCH, 60_000))
    await turn()

    start(gateway)
    await turn()

    assert len(await first) == 1
    assert not second.done()
    second.cancel()


async def test_waiting_ends_with_the_gateway(gateway: Gateway) -> None:
    """Nobody hangs when the engine stops."""
    waiting = asyncio.create_task(gateway.services.polls.poll(BATCH, 60_000))
    await turn()

    gateway.stop()

    assert await waiting == []


async def test_jobs_that_did_not_arrive_go_back_with_their_retries(gateway: Gateway) -> None:
    """They are activatable again at once, none lost."""
    services = gateway.services
    start(gateway)
    (job,) = await services.polls.poll(BATCH, -1)
    assert await services.polls.poll(BATCH, -1) == []

    services.activation.give_back([job])

    (again,) = await services.polls.poll(BATCH, -1)
    assert (again.key, again.job.retries) == (job.key, 3)


async def test_a_stream_gets_what_becomes_activatable_and_not_the_backlog(gateway: Gateway) -> None:
    """The job from before the stream is left to those who poll."""
    services = gateway.services
    start(gateway)
    stream = services.streams.open(BATCH)

    start(gateway)
    await turn()

    pushed = stream.left()
    (backlog,) = await services.polls.poll(BATCH, -1)
    assert len(pushed) == 1
    assert backlog.key < pushed[0].key


async def test_a_slow_stream_is_passed_over(gateway: Gateway) -> None:
    """What does not fit stays activatable: a poll gets it."""
    services = gateway.services
    stream = services.streams.open(BATCH)

    start(gateway, 40)
    await turn()

    assert not stream.has_room
    assert len(await services.polls.poll(BATCH._replace(max_jobs_to_activate=100), -1)) == 40 - len(stream.left())


async def test_what_a_stream_still_held_is_yielded_when_it_closes(gateway: Gateway) -> None:
    """No retry lost, activatable again."""
    services = gateway.services
    stream = services.streams.open(BATCH)
    start(gateway)
    await turn()

    services.streams.close(stream)

    (job,) = await services.polls.poll(BATCH, -1)
    assert job.job.retries == 3


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (BATCH._replace(type=" "), "type to be present, but it was blank"),
        (BATCH._replace(timeout=0), "timeout to be greater than zero, but it was 0"),
    ],
)
async def test_what_a_stream_must_say(gateway: Gateway, batch: JobBatch, words: str) -> None:
    """A type and a positive time-out."""
    with pytest.raises(InvalidRequestError, match=words):
        gateway.services.streams.open(batch)


async def test_a_poll_the_engine_rejects_fails_at_once(gateway: Gateway) -> None:
    """It does not wait for jobs that cannot be asked for."""
    with pytest.raises(RejectedError, match="Expected to activate job batch with type to be present"):
        await gateway.services.polls.poll(BATCH._replace(type=""), 60_000)
