"""User tasks, listeners, scripts, decisions, forms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_harness import BLANK_TASK, Harness
from engine_models import end, extensions, flows, io, model, service, start, sub, tag, user_task

from zeebelet.records import Record

NATIVE = model(start() + user_task("ut") + end(), "s ut e")


def assignment(**attributes: str) -> str:
    return tag("zeebe:assignmentDefinition", **attributes)


def task(h: Harness) -> Any:
    ((key, entry),) = h.engine.state.user_tasks.all().items()
    return key, entry


def test_native_user_task_has_attributes_and_no_job(h: Harness) -> None:
    """Assignee, candidates, priority; no job for workers."""
    h.run(
        model(
            start()
            + user_task("ut", assignment(assignee="=a", candidateGroups='=["x"]', candidateUsers="u, v"))
            + end(),
            "s ut e",
        ),
        {"a": "ann"},
    )
    _, entry = task(h)
    assert entry.state == "CREATED"
    assert (entry.value.assignee, entry.value.candidate_groups, entry.value.candidate_users) == (
        "ann",
        ("x",),
        ("u", "v"),
    )
    assert entry.value.priority == 50
    assert h.activate("io.camunda.zeebe:userTask") == {}
    assert [record.intent for record in h.events("USER_TASK")] == ["CREATING", "CREATED", "ASSIGNING", "ASSIGNED"]


def test_native_user_task_is_completed(h: Harness) -> None:
    """Its variables go the way of a job's."""
    key = h.run(NATIVE)
    task_key, _ = task(h)
    answer = h.do("USER_TASK", "COMPLETE", BLANK_TASK._replace(variables={"x": 1}), key=task_key)
    assert answer.intent == "COMPLETED"
    assert h.variables(key) == {"x": 1}
    assert h.completed()[-1] == "p"
    again = h.ask("USER_TASK", "COMPLETE", BLANK_TASK, key=task_key)
    assert again.rejection_type == "NOT_FOUND"
    assert (
        again.rejection_reason
        == f"Expected to complete user task with key '{task_key}', but no such user task was found"
    )


def test_claim(h: Harness) -> None:
    """Only who has it may claim it again; assigning overrides; nobody can claim for nobody."""
    h.run(NATIVE)
    key, _ = task(h)

    def claim(assignee: str) -> Record:
        return h.ask("USER_TASK", "CLAIM", BLANK_TASK._replace(assignee=assignee), key=key)

    assert claim("u1").intent == "ASSIGNED"
    refused = claim("u2")
    assert refused.rejection_type == "INVALID_STATE"
    assert refused.rejection_reason == f"Expected to claim user task with key '{key}', but it has already been assigned"
    assert claim("u1").intent == "ASSIGNED"
    assert claim("").rejection_reason == f"Expected to claim user task with key '{key}', but provided assignee is empty"
    h.do("USER_TASK", "ASSIGN", BLANK_TASK._replace(assignee="u2"), key=key)
    assert task(h)[1].value.assignee == "u2"
    h.do("USER_TASK", "ASSIGN", BLANK_TASK._replace(assignee="", action="unassign"), key=key)
    assert task(h)[1].value.assignee == ""


def test_update_touches_only_what_it_names(h: Harness) -> None:
    """The others keep their values."""
    h.run(model(start() + user_task("ut", assignment(candidateGroups="g")) + end(), "s ut e"))
    key, _ = task(h)
    h.do("USER_TASK", "UPDATE", BLANK_TASK._replace(priority=80, changed_attributes=("priority",)), key=key)
    assert (task(h)[1].value.priority, task(h)[1].value.candidate_groups) == (80, ("g",))


@pytest.mark.parametrize(
    ("more", "variables", "message"),
    [
        (assignment(assignee="=1"), {}, "Expected result of the expression '1' to be 'STRING', but was 'NUMBER'."),
        (
            assignment(candidateGroups="=1"),
            {},
            "Expected result of the expression '1' to be 'ARRAY', but was 'NUMBER'.",
        ),
        (tag("zeebe:taskSchedule", dueDate='="x"'), {}, "Invalid date-time format 'x' for expression '\"x\"'"),
        (
            tag("zeebe:priorityDefinition", priority="=101"),
            {},
            "Expected priority to be in the range [0,100] but was '101'.",
        ),
        (
            tag("zeebe:formDefinition", formId="f"),
            {},
            "Expected to find a form with id 'f', but no form with this id is found, at least a form with this id should be "
            "available. To resolve the Incident please deploy a form with the same id",
        ),
    ],
)
def test_attribute_that_cannot_be_evaluated(h: Harness, more: str, variables: dict[str, Any], message: str) -> None:
    """The task is not created; an incident tells why."""
    h.run(model(start() + user_task("ut", more) + end(), "s ut e"), variables)
    assert h.incidents()[0].error_message == message
    assert not h.engine.state.user_tasks.all()


