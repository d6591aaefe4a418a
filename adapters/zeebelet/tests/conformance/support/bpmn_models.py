"""BPMN models for tests, written as they are drawn: nodes and flows. Names a cluster shares (process ids, job types,
messages, signals, decisions, forms) get the suffix of the test that renders the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" '
    'modeler:executionPlatformVersion="8.9.0" id="definitions">\n'
)


@dataclass(frozen=True)
class Event:
    """An event definition: of what kind, with which name or code, and what it says inside."""

    kind: str
    name: str = ""
    key: str | None = None
    inner: str = ""
    attributes: str = ""


@dataclass(frozen=True)
class Node:
    """A flow node; sub-processes have nodes and flows of their own."""

    tag: str
    id: str
    attributes: dict[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    event: Event | None = None
    loop: str = ""
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()
    message: Event | None = None
    inner: str = ""


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    source: str
    target: str
    when: str | None = None
    id: str = ""

    @property
    def key(self) -> str:
        """Its id."""
        return self.id or f"{self.source}_{self.target}"


def attrs(**values: object) -> str:
    """Attributes that are set, as XML text."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)


def io(inputs: Iterable[tuple[str, str]] = (), outputs: Iterable[tuple[str, str]] = ()) -> tuple[str, ...]:
    """An I/O mapping of (source, target) pairs; nothing when there are none."""
    lines = [f"<zeebe:input{attrs(source=s, target=t)}/>" for s, t in inputs]
    lines += [f"<zeebe:output{attrs(source=s, target=t)}/>" for s, t in outputs]
    return (f"<zeebe:ioMapping>{''.join(lines)}</zeebe:ioMapping>",) if lines else ()


Pairs = Iterable[tuple[str, str]]


def start(id: str = "S", event: Event | None = None, *, outputs: Pairs = (), interrupting: bool = True) -> Node:
    """A start event."""
    attributes = {} if interrupting else {"isInterrupting": "false"}
    return Node("startEvent", id, attributes, io((), outputs), event)


def end(id: str = "E", event: Event | None = None, *, inputs: Pairs = (), outputs: Pairs = ()) -> Node:
    """An end event."""
    return Node("endEvent", id, extensions=io(inputs, outputs), event=event)


def throw(id: str, event: Event | None = None, *, inputs: Pairs = (), outputs: Pairs = ()) -> Node:
    """An intermediate throw event."""
    return Node("intermediateThrowEvent", id, extensions=io(inputs, outputs), event=event)


def catch(id: str, event: Event, *, inputs: Pairs = (), outputs: Pairs = ()) -> Node:
    """An intermediate catch event."""
    return Node("intermediateCatchEvent", id, extensions=io(inputs, outputs), event=event)


def boundary(id: str, on: str, event: Event, *, interrupting: bool = True, outputs: Pairs = ()) -> Node:
    """A boundary event."""
    attributes = {"attachedToRef": on, **({} if interrupting else {"cancelActivity": "false"})}
    return Node("boundaryEvent", id, attributes, io((), outputs), event)


def service(
    id: str,
    type: str | None,
    *,
    retries: str | None = None,
    inputs: Pairs = (),
    outputs: Pairs = (),
    loop: str = "",
    headers: Pairs = (),
    listeners: str = "",
    tag: str = "serviceTask",
) -> Node:
    """A task a worker does."""
    definition = (f"<zeebe:taskDefinition {{type:{type}}}{attrs(retries=retries)}/>",) if type is not None else ()
    lines = "".join(f"<zeebe:header{attrs(key=k, value=v)}/>" for k, v in headers)
    head = (f"<zeebe:taskHeaders>{lines}</zeebe:taskHeaders>",) if lines else ()
    return Node(
        tag, id, extensions=(*definition, *head, *io(inputs, outputs), *((listeners,) if listeners else ())), loop=loop
    )


def user_task(id: str, *extensions: str, inputs: Pairs = (), outputs: Pairs = ()) -> Node:
    """A native user task."""
    return Node("userTask", id, extensions=("<zeebe:userTask/>", *extensions, *io(inputs, outputs)))


def script(id: str, expression: str, result: str, *, outputs: Pairs = ()) -> Node:
    """A script task in FEEL."""
    text = f"<zeebe:script{attrs(expression=expression, resultVariable=result)}/>"
    return Node("scriptTask", id, extensions=(text, *io((), outputs)))


def decision_task(id: str, decision: str, result: str) -> Node:
    """A business rule task."""
    text = f"<zeebe:calledDecision {{decisionId:{decision}}}{attrs(resultVariable=result)}/>"
    return Node("businessRuleTask", id, extensions=(text,))


def call(id: str, process: str, *, inputs: Pairs = (), outputs: Pairs = (), loop: str = "", **options: str) -> Node:
    """A call activity."""
    text = f"<zeebe:calledElement {{processId:{process}}}{attrs(**options)}/>"
    return Node("callActivity", id, extensions=(text, *io(inputs, outputs)), loop=loop)


