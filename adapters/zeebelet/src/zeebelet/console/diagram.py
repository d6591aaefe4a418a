"""A BPMN diagram as SVG from its own layout, with what instances do in it: tokens, incidents, the path taken.

A collapsed sub-process has a sheet of its own, as in Camunda Modeler: one sheet is shown, links lead to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree
from markupsafe import Markup, escape

from zeebelet.console import icons

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
_MARGIN = 24
_BADGES = (("incidents", "incident"), ("active", "token"), ("completed", "done"), ("canceled", "gone"))


class Box(NamedTuple):
    """Where a shape lies, in the diagram's pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return self.x + self.width / 2, self.y + self.height / 2


class Shape(NamedTuple):
    """One element with its place; `kind` is its BPMN tag, `event` what an event waits for or does, `marks` its markers."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None
    event: str
    marks: tuple[str, ...]
    dashed: bool
    closed: bool = False


class Edge(NamedTuple):
    """One connection."""

    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None


class Sheet(NamedTuple):
    """The layout of a process, or of a collapsed sub-process: what is drawn on one plane."""

    id: str
    name: str
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]

    def counted(self, counts: Mapping[str, Mapping[str, int]], name: str) -> int:
        """How much of one kind is counted on this sheet."""
        return sum(counts.get(shape.id, {}).get(name, 0) for shape in self.shapes if not shape.closed)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is laid over a diagram: counts by element, the flows taken, the element chosen, and where a click leads.

    `sheet` names the process or sub-process to show; without it the sheet of the chosen element is shown.
    """

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    taken: Collection[str] = ()
    chosen: str = ""
    link: Callable[[str], str] | None = None
    sheet: str = ""
    open: Callable[[str], str] | None = None
    finished: bool = True


def _box(node: etree._Element | None) -> Box | None:
    bounds = node.find(f"{DC}Bounds") if node is not None else None
    if bounds is None:
        return None
    return Box(*(float(bounds.get(name) or 0) for name in ("x", "y", "width", "height")))


def _tag(node: etree._Element) -> str:
    return str(etree.QName(node).localname)


def _event(node: etree._Element) -> str:
    return next((_tag(child).removesuffix("EventDefinition") for child in node if _is_event(child)), "")


def _is_event(child: etree._Element) -> bool:
    return isinstance(child.tag, str) and child.tag.endswith("EventDefinition")


def _marks(node: etree._Element) -> Iterator[str]:
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is not None:
        yield "sequential" if loop.get("isSequential") == "true" else "parallel"
    if _tag(node) == "callActivity":
        yield "plus"
    if _tag(node) == "adHocSubProcess":
        yield "tilde"
    if node.get("isForCompensation") == "true":
        yield "compensation"


def _closed(node: etree._Element, di: etree._Element) -> bool:
    return _tag(node) in _CONTAINERS and di.get("isExpanded") == "false"


def _shape(node: etree._Element, di: etree._Element, box: Box) -> Shape:
    dashed = node.get("cancelActivity") == "false" or node.get("isInterrupting") == "false"
    dashed = dashed or node.get("triggeredByEvent") == "true"
    name = node.get("name") or node.findtext(f"{BPMN}text") or ""
    return Shape(
        str(node.get("id")),
        _tag(node),
        name,
        box,
        _box(di.find(f"{BPMNDI}BPMNLabel")),
        _event(node),
        (*_marks(node), *(["plus"] if _closed(node, di) else [])),
        dashed,
        _closed(node, di),
    )