def test_static_number_is_a_name(h: Harness) -> None:
    """An assignee written as a number stays text."""
    h.run(model(start() + user_task("ut", assignment(assignee="123")) + end(), "s ut e"))
    assert task(h)[1].value.assignee == "123"


def test_job_based_user_task_has_headers(h: Harness) -> None:
    """One retry; empty attributes are left out."""
    h.run(
        model(
            start()
            + user_task("ut", assignment(assignee="ann", candidateGroups="a,b", candidateUsers="=[]"), native=False)
            + end(),
            "s ut e",
        )
    )
    (job,) = h.activate("io.camunda.zeebe:userTask").values()
    assert job.retries == 1
    assert job.custom_headers == {"io.camunda.zeebe:assignee": "ann", "io.camunda.zeebe:candidateGroups": '["a","b"]'}


def test_linked_form_is_found_by_binding(h: Harness) -> None:
    """Latest, or the one deployed together."""
    form = json.dumps({"id": "f", "components": []}).encode()
    for binding in ("latest", "deployment"):
        run = Harness()
        more = tag("zeebe:formDefinition", formId="f", bindingType=binding)
        first = run.deploy(model(start() + user_task("ut", more) + end(), "s ut e"), form, names=["p.bpmn", "f.form"])
        second = run.deploy(json.dumps({"id": "f", "components": [1]}).encode(), names=["f.form"])
        run.create()
        expected = (second if binding == "latest" else first).forms[0].form_key
        assert task(run)[1].value.form_key == expected


def listener(event: str, type_: str) -> str:
    return tag("zeebe:executionListener", eventType=event, type=type_)


def tagged_decision(output: str, version_tag: str) -> bytes:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="drg" name="drg" namespace="n"><decision id="d" name="d">'
        f'<extensionElements><zeebe:versionTag value="{version_tag}"/></extensionElements><variable id="v" name="d"/>'
        f'<literalExpression id="l"><text>"{output}"</text></literalExpression></decision></definitions>'
    ).encode()


def test_decision_is_found_by_version_tag(h: Harness) -> None:
    """A business rule task bound to a tag keeps its decision when an untold newer one is deployed."""
    called = tag("zeebe:calledDecision", decisionId="d", resultVariable="r", bindingType="versionTag", versionTag="1.0")
    h.deploy(tagged_decision("old", "1.0"), names=["d.dmn"])
    h.deploy(tagged_decision("new", "2.0"), names=["d.dmn"])
    rule = tag("businessRuleTask", extensions(called), id="br")
    key = h.run(model(start() + rule + service("t") + end(), "s br t e"))
    assert h.variables(key)["r"] == "old"


def test_execution_listeners_run_one_after_the_other(h: Harness) -> None:
    """Start listeners before the job, end listeners after it; a failed one is retried alone."""
    listeners = tag(
        "zeebe:executionListeners", listener("start", "s1") + listener("start", "s2") + listener("end", "e1")
    )
    key = h.run(model(start() + service("a", more=listeners) + end(), "s a e"))
    assert list(h.engine.state.jobs.activatable_types()) == ["s1"]
    h.complete("s1", {"x": 1})
    h.fail("s2")
    assert h.incidents()[0].error_type == "EXECUTION_LISTENER_NO_RETRIES"
    from engine_harness import BLANK_JOB

    h.do("JOB", "UPDATE_RETRIES", BLANK_JOB._replace(retries=1), key=h.job("s2"))
    h.resolve()
    h.complete("s2")
    (job,) = h.activate("a").values()
    assert job.variables == {"x": 1}
    h.complete("a")
    assert h.variables(key) == {}
    h.complete("e1", {"y": 1})
    assert h.variables(key) == {"y": 1}
    assert h.completed()[-1] == "p"


def test_listeners_on_containers_events_and_the_process(h: Harness) -> None:
    """They run on sub-processes, end events and the process as well."""

    def around(event: str, type_: str) -> str:
        return extensions(tag("zeebe:executionListeners", listener(event, type_)))

    inner = start("s2") + end("e2", around("start", "l2")) + flows("s2 e2")
    h.run(model(start() + sub("sp", inner, more=around("start", "l1")) + end(), "s sp e", more=around("end", "l3")))
    for type_ in ("l1", "l2", "l3"):
        assert h.engine.state.jobs.activatable_types() == [type_]
        h.complete(type_)
    assert h.completed()[-1] == "p"


def test_error_cannot_be_thrown_from_a_listener(h: Harness) -> None:
    """Only from the element's own job."""
    from engine_harness import BLANK_JOB

    listeners = tag("zeebe:executionListeners", listener("start", "s1"))
    instance = h.run(model(start() + service("a", more=listeners) + end(), "s a e"))
    key = h.job("s1")
    answer = h.ask("JOB", "THROW_ERROR", BLANK_JOB._replace(error_code="E"), key=key)
    assert answer.rejection_reason == (
        f"Cannot throw BPMN error from EXECUTION_LISTENER job with key '{key}', type 's1' and processInstanceKey '{instance}'"
    )


