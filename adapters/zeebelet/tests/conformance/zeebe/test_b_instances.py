"""Creating and cancelling instances."""

from __future__ import annotations

import pytest
from bpmn_models import boundary, catch, end, gateway, loop, message, one_task, process, service, start, sub, timer
from pyzeebe.proto import gateway_pb2 as pb
from zeebe_client import Code, Zeebe, raises_refusal


def test_B01_minus_one_is_the_latest_version_and_zero_is_none(z: Zeebe) -> None:
    """A version of 0, the protocol's default, is looked up literally."""
    z.deploy(one_task(type="a"))
    z.deploy(one_task(type="b"))

    for version, type in ((-1, "b"), (1, "a")):
        z.create(version=version)
        assert len(z.jobs(type)) == 1
    with raises_refusal(Code.NOT_FOUND, "and version '0', but none found"):
        z.create(version=0)


def test_B03_without_a_none_start_event_nothing_can_be_created(z: Zeebe) -> None:
    """A process with a message start only is started by its message."""
    z.deploy(process("P", start(event=message("m")), end(), flows=["S E"]))

    with raises_refusal(Code.FAILED_PRECONDITION, "none start event, but there is no such event"):
        z.create()


@pytest.mark.parametrize(
    ("variables", "code"), [("[]", Code.INVALID_ARGUMENT), ("x", Code.INVALID_ARGUMENT), ("", None)]
)
def test_B05_variables_are_a_json_object(z: Zeebe, variables: str, code: Code | None) -> None:
    """An array and broken JSON are refused, an empty text is an empty document."""
    z.deploy(one_task())
    request = pb.CreateProcessInstanceRequest(bpmnProcessId=z.name("P"), version=-1, variables=variables)

    if code is None:
        assert z.stub.CreateProcessInstance(request).processInstanceKey > 0
    else:
        with raises_refusal(code):
            z.stub.CreateProcessInstance(request)


def test_B07_a_result_holds_the_variables_asked_for_that_exist(z: Zeebe) -> None:
    """Of [r, missing] only r comes back."""
    z.deploy(process("P", start(), end(), flows=["S E"]))
    request = pb.CreateProcessInstanceRequest(bpmnProcessId=z.name("P"), version=-1, variables='{"r":1,"other":2}')

    answer = z.stub.CreateProcessInstanceWithResult(
        pb.CreateProcessInstanceWithResultRequest(request=request, fetchVariables=["r", "missing"])
    )

    assert answer.variables == '{"r":1}'


def test_B09_an_instance_can_start_inside_a_sub_process(z: Zeebe) -> None:
    """The scopes around the element are activated, no start event is."""
    inner = sub("SP", start("S2"), service("A", "a"), end("E2"), flows=["S2 A E2"])
    z.deploy(process("P", start(), inner, end(), flows=["S SP E"]))

    instance = z.create(at=("A",))

    z.assert_eventually(lambda: z.states(instance, "A"), ["ACTIVE"])
    assert z.states(instance, "SP") == ["ACTIVE"]
    assert z.states(instance, "S") == z.states(instance, "S2") == []


def test_B11_what_cannot_be_a_start(z: Zeebe) -> None:
    """Not inside multi-instance, not at a boundary event, not at a target of an event-based gateway."""
    many = sub("SP", start("S2"), service("A", "a"), end("E2"), flows=["S2 A E2"], loop=loop("=[1]"))
    z.deploy(
        process(
            "P",
            start(),
            many,
            boundary("B", "SP", timer("duration", "PT1H")),
            gateway("eventBased", "G"),
            catch("T1", timer("duration", "PT1H")),
            catch("T2", timer("duration", "PT2H")),
            end(),
            end("E3"),
            flows=["S SP G T1 E", "G T2 E", "B E3"],
        )
    )
    texts = {
        "A": "is inside a multi-instance subprocess. "
        "The creation of elements inside a multi-instance subprocess is not supported.",
        "B": "targets unsupported element type 'BOUNDARY_EVENT'",
        "T1": "belongs to an event-based gateway. The creation of elements belonging to an event-based gateway is not supported.",
    }

    for element, text in texts.items():
        with raises_refusal(Code.INVALID_ARGUMENT, text):
            z.create(at=(element,))


def test_B13_cancelling_takes_the_jobs_of_every_branch(z: Zeebe) -> None:
    """Both jobs are gone, the instance is TERMINATED."""
    fork = process(
        "P", start(), gateway("parallel", "F"), service("A", "a"), service("B", "b"), end(), flows=["S F A E", "F B E"]
    )
    instance = z.run(fork)
    jobs = [z.job("a"), z.job("b")]

    z.cancel(instance)

    for job in jobs:
        with raises_refusal(Code.NOT_FOUND):
            z.complete(job)
    z.assert_ends(instance, "TERMINATED")


def test_B15_only_a_running_instance_can_be_cancelled(z: Zeebe) -> None:
    """Keys of elements, of cancelled and of completed instances are not found."""
    instance = z.run(one_task())
    job = z.job("a")
    with raises_refusal(Code.NOT_FOUND):
        z.cancel(job.elementInstanceKey)

    z.cancel(instance)
    with raises_refusal(
        Code.NOT_FOUND, f"Expected to cancel a process instance with key '{instance}', but no such process was found"
    ):
        z.cancel(instance)

    completed = z.create()
    z.complete("a")
    with raises_refusal(Code.NOT_FOUND):
        z.cancel(completed)


def test_B17_a_key_of_no_partition(z: Zeebe) -> None:
    """A key nobody can have given out is UNAVAILABLE, not NOT_FOUND."""
    text = "Expected to execute command on partition 0, but either it does not exist, or the gateway is not yet aware of it"

    with raises_refusal(Code.UNAVAILABLE, text):
        z.set_variables(0, x=1)
    with raises_refusal(Code.UNAVAILABLE, text):
        z.cancel(0)
