"""The Camunda adapter and the worker against the embedded engine: real gRPC, real REST."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.camunda.clock import EngineClock
from adapters.camunda.jobs import ZeebeJobs
from adapters.camunda.processes import ZeebeProcesses
from adapters.camunda.rest import CamundaRest
from adapters.camunda.settings import CamundaSettings
from workers.domain.errors import DomainError
from workers.ports.errors import Conflict, NotFound, Refused, Unavailable
from workers.ports.processes import ProcessMessage, Resource
from workers.runtime import Context, Permanent, TaskInput, TaskOutput
from workers.runtime.drain import Exit
from workers.runtime.options import WorkerOptions
from workers.runtime.registry import Registry
from workers.runtime.testing import MemoryBus, MemoryLedger
from workers.runtime.worker import Needs, Worker
from zeebelet.server import EngineThread

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  id="d" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:error id="Err" name="Declined" errorCode="DECLINED" />
  <bpmn:message id="Msg" name="paid"><bpmn:extensionElements>
    <zeebe:subscription correlationKey="=orderId" /></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="Order" isExecutable="true">
    <bpmn:startEvent id="Start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="Start" targetRef="Check" />
    <bpmn:serviceTask id="Check">
      <bpmn:extensionElements><zeebe:taskDefinition type="check-order" retries="3" />
        <zeebe:taskHeaders><zeebe:header key="template" value="T1" /></zeebe:taskHeaders></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:boundaryEvent id="Declined" attachedToRef="Check"><bpmn:outgoing>f4</bpmn:outgoing>
      <bpmn:errorEventDefinition id="e" errorRef="Err" /></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f4" sourceRef="Declined" targetRef="EndDeclined" />
    <bpmn:endEvent id="EndDeclined"><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="Check" targetRef="Review" />
    <bpmn:userTask id="Review"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements>
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing></bpmn:userTask>
    <bpmn:sequenceFlow id="f3" sourceRef="Review" targetRef="Wait" />
    <bpmn:intermediateCatchEvent id="Wait"><bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f5</bpmn:outgoing>
      <bpmn:messageEventDefinition id="m" messageRef="Msg" /></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f5" sourceRef="Wait" targetRef="End" />
    <bpmn:endEvent id="End"><bpmn:incoming>f5</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"""


COUNTED = MODEL.replace("check-order", "count-threads").replace('id="Order"', 'id="Counted"')


class Declined(DomainError):
    """The bank said no."""

    code = "DECLINED"


class Order(TaskInput):
    order_id: str
    mood: str = "good"


class Checked(TaskOutput):
    checked_by: str


def check(data: Order, ctx: Context) -> Checked:
    if data.mood == "declined":
        raise Declined
    if data.mood == "broken":
        raise Permanent("the order has no address")
    return Checked(checked_by=f"{ctx.worker}/{ctx.headers['template']}/{ctx.element_id}")


@pytest.fixture(scope="module")
def settings() -> Iterator[CamundaSettings]:
    with EngineThread() as engine:
        yield CamundaSettings(grpc_address=engine.addresses.grpc, rest_address=engine.addresses.http)


@pytest.fixture(scope="module")
def processes(settings: CamundaSettings) -> Iterator[ZeebeProcesses]:
    made = ZeebeProcesses(settings)
    made.deploy([Resource("order.bpmn", MODEL.encode())])
    yield made
    made.close()


@pytest.fixture(scope="module")
def rest(settings: CamundaSettings) -> CamundaRest:
    return CamundaRest(settings)


async def serve(settings: CamundaSettings, until: Any, *, stream: bool = True) -> Exit:
    """Runs a worker until `until()` holds."""
    registry = Registry()
    registry.task("check-order", raises=(Declined,))(check)
    needs = Needs(gateway=lambda: ZeebeJobs(settings), ledger=MemoryLedger(), bus=MemoryBus())
    worker = Worker(list(registry.values()), needs, WorkerOptions(name="w1", stream=stream))
    run = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(until):
            await asyncio.sleep(0.02)
    worker.stop()
    return await run


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "poll"])
async def test_an_order_goes_through_worker_user_task_and_message(
    settings: CamundaSettings, processes: ZeebeProcesses, rest: CamundaRest, stream: bool
) -> None:
    """A job is done with its headers and output variables; the user task is assigned and completed; the message correlates."""
    order = f"o-{stream}"
    key = processes.start("Order", {"orderId": order})
    code = await serve(settings, lambda: rest.user_tasks(processInstanceKey=key), stream=stream)
    task = rest.user_tasks(processInstanceKey=key)[0]
    rest.assign(task["userTaskKey"], "olivia")
    with pytest.raises(Conflict):
        rest.assign(task["userTaskKey"], "oscar", override=False)
    rest.complete(task["userTaskKey"], {"approved": True})
    message = ProcessMessage("paid", order, message_id=f"m-{order}", variables={"amount": 5})
    processes.publish(message)
    processes.publish(message)
    ended = next(iter(rest.search("process-instances", processInstanceKey=key)))

    assert code is Exit.DRAINED
    assert rest.form(task["userTaskKey"]) is None
    assert ended["state"] == "COMPLETED"
    assert rest.variables(key) == {"orderId": order, "checkedBy": "w1/T1/Check", "approved": True, "amount": 5}


