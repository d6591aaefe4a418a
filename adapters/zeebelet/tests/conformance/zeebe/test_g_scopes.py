"""Sub-processes, event sub-processes, boundary events, termination."""

from __future__ import annotations

from bpmn_models import (
    Flow,
    boundary,
    call,
    catch,
    end,
    gateway,
    loop,
    message,
    one_task,
    process,
    service,
    start,
    sub,
    terminate,
    timer,
    user_task,
)
from zeebe_client import HOUR, Zeebe


def test_G01_a_sub_process_ends_with_its_last_token(z: Zeebe) -> None:
    """Two parallel tasks inside: it completes after both."""
    inner = sub(
        "SP",
        start("S2"),
        gateway("parallel", "F"),
        service("A", "a"),
        service("B", "b"),
        end("E1"),
        end("E2"),
        flows=["S2 F A E1", "F B E2"],
    )
    instance = z.run(process("P", start(), inner, end(), flows=["S SP E"]))

    z.complete("a")
    z.assert_eventually(lambda: z.states(instance, "SP"), ["ACTIVE"])
    z.complete("b")

    z.assert_ends(instance)
    assert z.states(instance, "SP") == ["COMPLETED"]


def test_G03_a_non_interrupting_boundary_event_fires_again_and_again(z: Zeebe) -> None:
    """Three messages: its path three times, the task goes on."""
    model = process(
        "P",
        start(),
        service("A", "a"),
        boundary("B", "A", message("m", "=k"), interrupting=False),
        end(),
        end("E2"),
        flows=["S A E", "B E2"],
    )
    instance = z.run(model, k="1")

    for _ in range(3):
        z.publish("m", "1")

    z.assert_eventually(lambda: z.states(instance, "E2"), ["COMPLETED"] * 3)
    assert z.states(instance, "A") == ["ACTIVE"]


def test_G05_a_boundary_event_may_have_no_outgoing_flow(z: Zeebe) -> None:
    """Its path just ends: the task is terminated, the instance completes."""
    model = process("P", start(), service("A", "a"), boundary("B", "A", message("m", "=k")), end(), flows=["S A E"])
    instance = z.run(model, k="1")

    z.publish("m", "1")

    z.assert_ends(instance)
    assert z.states(instance, "A") == ["TERMINATED"]


def test_G07_the_key_of_a_boundary_message_is_read_outside_the_task(z: Zeebe) -> None:
    """A variable made by the task's own input mapping is not seen: an incident."""
    model = process(
        "P",
        start(),
        service("A", "a", inputs=[("=1", "k")]),
        boundary("B", "A", message("m", "=k")),
        end(),
        end("E2"),
        flows=["S A E", "B E2"],
    )

    instance = z.run(model)

    assert z.eventually(lambda: z.incident(instance, "EXTRACT_VALUE_ERROR"))["elementId"] == "A"
    assert z.jobs("a") == []


def event_sub(event, *, interrupting: bool, id: str = "ESP"):
    """An event sub-process with one task x."""
    return sub(
        id,
        start(f"{id}_S", event, interrupting=interrupting),
        service(f"{id}_X", "x"),
        end(f"{id}_E"),
        flows=[f"{id}_S {id}_X {id}_E"],
        by_event=True,
    )


def test_G09_an_interrupting_event_sub_process_is_triggered_once(z: Zeebe) -> None:
    """The second message finds nobody."""
    inner = event_sub(message("m", "=k"), interrupting=True)
    instance = z.run(process("P", start(), service("A", "a"), end(), inner, flows=["S A E"]), k="1")

    z.publish("m", "1")
    z.publish("m", "1")

    z.assert_eventually(lambda: z.states(instance, "ESP"), ["ACTIVE"])
    assert z.states(instance, "A") == ["TERMINATED"]
    assert len(z.jobs("x")) == 1


def test_G11_an_instance_lives_as_long_as_its_event_sub_processes(z: Zeebe) -> None:
    """The main path is done, the non-interrupting event sub-process is not: ACTIVE."""
    inner = event_sub(message("m", "=k"), interrupting=False)
    instance = z.run(process("P", start(), service("A", "a"), end(), inner, flows=["S A E"]), k="1")
    z.publish("m", "1")

    z.complete("a")
    assert z.state(instance) == "ACTIVE"
    z.complete("x")

    z.assert_ends(instance)


