"""The test kit that ships with the package: what its users write, and what it says when they are wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from zeebelet.testing import BpmnError, JobFailure, TestEngine, assert_instance
from zeebelet.testing.kit import RejectedError

REPOSITORY = Path(__file__).resolve().parents[3]
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="http://example.com">
  <bpmn:process id="Order" isExecutable="true">
    <bpmn:startEvent id="Ordered"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="Ordered" targetRef="Charge"/>
    <bpmn:serviceTask id="Charge"><bpmn:extensionElements><zeebe:taskDefinition type="charge" retries="3"/>
      </bpmn:extensionElements><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:serviceTask>
    <bpmn:boundaryEvent id="Declined" attachedToRef="Charge"><bpmn:outgoing>f3</bpmn:outgoing>
      <bpmn:errorEventDefinition errorRef="E"/></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f3" sourceRef="Declined" targetRef="Call"/>
    <bpmn:userTask id="Call"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements>
      <bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing></bpmn:userTask>
    <bpmn:sequenceFlow id="f4" sourceRef="Call" targetRef="Pause"/>
    <bpmn:sequenceFlow id="f2" sourceRef="Charge" targetRef="Pause"/>
    <bpmn:intermediateCatchEvent id="Pause"><bpmn:incoming>f2</bpmn:incoming><bpmn:incoming>f4</bpmn:incoming>
      <bpmn:outgoing>f5</bpmn:outgoing><bpmn:timerEventDefinition><bpmn:timeDuration
      xsi:type="bpmn:tFormalExpression">P2D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f5" sourceRef="Pause" targetRef="Done"/>
    <bpmn:endEvent id="Done"><bpmn:incoming>f5</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmn:error id="E" errorCode="DECLINED"/>
</bpmn:definitions>"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "order.bpmn"
    path.write_text(MODEL)
    return path


@pytest.fixture
def engine(fsm_engine: TestEngine, model: Path) -> TestEngine:
    fsm_engine.deploy(model)
    return fsm_engine


def test_a_mocked_job_completes_and_a_timer_fires_by_moving_the_clock(engine: TestEngine) -> None:
    """Two days pass in no time; the path is told in the diagram's words."""
    engine.mock_job("charge", {"paid": True})
    order = engine.start("Order", {"total": 12})
    engine.run()
    assert_instance(order).has_passed("Ordered", "Charge").is_waiting_at("Pause").has_variable("paid", True)

    engine.advance(timedelta(days=2))

    assert_instance(order).has_passed("Charge", "Pause", "Done").has_not_passed("Call").is_completed()


def test_a_mocked_error_takes_the_boundary_and_an_operator_goes_on(engine: TestEngine) -> None:
    """A BPMN error with its code is caught by the model; the user task is completed as in Tasklist."""
    engine.mock_job("charge", BpmnError("DECLINED", why="no funds"))
    order = engine.start("Order")
    engine.run()
    engine.complete_user_task("Call", {"called": True})
    engine.advance(timedelta(days=2))

    assert_instance(order).has_passed("Declined", "Call", "Pause").has_variable("called", True).is_completed()


def test_a_failed_job_is_an_incident_with_its_text(engine: TestEngine) -> None:
    """No retries left: the element is stuck and says why."""
    engine.mock_job("charge", JobFailure("bank is closed", retries=0))
    order = engine.start("Order")
    engine.run()

    assert_instance(order).has_incident_at("Charge", "bank is closed").is_active()


def test_a_job_may_answer_by_what_it_sees(engine: TestEngine) -> None:
    """A mock is a function of the job; retries count down as the worker says."""
    seen: list[int] = []

    def flaky(job: Any) -> dict[str, Any]:
        seen.append(job.retries)
        if job.retries > 1:
            raise JobFailure("again", retries=job.retries - 1, backoff=timedelta(seconds=10))
        return {"total": job.variables["total"] * 2}

    engine.mock_job("charge", flaky)
    order = engine.start("Order", {"total": 12})
    engine.advance(timedelta(minutes=1))

    assert seen == [3, 2, 1]
    assert_instance(order).has_variable("total", 24).has_no_incident()


def test_a_wrong_expectation_says_what_happened_instead(engine: TestEngine) -> None:
    """The message of a failed assertion names the path that was taken."""
    engine.mock_job("charge", {})
    order = engine.start("Order")
    engine.run()

    with pytest.raises(AssertionError, match="passed Ordered → Charge"):
        assert_instance(order).has_passed("Call")
    with pytest.raises(AssertionError, match=r"completed.*active.*Pause"):
        assert_instance(order).is_completed()
    with pytest.raises(AssertionError, match="open are: none"):
        engine.complete_user_task("Call")


def test_a_refused_command_speaks_zeebes_words(engine: TestEngine) -> None:
    """A test that starts what is not there reads the engine's own text."""
    with pytest.raises(RejectedError, match="process definition with process ID 'Nope', but none found"):
        engine.start("Nope")


def test_the_plugin_reports_coverage_of_a_suite(tmp_path: Path, model: Path) -> None:
    """A user's suite run with `--process-coverage` writes figures and the coloured diagram."""
    (tmp_path / "test_user.py").write_text(
        f"def test_one(fsm_engine):\n"
        f"    fsm_engine.deploy({str(model)!r}, {str(Path(__file__).with_name('drawn.bpmn'))!r})\n"
        f"    fsm_engine.mock_job('charge', {{}})\n"
        f"    fsm_engine.start('Order')\n"
        f"    fsm_engine.start('Drawn')\n"
        f"    fsm_engine.run()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    plugin = ["-p", "zeebelet.testing.plugin"] if not _installed() else []

    done = subprocess.run(
        [*command, *plugin, "--process-coverage", str(tmp_path / "report"), str(tmp_path / "test_user.py")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    figures = json.loads((tmp_path / "report" / "coverage.json").read_text())
    page = (tmp_path / "report" / "index.html").read_text()
    assert done.returncode == 0, done.stdout
    assert "Order: elements 33%, flows 40%" in done.stdout
    assert {"Call", "Done", "Pause", "f5"} <= set(figures["Order"]["missing"])
    assert "#2e7d32" in page
    assert page.count("<svg") >= 1


def _installed() -> bool:
    """Whether the package's entry point registers the plugin already."""
    from importlib.metadata import entry_points

    return any(point.value == "zeebelet.testing.plugin" for point in entry_points(group="pytest11"))
