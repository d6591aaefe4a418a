"""Modifications that take a scope away and put something into it, and those that go on beside what is there."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import (
    end,
    event_sub,
    extensions,
    flows,
    message,
    message_event,
    model,
    multi,
    service,
    start,
    sub,
    tag,
)

from zeebelet import records as r

B = sub("B", start("BS") + service("A") + service("D") + end("BE") + flows("BS A D BE"))
IN_B = model(start() + B + service("C") + end(), "s B C e")
IN_O = model(
    start() + sub("O", start("OS") + B + service("F") + end("OE") + flows("OS B F OE")) + service("C") + end(),
    "s O C e",
)
INTERRUPTED = model(
    start()
    + service("A")
    + B.replace('"A"', '"A2"').replace(" A ", " A2 ").replace("BS_A", "BS_A2")
    + event_sub("X", "XS", message_event("m"), service("F") + end("XE") + flows("XS F XE"))
    + end(),
    "s A B e",
    message("m", '="k"'),
)


def modify(h: Harness, key: int, *, end_: tuple[str, ...] = (), begin: tuple[str, ...] = (), **more: Any) -> Any:
    """One command: terminate these elements' instances (p: the process instance), activate those elements."""
    gone = tuple(r.TerminateInstruction(key if id_ == "p" else h.key_of(id_)) for id_ in end_)
    new = tuple(r.ActivateInstruction(id_) for id_ in begin)
    asked = r.ProcessInstanceModification(key, activate_instructions=new, terminate_instructions=gone, **more)
    return h.ask("PROCESS_INSTANCE_MODIFICATION", "MODIFY", asked)


@pytest.mark.parametrize(
    ("file", "gone", "new"),
    [
        (IN_B, ("B",), ("D",)),
        (IN_B, ("B",), ("BE",)),
        (IN_B, ("B",), ("A",)),
        (IN_B, ("B", "A"), ("D",)),
        (IN_B, ("B",), ("C", "D")),
        (IN_B, ("p",), ("C",)),
        (IN_B, ("p",), ("D",)),
        (IN_B, ("p",), ("B",)),
        (IN_O, ("O",), ("F",)),
        (IN_O, ("O",), ("D",)),
        (IN_O, ("B",), ("D",)),
        (IN_O, ("O",), ("B",)),
        (IN_O, ("p",), ("F",)),
    ],
)
def test_a_scope_that_is_terminated_takes_nothing_in(
    h: Harness, file: bytes, gone: tuple[str, ...], new: tuple[str, ...]
) -> None:
    """The command is refused as a whole; what was active stays so."""
    key = h.run(file)
    before = h.engine.fingerprint()
    answer = modify(h, key, end_=gone, begin=new)
    assert answer.rejection_type == "INVALID_ARGUMENT"
    assert "requires flow scope instance '" in answer.rejection_reason
    assert "' which is being terminated" in answer.rejection_reason
    assert h.engine.fingerprint() == before


@pytest.mark.parametrize(
    ("file", "gone", "new", "active"),
    [
        (IN_B, ("B",), ("C",), ["C"]),
        (IN_B, ("A",), ("D",), ["B", "D"]),
        (IN_B, ("B",), ("B",), ["A", "B"]),
        (IN_O, ("B",), ("F",), ["F", "O"]),
        (IN_O, ("O",), ("C",), ["C"]),
        (IN_O, ("A", "B"), ("F",), ["F", "O"]),
    ],
)
def test_going_on_after_a_scope_or_inside_it(
    h: Harness, file: bytes, gone: tuple[str, ...], new: tuple[str, ...], active: list[str]
) -> None:
    """Only what is inside the scope needs it."""
    key = h.run(file)
    assert modify(h, key, end_=gone, begin=new).intent == "MODIFIED"
    assert h.active() == active


@pytest.mark.parametrize("ancestor", [False, True])
def test_another_instance_of_the_scope_may_take_it_in(h: Harness, ancestor: bool) -> None:
    """Two iterations: one ends, something is activated in the other, which has to be named."""
    body = B[: -len("</bpmn:subProcess>")] + multi("=[1,2]") + "</bpmn:subProcess>"
    key = h.run(model(start() + body + end(), "s B e"))
    first, second = [i.key for i in h.engine.state.instances.all() if i.value.bpmn_element_type == "SUB_PROCESS"]
    new = (r.ActivateInstruction("D", second if ancestor else first),)
    asked = r.ProcessInstanceModification(
        key, activate_instructions=new, terminate_instructions=(r.TerminateInstruction(first),)
    )
    answer = h.ask("PROCESS_INSTANCE_MODIFICATION", "MODIFY", asked)
    assert (answer.rejection_type == "") is ancestor


@pytest.mark.parametrize(
    ("element", "active"), [("A", ["A", "F", "X"]), ("B", ["A2", "B", "F", "X"]), ("D", ["B", "D", "F", "X"])]
)
def test_beside_an_event_sub_process_that_took_over(h: Harness, element: str, active: list[str]) -> None:
    """What is activated lives beside it, and both have to end."""
    key = h.run(INTERRUPTED)
    h.publish("m", "k")
    assert modify(h, key, begin=(element,)).intent == "MODIFIED"
    assert h.active() == active
    h.complete("F")
    assert "X" not in h.active()
    while h.engine.state.jobs.all():
        for job, _ in list(h.engine.state.jobs.all()):
            h.complete(job)
    assert h.is_empty()


def test_an_ad_hoc_sub_process_moved_to_itself(h: Harness) -> None:
    """Its old inner instances end, new ones start."""
    inside = service("A") + service("B")
    ad_hoc = tag(
        "adHocSubProcess", extensions(tag("zeebe:adHoc", activeElementsCollection='=["A","B"]')) + inside, id="X"
    )
    key = h.run(model(start() + ad_hoc + end(), "s X e"))
    old = {i.key for i in h.engine.state.instances.all()} - {key}
    answer = modify(h, key, move_instructions=(r.MoveInstruction(source_element_id="X", target_element_id="X"),))
    assert answer.intent == "MODIFIED"
    assert h.active() == ["A", "B", "X", "X#innerInstance", "X#innerInstance"]
    assert not old & {i.key for i in h.engine.state.instances.all()}
