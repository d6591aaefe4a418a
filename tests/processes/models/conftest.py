"""Models as the checks see them: `Model` knows the elements, `Diagram` says what an eye would dislike about the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).parents[3]
MODELS = sorted((ROOT / "bpmn").glob("*.bpmn"))

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "modeler": "http://camunda.org/schema/modeler/1.0",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
Point = tuple[float, float]
ACTIVITIES = ("serviceTask", "userTask", "businessRuleTask", "scriptTask", "receiveTask", "callActivity", "subProcess")
EVENTS = ("startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent")
GATEWAYS = ("exclusiveGateway", "parallelGateway", "eventBasedGateway")


class Model:
    """The elements of one BPMN file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = etree.parse(path)
        self.process = self.tree.find("bpmn:process", NS)
        self.id = self.process.get("id")

    def all(self, *names: str) -> list[etree._Element]:
        """Every element of the given BPMN names, in the order of the file."""
        return [e for name in names for e in self.process.iterfind(f".//bpmn:{name}", NS)]

    @property
    def nodes(self) -> list[etree._Element]:
        return self.all(*ACTIVITIES, *EVENTS, *GATEWAYS)

    def message_of(self, element: etree._Element) -> str | None:
        """The name of the message an element waits for."""
        names = {m.get("id"): m.get("name") for m in self.tree.iterfind("bpmn:message", NS)}
        definition = element.find("bpmn:messageEventDefinition", NS)
        reference = element.get("messageRef") if definition is None else definition.get("messageRef")
        return names.get(reference) if reference else None


def zeebe(element: etree._Element, name: str) -> etree._Element | None:
    """The first Zeebe extension of that name, directly on the element."""
    return element.find(f"bpmn:extensionElements//zeebe:{name}", NS)


@dataclass(frozen=True)
class Box:
    """A rectangle of the diagram."""

    x: float
    y: float
    w: float
    h: float

    def shrunk(self, by: float) -> Box:
        return Box(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)

    def overlaps(self, other: Box) -> bool:
        apart_x = self.x + self.w <= other.x or other.x + other.w <= self.x
        apart_y = self.y + self.h <= other.y or other.y + other.h <= self.y
        return not (apart_x or apart_y)

    def holds(self, other: Box) -> bool:
        inside_x = self.x <= other.x and other.x + other.w <= self.x + self.w
        return inside_x and self.y <= other.y and other.y + other.h <= self.y + self.h


@dataclass(frozen=True)
class Segment:
    """One straight part of an edge."""

    edge: str
    start: Point
    end: Point

    @property
    def box(self) -> Box:
        xs, ys = sorted((self.start[0], self.end[0])), sorted((self.start[1], self.end[1]))
        return Box(xs[0], ys[0], max(xs[1] - xs[0], 0.01), max(ys[1] - ys[0], 0.01))

    @property
    def orthogonal(self) -> bool:
        return abs(self.start[0] - self.end[0]) < 1 or abs(self.start[1] - self.end[1]) < 1


