"""How fast the console's pages are beside many instances and tasks: `python tests/benchmarks/console.py [instances] [tasks]`.

Everything is made by the engine itself, over gRPC. Prints milliseconds, the median of five.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import httpx
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from zeebelet.server import EngineThread, ServerOptions

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="x"><bpmn:process id="{name}" name="{name}" isExecutable="true"><bpmn:startEvent id="s"/>{middle}
<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
<bpmn:sequenceFlow id="f2" sourceRef="t" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""
TASK = """<bpmn:userTask id="t" name="Look"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="ops-FR"/><zeebe:taskSchedule dueDate="2027-01-12T09:00:00Z"/>
</bpmn:extensionElements></bpmn:userTask>"""
NOTHING = '<bpmn:manualTask id="t"/>'
PAGES = {
    "tasks": "/console/tasks",
    "tasks of a group": "/console/tasks?group=ops-FR",
    "tasks by variable": "/console/tasks?variable=orderKey%20=%20pyxis:17",
    "tasks, last page": "/console/tasks?page=150",
    "instances": "/console/instances",
    "instances, active": "/console/instances?state=ACTIVE",
    "instances by variable": "/console/instances?variable=orderKey%20=%20pyxis:17",
    "instances by error": "/console/instances?error=nothing",
    "instances at an element": "/console/instances?process=waits&element=t",
    "processes": "/console/processes",
    "incidents": "/console/incidents",
    "waiting": "/console/waiting",
}


def fill(stub: GatewayStub, name: str, count: int, first: int) -> None:
    def start(number: int) -> None:
        variables = json.dumps({"orderKey": f"pyxis:{number}", "countryCode": "FR", "total": number})
        stub.CreateProcessInstance(pb.CreateProcessInstanceRequest(bpmnProcessId=name, version=-1, variables=variables))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(start, range(first, first + count)))


def measure(address: str) -> dict[str, float]:
    found = {}
    with httpx.Client(base_url=address, timeout=60) as client:
        processes = client.post("/v2/process-definitions/search", json={}).json()["items"]
        waits = next(item for item in processes if item["processDefinitionId"] == "waits")
        task = client.post("/v2/user-tasks/search", json={"page": {"limit": 1}}).json()["items"][0]
        more = {
            "one process": f"/console/processes/{waits['processDefinitionKey']}",
            "one task": f"/console/tasks/{task['userTaskKey']}",
            "one instance": f"/console/instances/{task['processInstanceKey']}",
        }
        for name, path in {**PAGES, **more}.items():
            times = []
            for _ in range(5):
                began = time.perf_counter()
                client.get(path).raise_for_status()
                times.append((time.perf_counter() - began) * 1000)
            found[name] = round(statistics.median(times), 1)
    return found


def main(instances: int = 100_000, tasks: int = 10_000) -> None:
    with EngineThread(ServerOptions(grpc_port=0, http_port=0)) as thread:
        address = thread.addresses.http
        files = [
            ("resources", (f"{name}.bpmn", MODEL.format(name=name, middle=middle).encode()))
            for name, middle in (("waits", TASK), ("passes", NOTHING))
        ]
        httpx.post(f"{address}/v2/deployments", files=files, timeout=60).raise_for_status()
        with grpc.insecure_channel(thread.addresses.grpc) as channel:
            stub = GatewayStub(channel)
            began = time.perf_counter()
            fill(stub, "passes", instances - tasks, tasks)
            fill(stub, "waits", tasks, 0)
            print(f"{instances} instances, {tasks} tasks in {time.perf_counter() - began:.0f} s", flush=True)
        for name, milliseconds in measure(address).items():
            print(f"{milliseconds:8.1f} ms  {name}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
