"""An engine that serves gRPC and REST, as the tests of this folder ask it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import grpc
import httpx
from engine_models import end, extensions, model, service, start, tag
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from zeebelet.server import Addresses

SEARCHES = (
    "process-instances",
    "element-instances",
    "variables",
    "jobs",
    "incidents",
    "user-tasks",
    "decision-instances",
)


class Served:
    """Both of its doors."""

    def __init__(self, addresses: Addresses) -> None:
        self.http = httpx.Client(base_url=addresses.http + "/v2", timeout=30)
        self.channel = grpc.insecure_channel(addresses.grpc)
        self.stub = GatewayStub(self.channel)
        self._models = 0

    def close(self) -> None:
        """End the connections."""
        self.channel.close()
        self.http.close()

    def deploy(self, *files: bytes, name: str = "bpmn") -> None:
        """Deploy files over gRPC."""
        resources = [pb.Resource(name=f"f{number}.{name}", content=file) for number, file in enumerate(files)]
        self.stub.DeployResource(pb.DeployResourceRequest(resources=resources))

    def create(self, process: str, variables: str = "{}") -> int:
        """Start an instance with variables as JSON text."""
        request = pb.CreateProcessInstanceRequest(bpmnProcessId=process, version=-1, variables=variables)
        return int(self.stub.CreateProcessInstance(request).processInstanceKey)

    def one_task(self) -> str:
        """Deploy a process with one service task of its own job type, both of the name that is returned."""
        self._models += 1
        name = f"one{self._models}"
        self.deploy(model(start() + service("a", name) + end(), "s a e", id_=name))
        return name

    def scripted(self, expression: str) -> str:
        """A process with a script task whose result `r` the service task after it sees."""
        self._models += 1
        name = f"script{self._models}"
        script = tag("scriptTask", extensions(tag("zeebe:script", expression=expression, resultVariable="r")), id="x")
        self.deploy(model(start() + script + service("a", name) + end(), "s x a e", id_=name))
        return name

    def jobs(self, type_: str, *, wait: float = 2.0) -> list[Any]:
        """The jobs of a type, with their variables read."""
        request = pb.ActivateJobsRequest(
            type=type_, worker="w", timeout=60_000, maxJobsToActivate=100, requestTimeout=round(wait * 1000)
        )
        return [job for answer in self.stub.ActivateJobs(request) for job in answer.jobs]

    def search(self, what: str, **filter_: Any) -> list[dict[str, Any]]:
        """What a search finds."""
        answer = self.http.post(f"/{what}/search", json={"filter": filter_} if filter_ else {})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = json.loads(answer.content)["items"]
        return found

    def all_searches_answer(self) -> bool:
        """Whether each answers 200 with valid JSON."""
        for what in SEARCHES:
            answer = self.http.post(f"/{what}/search", json={})
            if answer.status_code != 200:
                return False
            json.loads(answer.content, parse_constant=_no_constant)
        return True

    def refused(self, ask: Callable[[], Any]) -> grpc.StatusCode | None:
        """The status with which a call is refused, None when it is not."""
        try:
            ask()
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code
        return None

    def answers_within(self, seconds: float) -> bool:
        """Whether another request is answered in time."""
        began = time.perf_counter()
        assert self.http.get("/topology").status_code == 200
        return time.perf_counter() - began < seconds


def _no_constant(text: str) -> Any:
    raise AssertionError(f"{text} is no JSON")
