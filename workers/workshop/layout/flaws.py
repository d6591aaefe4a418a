"""What an eye would dislike about a diagram: missing, slanted, covered, hidden, outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, pairwise

from workers.workshop.layout.geometry import Box, stretches
from workers.workshop.layout.plan import Plan
from workers.workshop.layout.scopes import Flow, Node, Scope

SLACK = 1.5


@dataclass(slots=True)
class Flaws:
    """Ids of shapes, edges and labels that have to be drawn anew, each with what is wrong."""

    shapes: dict[str, str] = field(default_factory=dict)
    edges: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def all(self) -> dict[str, str]:
        """Everything by id."""
        return self.labels | self.edges | self.shapes


def flaws(root: Scope, plan: Plan) -> Flaws:
    """Everything that is wrong with the drawing of a sheet."""
    found = Flaws()
    for scope in root.on_sheet():
        _shapes(scope, plan, found)
        _edges(scope, plan, found)
        _labels(scope, plan, found)
    return found


def _shapes(scope: Scope, plan: Plan, found: Flaws) -> None:
    nodes = [n for n in scope.nodes.values() if n.id in plan.boxes]
    found.shapes |= {n: "has no shape" for n in scope.nodes if n not in plan.boxes}
    for a, b in combinations(nodes, 2):
        if a.host != b.id and b.host != a.id and plan.boxes[a.id].overlaps(plan.boxes[b.id]):
            found.shapes.setdefault(b.id, f"lies on {a.id}")
    frame = None if scope.is_sheet else plan.boxes.get(scope.id)
    for node in nodes:
        if frame is not None and not frame.holds(plan.boxes[node.id]):
            found.shapes.setdefault(node.id, f"lies outside {scope.id}")
        if node.is_collapsed and plan.boxes[node.id].height > 2 * node.size[1]:
            found.shapes.setdefault(node.id, "has the size of an open sub-process, but is closed")
        if node.host is not None and not _sits(node, plan):
            found.shapes.setdefault(node.id, f"does not sit on the border of {node.host}")


def _sits(event: Node, plan: Plan) -> bool:
    host = plan.boxes.get(event.host or "")
    return host is not None and host.near_border(plan.boxes[event.id].centre, SLACK)


def _edges(scope: Scope, plan: Plan, found: Flaws) -> None:
    drawn = [f for f in scope.flows if f.id in plan.edges and f.source in plan.boxes and f.target in plan.boxes]
    found.edges |= {f.id: "is not drawn" for f in scope.flows if f.id not in plan.edges}
    for flow in drawn:
        reason = _edge_flaw(scope, flow, plan)
        if reason:
            found.edges[flow.id] = reason
    lines = {f.id: list(stretches(plan.edges[f.id])) for f in drawn}
    for a, b in combinations(drawn, 2):
        if not a.shares_end(b) and any(_along(s, t) for s in lines[a.id] for t in lines[b.id]):
            found.edges.setdefault(b.id, f"lies on {a.id}")


def _edge_flaw(scope: Scope, flow: Flow, plan: Plan) -> str:
    points = plan.edges[flow.id]
    if any(abs(a[0] - b[0]) >= 1 and abs(a[1] - b[1]) >= 1 for a, b in pairwise(points)):
        return "is slanted"
    for end, point in ((flow.source, points[0]), (flow.target, points[-1])):
        if not plan.boxes[end].near_border(point, SLACK):
            return f"does not reach {end}"
    ends = {flow.source, flow.target, scope.host(flow.source), scope.host(flow.target)}
    lines = list(stretches(points))
    through = (n for n in scope.nodes if n not in ends and n in plan.boxes and _crosses(lines, plan.boxes[n].grown(-2)))
    other = next(through, None)
    return f"runs through {other}" if other else ""


def _crosses(lines: list[Box], box: Box) -> bool:
    return any(line.overlaps(box) for line in lines)


def _along(s: Box, t: Box) -> bool:
    """Whether two stretches lie on each other for more than a few pixels."""
    near, long = 4, 4
    if s.height < 1 and t.height < 1:
        return abs(s.y - t.y) < near and min(s.right, t.right) - max(s.x, t.x) > long
    if s.width < 1 and t.width < 1:
        return abs(s.x - t.x) < near and min(s.bottom, t.bottom) - max(s.y, t.y) > long
    return False


def _labels(scope: Scope, plan: Plan, found: Flaws) -> None:
    wanted = [n.id for n in scope.nodes.values() if n.has_outer_label] + [f.id for f in scope.flows if f.name]
    boxes = [plan.boxes[n] for n in scope.nodes if n in plan.boxes]
    lines = [s for f in scope.flows for s in stretches(plan.edges.get(f.id, []))]
    drawn = {name: plan.labels[name].grown(-SLACK) for name in wanted if name in plan.labels}
    found.labels |= {name: "has no place for its name" for name in wanted if name not in plan.labels}
    for name, label in drawn.items():
        if any(label.overlaps(other) for group in (boxes, lines) for other in group):
            found.labels[name] = "has a covered name"
    for (a, box), (b, other) in combinations(drawn.items(), 2):
        if box.grown(0.5).overlaps(other.grown(0.5)) and a not in found.labels:
            found.labels.setdefault(b, f"has its name on that of {a}")
