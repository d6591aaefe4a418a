"""Deployments: versions, duplicates, refusals, deletion."""

from __future__ import annotations

import json

import pytest
from engine_harness import Harness
from engine_models import (
    document,
    end,
    extensions,
    flow,
    flows,
    gateway,
    io,
    message,
    message_event,
    model,
    multi,
    process,
    service,
    signal,
    signal_event,
    start,
    sub,
    tag,
    timer,
)

from zeebelet import records as r
from zeebelet.loop import EngineConfig

V1 = model(start() + end(), "s e")
V2 = model(start() + end("e2"), "s e2")


def versions(deployment: r.Deployment) -> list[tuple[str, int]]:
    return [(item.bpmn_process_id, item.version) for item in deployment.processes]


def test_same_file_again_is_a_duplicate(h: Harness) -> None:
    """Same bytes, same name, latest version: old key and version."""
    first, second = h.deploy(V1), h.deploy(V1)
    assert first.processes[0].process_definition_key == second.processes[0].process_definition_key
    assert second.processes[0].duplicate
    assert second.processes[0].version == 1


@pytest.mark.parametrize("sequence", [[V1, V2, V1], [V1, V2, V2, V1]])
def test_going_back_is_a_new_version(h: Harness, sequence: list[bytes]) -> None:
    """Only the latest version counts for duplicates."""
    for file in sequence:
        last = h.deploy(file)
    assert versions(last) == [("p", 3)]


def test_another_file_name_is_a_new_version(h: Harness) -> None:
    """The name is part of what is compared."""
    h.deploy(V1, names=["a.bpmn"])
    assert versions(h.deploy(V1, names=["b.bpmn"])) == [("p", 2)]


def test_one_changed_resource_renews_all(h: Harness) -> None:
    """So that a binding by deployment finds what belongs together."""
    other = model(start() + end(), "s e", id_="q")
    h.deploy(V1, other)
    assert versions(h.deploy(V2, other)) == [("p", 2), ("q", 2)]
    assert versions(h.deploy(V2, other)) == [("p", 2), ("q", 2)]


def test_deployment_is_atomic(h: Harness) -> None:
    """One bad file: nothing is deployed."""
    bad = model(start() + tag("complexGateway", id="x") + end(), "s x e", id_="q")
    resources = tuple(r.DeploymentResource(name, file) for name, file in (("p.bpmn", V1), ("q.bpmn", bad)))
    answer = h.ask("DEPLOYMENT", "CREATE", r.Deployment(resources))
    assert answer.rejection_type == "INVALID_ARGUMENT"
    assert answer.rejection_reason.startswith(
        "Expected to deploy new resources, but encountered the following errors:\n'q.bpmn': - Element: "
    )
    unknown = h.ask("PROCESS_INSTANCE_CREATION", "CREATE", r.ProcessInstanceCreation("p"))
    assert unknown.rejection_reason == "Expected to find process definition with process ID 'p', but none found"


def test_nothing_to_deploy(h: Harness) -> None:
    """A deployment needs a file."""
    answer = h.ask("DEPLOYMENT", "CREATE", r.Deployment(()))
    assert answer.rejection_reason == "Expected to deploy at least one resource, but none given"


