"""Modification, migration, start and runtime instructions, incidents."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import BLANK_TASK, Harness
from engine_models import (
    boundary,
    call,
    catch,
    document,
    end,
    error_event,
    event_sub,
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
    start,
    sub,
    tag,
    timer,
    user_task,
)

from zeebelet import records as r

AB = model(start() + service("A") + service("B") + end(), "s A B e")
NESTED = model(
    start()
    + sub(
        "sp",
        start("s2")
        + service("A")
        + service("B")
        + flows("s2 A B")
        + event_sub("esp", "m_s", message_event("m"), end("x") + flows("m_s x")),
    )
    + service("C")
    + end(),
    "s sp C e",
    message("m", '="k"'),
)


def modify(h: Harness, key: int, **what: Any) -> r.ProcessInstanceModification:
    return r.ProcessInstanceModification(key, **what)


def activate(element: str, ancestor: int = -1, **variables: Any) -> tuple[r.ActivateInstruction, ...]:
    given = tuple(r.VariableInstruction(values, scope.lstrip("_")) for scope, values in variables.items())
    return (r.ActivateInstruction(element, ancestor, given),)


def ask(h: Harness, key: int, **what: Any) -> Any:
    return h.ask("PROCESS_INSTANCE_MODIFICATION", "MODIFY", modify(h, key, **what))


def test_terminate_and_activate(h: Harness) -> None:
    """Activation first, then termination; the instance goes on."""
    key = h.run(AB)
    answer = ask(
        h, key, activate_instructions=activate("B"), terminate_instructions=(r.TerminateInstruction(h.key_of("A")),)
    )
    assert answer.intent == "MODIFIED"
    assert h.active() == ["B"]
    assert h.terminated() == ["A"]
    h.complete("B")
    assert h.completed()[-1] == "p"


def test_scope_without_children_is_terminated(h: Harness) -> None:
    """All the way up; nothing completes."""
    key = h.run(NESTED)
    ask(h, key, terminate_instructions=(r.TerminateInstruction(h.key_of("A")),))
    assert h.terminated() == ["A", "sp", "p"]
    assert h.is_empty()


def test_activation_creates_missing_scopes(h: Harness) -> None:
    """The sub-process is created without its start event and listens to its events."""
    key = h.run(NESTED)
    h.complete("A")
    h.complete("B")
    ask(h, key, activate_instructions=activate("B"))
    assert h.active() == ["B", "C", "sp"]
    assert h.completed().count("s2") == 1
    h.publish("m", "k")
    assert "x" in h.completed()


def test_activation_uses_the_scope_that_is_there(h: Harness) -> None:
    """One active instance of the scope: no other is made."""
    key = h.run(NESTED)
    ask(h, key, activate_instructions=activate("B"))
    assert h.active() == ["A", "B", "sp"]


def test_variables_of_an_activation(h: Harness) -> None:
    """Local to a scope, or global."""
    key = h.run(NESTED)
    h.complete("A")
    h.complete("B")
    ask(h, key, activate_instructions=activate("B", sp={"v": 1}, _={"w": 2}, B={"u": 3}))
    assert h.variables(h.key_of("sp")) == {"v": 1}
    assert h.variables(key) == {"w": 2}
    assert h.variables(h.key_of("B")) == {"u": 3}


def test_ancestor_decides_between_scopes(h: Harness) -> None:
    """Two instances of the scope: the ancestor must be given."""
    inner = start("s2") + service("A") + service("B") + flows("s2 A B")
    key = h.run(model(start() + sub("sp", inner + multi("=[1,2]")) + end(), "s sp e"))
    answer = ask(h, key, activate_instructions=activate("B"))
    assert answer.rejection_reason == (
        "Expected to modify instance of process 'p' but it contains one or more activate instructions for an element that has a "
        "flow scope with more than one active instance: 'sp'. Can't decide in which instance of the flow scope the element "
        "should be activated. Please specify an ancestor element instance key for this activate instruction."
    )
    first = next(i.key for i in h.engine.state.instances.all() if i.value.bpmn_element_type == "SUB_PROCESS")
    ask(h, key, activate_instructions=activate("B", first))
    assert h.active() == ["A", "A", "B", "sp", "sp", "sp"]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (
            {"activate_instructions": activate("nope")},
            "activate instructions with an element that could not be found: 'nope'",
        ),
        ({"activate_instructions": activate("s")}, "activate instructions for elements that are unsupported: 's'."),
        (
            {"terminate_instructions": (r.TerminateInstruction(7),)},
            "terminate instructions with an element instance that could not be found: '7'",
        ),
        (
            {"activate_instructions": activate("C", 7)},
            "activate instructions with an ancestor scope key that does not exist, or is not in an active state: '7'",
        ),
        (
            {"activate_instructions": activate("C", nope={})},
            "variable instructions with a scope element id that could not be found: 'nope'",
        ),
        (
            {"activate_instructions": activate("C", sp={})},
            "variable instructions with a scope element that doesn't belong to the activating element's flow scope. "
            "These variables should be set before or after the modification.",
        ),
    ],
)
def test_what_cannot_be_modified(h: Harness, what: dict[str, Any], text: str) -> None:
    """Everything is refused, nothing changed."""
    key = h.run(NESTED)
    before = h.engine.fingerprint()
    answer = ask(h, key, **what)
    assert answer.rejection_type == "INVALID_ARGUMENT"
    assert answer.rejection_reason.startswith(
        f"Expected to modify instance of process 'p' but it contains one or more {text}"
    )
    assert h.engine.fingerprint() == before


def test_modifying_nothing(h: Harness) -> None:
    """There is no such instance."""
    answer = ask(h, 7)
    assert answer.rejection_reason == "Expected to modify process instance but no process instance found with key '7'"


def test_called_instance_must_survive(h: Harness) -> None:
    """It ends through its caller only."""
    child = process(start() + service("w") + flows("s w"), id_="child")
    h.run(document(child, process(start() + call("ca", "child") + flows("s ca"), id_="p")))
    answer = ask(h, h.key_of("child"), terminate_instructions=(r.TerminateInstruction(h.key_of("w")),))
    assert answer.rejection_reason.startswith(
        "Expected to modify instance of process 'child' but the given instructions would terminate the instance."
    )


def test_move(h: Harness) -> None:
    """8.9: every token of the source goes to the target."""
    key = h.run(AB)
    ask(h, key, move_instructions=(r.MoveInstruction(source_element_id="A", target_element_id="B"),))
    assert (h.active(), h.terminated()) == (["B"], ["A"])


def test_terminate_by_element_id(h: Harness) -> None:
    """8.9: every instance of the element."""
    key = h.run(model(start() + gateway("parallel", "g") + service("A") + service("B"), "s g A; g B"))
    ask(h, key, terminate_instructions=(r.TerminateInstruction(element_id="A"),))
    assert h.active() == ["B"]


def test_start_instruction(h: Harness) -> None:
    """The scopes are there, no start event is."""
    h.deploy(NESTED)
    h.create(start_instructions=(r.StartInstruction("B"),))
    assert h.active() == ["B", "sp"]
    assert not h.completed()
    h.complete("B")
    h.complete("C")
    assert h.completed()[-1] == "p"


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("nope", "no element found with id 'nope'."),
        (
            "A",
            "the element with id 'A' is inside a multi-instance subprocess. "
            "The creation of elements inside a multi-instance subprocess is not supported.",
        ),
        ("be", "the element with id 'be' targets unsupported element type 'BOUNDARY_EVENT'."),
        (
            "t1",
            "the element with id 't1' belongs to an event-based gateway. "
            "The creation of elements belonging to an event-based gateway is not supported.",
        ),
    ],
)
def test_where_an_instance_cannot_start(h: Harness, element: str, text: str) -> None:
    """In the words of Zeebe."""
    h.deploy(
        model(
            start()
            + sub("sp", start("s2") + service("A") + flows("s2 A") + multi("=[1]"))
            + boundary("be", "sp", timer("Duration", "PT1S"))
            + gateway("eventBased", "g")
            + catch("t1", timer("Duration", "PT1S"))
            + catch("t2", timer("Duration", "PT2S"))
            + end(),
            "s sp g t1 e; g t2 e; be e",
        )
    )
    asked = r.ProcessInstanceCreation("p", start_instructions=(r.StartInstruction(element),))
    answer = h.ask("PROCESS_INSTANCE_CREATION", "CREATE", asked)
    assert answer.rejection_type == "INVALID_ARGUMENT"
    assert answer.rejection_reason.startswith(
        f"Expected to create instance of process with start instructions but {text}"
    )
    assert h.is_empty()


@pytest.mark.parametrize("how", ["complete", "throw"])
def test_instance_that_runs_up_to_an_element(h: Harness, how: str) -> None:
    """When the element has completed or been terminated, the instance is terminated instead of going on."""
    h.deploy(
        model(
            start()
            + gateway("parallel", "g")
            + service("A")
            + service("B")
            + boundary("be", "A", error_event())
            + end(),
            "s g A e; g B; be e",
        )
    )
    h.create(terminate_after=("A",))
    if how == "complete":
        h.complete("A")
    else:
        h.throw("A", "E")
    assert h.terminated()[-2:] == ["B", "p"]
    assert "e" not in h.completed()
    assert h.is_empty()


MOVED = model(start() + service("A2", type_="a2") + service("C") + end(), "s A2 C e")


def migrate(h: Harness, key: int, target: int, **mapping: str) -> Any:
    plan = tuple(r.MappingInstruction(source, to) for source, to in mapping.items())
    return h.ask("PROCESS_INSTANCE_MIGRATION", "MIGRATE", r.ProcessInstanceMigration(key, target, plan))


def test_migration_keeps_the_job(h: Harness) -> None:
    """Its key, type and variables stay; what follows is the target's."""
    key = h.run(AB, {"x": 1})
    job = h.job("A")
    target = h.deploy(MOVED).processes[0].process_definition_key
    assert migrate(h, key, target, A="A2").intent == "MIGRATED"
    (work,) = h.activate("A").values()
    assert (work.element_id, work.process_definition_key, work.process_definition_version) == ("A2", target, 2)
    h.complete(job)
    assert h.active() == ["C"]


