"""How fast the embedded engine is, in process and with its full log, beside SpiffWorkflow on equal models in the same run.

    python tests/benchmarks/engine.py [--seconds 3] [--waiting 100000] [--json]

Then as a process of its own, through gRPC with one worker process (`gateway_run.py`).

One instance is: created, its jobs activated and completed, ended. SpiffWorkflow has no jobs, log or correlation; its instance
is: a workflow made from the parsed model, its manual tasks run, ended.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import gateway_run  # noqa: E402

from zeebelet import records as r  # noqa: E402
from zeebelet.log import MemoryLog  # noqa: E402
from zeebelet.loop import Engine  # noqa: E402

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="benchmark">'
)
JOB = '<bpmn:extensionElements><zeebe:taskDefinition type="work"/></bpmn:extensionElements>'
TASK = {True: f'<bpmn:serviceTask id="{{0}}">{JOB}</bpmn:serviceTask>', False: '<bpmn:manualTask id="{0}"/>'}


def flow(source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def document(process_id: str, content: str) -> bytes:
    return f'{HEAD}<bpmn:process id="{process_id}" isExecutable="true">{content}</bpmn:process></bpmn:definitions>'.encode()


def chain(length: int, *, zeebe: bool) -> bytes:
    """start, `length` tasks one after the other, end."""
    names = [f"t{number}" for number in range(length)]
    steps = ["s", *names, "e"]
    content = (
        '<bpmn:startEvent id="s"/>' + "".join(TASK[zeebe].format(name) for name in names) + '<bpmn:endEvent id="e"/>'
    )
    return document(f"chain{length}", content + "".join(flow(a, b) for a, b in pairwise(steps)))


def fork(width: int, *, zeebe: bool) -> bytes:
    """start, parallel gateway, `width` tasks side by side, parallel gateway, end."""
    names = [f"t{number}" for number in range(width)]
    content = (
        '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="f"/><bpmn:parallelGateway id="j"/><bpmn:endEvent id="e"/>'
    )
    content += "".join(TASK[zeebe].format(name) + flow("f", name) + flow(name, "j") for name in names)
    return document(f"fork{width}", content + flow("s", "f") + flow("j", "e"))


def loop() -> bytes:
    """start, a task for each of five items, end."""
    marker = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
        'inputCollection="=[1,2,3,4,5]" inputElement="item"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    content = (
        f'<bpmn:startEvent id="s"/><bpmn:serviceTask id="t0">{JOB}{marker}</bpmn:serviceTask><bpmn:endEvent id="e"/>'
    )
    return document("loop", content + flow("s", "t0") + flow("t0", "e"))


class Ours:
    """The engine, in process."""

    def __init__(self, *, log: bool = True) -> None:
        self.engine = Engine(log=MemoryLog() if log else None)
        self.answers: list[Any] = []

    def deploy(self, model: bytes) -> str:
        deployment = r.Deployment((r.DeploymentResource("p.bpmn", model),))
        self.engine.submit("DEPLOYMENT", "CREATE", deployment, respond=self.answers.append)
        process_id: str = self.answers.pop().value.processes[0].bpmn_process_id
        return process_id

    def create(self, process_id: str) -> None:
        self.engine.submit(
            "PROCESS_INSTANCE_CREATION", "CREATE", r.ProcessInstanceCreation(process_id, variables={"x": 1})
        )

    def work(self) -> int:
        """Activate what there is and complete it; how many jobs that was."""
        self.engine.submit("JOB_BATCH", "ACTIVATE", r.JobBatch("work", "w", 60_000, 32), respond=self.answers.append)
        batch = self.answers.pop().value
        for key, job in zip(batch.job_keys, batch.jobs, strict=True):
            self.engine.submit("JOB", "COMPLETE", job._replace(variables={"y": 2}), key=key)
        return len(batch.job_keys)

    def instance(self, process_id: str) -> None:
        self.create(process_id)
        while self.work():
            pass


def spiff(model: bytes, process_id: str) -> Callable[[], None]:
    """What runs one instance on SpiffWorkflow."""
    from SpiffWorkflow import TaskState
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser

    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(model))
    spec = parser.get_spec(process_id)

    def instance() -> None:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        while not workflow.is_completed():
            for task in workflow.get_tasks(state=TaskState.READY, manual=True):
                task.data["y"] = 2
                task.run()
            workflow.do_engine_steps()

    return instance


def rate(run: Callable[[], None], seconds: float) -> float:
    """Runs a second, after a warm-up."""
    for _ in range(20):
        run()
    count, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < seconds:
        run()
        count += 1
    return count / elapsed


def beside_spiff(name: str, ours: bytes, theirs: bytes | None, seconds: float) -> dict[str, Any]:
    """Both rates on one model, taken in turns so that neither has the quieter machine."""
    own = Ours()
    process_id = own.deploy(ours)

    def run() -> None:
        own.instance(process_id)

    other = spiff(theirs, process_id) if theirs else None
    mine, their = [], []
    for _ in range(3):
        mine.append(rate(run, seconds / 3))
        if other:
            their.append(rate(other, seconds / 3))
    result: dict[str, Any] = {"model": name, "instances_per_s": round(max(mine))}
    if their:
        result |= {"spiffworkflow_per_s": round(max(their)), "ratio": round(max(mine) / max(their), 1)}
    return result


def waiting(count: int, seconds: float) -> dict[str, Any]:
    """Memory of an instance that waits, and the rate while many do."""
    own = Ours(log=False)
    waiting_model = chain(1, zeebe=True).replace(b'type="work"', b'type="later"').replace(b"chain1", b"later")
    later, process_id = own.deploy(waiting_model), own.deploy(chain(1, zeebe=True))
    before_rate = rate(lambda: own.instance(process_id), seconds)
    gc.collect()
    process = psutil.Process()
    before, begin = process.memory_info().rss, time.perf_counter()
    for _ in range(count):
        own.create(later)
    created = time.perf_counter() - begin
    gc.collect()
    used = process.memory_info().rss - before
    return {
        "waiting": count,
        "created_per_s": round(count / created),
        "bytes_per_waiting_instance": round(used / count),
        "rate_without": round(before_rate),
        "rate_with": round(rate(lambda: own.instance(process_id), seconds)),
    }


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=3)
    arguments.add_argument("--waiting", type=int, default=100_000)
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    rows = [
        beside_spiff("one task", chain(1, zeebe=True), chain(1, zeebe=False), options.seconds),
        beside_spiff("ten tasks", chain(10, zeebe=True), chain(10, zeebe=False), options.seconds),
        beside_spiff("forty tasks", chain(40, zeebe=True), chain(40, zeebe=False), options.seconds),
        beside_spiff("five in parallel", fork(5, zeebe=True), fork(5, zeebe=False), options.seconds),
        beside_spiff("multi-instance of five", loop(), None, options.seconds),
    ]
    figures = {"models": rows, "waiting": waiting(options.waiting, options.seconds), "process": gateway_run.figures()}
    if options.json:
        print(json.dumps(figures))
        return
    for row in rows:
        beside = f"   SpiffWorkflow {row['spiffworkflow_per_s']:>6}/s   {row['ratio']:>5} x" if "ratio" in row else ""
        print(f"{row['model']:<24}{row['instances_per_s']:>7} instances/s{beside}")
    for name, value in (figures["waiting"] | figures["process"]).items():
        print(f"{name:<32}{value:>12,}")


if __name__ == "__main__":
    main()
