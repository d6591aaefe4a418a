"""Files as editors, proxies and people write them: what is deployed, what is refused and in which words."""

from __future__ import annotations

import json

import pytest
from engine_harness import Harness
from engine_models import (
    call,
    document,
    end,
    extensions,
    flow,
    flows,
    gateway,
    job,
    model,
    process,
    service,
    start,
    sub,
    tag,
    throw,
    user_task,
)

from zeebelet import records as r

PLAIN = model(start() + service("x") + end(), "s x e").decode()
LOOP = "ERROR: Processes are not allowed to contain a straight-through processing loop: "


def runs(h: Harness, file: bytes) -> bool:
    """Whether the process p of a file is deployed alone and gets to its job."""
    deployed = h.deploy(file)
    h.create()
    return [found.bpmn_process_id for found in deployed.processes] == ["p"] and len(h.activate("x")) == 1


SECOND_POOLS = {
    "a service task without task definition": start("qs") + tag("serviceTask", id="qt") + flow("qs", "qt"),
    "a complex gateway": start("qs") + tag("complexGateway", id="qg") + flow("qs", "qg"),
    "a script that does not parse": start("qs")
    + tag("scriptTask", extensions(tag("zeebe:script", expression="=1 +", resultVariable="r")), id="qt")
    + flow("qs", "qt"),
    "one undefined task": tag("task", id="qt"),
    "a user task with a wrong due date": tag(
        "userTask", extensions(tag("zeebe:userTask"), tag("zeebe:taskSchedule", dueDate="tomorrow")), id="qt"
    ),
    "a boundary event without definition": start("qs")
    + tag("task", id="qt")
    + tag("boundaryEvent", id="qb", attachedToRef="qt"),
    "a timer without time": tag("startEvent", tag("timerEventDefinition"), id="qs"),
    "a call activity of nothing": tag("callActivity", id="qc"),
    "a business rule task without decision": tag("businessRuleTask", id="qr"),
    "a transaction and a group": tag("transaction", tag("task", id="qt"), id="qx") + tag("group", id="qg"),
    "a mapping without target": tag(
        "task", extensions(tag("zeebe:ioMapping", tag("zeebe:input", source="=1"))), id="qt"
    ),
    "a loop that never waits": start("qs")
    + tag("task", id="qt")
    + gateway("exclusive", "qg")
    + tag("task", id="qu")
    + flows("qs qt qg qu qt"),
    "a message start event without a message": tag("startEvent", tag("messageEventDefinition"), id="qs"),
    "two none start events": start("qs") + start("qs2"),
    "nothing at all": "",
}


@pytest.mark.parametrize("what", SECOND_POOLS)
@pytest.mark.parametrize("declared", ["false", None])
def test_a_second_pool_that_is_not_executable_may_be_anything(h: Harness, what: str, declared: str | None) -> None:
    """It is a drawing: the executable one is deployed alone and runs."""
    participants = tag("participant", id="pa", processRef="p") + tag("participant", id="pb", processRef="q")
    flag = {"isExecutable": declared} if declared else {}
    second = tag("process", SECOND_POOLS[what], id="q", **flag)
    first = process(start() + service("x") + end() + flows("s x e"))
    assert runs(h, document(tag("collaboration", participants, id="c"), first, second))


def unprefixed(text: str) -> str:
    """BPMN as the default namespace."""
    return text.replace("<bpmn:", "<").replace("</bpmn:", "</").replace("xmlns:bpmn=", "xmlns=")


def without_flow_lists(text: str) -> str:
    """No incoming and outgoing children."""
    import re

    return re.sub(r"<bpmn:(incoming|outgoing)>[^<]*</bpmn:\1>", "", text)


def said(text: str, encoding: str) -> str:
    """With another encoding declared."""
    return text.replace("encoding='UTF-8'", f"encoding='{encoding}'")