@lru_cache(maxsize=64)
def read(source: bytes) -> tuple[Sheet, ...]:
    """Returns the sheets of a BPMN file that show something, the process's first."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(source, parser)
    nodes = {str(node.get("id")): node for node in root.iter(f"{BPMN}*") if node.get("id")}
    planes = [_sheet(plane, nodes) for plane in root.iter(f"{BPMNDI}BPMNPlane")]
    return tuple(sheet for sheet in planes if sheet.shapes)


def _sheet(plane: etree._Element, nodes: Mapping[str, etree._Element]) -> Sheet:
    shapes, edges = [], []
    for di in plane.iter(f"{BPMNDI}BPMNShape"):
        node, box = nodes.get(str(di.get("bpmnElement"))), _box(di)
        if node is not None and box is not None:
            shapes.append(_shape(node, di, box))
    for di in plane.iter(f"{BPMNDI}BPMNEdge"):
        node = nodes.get(str(di.get("bpmnElement")))
        points = tuple((float(p.get("x") or 0), float(p.get("y") or 0)) for p in di.iter(f"{DI}waypoint"))
        if node is not None and len(points) > 1:
            label = _box(di.find(f"{BPMNDI}BPMNLabel"))
            edges.append(Edge(str(node.get("id")), _tag(node), node.get("name") or "", points, label))
    shapes.sort(key=lambda shape: -shape.box.width * shape.box.height)
    owner = nodes.get(str(plane.get("bpmnElement")))
    ident = str(plane.get("bpmnElement"))
    return Sheet(ident, ident if owner is None else owner.get("name") or ident, tuple(shapes), tuple(edges))


def draw(source: bytes, overlay: Overlay, title: str) -> Markup:
    """Returns an `<svg>` of one sheet, before it links to the others; a note when the file has no layout."""
    sheets = read(source)
    if not sheets:
        return Markup('<p class="hint">This model has no diagram.</p>')
    sheet = _chosen(sheets, overlay)
    xs, ys = _extent(sheet)
    view = f"{min(xs) - _MARGIN:g} {min(ys) - _MARGIN:g} {max(xs) - min(xs) + 2 * _MARGIN:g} {max(ys) - min(ys) + 2 * _MARGIN:g}"
    big = [shape for shape in sheet.shapes if _form(shape) == "box"]
    small = [shape for shape in sheet.shapes if _form(shape) != "box"]
    parts = [_drawn(shape, overlay) for shape in big]
    parts += [_edge(edge, overlay) for edge in sheet.edges]
    parts += [_drawn(shape, overlay) for shape in small]
    parts += [_badges(shape, overlay) for shape in sheet.shapes]
    label = title if sheet is sheets[0] else f"{title}: {sheet.name}"
    return _links(sheets, sheet, overlay) + Markup(
        '<svg class="diagram" xmlns="http://www.w3.org/2000/svg" viewBox="{}" style="--width:{:g}px" role="group" '
        'aria-label="{}">{}{}</svg>'
    ).format(view, max(xs) - min(xs) + 2 * _MARGIN, label, icons.ARROWS, Markup("").join(parts))


def _chosen(sheets: tuple[Sheet, ...], overlay: Overlay) -> Sheet:
    """The sheet asked for, else the one that shows the chosen element, else the process's."""
    asked = [sheet for sheet in sheets if sheet.id == overlay.sheet]
    holding = [sheet for sheet in sheets if any(shape.id == overlay.chosen for shape in sheet.shapes)]
    return (asked or holding or list(sheets))[0]


def _links(sheets: tuple[Sheet, ...], shown: Sheet, overlay: Overlay) -> Markup:
    """Links to all sheets, each with the tokens and incidents on it; nothing when there is one."""
    if len(sheets) < 2 or overlay.open is None:
        return Markup("")
    links = []
    for sheet in sheets:
        current = Markup(' aria-current="page"') if sheet is shown else Markup("")
        counts = [(name, status, sheet.counted(overlay.counts, name)) for name, status in _BADGES[:2]]
        badges = Markup("").join(Markup(' <b class="{}">{}</b>').format(s, n) for _, s, n in counts if n)
        links.append(
            Markup('<a href="{}"{} data-keep>{}{}</a>').format(overlay.open(sheet.id), current, sheet.name, badges)
        )
    return Markup('<nav class="sheets" aria-label="Sheets of the diagram">{}</nav>').format(Markup("").join(links))


_CONTAINERS = ("participant", "lane", "subProcess", "adHocSubProcess", "transaction", "group")


def _extent(drawing: Sheet) -> tuple[list[float], list[float]]:
    boxes = [box for shape in drawing.shapes for box in (shape.box, shape.label) if box]
    points = [point for edge in drawing.edges for point in edge.points]
    xs = [x for box in boxes for x in (box.x, box.x + box.width)] + [x for x, _ in points]
    ys = [y for box in boxes for y in (box.y, box.y + box.height)] + [y for _, y in points]
    return xs, ys


def _edge(edge: Edge, overlay: Overlay) -> Markup:
    taken = edge.id in overlay.taken
    points = " ".join(f"{x:g},{y:g}" for x, y in edge.points)
    kind = "taken" if taken else "plain" if edge.kind == "sequenceFlow" else "loose"
    marker = "" if edge.kind in ("association", "dataInputAssociation") else f"url(#arrow-{kind})"
    line = Markup('<polyline class="flow {}" points="{}" marker-end="{}"/>').format(kind, points, marker)
    return line + (_edge_label(edge) if edge.name else Markup(""))


def _edge_label(edge: Edge) -> Markup:
    if edge.label is not None:
        return _text(edge.name, edge.label.centre[0], edge.label.y + 10, 16)
    middle = len(edge.points) // 2
    (x1, y1), (x2, y2) = edge.points[middle - 1], edge.points[middle]
    return _text(edge.name, (x1 + x2) / 2, (y1 + y2) / 2 - 6, 16)


def _status(shape: Shape, overlay: Overlay) -> str:
    counts = overlay.counts.get(shape.id, {})
    return next((status for name, status in _BADGES if counts.get(name)), "")


