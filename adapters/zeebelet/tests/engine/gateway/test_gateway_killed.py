"""`fsm engine --data-dir` killed while clients are talking to it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import grpc
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

REPOSITORY = Path(__file__).resolve().parents[3]
MODEL = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t"><bpmn:process id="p" isExecutable="true">
  <bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="a"/>
  <bpmn:serviceTask id="a"><bpmn:extensionElements><zeebe:taskDefinition type="a"/></bpmn:extensionElements></bpmn:serviceTask>
  <bpmn:sequenceFlow id="g" sourceRef="a" targetRef="b"/>
  <bpmn:serviceTask id="b"><bpmn:extensionElements><zeebe:taskDefinition type="b"/></bpmn:extensionElements></bpmn:serviceTask>
</bpmn:process></bpmn:definitions>"""
LIVES, CLIENTS = 8, 6


class Clients:
    """Several at once; they note what the engine acknowledged, and stop when it is gone."""

    def __init__(self, stub: Any, acknowledged: dict[str, list[int]], enough: int) -> None:
        self._stub, self._acknowledged, self._enough = stub, acknowledged, enough
        self._answers = threading.Semaphore(0)
        self._threads = [threading.Thread(target=self._talk) for _ in range(CLIENTS)]

    def run_until(self, process: subprocess.Popen[str]) -> None:
        """Kills the engine after some answers, while others are under way."""
        for thread in self._threads:
            thread.start()
        for _ in range(self._enough):
            assert self._answers.acquire(timeout=30)
        process.kill()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()

    def _talk(self) -> None:
        try:
            while True:
                made = self._stub.CreateProcessInstance(pb.CreateProcessInstanceRequest(bpmnProcessId="p", version=-1))
                self._note("created", made.processInstanceKey)
                for job in jobs(self._stub, "a", most=1):
                    self._stub.CompleteJob(pb.CompleteJobRequest(jobKey=job.key))
                    self._note("completed", job.processInstanceKey)
        except grpc.RpcError as error:
            assert error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}, error  # noqa: PT017

    def _note(self, what: str, key: int) -> None:
        self._acknowledged[what].append(key)
        self._answers.release()


def jobs(stub: Any, type_: str, most: int) -> list[Any]:
    wanted = pb.ActivateJobsRequest(type=type_, worker="w", timeout=600_000, maxJobsToActivate=most, requestTimeout=-1)
    return [job for answer in stub.ActivateJobs(wanted) for job in answer.jobs]


def test_a_killed_engine_keeps_what_its_clients_were_told(tmp_path: Path) -> None:
    """SIGKILL eight times under six clients: every acknowledged instance and completion is there, and only once."""
    command = [sys.executable, "-m", "zeebelet", "engine", "--grpc-port", "0", "--http-port", "0", "--json"]
    command += ["--data-dir", str(tmp_path)]
    acknowledged: dict[str, list[int]] = {"created": [], "completed": []}
    chance = random.Random(8)
    for life in range(LIVES + 1):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
            assert process.stdout is not None
            with grpc.insecure_channel(json.loads(process.stdout.readline())["grpc"]) as channel:
                stub = GatewayStub(channel)
                if life == 0:
                    resource = pb.Resource(name="p.bpmn", content=MODEL)
                    stub.DeployResource(pb.DeployResourceRequest(resources=[resource]))
                if life < LIVES:
                    Clients(stub, acknowledged, chance.randrange(5, 150)).run_until(process)
                    continue
                at_b = Counter(job.processInstanceKey for job in jobs(stub, "b", most=100_000))
                process.kill()
    created, completed = Counter(acknowledged["created"]), Counter(acknowledged["completed"])
    assert len(completed) > LIVES
    assert max((created | completed | at_b).values()) == 1
    assert set(completed) <= set(at_b)
    # What is not at `b` still has its job at `a`; the killed clients hold some of those.
    assert at_a_or_b(tmp_path) >= set(created)


def at_a_or_b(directory: Path) -> set[int]:
    """The instances that have a job, read from the directory; no instance has two."""
    from zeebelet.log import DurableLog
    from zeebelet.loop import Engine

    engine = Engine(log=DurableLog(directory))
    found = Counter(entry.value.process_instance_key for _, entry in engine.state.jobs.all())
    engine.close()
    assert max(found.values()) == 1
    return set(found)