NAMED = PLAIN.replace('id="x"', 'id="x" name="Auftrag \u2013 \u201eprüfen\u201c"')
WRITTEN = {
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16, declared": said(NAMED, "UTF-16").encode("utf-16"),
    "UTF-16 little endian with its mark": b"\xff\xfe" + said(NAMED, "UTF-16").encode("utf-16-le"),
    "UTF-16 big endian with its mark": b"\xfe\xff" + said(NAMED, "UTF-16").encode("utf-16-be"),
    "windows-1252, declared": said(NAMED, "windows-1252").encode("windows-1252"),
    "Latin-1, declared": said(PLAIN.replace('id="x"', 'id="x" name="prüfen"'), "ISO-8859-1").encode("latin-1"),
    "no declaration": PLAIN.partition("?>")[2].encode(),
    "BPMN as the default namespace": unprefixed(PLAIN).encode(),
    "no incoming and outgoing": without_flow_lists(PLAIN).encode(),
    "attributes of Camunda 7": PLAIN.replace(
        "<bpmn:definitions", '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    )
    .replace('id="x"', 'id="x" camunda:asyncBefore="true" camunda:delegateExpression="${x}"')
    .encode(),
    "windows line ends": PLAIN.replace("><", ">\r\n<").encode(),
    "comments and processing instructions": PLAIN.replace(
        "<bpmn:process", "<?mso x?><!-- a -- comment".replace(" -- ", " ") + " --><bpmn:process"
    ).encode(),
    "documentation before the extension elements": PLAIN.replace(
        'id="x">', 'id="x"><bpmn:documentation>d</bpmn:documentation>'
    ).encode(),
    "extensions of others": PLAIN.replace(
        "<zeebe:taskDefinition", '<o:x xmlns:o="urn:o" y="1"><o:z/></o:x><zeebe:taskDefinition'
    ).encode(),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_a_file_as_editors_and_proxies_write_it(h: Harness, what: str) -> None:
    """It is deployed and runs."""
    assert runs(h, WRITTEN[what])


REFUSED = {
    "a DOCTYPE": PLAIN.replace("<bpmn:definitions", "<!DOCTYPE x>\n<bpmn:definitions", 1).encode(),
    "a DOCTYPE with an entity": PLAIN.replace(
        "<bpmn:definitions", '<!DOCTYPE x [<!ENTITY e "f">]>\n<bpmn:definitions', 1
    ).encode(),
    'isExecutable="1"': PLAIN.replace('isExecutable="true"', 'isExecutable="1"').encode(),
    'isExecutable="TRUE"': PLAIN.replace('isExecutable="true"', 'isExecutable="TRUE"').encode(),
    'isExecutable="yes"': PLAIN.replace('isExecutable="true"', 'isExecutable="yes"').encode(),
    "no executable process": PLAIN.replace('isExecutable="true"', 'isExecutable="false"').encode(),
    "no word of executable": PLAIN.replace(' isExecutable="true"', "").encode(),
    "documentation after the extension elements": PLAIN.replace(
        "</bpmn:extensionElements>", "</bpmn:extensionElements><bpmn:documentation>d</bpmn:documentation>"
    ).encode(),
    "Latin-1 declared as UTF-8": PLAIN.replace('id="x"', 'id="x" name="prüfen"').encode("latin-1"),
    "a second root": PLAIN.encode() + b"<x/>",
    "an unknown encoding": said(PLAIN, "UTF-99").encode(),
    "nothing": b"",
    "text": b"hello",
    "an HTML page": b"<html><body>login</body></html>",
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_the_vendors_parser_refuses(h: Harness, what: str) -> None:
    """INVALID_ARGUMENT; nothing is deployed."""
    answer = h.ask("DEPLOYMENT", "CREATE", r.Deployment((r.DeploymentResource("p.bpmn", REFUSED[what]),)))
    assert (answer.rejection_type, h.events("PROCESS", "CREATED")) == ("INVALID_ARGUMENT", [])


def script(id_: str) -> str:
    """A script task by expression."""
    return tag("scriptTask", extensions(tag("zeebe:script", expression="=1", resultVariable="r")), id=id_)


def rule(id_: str) -> str:
    """A business rule task that evaluates a decision."""
    return tag("businessRuleTask", extensions(tag("zeebe:calledDecision", decisionId="d", resultVariable="r")), id=id_)


X = gateway("exclusive", "X", default="X_e")
P_AND_Q = (
    process(start("PS") + call("PC", "Q") + end("PE") + flows("PS PC PE"), id_="P"),
    process(start("QS") + call("QC", "P") + end("QE") + flows("QS QC QE"), id_="Q"),
)
LOOPS = {
    "A > B > BS > BE > X > A": model(
        start()
        + tag("task", id="A")
        + sub("B", start("BS") + end("BE") + flows("BS BE"))
        + gateway("exclusive", "X", default="X_e")
        + end()
        + flow("X", "A", "true"),
        "s A B X e",
    ),
    "PC > QS > QC > PS > PC": document(*P_AND_Q),
    "B > T > X > B": model(start() + rule("B") + tag("task", id="T") + X + end() + flow("X", "B", "true"), "s B T X e"),
    "T > BE > X > B > BS > T": model(
        start()
        + sub("B", start("BS") + tag("manualTask", id="T") + end("BE") + flows("BS T BE"))
        + X
        + end()
        + flow("X", "B", "true"),
        "s B X e",
    ),
    "A > T > X > A": model(start() + script("A") + throw("T") + X + end() + flow("X", "A", "true"), "s A T X e"),
    "A > X > A": model(start() + tag("task", id="A") + X + end() + flow("X", "A", "true"), "s A X e"),
}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_that_never_waits_is_refused(h: Harness, loop: str) -> None:
    """Through sub-processes, calls and decisions too; it is told from its first element on."""
    assert LOOP + loop in h.refused(LOOPS[loop])


WAITING = {
    "a service task": model(
        start() + tag("task", id="A") + service("B") + X + end() + flow("X", "A", "true"), "s A B X e"
    ),
    "a business rule task by job": model(
        start()
        + tag("task", id="A")
        + tag("businessRuleTask", extensions(job("b")), id="B")
        + X
        + end()
        + flow("X", "A", "true"),
        "s A B X e",
    ),
    "two gateways": model(
        start() + gateway("exclusive", "Y") + gateway("exclusive", "X", default="X_e") + end() + flow("X", "Y", "true"),
        "s Y X e",
    ),
    "a call by an expression": model(start() + call("A", '="p"') + end(), "s A e"),
    "a call of a process that is not in the file": model(
        start() + call("A", "other") + X + end() + flow("X", "A", "true"), "s A X e"
    ),
    "a sub-process with a job": model(
        start()
        + tag("task", id="A")
        + sub("B", start("BS") + service("w") + end("BE") + flows("BS w BE"))
        + X
        + end()
        + flow("X", "A", "true"),
        "s A B X e",
    ),
    "a user task": model(
        start() + tag("task", id="A") + user_task("B") + X + end() + flow("X", "A", "true"), "s A B X e"
    ),
}


@pytest.mark.parametrize("what", WAITING)
def test_a_loop_that_waits_or_cannot_be_seen_is_deployed(h: Harness, what: str) -> None:
    """Only what is certain is refused."""
    assert h.deploy(WAITING[what]).processes


def form(id_: str, label: str = "") -> bytes:
    """A form file."""
    return json.dumps({"id": id_, "type": "default", "components": [{"type": "text", "text": label}]}).encode()


def test_two_forms_of_one_file_name(h: Harness) -> None:
    """Each task shows its own form: forms are known by their ids."""
    first = user_task("a", tag("zeebe:formDefinition", formId="fa"))
    second = user_task("b", tag("zeebe:formDefinition", formId="fb"))
    file = model(start() + first + second + end(), "s a b e")
    deployed = h.deploy(form("fa"), form("fb"), file, names=("x.form", "x.form", "p.bpmn"))
    keys = {found.form_id: found.form_key for found in deployed.forms}
    h.create()
    shown = []
    for _ in range(2):
        ((key, task),) = h.engine.state.user_tasks.all().items()
        shown.append(task.value.form_key)
        h.do("USER_TASK", "COMPLETE", task.value, key=key)
    assert shown == [keys["fa"], keys["fb"]]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("form", form("fa"), form("fa", "other")),
        ("bpmn", PLAIN.encode(), PLAIN.replace('id="x"', 'id="x" name="n"').encode()),
    ],
)
@pytest.mark.parametrize("same_name", [False, True])
def test_one_id_twice_in_a_deployment_is_refused(
    h: Harness, name: str, first: bytes, second: bytes, same_name: bool
) -> None:
    """Whatever the files are called."""
    files = (
        r.DeploymentResource(f"a.{name}", first),
        r.DeploymentResource(f"{'a' if same_name else 'b'}.{name}", second),
    )
    answer = h.ask("DEPLOYMENT", "CREATE", r.Deployment(files))
    assert answer.rejection_type == "INVALID_ARGUMENT"
