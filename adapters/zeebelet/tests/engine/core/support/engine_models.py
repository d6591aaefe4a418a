"""BPMN models as short texts: elements by function, flows as chains of ids."""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="definitions" targetNamespace="test">'
)


def quoted(text: str) -> str:
    """A text as it stands in an attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """An element; `bpmn:` is added unless the name has a prefix, and a trailing `_` of an attribute is cut."""
    name = name if ":" in name else f"bpmn:{name}"
    listed = "".join(f' {key.rstrip("_")}="{quoted(str(value))}"' for key, value in attributes.items())
    return f"<{name}{listed}>{content}</{name}>"


def extensions(*elements: str) -> str:
    """Extension elements; nothing when there are none."""
    found = "".join(element for element in elements if element)
    return tag("extensionElements", found) if found else ""


def io(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    """Mappings, target to source."""
    entries = [tag("zeebe:input", source=source, target=target) for target, source in (inputs or {}).items()]
    entries += [tag("zeebe:output", source=source, target=target) for target, source in (outputs or {}).items()]
    return tag("zeebe:ioMapping", "".join(entries)) if entries else ""


def job(type_: str, retries: str = "3", **headers: str) -> str:
    """A task definition, with headers."""
    listed = "".join(tag("zeebe:header", key=key, value=value) for key, value in headers.items())
    return tag("zeebe:taskDefinition", type=type_, retries=retries) + (
        tag("zeebe:taskHeaders", listed) if listed else ""
    )


def flows(text: str) -> str:
    """Chains of ids: `s A e; g -x>1-> B` gives flows s_A, A_e, g_B; a condition stands between `-` and `->`."""
    made = []
    for chain in text.split(";"):
        steps = chain.replace("->", " ").split(" -") if " -" in chain else None
        if steps is not None:
            source, rest = steps
            condition, target = rest.strip().rsplit(" ", 1)
            source = source.strip()
            made.append(flow(source, target, condition.strip()))
            continue
        ids = chain.split()
        made += [flow(source, target) for source, target in pairwise(ids)]
    return "".join(made)


def flow(source: str, target: str, condition: str = "") -> str:
    """One sequence flow, named after its ends."""
    inside = ""
    if condition:
        inside = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">={quoted(condition)}</bpmn:conditionExpression>'
    return tag("sequenceFlow", inside, id=f"{source}_{target}", sourceRef=source, targetRef=target)


def start(id_: str = "s", inside: str = "", **attributes: object) -> str:
    """A start event."""
    return tag("startEvent", inside, id=id_, **attributes)


def end(id_: str = "e", inside: str = "", **attributes: object) -> str:
    """An end event."""
    return tag("endEvent", inside, id=id_, **attributes)


def service(
    id_: str, type_: str = "", *, mapping: str = "", more: str = "", inside: str = "", **attributes: object
) -> str:
    """A service task; its job type is its id unless given."""
    return tag("serviceTask", extensions(job(type_ or id_), mapping, more) + inside, id=id_, **attributes)


def gateway(kind: str, id_: str, **attributes: object) -> str:
    """A gateway: exclusive, parallel, inclusive, eventBased."""
    return tag(f"{kind}Gateway", id=id_, **attributes)


def timer(kind: str, text: str) -> str:
    """A timer event definition: Duration, Date or Cycle."""
    return tag("timerEventDefinition", tag(f"time{kind}", quoted(text)))


def message_event(name: str) -> str:
    """A message event definition; the message must be among the definitions."""
    return tag("messageEventDefinition", messageRef=f"message_{name}")


def message(name: str, key: str = "", text: str = "") -> str:
    """A message; `key` is its correlation key expression."""
    inside = extensions(tag("zeebe:subscription", correlationKey=key)) if key else ""
    return tag("message", inside, id=f"message_{name}", name=text or name)


def error(code: str) -> str:
    """An error, referred to as error_<code>."""
    return tag("error", id=f"error_{code.lstrip('=')}", name=code, errorCode=code)


def error_event(code: str = "") -> str:
    """An error event definition; without a code it catches all."""
    return tag("errorEventDefinition", errorRef=f"error_{code.lstrip('=')}") if code else tag("errorEventDefinition")


def escalation(code: str) -> str:
    """An escalation."""
    return tag("escalation", id=f"escalation_{code}", name=code, escalationCode=code)


def escalation_event(code: str = "") -> str:
    """An escalation event definition."""
    return (
        tag("escalationEventDefinition", escalationRef=f"escalation_{code}")
        if code
        else tag("escalationEventDefinition")
    )


def signal(name: str) -> str:
    """A signal."""
    return tag("signal", id=f"signal_{name}", name=name)


def signal_event(name: str) -> str:
    """A signal event definition."""
    return tag("signalEventDefinition", signalRef=f"signal_{name}")


def conditional_event(text: str, **filters: str) -> str:
    """A conditional event definition."""
    more = extensions(tag("zeebe:conditionalFilter", **filters)) if filters else ""
    inside = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">={quoted(text)}</bpmn:condition>'
    return tag("conditionalEventDefinition", more + inside)


def boundary(id_: str, attached: str, inside: str, *, interrupting: bool = True, more: str = "") -> str:
    """A boundary event."""
    return tag("boundaryEvent", more + inside, id=id_, attachedToRef=attached, cancelActivity=str(interrupting).lower())


def catch(id_: str, inside: str, more: str = "") -> str:
    """An intermediate catch event."""
    return tag("intermediateCatchEvent", more + inside, id=id_)


def throw(id_: str, inside: str = "", more: str = "") -> str:
    """An intermediate throw event."""
    return tag("intermediateThrowEvent", more + inside, id=id_)


def sub(id_: str, content: str, *, more: str = "", **attributes: object) -> str:
    """An embedded sub-process."""
    return tag("subProcess", more + content, id=id_, **attributes)


def event_sub(id_: str, start_id: str, definition: str, content: str, *, interrupting: bool = True) -> str:
    """An event sub-process with its start event."""
    begin = start(start_id, definition, isInterrupting=str(interrupting).lower())
    return tag("subProcess", begin + content, id=id_, triggeredByEvent="true")


def multi(
    collection: str,
    element: str = "item",
    *,
    sequential: bool = False,
    output: tuple[str, str] | None = None,
    until: str = "",
) -> str:
    """A multi-instance marker; `output` = (collection, element expression)."""
    attributes = {"inputCollection": collection, "inputElement": element}
    if output:
        attributes |= {"outputCollection": output[0], "outputElement": output[1]}
    condition = f"<bpmn:completionCondition>={quoted(until)}</bpmn:completionCondition>" if until else ""
    return tag(
        "multiInstanceLoopCharacteristics",
        extensions(tag("zeebe:loopCharacteristics", **attributes)) + condition,
        isSequential=str(sequential).lower(),
    )


def call(id_: str, process_id: str, *, mapping: str = "", inside: str = "", **attributes: str) -> str:
    """A call activity."""
    called = tag("zeebe:calledElement", processId=process_id, **attributes)
    return tag("callActivity", extensions(called, mapping) + inside, id=id_)


def user_task(id_: str, *more: str, native: bool = True, inside: str = "") -> str:
    """A user task."""
    return tag("userTask", extensions(tag("zeebe:userTask") if native else "", *more) + inside, id=id_)


def process(content: str, *, id_: str = "p", executable: bool = True, more: str = "") -> str:
    """A process element."""
    return tag("process", more + content, id=id_, isExecutable=str(executable).lower())


def document(*parts: str) -> bytes:
    """A whole file, with everything where BPMN's schema wants it."""
    root = etree.fromstring((HEAD + "".join(parts) + "</bpmn:definitions>").encode())
    _make_ids_unique(root)
    nodes = {node.get("id"): node for node in root.iter(f"{BPMN}*") if node.get("id")}
    for marker in [*root.iter(f"{BPMN}multiInstanceLoopCharacteristics")]:
        activity = marker.getparent()
        assert activity is not None
        activity.insert(1 if activity[0].tag == f"{BPMN}extensionElements" else 0, marker)
    for role, reference in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
        for found in reversed([*root.iter(f"{BPMN}sequenceFlow")]):
            entry = etree.Element(f"{BPMN}{role}")
            entry.text = found.get("id")
            node = nodes[found.get(reference)]
            node.insert(1 if len(node) and node[0].tag == f"{BPMN}extensionElements" else 0, entry)
    for artifact in [*root.iter(f"{BPMN}association")]:
        container = artifact.getparent()
        assert container is not None
        container.append(artifact)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _make_ids_unique(root: etree._Element) -> None:
    """Ids are unique in a file: a called process gets its own where it shares one with the process under test."""
    processes = sorted(root.iter(f"{BPMN}process"), key=lambda found: found.get("id") != "p")
    seen: set[str | None] = set()
    for found in processes:
        taken = {node.get("id") for node in found.iter() if node.get("id")} & seen
        for node in found.iter():
            for name in ("id", "sourceRef", "targetRef", "attachedToRef", "default"):
                if node.get(name) in taken:
                    node.set(name, f"{found.get('id')}_{node.get(name)}")
        seen |= {node.get("id") for node in found.iter()}


def model(content: str, chains: str = "", *definitions: str, id_: str = "p", more: str = "") -> bytes:
    """A file with one process: its elements, its flows as chains, and what it refers to."""
    return document(*definitions, process(content + (flows(chains) if chains else ""), id_=id_, more=more))
