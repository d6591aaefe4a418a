"""Multi-instance and call activities."""

from __future__ import annotations

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    call,
    document,
    end,
    extensions,
    flows,
    io,
    model,
    multi,
    process,
    service,
    start,
    timer,
)

from zeebelet.loop import EngineConfig


def looped(marker: str, **more: str) -> bytes:
    return model(start() + service("a", inside=marker, **more) + end(), "s a e")


def test_parallel_iterations_collect_by_position(h: Harness) -> None:
    """Results stand where their item stood, whatever the order of completion; locals stay inside."""
    key = h.run(looped(multi("=[10,20,30]", output=("results", "=r"))))
    jobs = h.activate("a")
    assert [(job.variables["item"], job.variables["loopCounter"]) for job in jobs.values()] == [
        (10, 1),
        (20, 2),
        (30, 3),
    ]
    first, second, third = jobs
    for job, result in ((third, 60), (first, 20), (second, 40)):
        h.complete(job, {"r": result})
    assert h.variables(key) == {"results": [20, 40, 60]}
    assert h.completed()[-2:] == ["e", "p"]
    assert h.is_empty()


def test_sequential_iterations_one_after_the_other(h: Harness) -> None:
    """The next starts when the previous has completed."""
    key = h.run(looped(multi("=[1,2]", sequential=True, output=("results", "=item * 2"))))
    for expected in (1, 2):
        (job,) = h.activate("a").items()
        assert job[1].variables["item"] == expected
        h.complete(job[0])
    assert h.variables(key) == {"results": [2, 4]}
    assert h.is_empty()


def test_empty_collection_is_skipped(h: Harness) -> None:
    """The body completes at once, with an empty result."""
    key = h.run(looped(multi("=[]", output=("results", "=r"))))
    assert h.variables(key) == {"results": []}
    assert h.completed()[-1] == "p"


def test_input_collection_must_be_a_list(h: Harness) -> None:
    """Anything else is an incident on the body."""
    key = h.run(looped(multi("=items")), {"items": 1})
    assert (
        h.incidents()[0].error_message == "Expected result of the expression 'items' to be 'ARRAY', but was 'NUMBER'."
    )
    h.set_variables(key, {"items": [1]})
    h.resolve()
    assert len(h.activate("a")) == 1


def test_output_element_is_local_and_null_at_first(h: Harness) -> None:
    """An iteration that does not set it yields null, not the root's variable."""
    key = h.run(looped(multi("=[1]", output=("results", "=result"))), {"result": 7})
    h.complete("a")
    assert h.variables(key)["results"] == [None]
    assert h.variables(key)["result"] == 7


def test_completion_condition_ends_the_rest(h: Harness) -> None:
    """The body completes, open slots stay null."""
    key = h.run(looped(multi("=[1,2,3,4]", output=("results", "=item"), until="numberOfCompletedInstances >= 2")))
    first, second, *_ = h.activate("a")
    h.complete(first)
    assert len(h.active()) == 4
    h.complete(second)
    assert h.terminated() == ["a", "a"]
    assert h.variables(key)["results"] == [1, 2, None, None]
    assert h.completed()[-1] == "p"
    assert h.is_empty()


def test_completion_condition_counts(h: Harness) -> None:
    """All four numbers are there."""
    condition = (
        "numberOfInstances = 3 and numberOfActiveInstances = 2 and numberOfCompletedInstances = 1"
        " and numberOfTerminatedInstances = 0"
    )
    h.run(looped(multi("=[1,2,3]", until=condition)))
    h.complete(next(iter(h.activate("a"))))
    assert h.completed()[-1] == "p"


def test_completion_condition_must_be_boolean(h: Harness) -> None:
    """Anything else is an incident on the iteration."""
    h.run(looped(multi("=[1,2]", until="x")))
    h.complete(next(iter(h.activate("a"))))
    assert "to be 'BOOLEAN', but was 'NULL'" in h.incidents()[0].error_message


def test_sequential_collection_that_shrank(h: Harness) -> None:
    """The next item is gone: an incident that says so."""
    h.run(looped(multi("=items", sequential=True)), {"items": [1, 2, 3]})
    h.complete("a", {"items": [1]})
    assert h.incidents()[0].error_message == (
        "Expected to read item at index 1 of the multiInstanceBody input collection but it contains only 1 elements. "
        "The input collection might be modified while iterating over it."
    )


def test_boundary_event_belongs_to_the_body(h: Harness) -> None:
    """One subscription; it ends all iterations."""
    h.run(
        model(
            start() + service("a", inside=multi("=[1,2,3]")) + boundary("be", "a", timer("Duration", "PT1S")) + end(),
            "s a e; be e",
        )
    )
    assert len(h.events("TIMER", "CREATED")) == 1
    h.pass_time(2)
    assert h.terminated() == ["a", "a", "a", "a"]
    assert h.completed().count("be") == 1
    assert h.is_empty()


CHILD = process(start() + service("w") + end() + flows("s w e"), id_="child")