def _drawn(shape: Shape, overlay: Overlay) -> Markup:
    classes = " ".join(
        word for word in (_form(shape), _status(shape, overlay), "chosen" if shape.id == overlay.chosen else "") if word
    )
    inner = _outline(shape) + icons.icon(shape.kind, shape.event, shape.box) + _marks_drawn(shape) + _name(shape)
    title = Markup("<title>{}</title>").format(f"{shape.name or shape.id} ({shape.kind} {shape.id})")
    body = Markup('<g class="el {}">{}{}</g>').format(classes, title, inner)
    link = overlay.open if shape.closed and overlay.open is not None else overlay.link
    if link is None or shape.kind in ("participant", "lane", "textAnnotation"):
        return body
    return Markup('<a href="{}" aria-label="{}" data-keep>{}</a>').format(link(shape.id), shape.name or shape.id, body)


def _form(shape: Shape) -> str:
    if shape.kind.endswith("Event"):
        return "event"
    if shape.kind.endswith("Gateway"):
        return "gateway"
    is_open = shape.kind in _CONTAINERS and not shape.closed
    return "box" if is_open else "note" if shape.kind == "textAnnotation" else "task"


def _outline(shape: Shape) -> Markup:
    box, (x, y) = shape.box, shape.box.centre
    dash = Markup(' stroke-dasharray="5 4"') if shape.dashed else Markup("")
    if shape.kind.endswith("Event"):
        radius = box.width / 2
        thick = "thick" if shape.kind == "endEvent" else ""
        ring = Markup('<circle class="outline {}" cx="{:g}" cy="{:g}" r="{:g}"{}/>').format(thick, x, y, radius, dash)
        inner = Markup('<circle class="ring" cx="{:g}" cy="{:g}" r="{:g}"{}/>').format(x, y, radius - 3, dash)
        return ring + (inner if shape.kind.startswith(("intermediate", "boundary")) else Markup(""))
    if shape.kind.endswith("Gateway"):
        points = f"{x:g},{box.y:g} {box.x + box.width:g},{y:g} {x:g},{box.y + box.height:g} {box.x:g},{y:g}"
        return Markup('<polygon class="outline" points="{}"/>').format(points)
    if shape.kind == "textAnnotation":
        return Markup('<path class="outline" d="M{0:g} {1:g}h-10v{2:g}h10"/>').format(box.x + 10, box.y, box.height)
    thick = "thick" if shape.kind == "callActivity" else ""
    return Markup('<rect class="outline {}" x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="{}"{}/>').format(
        thick, box.x, box.y, box.width, box.height, 0 if shape.kind in ("participant", "lane") else 8, dash
    )


def _marks_drawn(shape: Shape) -> Markup:
    x = shape.box.centre[0] - 8 * len(shape.marks)
    bottom = shape.box.y + shape.box.height - 16
    return Markup("").join(icons.mark(name, x + 16 * at, bottom) for at, name in enumerate(shape.marks))


def _name(shape: Shape) -> Markup:
    box, (x, y) = shape.box, shape.box.centre
    if not shape.name:
        return Markup("")
    if shape.kind in ("participant", "lane"):
        turned = Markup('<text transform="rotate(-90 {0:g} {1:g})" x="{0:g}" y="{1:g}" text-anchor="middle">{2}</text>')
        return turned.format(box.x + 18, y, shape.name)
    if _form(shape) == "box":
        return _text(shape.name, x, box.y + 18, int(box.width / 6))
    if _form(shape) in ("event", "gateway"):
        label = shape.label
        return _text(shape.name, label.centre[0] if label else x, (label.y if label else box.y + box.height) + 11, 17)
    lines = len(list(_wrapped(shape.name, int(box.width / 6.2))))
    return _text(shape.name, x, y - 6.5 * (lines - 1) + 4, int(box.width / 6.2))


def _text(text: str, x: float, y: float, width: int) -> Markup:
    spans = Markup("").join(
        Markup('<tspan x="{:g}" dy="{}">{}</tspan>').format(x, 13 if at else 0, line)
        for at, line in enumerate(_wrapped(text, max(8, width)))
    )
    return Markup('<text x="{:g}" y="{:g}" text-anchor="middle">{}</text>').format(x, y, spans)


def _wrapped(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _badges(shape: Shape, overlay: Overlay) -> Markup:
    """The counts at a shape's corners: incidents and tokens above, ended ones below."""
    counts = overlay.counts.get(shape.id, {})
    box = shape.box
    right, left = box.x + box.width, box.x
    places = {
        "incidents": (right, box.y),
        "active": (left, box.y),
        "completed": (left, box.y + box.height),
        "canceled": (right, box.y + box.height),
    }
    drawn = []
    for name, status in _BADGES:
        count = counts.get(name, 0)
        if count and (overlay.finished or status in ("incident", "token")):
            x, y = places[name]
            drawn.append(_badge(status, count, x, y))
    return Markup("").join(drawn)


def _badge(status: str, count: int, x: float, y: float) -> Markup:
    text = str(escape(count))
    width = max(18, 8 + 7 * len(text))
    return Markup(
        '<g class="badge {}"><rect x="{:g}" y="{:g}" width="{}" height="18" rx="9"/>'
        '<text x="{:g}" y="{:g}" text-anchor="middle">{}</text></g>'
    ).format(status, x - width / 2, y - 9, width, x, y + 4, text)
