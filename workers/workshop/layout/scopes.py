"""What has to be laid out: the nodes and flows of a process and, one inside the other, of its sub-processes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from workers.workshop.bpmn import BPMN, EVENTS, GATEWAYS, NODES, SUB_PROCESSES, Element, kind

DRAWN = NODES | {"textAnnotation", "dataObjectReference", "dataStoreReference"}
SIZES = {"textAnnotation": (120.0, 60.0), "dataObjectReference": (36.0, 50.0), "dataStoreReference": (50.0, 50.0)}
ASIDE = frozenset(SIZES)
TASK, EVENT, GATEWAY = (100.0, 80.0), (36.0, 36.0), (50.0, 50.0)


@dataclass(slots=True)
class Node:
    """One shape: its size in pixels where nothing wider is needed."""

    id: str
    kind: str
    name: str
    size: tuple[float, float]
    host: str | None = None
    inner: Scope | None = None
    is_apart: bool = False
    """An event sub-process: no flow joins it."""
    is_collapsed: bool = False
    """A sub-process whose content is a sheet of its own."""

    @property
    def is_gateway(self) -> bool:
        """Whether it is a diamond."""
        return self.kind in GATEWAYS

    @property
    def has_outer_label(self) -> bool:
        """Whether its name stands beside the shape."""
        return bool(self.name) and (self.kind in EVENTS or self.is_gateway or self.kind.startswith("data"))


@dataclass(slots=True)
class Flow:
    """One edge: a sequence flow or an association."""

    id: str
    source: str
    target: str
    name: str

    def shares_end(self, other: Flow) -> bool:
        """Whether two edges start or end at the same shape."""
        return bool({self.source, self.target} & {other.source, other.target})


@dataclass(slots=True)
class Scope:
    """The content of a process or of a sub-process, in the order of the file."""

    id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    is_sheet: bool = True
    """Whether it is drawn on a sheet of its own, without a frame around it."""

    def host(self, node: str) -> str:
        """The activity a boundary event sits on; the node itself otherwise."""
        return self.nodes[node].host or node

    def boundaries(self, host: str) -> list[Node]:
        """The boundary events of an activity."""
        return [node for node in self.nodes.values() if node.host == host]

    def all(self) -> Iterator[Scope]:
        """This scope and all inside it, outer ones first."""
        yield self
        for node in self.nodes.values():
            if node.inner is not None:
                yield from node.inner.all()

    def on_sheet(self) -> Iterator[Scope]:
        """This scope and those inside it that are drawn on the same sheet."""
        yield self
        for node in self.nodes.values():
            if node.inner is not None and not node.is_collapsed:
                yield from node.inner.on_sheet()

    def sheets(self) -> Iterator[Scope]:
        """The outermost scope of every sheet, this one first."""
        return (scope for scope in self.all() if scope.is_sheet)


def read(process: Element, collapsed: Collection[str] = ()) -> Scope:
    """The scope of a `bpmn:process` or a sub-process; `collapsed` names sub-processes that have a sheet of their own."""
    scope = Scope(process.get("id"))
    for element in process:
        if kind(element) in DRAWN:
            scope.nodes[element.get("id")] = _node(element, collapsed)
    for element in process:
        if kind(element) in ("sequenceFlow", "association"):
            flow = Flow(
                element.get("id"), element.get("sourceRef"), element.get("targetRef"), element.get("name") or ""
            )
            if flow.source in scope.nodes and flow.target in scope.nodes:
                scope.flows.append(flow)
    return scope


def _node(element: Element, collapsed: Collection[str]) -> Node:
    name = kind(element)
    size = SIZES.get(name) or (EVENT if name in EVENTS else GATEWAY if name in GATEWAYS else TASK)
    text = element.get("name") or ""
    if name == "textAnnotation":
        text = (element.findtext(f"{BPMN}text") or "").strip()
        size = (120.0, max(30.0, 10.0 + 14 * -(-len(text) // 18)))
    inner = read(element, collapsed) if name in SUB_PROCESSES else None
    is_collapsed = inner is not None and element.get("id") in collapsed
    if inner is not None:
        inner.is_sheet = is_collapsed
    return Node(
        element.get("id"),
        name,
        text,
        size,
        host=element.get("attachedToRef"),
        inner=inner,
        is_apart=element.get("triggeredByEvent") == "true",
        is_collapsed=is_collapsed,
    )