def caller(**attributes: str) -> str:
    mapping = attributes.pop("mapping", "")
    inside = attributes.pop("inside", "")
    return process(
        start() + call("ca", "child", mapping=mapping, inside=inside, **attributes) + end() + flows("s ca e"), id_="p"
    )


def test_call_activity_hands_variables_both_ways(h: Harness) -> None:
    """By default the child sees all and the parent gets all."""
    key = h.run(document(CHILD, caller()), {"x": 1})
    (job,) = h.activate("w").values()
    assert job.variables == {"x": 1}
    assert job.bpmn_process_id == "child"
    h.complete("w", {"y": 2})
    assert h.variables(key) == {"x": 1, "y": 2}
    assert h.completed()[-3:] == ["ca", "e", "p"]


def test_call_activity_hands_over_only_mapped_variables(h: Harness) -> None:
    """propagateAllParentVariables=false: what the input mappings made."""
    h.run(document(CHILD, caller(propagateAllParentVariables="false", mapping=io({"z": "=x"}))), {"x": 1})
    (job,) = h.activate("w").values()
    assert job.variables == {"z": 1}


@pytest.mark.parametrize(("flag", "expected"), [("true", {"y": 2}), ("false", {})])
def test_call_activity_takes_variables_back_if_told(h: Harness, flag: str, expected: dict[str, int]) -> None:
    """propagateAllChildVariables decides."""
    key = h.run(document(CHILD, caller(propagateAllChildVariables=flag)))
    h.complete("w", {"y": 2})
    assert h.variables(key) == expected


def test_call_activity_output_mapping_ignores_the_flag(h: Harness) -> None:
    """Only the mapped variable."""
    key = h.run(document(CHILD, caller(propagateAllChildVariables="true", mapping=io(outputs={"r": "=y"}))))
    h.complete("w", {"y": 2, "z": 3})
    assert h.variables(key) == {"r": 2}


def test_called_process_must_exist_and_have_a_none_start(h: Harness) -> None:
    """Deploying it and resolving goes on."""
    from engine_models import message, message_event

    h.run(document(caller()))
    assert h.incidents()[0].error_type == "CALLED_ELEMENT_ERROR"
    assert (
        h.incidents()[0].error_message == "Expected process with BPMN process id 'child' to be deployed, but not found."
    )
    h.deploy(model(start("s", message_event("m")) + end(), "s e", message("m"), id_="child"), names=["c.bpmn"])
    h.resolve()
    assert h.incidents()[0].error_message == (
        "Expected process with BPMN process id 'child' to have a none start event, but not found."
    )
    h.deploy(document(CHILD), names=["c.bpmn"])
    h.resolve()
    assert h.active() == ["ca", "w"]


def test_binding_by_deployment(h: Harness) -> None:
    """A newer child alone is not called; the one deployed together is."""
    h.deploy(document(caller(bindingType="deployment")), document(CHILD))
    h.deploy(document(process(start() + service("newer") + flows("s newer"), id_="child")), names=["p1.bpmn"])
    h.create()
    assert h.active() == ["ca", "w"]


def test_binding_by_version_tag(h: Harness) -> None:
    """The newest version with the tag."""
    from engine_models import tag

    tagged = process(
        start() + service("v1") + flows("s v1"), id_="child", more=extensions(tag("zeebe:versionTag", value="1.0"))
    )
    h.deploy(document(tagged), document(caller(bindingType="versionTag", versionTag="1.0")))
    h.deploy(document(CHILD), names=["p0.bpmn"])
    h.create()
    assert h.active() == ["ca", "v1"]


def test_depth_is_limited(h: Harness) -> None:
    """A recursive call stops at the limit."""
    h = Harness(config=EngineConfig(max_process_depth=5))
    h.run(model(start() + call("ca", '="p"') + end(), "s ca e"))
    assert h.incidents()[0].error_type == "CALLED_ELEMENT_ERROR"
    assert h.incidents()[0].error_message.startswith("The call activity has reached the maximum depth of 5.")
    assert h.active() == ["ca"] * 5


def test_called_instances_of_a_loop(h: Harness) -> None:
    """A child per item; canceling ends them all."""
    inside = multi("=[1,2]", output=("results", "=r"))
    key = h.run(document(CHILD, caller(inside=inside, mapping=io(outputs={"r": "=y"}))))
    for job_key, job in h.activate("w").items():
        h.complete(job_key, {"y": job.variables["item"] * 10})
    assert h.variables(key) == {"results": [10, 20]}
    second = h.create()
    h.cancel(second)
    assert h.is_empty()


def test_boundary_event_on_a_call_activity_ends_the_child_first(h: Harness) -> None:
    """Child, then call activity, then the boundary event's path."""
    parent = process(
        start() + call("ca", "child") + boundary("be", "ca", timer("Duration", "PT1S")) + end() + flows("s ca e; be e"),
        id_="p",
    )
    h.run(document(CHILD, parent))
    h.pass_time(2)
    assert h.terminated() == ["w", "child", "ca"]
    assert h.completed()[-3:] == ["be", "e", "p"]
    assert h.is_empty()
