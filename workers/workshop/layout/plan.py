"""The plan of a diagram: boxes, lines and labels of a scope, sub-processes laid out first and then moved as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.workshop.layout import text
from workers.workshop.layout.geometry import Box, Point, around, stretches
from workers.workshop.layout.labels import name_all, wishes
from workers.workshop.layout.places import placed
from workers.workshop.layout.routes import Router
from workers.workshop.layout.scopes import Flow, Scope

SPREADS = (1.0, 1.25, 1.6, 2.2)
PADDING, TITLE = 40.0, 40.0
ORIGIN = (160.0, 120.0)
"""Where a new diagram begins."""


@dataclass(slots=True)
class Plan:
    """Where everything of a diagram lies, by the id of the element."""

    boxes: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)

    def extent(self) -> Box:
        """The rectangle around everything drawn."""
        lines = [s for points in self.edges.values() for s in stretches(points)]
        return around([*self.boxes.values(), *self.labels.values(), *lines] or [Box(0, 0, 0, 0)])

    def moved(self, dx: float, dy: float) -> Plan:
        """The same elsewhere."""
        return Plan(
            {k: b.moved(dx, dy) for k, b in self.boxes.items()},
            {k: [(x + dx, y + dy) for x, y in points] for k, points in self.edges.items()},
            {k: b.moved(dx, dy) for k, b in self.labels.items()},
        )

    def only(self, names: set[str]) -> Plan:
        """The part of it that draws these elements."""
        return Plan(
            {k: b for k, b in self.boxes.items() if k in names},
            {k: points for k, points in self.edges.items() if k in names},
            {k: b for k, b in self.labels.items() if k in names},
        )

    def add(self, other: Plan) -> None:
        """Takes over everything of another plan."""
        self.boxes |= other.boxes
        self.edges |= other.edges
        self.labels |= other.labels


def planned(scope: Scope) -> Plan:
    """A new diagram for a sheet, beginning at the place where Camunda Modeler's begin."""
    plan = _content(scope)
    extent = plan.extent()
    return plan.moved(ORIGIN[0] - 10 * round(extent.x / 10), ORIGIN[1] - 10 * round(extent.y / 10))


def _content(scope: Scope) -> Plan:
    inner = {node.id: _content(node.inner) for node in scope.nodes.values() if node.inner and not node.is_collapsed}
    sizes = {name: _frame(plan) for name, plan in inner.items()}
    trials: list[tuple[int, int, Plan]] = []
    for spread in SPREADS:
        troubles, plan = _trial(scope, sizes, spread)
        trials.append((troubles, len(trials), plan))
        if not troubles:
            break
    plan = min(trials)[2]
    for name, content in inner.items():
        frame, extent = plan.boxes[name], content.extent()
        plan.add(content.moved(frame.x + PADDING - _floor(extent.x), frame.y + TITLE - _floor(extent.y)))
    return plan


def _floor(value: float) -> float:
    return 10.0 * (value // 10)


def _frame(content: Plan) -> tuple[float, float]:
    """The size of an expanded sub-process around its content, in twenties so that its middle stays on the grid."""
    extent = content.extent()
    width = extent.right - _floor(extent.x) + 2 * PADDING
    height = extent.bottom - _floor(extent.y) + TITLE + PADDING
    return 20.0 * -(-width // 20), 20.0 * -(-height // 20)


def _trial(scope: Scope, sizes: dict[str, tuple[float, float]], spread: float) -> tuple[int, Plan]:
    boxes = placed(scope, sizes, spread)
    plan = Plan(boxes)
    if not boxes:
        return 0, plan
    missed = route_all(scope, plan, scope.flows)
    plan.labels, covered = name_all(scope, boxes, plan.edges, {})
    return len(missed) * 100 + len(covered), plan


def route_all(scope: Scope, plan: Plan, flows: list[Flow]) -> list[str]:
    """Draws the given flows of a scope around what the plan holds; returns those without a way, drawn straight on."""
    own = {f.id for f in scope.flows}
    boxes = {k: b for k, b in plan.boxes.items() if k in scope.nodes}
    kept = {k: p for k, p in plan.edges.items() if k in own}
    usual = [_usual_place(node.name, wishes(node, boxes[node.id])[0]) for node in scope.nodes.values() if node.name]
    router = Router(scope, boxes, kept, usual)
    missed = []
    for flow in sorted(flows, key=lambda f: _effort(boxes, f)):
        points = router.route(flow)
        if points is None:
            missed.append(flow.id)
            points = [boxes[flow.source].centre, boxes[flow.target].centre]
        plan.edges[flow.id] = points
    return missed


def _usual_place(name: str, corner: Point) -> Box:
    return Box(*corner, *text.size(name))


def _effort(boxes: dict[str, Box], flow: Flow) -> float:
    """Near and level ones first: they are the ones a reader follows."""
    (ax, ay), (bx, by) = boxes[flow.source].centre, boxes[flow.target].centre
    return abs(ax - bx) + 3 * abs(ay - by) + (500 if bx < ax else 0)