def receive(id: str, message: Event, *, outputs: Pairs = ()) -> Node:
    """A receive task."""
    return Node("receiveTask", id, extensions=io((), outputs), message=message)


def gateway(kind: str, id: str, *, default: str | None = None) -> Node:
    """A gateway: exclusive, parallel, inclusive or eventBased."""
    return Node(f"{kind}Gateway", id, {"default": default} if default else {})


def sub(
    id: str,
    *nodes: Node,
    flows: Iterable[str | Flow] = (),
    inputs: Pairs = (),
    outputs: Pairs = (),
    loop: str = "",
    by_event: bool = False,
    tag: str = "subProcess",
    extensions: tuple[str, ...] = (),
    inner: str = "",
    **attributes: str,
) -> Node:
    """A sub-process; `by_event` makes it an event sub-process."""
    given = {**attributes, **({"triggeredByEvent": "true"} if by_event else {})}
    return Node(tag, id, given, (*extensions, *io(inputs, outputs)), None, loop, nodes, flows_of(*flows), None, inner)


def ad_hoc(
    id: str,
    *nodes: Node,
    flows: Iterable[str | Flow] = (),
    active: str | None = None,
    condition: str | None = None,
    job: str | None = None,
    cancel_remaining: bool | None = None,
) -> Node:
    """An ad-hoc sub-process."""
    extensions = (f"<zeebe:adHoc{attrs(activeElementsCollection=active)}/>",) if active is not None else ()
    if job is not None:
        extensions = (*extensions, f"<zeebe:taskDefinition {{type:{job}}}/>")
    inner = f"<bpmn:completionCondition>{escape(condition)}</bpmn:completionCondition>" if condition else ""
    given = {} if cancel_remaining is None else {"cancelRemainingInstances": str(cancel_remaining).lower()}
    return sub(id, *nodes, flows=flows, tag="adHocSubProcess", extensions=extensions, inner=inner, **given)


def loop(
    collection: str,
    *,
    element: str | None = None,
    into: str | None = None,
    output: str | None = None,
    sequential: bool = False,
    until: str | None = None,
) -> str:
    """Multi-instance characteristics."""
    text = attrs(inputCollection=collection, inputElement=element, outputCollection=into, outputElement=output)
    condition = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    kind = ' isSequential="true"' if sequential else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{kind}><bpmn:extensionElements><zeebe:loopCharacteristics{text}/>"
        f"</bpmn:extensionElements>{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )


def message(name: str, key: str | None = None) -> Event:
    """A message event; `key` is the correlation key's expression."""
    return Event("message", name, key)


def signal(name: str) -> Event:
    """A signal event."""
    return Event("signal", name)


def error(code: str | None = None) -> Event:
    """An error event; without a code it catches all."""
    return Event("error", code or "")


def escalation(code: str | None = None) -> Event:
    """An escalation event; without a code it catches all."""
    return Event("escalation", code or "")


def timer(kind: str, text: str) -> Event:
    """A timer: duration, date or cycle."""
    tag = f"time{kind.capitalize()}"
    return Event("timer", inner=f'<bpmn:{tag} xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:{tag}>')


def condition(text: str) -> Event:
    """A conditional event."""
    inner = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:condition>'
    return Event("conditional", inner=inner)


def link(name: str) -> Event:
    """A link event."""
    return Event("link", attributes=attrs(name=name))


def terminate() -> Event:
    """A terminate event."""
    return Event("terminate")


def compensate(activity: str | None = None) -> Event:
    """A compensation event."""
    return Event("compensate", attributes=attrs(activityRef=activity))


def flows_of(*chains: str | Flow) -> tuple[Flow, ...]:
    """Flows from texts: `S A E` is a chain, a Flow is itself."""
    made: list[Flow] = []
    for chain in chains:
        if isinstance(chain, Flow):
            made.append(chain)
        else:
            names = chain.split()
            made += [Flow(a, b) for a, b in pairwise(names)]
    return tuple(made)


