"""The diagram part of a BPMN file: read into a plan, and written back without touching what stays."""

from __future__ import annotations

from lxml import etree

from workers.workshop.bpmn import BPMN, BPMNDI, DC, DI, SUB_PROCESSES, Element, kind
from workers.workshop.layout.geometry import Box
from workers.workshop.layout.plan import Plan

NAMES = {"bpmndi": BPMNDI[1:-1], "dc": DC[1:-1], "di": DI[1:-1]}


def read(root: Element) -> Plan:
    """What a file draws; shapes without bounds and lines with fewer than two points are left out."""
    plan = Plan()
    for shape in root.iter(f"{BPMNDI}BPMNShape"):
        box = _box(shape.find(f"{DC}Bounds"))
        if box is not None:
            plan.boxes[shape.get("bpmnElement")] = box
    for edge in root.iter(f"{BPMNDI}BPMNEdge"):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind(f"{DI}waypoint")]
        if len(points) > 1:
            plan.edges[edge.get("bpmnElement")] = points
    for drawn in (*root.iter(f"{BPMNDI}BPMNShape"), *root.iter(f"{BPMNDI}BPMNEdge")):
        label = _box(drawn.find(f"{BPMNDI}BPMNLabel/{DC}Bounds"))
        if label is not None:
            plan.labels[drawn.get("bpmnElement")] = label
    return plan


def collapsed(root: Element) -> set[str]:
    """Ids of the sub-processes that have a sheet of their own, or whose shape says that it is closed."""
    kinds = {e.get("id"): kind(e) for e in root.iter(f"{BPMN}*") if e.get("id")}
    closed = {s.get("bpmnElement") for s in root.iter(f"{BPMNDI}BPMNShape") if s.get("isExpanded") == "false"}
    planes = {p.get("bpmnElement") for p in root.iter(f"{BPMNDI}BPMNPlane")}
    return {name for name in closed | planes if kinds.get(name) in SUB_PROCESSES}


def planes(root: Element) -> set[str]:
    """Ids of the process and the sub-processes that have a sheet."""
    return {p.get("bpmnElement") for p in root.iter(f"{BPMNDI}BPMNPlane")}


def write(root: Element, plan: Plan, sheets: dict[str, list[str]]) -> None:
    """Makes the file draw the plan.

    `sheets` holds by the id of the process, and of each sub-process with a sheet of its own, the ids of everything
    drawn there, those of containers first.
    """
    elements = {e.get("id"): e for e in root.iter(f"{BPMN}*") if e.get("id")}
    drawn = {d.get("bpmnElement"): d for p in root.iter(f"{BPMNDI}BPMNPlane") for d in p if d.get("bpmnElement")}
    for diagram in root.findall(f"{BPMNDI}BPMNDiagram"):
        if diagram.find(f"{BPMNDI}BPMNPlane").get("bpmnElement") not in sheets:
            root.remove(diagram)
    for sheet, order in sheets.items():
        plane = _plane(root, sheet)
        for each in [d for d in plane if d.get("bpmnElement") and d.get("bpmnElement") not in order]:
            plane.remove(each)
        for name in order:
            old = drawn.get(name)
            is_sheet = name in sheets
            new = _shape(elements[name], plan, old, is_sheet) if name in plan.boxes else _edge(name, plan, old)
            if old is None or old.getparent() is not plane:
                plane.append(new)
            elif etree.tostring(new, with_tail=False) != etree.tostring(old, with_tail=False):
                plane.replace(old, new)
        _indent(plane)


def _box(bounds: Element | None) -> Box | None:
    return None if bounds is None else Box(*(float(bounds.get(k)) for k in ("x", "y", "width", "height")))


def _plane(root: Element, sheet: str) -> Element:
    for plane in root.iter(f"{BPMNDI}BPMNPlane"):
        if plane.get("bpmnElement") == sheet:
            return plane
    diagram = etree.SubElement(root, f"{BPMNDI}BPMNDiagram", id=f"Diagram_{sheet}", nsmap=NAMES)
    plane = etree.SubElement(diagram, f"{BPMNDI}BPMNPlane", id=f"Plane_{sheet}", bpmnElement=sheet)
    _indent_tail(diagram)
    return plane


def _shape(element: Element, plan: Plan, old: Element | None, is_sheet: bool) -> Element:
    name = element.get("id")
    shape = _fresh(f"{BPMNDI}BPMNShape", name, old)
    if kind(element) in SUB_PROCESSES:
        shape.set("isExpanded", "false" if is_sheet else "true")
    if kind(element) == "exclusiveGateway":
        shape.set("isMarkerVisible", "true")
    _bounds(shape, plan.boxes[name])
    _label(shape, plan.labels.get(name))
    return _indented(shape)


def _edge(name: str, plan: Plan, old: Element | None) -> Element:
    edge = _fresh(f"{BPMNDI}BPMNEdge", name, old)
    for x, y in plan.edges[name]:
        etree.SubElement(edge, f"{DI}waypoint", x=_number(x), y=_number(y))
    _label(edge, plan.labels.get(name))
    return _indented(edge)


def _fresh(tag: str, name: str, old: Element | None) -> Element:
    """A new element with what somebody added to the old one, such as its colours."""
    attributes = dict(old.attrib) if old is not None else {"id": f"{name}_di", "bpmnElement": name}
    return etree.Element(tag, attributes, nsmap=NAMES)


def _label(drawn: Element, box: Box | None) -> None:
    if box is not None:
        _bounds(etree.SubElement(drawn, f"{BPMNDI}BPMNLabel"), box)


def _bounds(parent: Element, box: Box) -> None:
    values = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(parent, f"{DC}Bounds", {k: _number(v) for k, v in values.items()})


def _number(value: float) -> str:
    return f"{value:.10g}"


def _indented(drawn: Element) -> Element:
    etree.indent(drawn, level=3)
    return drawn


def _indent(plane: Element) -> None:
    """Each shape and line on its own line, as Camunda Modeler writes them."""
    if len(plane):
        plane.text = "\n" + "  " * 3
        for drawn in plane:
            drawn.tail = "\n" + "  " * 3
        plane[-1].tail = "\n" + "  " * 2


def _indent_tail(diagram: Element) -> None:
    before = diagram.getprevious()
    if before is not None:
        before.tail = "\n  "
    diagram.text, diagram.tail = "\n    ", "\n"
    diagram[0].tail = "\n  "
