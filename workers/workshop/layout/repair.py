"""A drawing mended: what is clean stays where it is; new shapes get a free place, broken lines and names are drawn anew."""

from __future__ import annotations

from workers.workshop.layout.flaws import flaws
from workers.workshop.layout.geometry import Box, Point, stretches
from workers.workshop.layout.labels import name_all
from workers.workshop.layout.places import BOUNDARY, on_border
from workers.workshop.layout.plan import Plan, route_all
from workers.workshop.layout.scopes import Node, Scope

AIR = 25.0
ROUNDS = 3
SHARE_OF_NEW = 0.3
"""With more new shapes than this share of a sheet its drawing is made anew as a whole."""


def mended(root: Scope, old: Plan) -> Plan | None:
    """The plan without flaws; None when there is too much to mend."""
    plan = Plan(dict(old.boxes), dict(old.edges), dict(old.labels))
    wrong = flaws(root, plan)
    every = sum(len(scope.nodes) for scope in root.on_sheet())
    if len(wrong.shapes) > SHARE_OF_NEW * every:
        return None
    for scope in root.on_sheet():
        if not all(_stand(scope, plan, node) for node in scope.nodes.values() if node.id in wrong.shapes):
            return None
    for _ in range(ROUNDS):
        wrong = flaws(root, plan)
        if not wrong.all():
            return plan
        for scope in root.on_sheet():
            _lines_and_names(scope, plan, set(wrong.edges), set(wrong.labels))
    return None if flaws(root, plan).all() else plan


def _stand(scope: Scope, plan: Plan, node: Node) -> bool:
    """Gives a shape a place; False when there is none."""
    plan.labels.pop(node.id, None)
    if node.host is not None:
        return _sit(scope, plan, node)
    if node.inner is not None and not node.is_collapsed:
        return False
    plan.boxes.pop(node.id, None)
    for corner in _places(scope, plan, node):
        box = Box(*corner, *node.size)
        if _is_free(scope, plan, box):
            plan.boxes[node.id] = box
            _make_way(scope, plan, box)
            return True
    return False


def _sit(scope: Scope, plan: Plan, event: Node) -> bool:
    host = plan.boxes.get(event.host or "")
    if host is None:
        return False
    siblings = [plan.boxes[n.id] for n in scope.boundaries(event.host or "") if n.id != event.id and n.id in plan.boxes]
    slots = dict(enumerate(on_border(host, [str(k) for k in range(max(2, int(host.width // 45)))]).values()))
    free = [box for box in slots.values() if not any(box.grown(2).overlaps(other) for other in siblings)]
    above = [Box(b.x, host.y - BOUNDARY / 2, BOUNDARY, BOUNDARY) for b in slots.values()]
    free += [box for box in above if not any(box.grown(2).overlaps(other) for other in siblings)]
    if not free:
        return False
    plan.boxes[event.id] = free[0]
    _make_way(scope, plan, free[0])
    return True


def _places(scope: Scope, plan: Plan, node: Node) -> list[Point]:
    """Corners to try, the most natural first: right of what leads here, then ever further below."""
    before = [
        plan.boxes[scope.host(f.source)]
        for f in scope.flows
        if f.target == node.id and scope.host(f.source) in plan.boxes
    ]
    after = [plan.boxes[f.target] for f in scope.flows if f.source == node.id and f.target in plan.boxes]
    width, height = node.size
    anchors = [(b.right + 60, b.centre[1] - height / 2) for b in before]
    anchors += [(b.x - 60 - width, b.centre[1] - height / 2) for b in after]
    if not anchors:
        return []
    x, y = anchors[0]
    steps = [(dx * 20, dy * 20) for dx in range(-4, 20) for dy in range(-12, 40)]
    return [*anchors, *((x + dx, y + dy) for dx, dy in sorted(steps, key=lambda s: abs(s[0]) + 1.5 * abs(s[1])))]


def _is_free(scope: Scope, plan: Plan, box: Box) -> bool:
    frame = None if scope.is_sheet else plan.boxes.get(scope.id)
    if frame is not None and not frame.grown(-15).holds(box):
        return False
    return not any(box.grown(AIR).overlaps(plan.boxes[n]) for n in scope.nodes if n in plan.boxes)


def _make_way(scope: Scope, plan: Plan, box: Box) -> None:
    """Lines and names at the new place are drawn anew."""
    for flow in scope.flows:
        if any(s.overlaps(box.grown(8)) for s in stretches(plan.edges.get(flow.id, []))):
            plan.edges.pop(flow.id, None)
    for name in (*scope.nodes, *(f.id for f in scope.flows)):
        if name in plan.labels and plan.labels[name].overlaps(box):
            plan.labels.pop(name)


def _lines_and_names(scope: Scope, plan: Plan, edges: set[str], labels: set[str]) -> None:
    redrawn = [f for f in scope.flows if f.id in edges]
    for flow in redrawn:
        plan.edges.pop(flow.id, None)
        plan.labels.pop(flow.id, None)
    route_all(scope, plan, redrawn)
    own = {*scope.nodes, *(f.id for f in scope.flows)}
    kept = {k: b for k, b in plan.labels.items() if k in own and k not in labels}
    boxes = {k: b for k, b in plan.boxes.items() if k in own}
    lines = {k: p for k, p in plan.edges.items() if k in own}
    plan.labels |= name_all(scope, boxes, lines, kept)[0]
