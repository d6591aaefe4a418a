"""User tasks, decisions, scripts, listeners."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from bpmn_models import decision_task, end, one_task, process, script, start, user_task
from dmn_models import drg, literal, table
from pyzeebe.proto import gateway_pb2 as pb
from zeebe_client import Zeebe


def with_task(*extensions: str, **mappings: object):
    """S -> UT -> E."""
    return process("P", start(), user_task("U", *extensions, **mappings), end(), flows=["S U E"])  # type: ignore[arg-type]


def assigned(**attributes: str) -> str:
    """An assignment definition."""
    return "<zeebe:assignmentDefinition " + " ".join(f"{k}='{v}'" for k, v in attributes.items()) + "/>"


def test_L01_a_native_user_task_is_a_task_and_no_job(z: Zeebe) -> None:
    """Its attributes are evaluated; workers get nothing."""
    model = with_task(assigned(assignee="=a", candidateGroups='=["x"]'))
    instance = z.run(model, a="ann")

    task = z.eventually(lambda: z.user_task(instance))

    assert {name: task[name] for name in ("state", "assignee", "candidateGroups", "priority")} == {
        "state": "CREATED",
        "assignee": "ann",
        "candidateGroups": ["x"],
        "priority": 50,
    }
    request = pb.ActivateJobsRequest(
        type="io.camunda.zeebe:userTask", timeout=1000, maxJobsToActivate=100, requestTimeout=-1
    )
    jobs = [job for answer in z.stub.ActivateJobs(request) for job in answer.jobs]
    assert [job for job in jobs if job.processInstanceKey == instance] == []


def test_L03_who_may_take_a_task_over(z: Zeebe) -> None:
    """Without override only an unassigned task, or one's own; with override any."""
    instance = z.run(with_task(assigned(assignee="u1")))
    key = z.eventually(lambda: z.user_task(instance))["userTaskKey"]

    def assign(**body: object) -> int:
        return z.rest("POST", f"/user-tasks/{key}/assignment", body).status_code

    assert assign(assignee="u2", allowOverride=False) == 409
    assert assign(assignee="u1", allowOverride=False) == 204
    assert assign(assignee="u2") == 204


def test_L05_an_update_must_change_something(z: Zeebe) -> None:
    """Nothing: 400; no date: 400; an empty list clears."""
    instance = z.run(with_task(assigned(candidateUsers="ann,bob")))
    key = z.eventually(lambda: z.user_task(instance))["userTaskKey"]

    def update(body: object) -> int:
        return z.rest("PATCH", f"/user-tasks/{key}", body).status_code

    assert update({}) == 400
    assert update({"changeset": {"dueDate": "x"}}) == 400
    assert update({"changeset": {"candidateUsers": []}}) == 204
    z.assert_eventually(lambda: z.user_task(instance)["candidateUsers"], [])


def test_L07_an_assignee_is_a_text(z: Zeebe) -> None:
    """A number is an incident, and there is no task."""
    instance = z.run(with_task(assigned(assignee="=1")))

    assert z.eventually(lambda: z.incident(instance, "EXTRACT_VALUE_ERROR"))["elementId"] == "U"
    assert z.search("user-tasks", processInstanceKey=str(instance)) == []


def test_L09_a_task_without_a_form(z: Zeebe) -> None:
    """204, no content."""
    instance = z.run(with_task())
    key = z.eventually(lambda: z.user_task(instance))["userTaskKey"]

    assert z.rest("GET", f"/user-tasks/{key}/form").status_code == 204