def test_migration_of_incident_user_task_and_scope(h: Harness) -> None:
    """They all belong to the target afterwards."""
    first = model(
        start()
        + sub("sp", start("s2") + gateway("parallel", "g") + service("A") + user_task("U") + flows("s2 g A; g U"))
        + end(),
        "s sp e",
    )
    second = model(
        start()
        + sub("sp2", start("s2") + gateway("parallel", "g") + service("A") + user_task("U2") + flows("s2 g A; g U2"))
        + end(),
        "s sp2 e",
    )
    key = h.run(first)
    h.fail("A")
    target = h.deploy(second).processes[0].process_definition_key
    migrate(h, key, target, sp="sp2", A="A", U="U2")
    assert h.incidents()[0].process_definition_key == target
    ((task, entry),) = h.engine.state.user_tasks.all().items()
    assert (entry.value.element_id, entry.value.process_definition_key) == ("U2", target)
    h.do("USER_TASK", "COMPLETE", BLANK_TASK, key=task)
    assert h.active() == ["A", "sp2"]
    assert h.engine.state.instances.running(target) == 1


def test_migration_of_boundary_events(h: Harness) -> None:
    """A mapped one keeps its subscription, an unmapped one is closed, a new one is opened."""

    def with_boundaries(*names: str) -> bytes:
        return model(
            start() + service("A") + "".join(boundary(name, "A", message_event(name[-1])) for name in names) + end(),
            "s A e;" + ";".join(f"{name} e" for name in names),
            *(message(name[-1], '="k"') for name in names),
        )

    key = h.run(with_boundaries("be_m", "be_n"))
    target = h.deploy(with_boundaries("x_m", "x_o")).processes[0].process_definition_key
    migrate(h, key, target, A="A", be_m="x_m")
    waiting = {(value.message_name, value.element_id) for _, value in h.engine.state.subscriptions.messages.all()}
    assert waiting == {("m", "x_m"), ("o", "x_o")}
    h.publish("m", "k")
    assert "x_m" in h.completed()


