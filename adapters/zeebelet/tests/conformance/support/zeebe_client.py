"""A cluster as the scenarios see it: gRPC with pyzeebe's stubs, REST with httpx, names made unique for each test."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
import httpx
from bpmn_models import Model
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

T = TypeVar("T")
HOUR = 3_600_000
_PATIENCE_S = 10.0
_OWN_PATIENCE_S = 1.0  # searches do not lag here, but what is due at once is due a moment later
Code = grpc.StatusCode


class Cluster:
    """The addresses of a cluster, and the connections to it."""

    def __init__(self, grpc_address: str, rest_url: str, *, embedded: bool) -> None:
        self.grpc_address = grpc_address
        self.rest_url = rest_url
        self.embedded = embedded
        self.channel = grpc.insecure_channel(grpc_address)
        self.stub = GatewayStub(self.channel)
        self.http = httpx.Client(base_url=rest_url, timeout=60.0)

    def close(self) -> None:
        """Ends the connections."""
        self.channel.close()
        self.http.close()


class Refusal:
    """What a refused gRPC call said."""

    def __init__(self) -> None:
        self.code: Code | None = None
        self.text = ""


@contextmanager
def raises_refusal(code: Code, text: str = "") -> Iterator[Refusal]:
    """Expects a call to be refused with a code and a text that contains `text`."""
    refusal = Refusal()
    try:
        yield refusal
    except grpc.RpcError as error:
        refusal.code, refusal.text = error.code(), error.details() or ""
    assert refusal.code is code, f"expected {code}, but got {refusal.code}: {refusal.text}"
    assert text in refusal.text, f"expected {text!r} in {refusal.text!r}"


class Zeebe:
    """A client for one test: whatever it names is its own."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.suffix = "_" + uuid.uuid4().hex[:8]
        self.stub = cluster.stub
        self.http = cluster.http
        self._deployed: list[int] = []
        self._moved = False

    def name(self, name: str) -> str:
        """The name as this test's models have it."""
        return name + self.suffix

    # --- definitions

    def deploy(self, *models: Model | tuple[str, bytes]) -> Any:
        """Deploys models, or files given as (name, content)."""
        resources = [
            pb.Resource(name=f"{m.id}{self.suffix}.bpmn", content=m.render(self.suffix))
            if isinstance(m, Model)
            else pb.Resource(name=m[0], content=m[1])
            for m in models
        ]
        answer = self.stub.DeployResource(pb.DeployResourceRequest(resources=resources))
        for deployment in answer.deployments:
            kind = deployment.WhichOneof("Metadata")
            key = getattr(getattr(deployment, kind), _KEYS[kind], 0)
            if key:
                self._deployed.append(key)
        return answer

    def delete(self, key: int) -> None:
        """Deletes a definition."""
        self.stub.DeleteResource(pb.DeleteResourceRequest(resourceKey=key))
        if key in self._deployed:
            self._deployed.remove(key)

    # --- instances

    def create(self, process: str = "P", *, version: int = -1, at: tuple[str, ...] = (), **variables: Any) -> int:
        """Starts an instance; returns its key."""
        request = pb.CreateProcessInstanceRequest(
            bpmnProcessId=self.name(process),
            version=version,
            variables=json.dumps(variables),
            startInstructions=[pb.ProcessInstanceCreationStartInstruction(elementId=element) for element in at],
        )
        return int(self.stub.CreateProcessInstance(request).processInstanceKey)

    def run(self, *models: Model, **variables: Any) -> int:
        """Deploys models and starts an instance of the first."""
        self.deploy(*models)
        return self.create(models[0].id, **variables)

    def cancel(self, key: int) -> None:
        """Cancels an instance."""
        self.stub.CancelProcessInstance(pb.CancelProcessInstanceRequest(processInstanceKey=key))

    def set_variables(self, key: int, *, local: bool = False, **variables: Any) -> None:
        """Sets variables at an element instance."""
        self.stub.SetVariables(
            pb.SetVariablesRequest(elementInstanceKey=key, variables=json.dumps(variables), local=local)
        )

    def state(self, instance: int) -> str:
        """The state of an instance."""
        return str(self.get(f"/process-instances/{instance}")["state"])

    def assert_ends(self, instance: int, state: str = "COMPLETED") -> None:
        """Expects an instance to be in a state."""
        self.assert_eventually(lambda: self.state(instance), state)

    # --- jobs

    def jobs(
        self, type: str, *, most: int = 32, timeout: int = 60_000, fetch: tuple[str, ...] = (), patience: int = -1
    ) -> list[Any]:
        """Activates jobs."""
        request = pb.ActivateJobsRequest(
            type=self.name(type),
            worker="scenario",
            timeout=timeout,
            maxJobsToActivate=most,
            fetchVariable=fetch,
            requestTimeout=patience,
        )
        return [job for answer in self.stub.ActivateJobs(request) for job in answer.jobs]

    def job(self, type: str, *, timeout: int = 60_000, fetch: tuple[str, ...] = ()) -> Any:
        """Activates one job, which must be there."""
        patience = -1 if self.cluster.embedded else 5_000
        found = self.jobs(type, most=1, timeout=timeout, fetch=fetch, patience=patience)
        assert found, f"no job of type {type}"
        return found[0]

    def complete(self, job: Any, **variables: Any) -> None:
        """Completes a job, given itself, its key, or its type."""
        self.stub.CompleteJob(pb.CompleteJobRequest(jobKey=self._job_key(job), variables=json.dumps(variables)))

    def fail(self, job: Any, *, retries: int = 0, message: str = "", backoff: int = 0, **variables: Any) -> None:
        """Fails a job."""
        self.stub.FailJob(
            pb.FailJobRequest(
                jobKey=self._job_key(job),
                retries=retries,
                errorMessage=message,
                retryBackOff=backoff,
                variables=json.dumps(variables),
            )
        )

    def throw(self, job: Any, code: str, *, message: str = "", **variables: Any) -> None:
        """Throws an error from a job."""
        self.stub.ThrowError(
            pb.ThrowErrorRequest(
                jobKey=self._job_key(job), errorCode=code, errorMessage=message, variables=json.dumps(variables)
            )
        )

    def update_retries(self, job: Any, retries: int) -> None:
        """Sets the retries of a job."""
        self.stub.UpdateJobRetries(pb.UpdateJobRetriesRequest(jobKey=self._job_key(job), retries=retries))

    def _job_key(self, job: Any) -> int:
        if isinstance(job, str):
            job = self.job(job)
        return job if isinstance(job, int) else int(job.key)

    # --- events

    def publish(self, name: str, key: str = "", *, ttl: int = 0, message_id: str = "", **variables: Any) -> int:
        """Publishes a message."""
        request = pb.PublishMessageRequest(
            name=self.name(name),
            correlationKey=key,
            timeToLive=ttl,
            messageId=message_id,
            variables=json.dumps(variables),
        )
        return int(self.stub.PublishMessage(request).key)

    def broadcast(self, name: str, **variables: Any) -> None:
        """Broadcasts a signal."""
        self.stub.BroadcastSignal(
            pb.BroadcastSignalRequest(signalName=self.name(name), variables=json.dumps(variables))
        )

    def resolve(self, incident: Any) -> None:
        """Resolves an incident, given itself or its key."""
        key = incident if isinstance(incident, int) else int(incident["incidentKey"])
        self.stub.ResolveIncident(pb.ResolveIncidentRequest(incidentKey=key))

    # --- REST

    def rest(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """A REST call."""
        return self.http.request(method, f"/v2{path}", json=body)

    def get(self, path: str) -> Any:
        """What a GET answers; it must succeed."""
        response = self.rest("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def search(self, what: str, **wanted: Any) -> list[dict[str, Any]]:
        """The items of a search."""
        response = self.rest("POST", f"/{what}/search", {"filter": wanted, "page": {"limit": 1000}})
        assert response.status_code == 200, response.text
        return list(response.json()["items"])

    def elements(self, instance: int, element: str | None = None) -> list[dict[str, Any]]:
        """The element instances of an instance."""
        wanted: dict[str, Any] = {"processInstanceKey": str(instance)}
        return self.search("element-instances", **wanted, **({"elementId": element} if element else {}))

    def states(self, instance: int, element: str) -> list[str]:
        """The states of an element's instances, in the order they came."""
        return [item["state"] for item in self.elements(instance, element)]

    def element(self, instance: int, element: str, state: str = "ACTIVE") -> int:
        """The key of the one element instance in a state."""
        found = [item for item in self.elements(instance, element) if item["state"] == state]
        assert len(found) == 1, f"{element}: {self.states(instance, element)}"
        return int(found[0]["elementInstanceKey"])

    def variables(self, instance: int, scope: int | None = None) -> dict[str, Any]:
        """The variables of a scope, the root one by default."""
        found = self.search("variables", processInstanceKey=str(instance), scopeKey=str(scope or instance))
        return {item["name"]: json.loads(item["value"]) for item in found}

    def incidents(self, instance: int, state: str = "ACTIVE") -> list[dict[str, Any]]:
        """The incidents of an instance."""
        return self.search("incidents", processInstanceKey=str(instance), state=state)

    def incident(self, instance: int, error_type: str, text: str = "") -> dict[str, Any]:
        """The one active incident, which must be of a type and say `text`."""
        found = self.incidents(instance)
        assert [item["errorType"] for item in found] == [error_type], found
        assert text in found[0]["errorMessage"], found[0]["errorMessage"]
        return found[0]

    def instances(self, process: str = "P", **wanted: Any) -> list[dict[str, Any]]:
        """The instances of a process."""
        return self.search("process-instances", processDefinitionId=self.name(process), **wanted)

    def user_task(self, instance: int) -> dict[str, Any]:
        """The one user task of an instance that is not over."""
        found = self.search("user-tasks", processInstanceKey=str(instance))
        open_tasks = [task for task in found if task["state"] not in ("COMPLETED", "CANCELED")]
        assert len(open_tasks) == 1, found
        return open_tasks[0]

    # --- time

    def advance(self, milliseconds: int) -> None:
        """Moves the clock forward."""
        self._moved = True
        response = self.http.post("/actuator/clock/add", json={"offsetMilli": milliseconds})
        assert response.status_code == 200, response.text

    def now(self) -> int:
        """The cluster's time."""
        return int(self.http.get("/actuator/clock").json()["epochMilli"])

    def pin(self, milliseconds: int | None = None) -> int:
        """Stops the clock, now by default."""
        self._moved = True
        moment = milliseconds if milliseconds is not None else self.now()
        assert self.http.post("/actuator/clock/pin", json={"epochMilli": moment}).status_code == 200
        return moment

    def eventually(self, check: Callable[[], T]) -> T:
        """What a check returns once it holds: searches of a real cluster lag behind."""
        give_up = time.monotonic() + (_OWN_PATIENCE_S if self.cluster.embedded else _PATIENCE_S)
        while True:
            try:
                return check()
            except AssertionError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    def assert_eventually(self, look: Callable[[], T], wanted: T) -> None:
        """Expects what `look` returns to become what is wanted."""

        def check() -> None:
            found = look()
            assert found == wanted, f"expected {wanted!r}, but found {found!r}"

        self.eventually(check)

    def clean(self) -> None:
        """Leaves nothing running: later tests move the clock too."""
        if self._moved:
            self.http.delete("/actuator/clock")
        for item in self.search("process-instances", processDefinitionId={"$like": f"*{self.suffix}"}, state="ACTIVE"):
            if item["parentProcessInstanceKey"] is None:
                self.rest("POST", f"/process-instances/{item['processInstanceKey']}/cancellation", {})
        for key in self._deployed:
            self.rest("POST", f"/resources/{key}/deletion", {})


_KEYS = {
    "process": "processDefinitionKey",
    "decisionRequirements": "decisionRequirementsKey",
    "form": "formKey",
    "decision": "",
}