def test_L11_a_listener_can_deny_a_completion(z: Zeebe) -> None:
    """The caller is told why, the task is back, and can be completed once nobody denies."""
    listener = "<zeebe:taskListeners><zeebe:taskListener eventType='completing' {type:check} retries='3'/></zeebe:taskListeners>"
    instance = z.run(with_task(listener))
    key = z.eventually(lambda: z.user_task(instance))["userTaskKey"]

    def complete_while(result: object) -> object:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(z.rest, "POST", f"/user-tasks/{key}/completion", {})
            (job,) = z.jobs("check", patience=5_000)
            assert z.rest("POST", f"/jobs/{job.key}/completion", {"result": result}).status_code == 204
            return answer.result()

    denied = complete_while({"type": "userTask", "denied": True, "deniedReason": "not today"})
    assert denied.status_code == 409
    assert denied.json()["detail"] == (
        "Command 'COMPLETE' rejected with code 'INVALID_STATE': Completion of the User Task with key "
        f"'{key}' was denied by Task Listener. Reason to deny: 'not today'"
    )
    z.assert_eventually(lambda: z.user_task(instance)["state"], "CREATED")

    assert complete_while({"type": "userTask", "denied": False}).status_code == 204
    z.assert_ends(instance)


def test_L13_variables_of_an_end_listener_reach_the_process(z: Zeebe) -> None:
    """They are set after the output mappings, in the scope around."""
    listener = (
        "<zeebe:executionListeners><zeebe:executionListener eventType='end' {type:listen} retries='3'/>"
        "</zeebe:executionListeners>"
    )
    instance = z.run(one_task(listeners=listener))
    z.complete("a")

    z.complete("listen", y=1)

    z.assert_ends(instance)
    assert z.variables(instance) == {"y": 1}


def evaluate(z: Zeebe, decision: str, variables: str) -> pb.EvaluateDecisionResponse:
    """Evaluates a decision."""
    return z.stub.EvaluateDecision(pb.EvaluateDecisionRequest(decisionId=z.name(decision), variables=variables))


def test_L15_a_failed_evaluation_is_an_answer(z: Zeebe) -> None:
    """Two rules match a UNIQUE table: the answer is OK and tells what failed."""
    z.deploy(("d.dmn", drg(z.suffix, table("D", "x", [("&gt; 1", "1"), ("&gt; 2", "2")]))))

    answer = evaluate(z, "D", '{"x":5}')

    assert answer.failedDecisionId == z.name("D")
    assert "multiple values aren't allowed for UNIQUE hit policy" in answer.failureMessage


def test_L17_required_decisions_come_first(z: Zeebe) -> None:
    """[A, B] in the order of evaluation; rules count from one."""
    first = table("A", "x", [("&lt; 0", '"neg"'), ("&gt;= 0", '"pos"')])
    z.deploy(("d.dmn", drg(z.suffix, first, literal("B", "A", z.name("A")))))

    answer = evaluate(z, "B", '{"x":5}')

    assert [decision.decisionId for decision in answer.evaluatedDecisions] == [z.name("A"), z.name("B")]
    assert [rule.ruleIndex for rule in answer.evaluatedDecisions[0].matchedRules] == [2]
    assert answer.decisionOutput == '"pos"'


def test_L19_a_missing_decision_can_be_deployed_later(z: Zeebe) -> None:
    """CALLED_DECISION_ERROR; deployed and resolved, the task continues."""
    instance = z.run(process("P", start(), decision_task("D", "D", "r"), end(), flows=["S D E"]), x=5)
    incident = z.eventually(lambda: z.incident(instance, "CALLED_DECISION_ERROR"))

    z.deploy(("d.dmn", drg(z.suffix, table("D", "x", [("&gt; 1", "7")]))))
    z.resolve(incident)

    z.assert_ends(instance)
    assert z.variables(instance)["r"] == 7


def test_L21_a_script_sets_its_result(z: Zeebe) -> None:
    """FEEL, in the engine."""
    instance = z.run(process("P", start(), script("C", "=a + b", "r"), end(), flows=["S C E"]), a=1, b=2)

    z.assert_ends(instance)
    assert z.variables(instance)["r"] == 3


@pytest.mark.parametrize("target", ["mapped"])
def test_L23_an_output_mapping_hides_the_result_of_a_script(z: Zeebe, target: str) -> None:
    """Only the target leaves."""
    model = process("P", start(), script("C", "=1 + 1", "r", outputs=[("=r + 1", target)]), end(), flows=["S C E"])
    instance = z.run(model)

    z.assert_ends(instance)
    assert z.variables(instance) == {target: 3}