@pytest.mark.parametrize(
    ("mapping", "type_", "text"),
    [
        ({}, "INVALID_STATE", "no mapping instruction defined for active element with id 'A'."),
        (
            {"A": "e"},
            "INVALID_STATE",
            "active element with id 'A' and type 'SERVICE_TASK' is mapped to an element with id 'e' and different type "
            "'END_EVENT'.",
        ),
        ({"A": "x"}, "INVALID_ARGUMENT", "mapping instructions contain a non-existing target element id 'x'."),
        ({"x": "C"}, "INVALID_ARGUMENT", "mapping instructions contain a non-existing source element id 'x'."),
    ],
)
def test_what_cannot_be_migrated(h: Harness, mapping: dict[str, str], type_: str, text: str) -> None:
    """Refused as a whole."""
    key = h.run(AB)
    target = h.deploy(MOVED).processes[0].process_definition_key
    answer = migrate(h, key, target, **mapping)
    assert answer.rejection_type == type_
    assert answer.rejection_reason.startswith(f"Expected to migrate process instance '{key}' but {text}")


def test_migration_of_or_to_nothing(h: Harness) -> None:
    """Both must exist."""
    assert migrate(h, 7, 8).rejection_type == "NOT_FOUND"
    key = h.run(AB)
    assert migrate(h, key, 8).rejection_type == "NOT_FOUND"