@dataclass(frozen=True)
class Model:
    """A process: its nodes, its flows, and what hangs on by associations (compensation)."""

    id: str
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    compensations: tuple[tuple[str, str], ...] = ()
    executable: bool = True
    root_extra: str = ""

    def render(self, suffix: str) -> bytes:
        """The BPMN file for a test with this suffix."""
        return _Renderer(self, suffix).text().encode()

    def also(self, **changes: object) -> Model:
        """The same model with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]


def process(
    id: str,
    *nodes: Node,
    flows: Iterable[str | Flow],
    compensations: Iterable[tuple[str, str]] = (),
    executable: bool = True,
) -> Model:
    """A model; `compensations` are (boundary event, handler) pairs."""
    return Model(id, nodes, flows_of(*flows), tuple(compensations), executable)


def one_task(id: str = "P", type: str = "a", **options: object) -> Model:
    """S -> A[a] -> E."""
    return process(id, start(), service("A", type, **options), end(), flows=["S A E"])  # type: ignore[arg-type]


class _Renderer:
    def __init__(self, model: Model, suffix: str) -> None:
        self.model = model
        self.suffix = suffix
        self.roots: dict[str, str] = {}

    def text(self) -> str:
        model = self.model
        body = self._scope(model.nodes, model.flows)
        associations = "".join(
            f'<bpmn:association id="{b}_{h}" associationDirection="One" sourceRef="{b}" targetRef="{h}"/>'
            for b, h in model.compensations
        )
        executable = ' isExecutable="true"' if model.executable else ' isExecutable="false"'
        return (
            f'{_HEAD}<bpmn:process id="{model.id}{self.suffix}"{executable}>{body}{associations}</bpmn:process>'
            f"{''.join(self.roots.values())}{model.root_extra}</bpmn:definitions>\n"
        )

    def _scope(self, nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> str:
        text = "".join(self._node(node, flows) for node in nodes)
        return text + "".join(map(self._flow, flows))

    @staticmethod
    def _flow(flow: Flow) -> str:
        head = f'<bpmn:sequenceFlow id="{flow.key}" sourceRef="{flow.source}" targetRef="{flow.target}"'
        if flow.when is None:
            return f"{head}/>"
        condition = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(flow.when)}</bpmn:conditionExpression>'
        return f"{head}>{condition}</bpmn:sequenceFlow>"

    def _node(self, node: Node, flows: tuple[Flow, ...]) -> str:
        given = dict(node.attributes)
        if node.message is not None:
            given["messageRef"] = self._root(node.message)
        inner = "".join(self._named(text) for text in node.extensions)
        extensions = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""
        incoming = "".join(f"<bpmn:incoming>{f.key}</bpmn:incoming>" for f in flows if f.target == node.id)
        outgoing = "".join(f"<bpmn:outgoing>{f.key}</bpmn:outgoing>" for f in flows if f.source == node.id)
        event = self._event(node.event) if node.event else ""
        scope = self._scope(node.nodes, node.flows)
        return (
            f'<bpmn:{node.tag} id="{node.id}"{attrs(**given)}>{extensions}{incoming}{outgoing}{node.loop}{event}{scope}'
            f"{node.inner}</bpmn:{node.tag}>"
        )

    def _named(self, text: str) -> str:
        """`{type:a}` becomes `type="a<suffix>"`; an expression stays as it is."""
        while "{" in text and ":" in text.split("{", 1)[1].split("}", 1)[0]:
            head, rest = text.split("{", 1)
            attribute, value = rest.split("}", 1)[0].split(":", 1)
            if not attribute.isidentifier():
                break
            shown = value if value.startswith("=") or not value else value + self.suffix
            text = f"{head}{attribute}={quoteattr(shown)}{rest.split('}', 1)[1]}"
        return text

    def _event(self, event: Event) -> str:
        reference = ""
        if event.kind in ("message", "signal") or event.name:
            reference = f' {event.kind}Ref="{self._root(event)}"'
        tag = f"{event.kind}EventDefinition"
        return f"<bpmn:{tag}{reference}{event.attributes}>{event.inner}</bpmn:{tag}>"

    def _root(self, event: Event) -> str:
        identity = f"{event.kind}-{len(self.roots) if not event.name else ''.join(c if c.isalnum() else '_' for c in event.name)}"
        self.roots.setdefault(identity, _ROOTS[event.kind](identity, event, self.suffix))
        return identity


def _message_root(identity: str, event: Event, suffix: str) -> str:
    name = attrs(name=event.name if event.name.startswith("=") else event.name + suffix) if event.name else ""
    if event.key is None:
        return f'<bpmn:message id="{identity}"{name}/>'
    key = attrs(correlationKey=event.key)
    return (
        f'<bpmn:message id="{identity}"{name}><bpmn:extensionElements><zeebe:subscription{key}/>'
        "</bpmn:extensionElements></bpmn:message>"
    )


def _signal_root(identity: str, event: Event, suffix: str) -> str:
    return f'<bpmn:signal id="{identity}"{attrs(name=event.name + suffix)}/>'


def _error_root(identity: str, event: Event, suffix: str) -> str:
    return f'<bpmn:error id="{identity}"{attrs(errorCode=event.name)}/>'


def _escalation_root(identity: str, event: Event, suffix: str) -> str:
    return f'<bpmn:escalation id="{identity}"{attrs(escalationCode=event.name)}/>'


_ROOTS = {"message": _message_root, "signal": _signal_root, "error": _error_root, "escalation": _escalation_root}