def with_service(attributes: str) -> bytes:
    return model(
        start()
        + f'<bpmn:serviceTask id="A"><bpmn:extensionElements>{attributes}</bpmn:extensionElements></bpmn:serviceTask>',
        "s A",
    )


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (document(process(start() + end(), executable=False)), "Must contain at least one executable process"),
        (
            model(start() + tag("serviceTask", id="A") + end(), "s A e"),
            "- Element: A\n    - ERROR: Must have exactly one 'zeebe:taskDefinition' extension element",
        ),
        (
            with_service(tag("zeebe:taskDefinition", type="=]") + ""),
            "- Element: A > extensionElements > taskDefinition\n    - ERROR: failed to parse expression ']'",
        ),
        (
            model(start() + service("A", inside=multi("items")) + end(), "s A e"),
            "Expected expression but found static value 'items'. An expression must start with '=' (e.g. '=items').",
        ),
        (
            model(start() + service("A", mapping=io({"a-b": "=1"})) + end(), "s A e"),
            "Expected path expression 'a-b' but doesn't match the pattern '[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*'.",
        ),
        (
            model(start() + service("A", mapping=io({"null": "=1"})) + end(), "s A e"),
            "Expected path expression 'null' but is one of the reserved words "
            "(null, true, false, function, if, then, else, for, between, instance, of).",
        ),
        (
            model(start("s", timer("Cycle", "=INVALID")) + end(), "s e"),
            "'p0.bpmn': - Element: s\n    - ERROR: Invalid timer cycle expression "
            "(Expected result of the expression 'INVALID' to be 'STRING', but was 'NULL'. "
            "The evaluation reported the following warnings:\n"
            "[NO_VARIABLE_FOUND] No variable found with name 'INVALID')",
        ),
        (
            model(start("s", message_event("m")) + end(), "s e", message("m", text="=x")),
            "- Element: s\n    - ERROR: Expected constant expression of type String for message name '=x', but was NULL",
        ),
        (
            model(
                start()
                + tag("userTask", extensions(tag("zeebe:userTask"), tag("zeebe:taskSchedule", dueDate="soon")), id="u"),
                "s u",
            ),
            "- Element: u > extensionElements > taskSchedule\n    - ERROR: Expected static value to be a valid DateTime String, "
            "e.g. '2023-03-02T15:35+02:00', but found 'soon'.",
        ),
        (b"<nothing/>", "'p0.bpmn': "),
        (b"no xml", "'p0.bpmn': "),
    ],
)
def test_what_is_refused(h: Harness, file: bytes, text: str) -> None:
    """The text names file, element and rule."""
    assert text in h.refused(file)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({}, "Expected the form id to be present, but none given"),
        ({"id": " "}, "Expected the form id to be filled, but it is blank"),
    ],
)
def test_form_without_id_is_refused(h: Harness, content: object, text: str) -> None:
    """A form is known by its id."""
    assert text in h.refused(json.dumps(content).encode(), "f.form")


def test_scripts_of_robots_are_generic_resources(h: Harness) -> None:
    """They name themselves; versions count as for the others."""
    first = h.deploy(b'{"id":"a"}', names=["a.rpa"]).generic_resources[0]
    second = h.deploy(b'{"id":"a","name":"n"}', names=["a.rpa"]).generic_resources[0]
    assert (first.resource_id, first.version, second.version) == ("a", 1, 2)


@pytest.mark.parametrize(
    ("asked", "type_", "reason"),
    [
        (
            r.ProcessInstanceCreation(),
            "INVALID_ARGUMENT",
            "Expected at least a bpmnProcessId or a key greater than -1, but none given",
        ),
        (
            r.ProcessInstanceCreation("x"),
            "NOT_FOUND",
            "Expected to find process definition with process ID 'x', but none found",
        ),
        (
            r.ProcessInstanceCreation("p", version=0),
            "NOT_FOUND",
            "Expected to find process definition with process ID 'p' and version '0', but none found",
        ),
        (
            r.ProcessInstanceCreation(process_definition_key=5),
            "NOT_FOUND",
            "Expected to find process definition with key '5', but none found",
        ),
        (
            r.ProcessInstanceCreation("m"),
            "INVALID_STATE",
            "Expected to create instance of process with none start event, but there is no such event",
        ),
    ],
)
def test_what_cannot_be_created(h: Harness, asked: r.ProcessInstanceCreation, type_: str, reason: str) -> None:
    """Unknown, or without a none start event."""
    h.deploy(V1, model(start("s", message_event("m")) + end(), "s e", message("m"), id_="m"))
    answer = h.ask("PROCESS_INSTANCE_CREATION", "CREATE", asked)
    assert (answer.rejection_type, answer.rejection_reason) == (type_, reason)


def test_creation_by_version_and_key(h: Harness) -> None:
    """-1 is the latest; the id wins over a key."""
    first = h.deploy(V1).processes[0].process_definition_key
    h.deploy(V2)
    h.create(version=-1)
    h.create(version=1)
    h.create("", process_definition_key=first)
    h.create("p", process_definition_key=first)
    assert [name for name in h.completed() if name.startswith("e")] == ["e2", "e", "e", "e2"]


def test_result_is_answered_when_the_instance_completes(h: Harness) -> None:
    """Root variables, those asked for that exist; a canceled instance never answers."""
    h.deploy(model(start() + service("a", mapping=io({"local": "=1"})) + end(), "s a e"))
    answers: list[r.Record] = []

    def start_one() -> int:
        asked = r.ProcessInstanceCreation("p", variables={"x": 1}, fetch_variables=("r", "missing"))
        h.engine.submit("PROCESS_INSTANCE_CREATION", "CREATE_WITH_AWAITING_RESULT", asked, respond=answers.append)
        return h.key_of("p")

    key = start_one()
    assert not answers
    h.complete("a", {"r": 2, "local": 3})
    assert (answers[0].intent, answers[0].value.variables, answers[0].value.process_instance_key) == (
        "COMPLETED",
        {"r": 2},
        key,
    )
    h.cancel(start_one())
    assert len(answers) == 1