def test_incident_again_is_a_new_one_and_others_stay(h: Harness) -> None:
    """Two failing mappings: resolving one leaves the other; failing again has a new key."""
    failing = extensions(tag("zeebe:taskDefinition", type="t"), io({"v": "=assert(x, x != null)"}))
    h.run(
        model(
            start()
            + gateway("parallel", "g")
            + tag("serviceTask", failing, id="A")
            + tag("serviceTask", failing, id="B"),
            "s g A; g B",
        )
    )
    first, second = [key for key, _ in h.engine.state.incidents.all()]
    h.resolve()
    left = [key for key, _ in h.engine.state.incidents.all()]
    assert second in left
    assert first not in left
    assert len(left) == 2
    answer = h.ask("INCIDENT", "RESOLVE", None, key=first)
    assert answer.rejection_reason == f"Expected to resolve incident with key '{first}', but no such incident was found"


def test_migration_of_a_token_that_waits_at_a_join(h: Harness) -> None:
    """The flow must lead into the mapped gateway; then the join goes on where it was."""

    def joined(gateway_id: str) -> bytes:
        return model(
            start()
            + gateway("parallel", "f")
            + service("A")
            + service("B")
            + gateway("parallel", gateway_id)
            + end()
            + flow("A", gateway_id).replace(f'id="A_{gateway_id}"', 'id="flow_a"'),
            f"s f A; f B {gateway_id} e",
        )

    key = h.run(joined("j"))
    h.complete("A")
    target = h.deploy(joined("j2")).processes[0].process_definition_key
    refused = migrate(h, key, target, B="B")
    assert refused.rejection_reason.startswith(
        f"Expected to migrate process instance '{key}' but no mapping instruction defined for gateway with id 'j'"
    )
    assert migrate(h, key, target, B="B", j="j2").intent == "MIGRATED"
    h.complete("B")
    assert h.completed()[-3:] == ["j2", "e", "p"]
    assert h.is_empty()


def test_migration_inside_an_interrupting_event_sub_process(h: Harness) -> None:
    """The scope stays taken over by the mapped event sub-process."""

    def watched(name: str) -> bytes:
        return model(
            start()
            + service("A")
            + event_sub(name, f"{name}_s", message_event("m"), service("B") + flows(f"{name}_s B")),
            "s A",
            message("m", '="k"'),
        )

    key = h.run(watched("esp"))
    h.publish("m", "k")
    target = h.deploy(watched("esp2")).processes[0].process_definition_key
    migrate(h, key, target, esp="esp2", B="B")
    h.complete("B")
    assert h.completed()[-1] == "p"
    assert h.is_empty()


def test_migration_keeps_what_can_be_compensated(h: Harness) -> None:
    """The handler of the target is called."""

    def undoable(undo: str) -> bytes:
        compensate = tag("compensateEventDefinition")
        return model(
            start()
            + service("A")
            + boundary("comp", "A", compensate)
            + service(undo, isForCompensation="true")
            + tag("association", id="assoc", sourceRef="comp", targetRef=undo, associationDirection="One")
            + service("B")
            + tag("endEvent", compensate, id="e"),
            "s A B e",
        )

    key = h.run(undoable("undo"))
    h.complete("A")
    target = h.deploy(undoable("undo2")).processes[0].process_definition_key
    migrate(h, key, target, B="B")
    h.complete("B")
    assert h.active() == ["e", "undo2"]
    h.complete("undo2")
    assert h.is_empty()