def task_listeners(**types: str) -> str:
    entries = [tag("zeebe:taskListener", eventType=event, type=type_) for event, type_ in types.items()]
    return tag("zeebe:taskListeners", "".join(entries))


def test_task_listener_denies_a_completion(h: Harness) -> None:
    """The request is rejected with the reason, the task is as before, and can be completed again."""
    h.run(model(start() + user_task("ut", task_listeners(completing="l")) + end(), "s ut e"))
    key, _ = task(h)
    answers: list[Record] = []
    h.engine.submit("USER_TASK", "COMPLETE", BLANK_TASK._replace(variables={"x": 1}), key=key, respond=answers.append)
    assert not answers
    (job,) = h.activate("l").values()
    assert job.variables == {"x": 1}
    assert job.listener_event_type == "COMPLETING"
    assert job.custom_headers["io.camunda.zeebe:action"] == "complete"
    h.complete("l", result={"type": "userTask", "denied": True, "deniedReason": "no"})
    (answer,) = answers
    assert answer.rejection_type == "INVALID_STATE"
    assert answer.rejection_reason == (
        f"Completion of the User Task with key '{key}' was denied by Task Listener. Reason to deny: 'no'"
    )
    assert task(h)[1].state == "CREATED"
    h.engine.submit("USER_TASK", "COMPLETE", BLANK_TASK, key=key, respond=answers.append)
    h.complete("l")
    assert answers[-1].intent == "COMPLETED"
    assert h.completed()[-1] == "p"


def test_task_listener_corrects(h: Harness) -> None:
    """Corrections of an assignment are what is assigned."""
    h.run(model(start() + user_task("ut", task_listeners(assigning="l")) + end(), "s ut e"))
    key, _ = task(h)
    answers: list[Record] = []
    h.engine.submit("USER_TASK", "ASSIGN", BLANK_TASK._replace(assignee="a"), key=key, respond=answers.append)
    assert task(h)[1].state == "ASSIGNING"
    h.complete("l", result={"corrections": {"assignee": "b", "priority": 7}})
    assert answers[0].intent == "ASSIGNED"
    assert (task(h)[1].value.assignee, task(h)[1].value.priority) == ("b", 7)


@pytest.mark.parametrize(
    ("variables", "result"),
    [({"x": 1}, None), ({}, {"denied": True, "corrections": {"priority": 1}}), ({}, {"corrections": {"name": "x"}})],
)
def test_task_listener_answers_are_validated(h: Harness, variables: dict[str, Any], result: Any) -> None:
    """Variables, denial with corrections, unknown properties: refused."""
    from engine_harness import BLANK_JOB

    h.run(model(start() + user_task("ut", task_listeners(creating="l")) + end(), "s ut e"))
    answer = h.ask("JOB", "COMPLETE", BLANK_JOB._replace(variables=variables, result=result), key=h.job("l"))
    assert answer.rejection_type == "INVALID_ARGUMENT"


def test_canceling_listener_delays_the_end(h: Harness) -> None:
    """The element ends after the listener has answered."""
    key = h.run(model(start() + user_task("ut", task_listeners(canceling="l")) + end(), "s ut e"))
    h.cancel(key)
    assert h.active() == ["ut"]
    h.complete("l")
    assert h.is_empty()


def test_script(h: Harness) -> None:
    """The result is written as a worker's would be."""
    script = tag("zeebe:script", expression="=a + b", resultVariable="r")
    key = h.run(model(start() + tag("scriptTask", extensions(script), id="t") + end(), "s t e"), {"a": 1, "b": 2})
    assert h.variables(key)["r"] == 3
    mapped = model(
        start() + tag("scriptTask", extensions(script, io(outputs={"x": "=r"})), id="t") + end(), "s t e", id_="q"
    )
    h.deploy(mapped)
    second = h.create("q", {"a": 1, "b": 2})
    assert h.variables(second) == {"a": 1, "b": 2, "x": 3}


def test_a_task_listener_whose_type_is_repaired(h: Harness) -> None:
    """The incident of its expression is resolved: the listener is asked, and the task completes."""
    asked = tag("zeebe:taskListeners", tag("zeebe:taskListener", eventType="completing", type="=lt"))
    key = h.run(model(start() + user_task("u", asked) + end(), "s u e"))
    (task,) = h.engine.state.user_tasks.all()
    h.engine.submit("USER_TASK", "COMPLETE", BLANK_TASK, key=task)
    assert [incident.element_id for incident in h.incidents()] == ["u"]
    h.set_variables(key, {"lt": "tl"})
    h.resolve()
    h.complete("tl")
    assert h.is_empty()