def test_deleting_the_latest_version_wakes_the_one_before(h: Harness) -> None:
    """Its timer, message and signal starts are open again; version numbers are not given twice."""
    first = model(
        start("t", timer("Cycle", "R/PT10S")) + start("m", message_event("m")) + start("g", signal_event("g")) + end(),
        "t e; m e; g e",
        message("m"),
        signal("g"),
    )
    h.deploy(first)
    second = h.deploy(V2).processes[0].process_definition_key
    h.pass_time(20)
    assert not h.completed()
    h.do("RESOURCE_DELETION", "DELETE", r.ResourceDeletion(second))
    h.pass_time(10)
    h.publish("m")
    h.broadcast("g")
    assert [name for name in h.completed() if name in "tmg"] == ["t", "m", "g"]
    assert versions(h.deploy(V2)) == [("p", 3)]


def test_deleting_what_is_unknown_or_running(h: Harness) -> None:
    """Both are refused."""
    key = h.deploy(model(start() + service("a"), "s a")).processes[0].process_definition_key
    h.create()
    answer = h.ask("RESOURCE_DELETION", "DELETE", r.ResourceDeletion(5))
    assert (answer.rejection_type, answer.rejection_reason) == (
        "NOT_FOUND",
        "Expected to delete resource but no resource found with key `5`",
    )
    answer = h.ask("RESOURCE_DELETION", "DELETE", r.ResourceDeletion(key))
    assert (
        answer.rejection_reason == f"Expected to delete resource with key `{key}` but there are still running instances"
    )
    h.complete("a")
    h.do("RESOURCE_DELETION", "DELETE", r.ResourceDeletion(key))


def test_unused_invalid_message_is_tolerated_a_used_one_is_not(h: Harness) -> None:
    """Only what is referred to matters."""
    nameless = tag("message", id="message_x")
    h.deploy(model(start() + end(), "s e", nameless))
    used = model(start() + tag("intermediateCatchEvent", message_event("x"), id="c") + end(), "s c e", nameless)
    assert "Name must be present and not empty" in h.refused(used)


TASKS = model(start() + tag("task", id="t1") + tag("task", id="t2"), "s t1 t2 t1")
THROUGH_A_GATEWAY = model(
    start() + tag("manualTask", id="t1") + gateway("exclusive", "g", default="g_e") + end() + flow("g", "t1", "x"),
    "s t1 g e",
)


@pytest.mark.parametrize(("file", "loop"), [(TASKS, "t1 > t2 > t1"), (THROUGH_A_GATEWAY, "t1 > g > t1")])
def test_loop_that_never_waits_is_refused(h: Harness, file: bytes, loop: str) -> None:
    """Tasks without work, scripts and throw events pass straight through."""
    assert h.refused(file).endswith(
        f"'p0.bpmn': - Process: p\n    - ERROR: Processes are not allowed to contain a straight-through processing loop: {loop}\n"
    )


def test_loop_with_a_wait_state_or_of_gateways_alone_is_accepted(h: Harness) -> None:
    """A service task in it waits."""
    deployment = h.deploy(
        model(
            start()
            + tag("task", id="t1")
            + service("a")
            + gateway("exclusive", "g", default="g_e")
            + end()
            + flow("g", "t1", "x"),
            "s t1 a g e",
        )
    )
    assert [process.version for process in deployment.processes] == [1]


def test_instance_that_loops_anyway_is_stopped() -> None:
    """A loop the check cannot see does not stop the engine: the instance gets an incident, others go on."""
    h = Harness(config=EngineConfig(max_steps_per_command=500))
    inner = start("s2") + end("e2") + flows("s2 e2")
    h.run(
        model(
            start()
            + gateway("exclusive", "m")
            + sub("sp", inner)
            + gateway("exclusive", "g", default="g_m")
            + end()
            + flow("g", "e", "false"),
            "s m sp g m",
        )
    )
    (incident,) = h.incidents()
    assert "to come to a wait state, but it went on for 500 steps" in incident.error_message
    h.cancel(incident.process_instance_key)
    assert h.is_empty()