class Diagram:
    """Shapes, labels and edges of one sheet of a file, by the id of the element they draw; the process's if none is named."""

    def __init__(self, path: Path, sheet: str = "") -> None:
        self.tree = etree.parse(path)
        self.sheets = [p.get("bpmnElement") for p in self.tree.iterfind(".//bpmndi:BPMNPlane", NS)]
        self.sheet = sheet or self.sheets[0]
        self.shapes = {s.get("bpmnElement"): _box(s.find("dc:Bounds", NS)) for s in self._drawn("bpmndi:BPMNShape")}
        self.labels = {
            s.get("bpmnElement"): _box(s.find("bpmndi:BPMNLabel/dc:Bounds", NS))
            for kind in ("bpmndi:BPMNShape", "bpmndi:BPMNEdge")
            for s in self._drawn(kind)
            if s.find("bpmndi:BPMNLabel/dc:Bounds", NS) is not None
        }
        self.waypoints = {
            e.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in e.findall("di:waypoint", NS)]
            for e in self._drawn("bpmndi:BPMNEdge")
        }
        self.ends = {f.get("id"): (f.get("sourceRef"), f.get("targetRef")) for f in self._flows()}
        self.attached = {b.get("id"): b.get("attachedToRef") for b in self._all("bpmn:boundaryEvent")}
        self.expanded = {s.get("id") for s in self._all("bpmn:subProcess")} - set(self.sheets)

    @property
    def elements(self) -> set[str]:
        """Ids of the nodes that belong on this sheet."""
        return {e.get("id") for name in (*ACTIVITIES, *EVENTS, *GATEWAYS) for e in self._all(f"bpmn:{name}")}

    def _drawn(self, name: str) -> list[etree._Element]:
        return self.tree.findall(f".//bpmndi:BPMNPlane[@bpmnElement='{self.sheet}']/{name}", NS)

    def _all(self, name: str) -> list[etree._Element]:
        """The elements whose place is on this sheet: the nearest scope around them that has a sheet is this one."""
        return [e for e in self.tree.findall(f".//{name}", NS) if self._sheet_of(e) == self.sheet]

    def _sheet_of(self, element: etree._Element) -> str | None:
        return next((a.get("id") for a in element.iterancestors() if a.get("id") in self.sheets), None)

    def _flows(self) -> list[etree._Element]:
        return self._all("bpmn:sequenceFlow") + self._all("bpmn:association")

    def segments(self, edge: str) -> list[Segment]:
        points = self.waypoints[edge]
        return [Segment(edge, a, b) for a, b in pairwise(points)]

    def slanted(self) -> list[str]:
        """Edges with a part that is neither level nor upright."""
        return [e for e in self.waypoints if not all(s.orthogonal for s in self.segments(e))]

    def overlapping_shapes(self) -> list[str]:
        """Pairs of shapes on top of each other that have no business there."""
        found = []
        for (a, box), (b, other) in combinations(self.shapes.items(), 2):
            if self.attached.get(a) == b or self.attached.get(b) == a:
                continue
            nested = (a in self.expanded and box.holds(other)) or (b in self.expanded and other.holds(box))
            if not nested and box.overlaps(other):
                found.append(f"{a} / {b}")
        return found

    def flows_through_shapes(self) -> list[str]:
        """Edges that run through a shape they do not start or end at."""
        found = []
        for edge in self.waypoints:
            ends = set(self.ends.get(edge, ()))
            ends |= {self.attached.get(e) for e in ends}
            for name, box in self.shapes.items():
                if name in ends or name in self.expanded:
                    continue
                if any(s.box.overlaps(box.shrunk(2)) for s in self.segments(edge)):
                    found.append(f"{edge} through {name}")
        return found

    def covered_labels(self) -> list[str]:
        """Labels with a line, a shape or another label on them."""
        found = []
        for name, label in self.labels.items():
            inner = label.shrunk(1.5)
            found += [f"{name} on {o}" for o, b in self.shapes.items() if o not in self.expanded and inner.overlaps(b)]
            found += [f"{name} on {e}" for e in self.waypoints if any(s.box.overlaps(inner) for s in self.segments(e))]
        for (a, box), (b, other) in combinations(self.labels.items(), 2):
            if box.shrunk(1).overlaps(other.shrunk(1)):
                found.append(f"{a} on label of {b}")
        return found

    def crossings(self) -> list[str]:
        """Pairs of edges that cross at a right angle away from their ends."""
        found = []
        for a, b in combinations(self.waypoints, 2):
            for s in self.segments(a):
                for t in self.segments(b):
                    if _cross(s, t):
                        found.append(f"{a} x {b}")
        return found

    def hidden_stretches(self) -> list[str]:
        """Pairs of edges that lie on each other although they share neither start nor end."""
        found = []
        for a, b in combinations(self.waypoints, 2):
            if set(self.ends.get(a, ())) & set(self.ends.get(b, ())):
                continue
            if any(_on_each_other(s, t) for s in self.segments(a) for t in self.segments(b)):
                found.append(f"{a} = {b}")
        return found


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(k)) for k in ("x", "y", "width", "height")))


def _cross(s: Segment, t: Segment) -> bool:
    level, upright = (s, t) if abs(s.start[1] - s.end[1]) < 1 else (t, s)
    if abs(level.start[1] - level.end[1]) >= 1 or abs(upright.start[0] - upright.end[0]) >= 1:
        return False
    x, y = upright.start[0], level.start[1]
    lo_x, hi_x = sorted((level.start[0], level.end[0]))
    lo_y, hi_y = sorted((upright.start[1], upright.end[1]))
    return lo_x + 1 < x < hi_x - 1 and lo_y + 1 < y < hi_y - 1


def _on_each_other(s: Segment, t: Segment) -> bool:
    for fixed, along in ((0, 1), (1, 0)):
        if abs(s.start[fixed] - s.end[fixed]) < 1 and abs(t.start[fixed] - t.end[fixed]) < 1:
            near = abs(s.start[fixed] - t.start[fixed]) < 4
            (a, b), (c, d) = sorted((s.start[along], s.end[along])), sorted((t.start[along], t.end[along]))
            if near and min(b, d) - max(a, c) > 4:
                return True
    return False


@pytest.fixture(params=MODELS, ids=lambda p: p.stem)
def model(request: pytest.FixtureRequest) -> Model:
    """Each model in turn."""
    return Model(request.param)


SHEETS = [(path, sheet) for path in MODELS for sheet in Diagram(path).sheets]


@pytest.fixture(params=SHEETS, ids=lambda p: f"{p[0].stem}.{p[1]}")
def diagram(request: pytest.FixtureRequest) -> Diagram:
    """Each sheet of each model's drawing in turn."""
    return Diagram(*request.param)


@pytest.fixture(scope="session")
def models() -> dict[str, Model]:
    """Every model by process id."""
    return {m.id: m for m in map(Model, MODELS)}


@pytest.fixture(scope="session")
def read() -> Reader:
    """The small readers, for tests in a folder that is no package."""
    return Reader()


class Reader:
    """Attributes of one element."""

    zeebe = staticmethod(zeebe)