async def test_a_business_error_takes_the_boundary_event(
    settings: CamundaSettings, processes: ZeebeProcesses, rest: CamundaRest
) -> None:
    """ThrowError reaches the model's catch event."""
    key = processes.start("Order", {"orderId": "d", "mood": "declined"})
    state = lambda: next(iter(rest.search("process-instances", processInstanceKey=key)))["state"] == "COMPLETED"  # noqa: E731
    await serve(settings, state)
    passed = {item["elementId"] for item in rest.search("element-instances", processInstanceKey=key)}

    assert "EndDeclined" in passed


async def test_an_incident_is_read_resolved_and_gone(
    settings: CamundaSettings, processes: ZeebeProcesses, rest: CamundaRest
) -> None:
    """A permanent failure is an incident with our text; resolving gives new retries first, then the job runs again."""
    key = processes.start("Order", {"orderId": "b", "mood": "broken"})
    await serve(settings, lambda: rest.incidents(processInstanceKey=key))
    incident = rest.incidents(processInstanceKey=key)[0]
    job = next(iter(rest.search("jobs", processInstanceKey=key)))
    rest.resolve(incident, retries=2)

    assert "check-order cannot succeed: the order has no address." in incident["errorMessage"]
    assert (job["retries"], job["worker"]) == (0, "w1")
    assert rest.incidents(processInstanceKey=key) == []
    processes.cancel(key)


def test_refusals_arrive_as_port_errors(processes: ZeebeProcesses, rest: CamundaRest) -> None:
    """Unknown instance, unknown process, bad model, unknown user task: each in the port's words."""
    with pytest.raises(NotFound):
        processes.cancel(2251799813685249 + 10**6)
    with pytest.raises(NotFound, match="Nobody"):
        processes.start("Nobody", {})
    with pytest.raises(Refused):
        processes.deploy([Resource("bad.bpmn", b"<no/>")])
    with pytest.raises(NotFound):
        rest.complete(2251799813685249 + 10**6)


def test_deployments_are_told_by_kind(processes: ZeebeProcesses) -> None:
    """The same model again keeps its version."""
    first = processes.deploy([Resource("order.bpmn", MODEL.encode())])

    assert [(item.kind, item.id, item.version, item.resource_name) for item in first] == [
        ("process", "Order", 1, "order.bpmn")
    ]


def test_the_clock_moves_with_the_engine(rest: CamundaRest) -> None:
    """Pinned days ahead the platform's clock says so; set free it is now again."""
    clock, later = EngineClock(rest), datetime.now(UTC) + timedelta(days=3)
    rest.pin_clock(later)
    pinned = clock.now()
    rest.reset_clock()

    assert abs(pinned - later) < timedelta(seconds=1)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_gateway_that_is_away_is_unavailable() -> None:
    """Neither client invents an answer: time and commands fail as `Unavailable`."""
    away = CamundaSettings(
        grpc_address="127.0.0.1:1", rest_address="http://127.0.0.1:1", request_timeout=timedelta(seconds=1)
    )
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        EngineClock(CamundaRest(away)).now()
    processes = ZeebeProcesses(away)
    with pytest.raises(Unavailable):
        processes.start("Order", {})
    processes.close()

    assert time.monotonic() - begun < 5


async def test_created_jobs_start_within_milliseconds(settings: CamundaSettings, processes: ZeebeProcesses) -> None:
    """The stream brings a job in less than a fifth of the pause between polls, even on a busy machine."""
    started: dict[str, float] = {}

    def note(data: Order, ctx: Context) -> None:
        started[data.order_id] = time.monotonic()

    note.__annotations__ = {"data": Order, "ctx": Context, "return": None}
    registry = Registry()
    registry.task("check-order", effect="none")(note)
    needs = Needs(gateway=lambda: ZeebeJobs(settings), ledger=MemoryLedger(), bus=MemoryBus())
    worker = Worker(list(registry.values()), needs, WorkerOptions())
    run = asyncio.create_task(worker.run())
    await asyncio.sleep(1.5)
    waits = []
    for number in range(10):
        begun = time.monotonic()
        await asyncio.to_thread(processes.start, "Order", {"orderId": f"fast-{number}"})
        while f"fast-{number}" not in started:
            await asyncio.sleep(0.001)
        waits.append(started[f"fast-{number}"] - begun)
    worker.stop()
    await run

    assert sorted(waits)[5] < 0.1


async def test_blocking_handlers_run_on_as_many_threads_as_told(
    settings: CamundaSettings, processes: ZeebeProcesses
) -> None:
    """Thirty jobs, two threads (as many as there are connections): the others wait their turn, none fails, none is lost."""
    processes.deploy([Resource("order.bpmn", COUNTED.encode())])
    running, most, lock, done = 0, 0, threading.Lock(), []

    def count(data: TaskInput, ctx: Context) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
            done.append(ctx.job_key)

    registry = Registry()
    registry.task("count-threads")(count)
    needs = Needs(gateway=lambda: ZeebeJobs(settings), ledger=MemoryLedger(), bus=MemoryBus())
    worker = Worker(list(registry.values()), needs, WorkerOptions(name="w2", threads=2))
    instances = [processes.start("Counted", {"orderId": "o"}) for _ in range(30)]
    run = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        while len(done) < len(instances):
            await asyncio.sleep(0.02)
    worker.stop()
    await run
    for instance in instances:
        processes.cancel(instance)

    # One more thread than told is there, for the republisher.
    assert (most <= 3, len(set(done))) == (True, 30)