def test_G13_an_event_sub_process_clears_an_incident_of_a_gateway(z: Zeebe) -> None:
    """The stuck gateway is terminated, its incident resolved, the instance completes."""
    model = process(
        "P",
        start(),
        gateway("exclusive", "X"),
        end("E1"),
        end("E2"),
        event_sub(message("m", "=k"), interrupting=True),
        flows=["S X", Flow("X", "E1", "=false"), Flow("X", "E2", "=false")],
    )
    instance = z.run(model, k="1")
    z.eventually(lambda: z.incident(instance, "CONDITION_ERROR"))

    z.publish("m", "1")
    z.complete("x")

    z.assert_ends(instance)
    assert z.states(instance, "X") == ["TERMINATED"]
    assert len(z.incidents(instance, "RESOLVED")) == 1


def test_G15_a_terminate_end_completes_its_scope(z: Zeebe) -> None:
    """What else runs in the sub-process is terminated; the sub-process completes and the flow goes on."""
    inner = sub(
        "SP",
        start("S2"),
        gateway("parallel", "F"),
        user_task("U"),
        service("B", "b"),
        end("E1"),
        end("T", terminate()),
        flows=["S2 F U E1", "F B T"],
    )
    instance = z.run(process("P", start(), inner, service("C", "c"), end(), flows=["S SP C E"]))

    z.complete("b")

    z.job("c")
    assert z.states(instance, "U") == ["TERMINATED"]
    assert z.states(instance, "SP") == ["COMPLETED"]


def test_G17_a_terminate_end_ends_one_iteration(z: Zeebe) -> None:
    """The other iteration goes on; the body completes after it."""
    inner = sub(
        "SP",
        start("S2"),
        gateway("parallel", "F"),
        service("A", "a"),
        gateway("exclusive", "X", default="go"),
        service("B", "b"),
        end("T", terminate()),
        end("E1"),
        end("E2"),
        flows=["S2 F A E1", "F X", Flow("X", "T", "=i = 1"), Flow("X", "B", id="go"), "B E2"],
        loop=loop("=[1,2]", element="i"),
    )
    instance = z.run(process("P", start(), inner, end(), flows=["S SP E"]))

    z.assert_eventually(lambda: sorted(z.states(instance, "A")), ["ACTIVE", "TERMINATED"])
    assert z.state(instance) == "ACTIVE"
    z.complete("a")
    z.complete("b")

    z.assert_ends(instance)
    assert z.states(instance, "SP") == ["COMPLETED"] * 3


def test_G19_a_terminate_end_takes_called_instances_along(z: Zeebe) -> None:
    """The child of a call activity in the scope is terminated."""
    model = process(
        "P",
        start(),
        gateway("parallel", "F"),
        call("CA", "Child"),
        service("B", "b"),
        end("T", terminate()),
        end(),
        flows=["S F CA E", "F B T"],
    )
    instance = z.run(model, one_task("Child", "waiting"))

    z.complete("b")

    z.assert_ends(instance)
    assert [child["state"] for child in z.instances("Child")] == ["TERMINATED"]


def test_G21_a_cancelled_instance_leaves_nothing_behind(z: Zeebe) -> None:
    """Its message subscription, timer and user task are gone."""
    model = process(
        "P",
        start(),
        gateway("parallel", "F"),
        user_task("U"),
        catch("T", timer("duration", "PT10S")),
        catch("M", message("m", "=k")),
        end(),
        flows=["S F U E", "F T E", "F M E"],
    )
    z.pin()
    instance = z.run(model, k="1")
    z.cancel(instance)

    message_key = z.publish("m", "1", ttl=HOUR)
    z.advance(20_000)

    z.assert_ends(instance, "TERMINATED")
    assert z.states(instance, "E") == []
    assert {z.states(instance, name)[0] for name in "UTM"} == {"TERMINATED"}
    assert z.search("correlated-message-subscriptions", messageKey=str(message_key)) == []
    assert [task["state"] for task in z.search("user-tasks", processInstanceKey=str(instance))] == ["CANCELED"]
