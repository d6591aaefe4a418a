"""Multi-instance and call activities."""

from __future__ import annotations

import pytest
from bpmn_models import boundary, call, end, loop, message, one_task, process, service, start, timer
from zeebe_client import Zeebe


def test_K01_results_are_collected_by_position(z: Zeebe) -> None:
    """Completed in the order 3, 1, 2, the outputs are in the order of the inputs; the rest stays inside."""
    many = loop("=[10,20,30]", element="item", into="results", output="=r")
    instance = z.run(one_task(loop=many))
    jobs = {job.key: job for job in z.jobs("a")}
    first, second, third = (jobs[key] for key in sorted(jobs))

    for job, item in ((third, 30), (first, 10), (second, 20)):
        z.complete(job, r=2 * item)

    z.assert_ends(instance)
    assert z.variables(instance) == {"results": [20, 40, 60]}


def test_K03_nothing_to_do_is_done(z: Zeebe) -> None:
    """An empty collection: skipped, with empty results."""
    instance = z.run(one_task(loop=loop("=[]", element="item", into="results", output="=r")))

    z.assert_ends(instance)
    assert z.variables(instance) == {"results": []}


def test_K05_an_output_that_was_not_set_is_null(z: Zeebe) -> None:
    """The output's name is local to each iteration: the root's variable of that name is not taken."""
    instance = z.run(one_task(loop=loop("=[1]", into="results", output="=result")), result="outside")

    z.complete("a")

    z.assert_ends(instance)
    assert z.variables(instance)["results"] == [None]


def test_K07_a_completion_condition_ends_the_rest(z: Zeebe) -> None:
    """Two of four are enough: the others are TERMINATED, the body completes with nulls at the open places."""
    many = loop("=[1,2,3,4]", into="results", output="=r", until="=numberOfCompletedInstances >= 2")
    instance = z.run(one_task(loop=many))
    jobs = sorted(z.jobs("a"), key=lambda job: job.key)

    z.complete(jobs[0], r="x")
    z.complete(jobs[2], r="y")

    z.assert_ends(instance)
    assert z.variables(instance)["results"] == ["x", None, "y", None]
    states = [item["state"] for item in z.elements(instance, "A") if item["type"] != "MULTI_INSTANCE_BODY"]
    assert sorted(states) == ["COMPLETED", "COMPLETED", "TERMINATED", "TERMINATED"]


def test_K09_a_sequential_loop_reads_its_collection_each_time(z: Zeebe) -> None:
    """The first job shortens it: an incident tells what is missing."""
    instance = z.run(one_task(loop=loop("=items", element="item", sequential=True)), items=[1, 2, 3])

    z.complete("a", items=[1])

    text = "of the multiInstanceBody input collection but it contains only 1 elements."
    assert z.eventually(lambda: z.incident(instance, "EXTRACT_VALUE_ERROR", text))["elementId"] == "A"
    assert z.jobs("a") == []


def test_K11_a_boundary_event_belongs_to_the_body(z: Zeebe) -> None:
    """The timer fires once: all jobs are gone, one path is taken."""
    model = process(
        "P",
        start(),
        service("A", "a", loop=loop("=[1,2,3]")),
        boundary("B", "A", timer("duration", "PT10S")),
        end(),
        end("E2"),
        flows=["S A E", "B E2"],
    )
    z.pin()
    instance = z.run(model)

    z.advance(11_000)

    z.assert_ends(instance)
    assert z.jobs("a") == []
    assert set(z.states(instance, "A")) == {"TERMINATED"}
    assert z.states(instance, "E2") == ["COMPLETED"]


def test_K13_a_call_activity_can_be_done_many_times(z: Zeebe) -> None:
    """A child for each item, outputs collected; cancelling takes the children along."""
    many = loop("=[1,2]", element="item", into="results", output="=r")
    model = process("P", start(), call("CA", "Child", loop=many), end(), flows=["S CA E"])
    instance = z.run(model, one_task("Child", "a"))
    for job in z.jobs("a"):
        z.complete(job, r=f"child {job.processInstanceKey}")
    z.assert_ends(instance)
    assert len(z.variables(instance)["results"]) == 2

    second = z.create()
    z.assert_eventually(lambda: len(z.instances("Child", state="ACTIVE")), 2)
    z.cancel(second)

    z.assert_ends(second, "TERMINATED")
    assert [child["state"] for child in z.instances("Child", state="ACTIVE")] == []


def calling(**options: object):
    """S -> CA(Child) -> E."""
    return process("P", start(), call("CA", "Child", **options), end(), flows=["S CA E"])  # type: ignore[arg-type]


def test_K15_by_default_everything_goes_in_and_comes_back(z: Zeebe) -> None:
    """The child sees the parent's variables, its own reach the parent."""
    instance = z.run(calling(), one_task("Child", "a"), x=1)
    job = z.job("a")
    assert z.variables(job.processInstanceKey) == {"x": 1}

    z.complete(job, r=2)

    z.assert_ends(instance)
    assert z.variables(instance) == {"x": 1, "r": 2}


def test_K17_without_propagation_only_mapped_names_go_in(z: Zeebe) -> None:
    """propagateAllParentVariables=false and an input mapping: the child has its target alone."""
    z.run(calling(inputs=[("=x", "y")], propagateAllParentVariables="false"), one_task("Child", "a"), x=1)

    assert z.variables(z.job("a").processInstanceKey) == {"y": 1}


def test_K19_an_output_mapping_decides_alone_what_comes_back(z: Zeebe) -> None:
    """propagateAllChildVariables is ignored then."""
    options = {"outputs": [("=r", "mapped")], "propagateAllChildVariables": "true"}
    instance = z.run(calling(**options), one_task("Child", "a"))

    z.complete("a", r=2, q=3)

    z.assert_ends(instance)
    assert z.variables(instance) == {"mapped": 2}


def test_K21_a_called_process_needs_a_none_start_event(z: Zeebe) -> None:
    """CALLED_ELEMENT_ERROR."""
    child = process("Child", start(event=message("m")), end(), flows=["S E"])
    instance = z.run(calling(), child)

    text = "to have a none start event, but not found."
    assert z.eventually(lambda: z.incident(instance, "CALLED_ELEMENT_ERROR", text))["elementId"] == "CA"
    assert z.instances("Child") == []


def test_K23_a_bound_call_stays_with_its_deployment(z: Zeebe) -> None:
    """A newer child deployed alone is not called."""
    z.deploy(calling(bindingType="deployment"), one_task("Child", "old"))
    z.deploy(one_task("Child", "new"))

    z.create()

    assert len(z.jobs("old")) == 1
    assert z.jobs("new") == []


@pytest.mark.timeout(300)
def test_K25_calls_do_not_go_deeper_than_a_thousand(z: Zeebe) -> None:
    """A process that calls itself, with a wait state, ends in an incident."""
    z.deploy(process("P", start(), service("A", "a"), call("CA", "P"), end(), flows=["S A CA E"]))
    z.create()

    depth = 0
    while jobs := z.jobs("a"):
        depth += 1
        z.complete(jobs[0])

    assert depth == 1000
    (incident,) = z.eventually(lambda: z.search("incidents", processDefinitionId=z.name("P"), state="ACTIVE"))
    assert incident["errorType"] == "CALLED_ELEMENT_ERROR"
    assert "The call activity has reached the maximum depth of 1000." in incident["errorMessage"]
