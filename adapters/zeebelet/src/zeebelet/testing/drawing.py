"""A BPMN diagram as SVG from its own layout: as it is, or with the passed elements and flows coloured.

Every element carries `data-element-id`, so a page or a test finds it.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from zeebelet.testing.symbols import EVENTS, GATEWAYS, MARKS, TASKS

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
MARGIN = 20
LINE_HEIGHT = 13


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of an element."""

    stroke: str
    fill: str
    width: float


PLAIN, PASSED, OPEN = Ink("#22242a", "#ffffff", 1.4), Ink("#2e7d32", "#e8f5e9", 2.5), Ink("#9e9e9e", "#fafafa", 1.2)


@dataclass(frozen=True, slots=True)
class Box:
    """Where a shape lies, in the diagram's pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def draw(source: bytes, passed: Collection[str] | None = None) -> str:
    """An `<svg>` of the diagram in a BPMN file, and under a heading one for each collapsed sub-process.

    With `passed`, ids of elements and flows, these are coloured and the others grey. A note when there is no layout.
    """
    drawn = sheets(source, passed)
    if not drawn:
        return "<p>This model has no diagram.</p>"
    names = {e.get("id"): e.get("name") or e.get("id") for e in etree.fromstring(source).iter(f"{BPMN}*")}
    first, *others = drawn.items()
    return first[1] + "".join(f"<h4>{html.escape(names[name])}</h4>{svg}" for name, svg in others)


def sheets(source: bytes, passed: Collection[str] | None = None) -> dict[str, str]:
    """An `<svg>` of every sheet, by the id of its process or collapsed sub-process, in the order of the file."""
    root = etree.fromstring(source)
    nodes = {e.get("id"): e for e in root.iter(f"{BPMN}*") if e.get("id")}
    planes = [p for p in root.iter(f"{BPMNDI}BPMNPlane") if p.get("bpmnElement") in nodes]
    drawn = {plane.get("bpmnElement"): _sheet(plane, nodes, passed) for plane in planes}
    return {name: svg for name, svg in drawn.items() if svg}


def _sheet(plane: Any, nodes: dict[str, Any], passed: Collection[str] | None) -> str:
    shapes = [(nodes[s.get("bpmnElement")], s) for s in plane.iter(f"{BPMNDI}BPMNShape") if _is_there(s, nodes)]
    edges = [(nodes[e.get("bpmnElement")], e) for e in plane.iter(f"{BPMNDI}BPMNEdge") if _is_there(e, nodes)]
    if not shapes:
        return ""
    drawn = [
        _shape(node, box, _label_box(s), _ink(node, passed), s.get("isExpanded") == "false")
        for node, box, s in _big_first(shapes)
    ]
    drawn += [_edge(node, _points(e), _label_box(e), _ink(node, passed)) for node, e in edges]
    style = 'font-family="Arial, Helvetica, sans-serif" font-size="11"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_view(plane)}" {style}>{ARROWS}{"".join(drawn)}</svg>'


def _is_there(drawn: Any, nodes: dict[str, Any]) -> bool:
    return drawn.get("bpmnElement") in nodes


ARROWS = "<defs>{}</defs>".format(
    "".join(
        f'<marker id="arrow-{ink.stroke[1:]}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="{9 / ink.width:g}" '
        f'markerHeight="{9 / ink.width:g}" orient="auto"><path d="M0 1 10 5 0 9z" fill="{ink.stroke}"/></marker>'
        for ink in (PLAIN, PASSED, OPEN)
    )
)


def _ink(node: Any, passed: Collection[str] | None) -> Ink:
    return PLAIN if passed is None else PASSED if node.get("id") in passed else OPEN


def _view(plane: Any) -> str:
    """The view box around all shapes, lines and labels."""
    boxes = [_box(bounds) for bounds in plane.iter(f"{DC}Bounds")]
    points = [(float(p.get("x")), float(p.get("y"))) for p in plane.iter(f"{DI}waypoint")]
    xs = [x for b in boxes for x in (b.x, b.x + b.width)] + [x for x, _ in points]
    ys = [y for b in boxes for y in (b.y, b.y + b.height)] + [y for _, y in points]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    return f"{left:g} {top:g} {max(xs) + MARGIN - left:g} {max(ys) + MARGIN - top:g}"


def _box(bounds: Any) -> Box:
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _label_box(drawn: Any) -> Box | None:
    bounds = drawn.find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
    return None if bounds is None else _box(bounds)


def _points(edge: Any) -> list[tuple[float, float]]:
    return [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{DI}waypoint")]


def _big_first(shapes: list[tuple[Any, Any]]) -> Iterator[tuple[Any, Box, Any]]:
    with_boxes = [(node, _box(shape.find(f"{DC}Bounds")), shape) for node, shape in shapes]
    yield from sorted(with_boxes, key=lambda shape: -shape[1].width * shape[1].height)


# -- lines ---------------------------------------------------------------------------------------------------------------


def _edge(node: Any, points: list[tuple[float, float]], label: Box | None, ink: Ink) -> str:
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    is_flow = node.tag == f"{BPMN}sequenceFlow"
    end = f'marker-end="url(#arrow-{ink.stroke[1:]})"' if is_flow else 'stroke-dasharray="1 4" stroke-linecap="round"'
    style = f'fill="none" stroke="{ink.stroke}" stroke-width="{ink.width}" stroke-linejoin="round" {end}'
    mark = _default_mark(points, ink) if _is_default(node) else ""
    return _group(node, f'<polyline points="{line}" {style}/>{mark}{_text(node.get("name") or "", label)}')


def _is_default(flow: Any) -> bool:
    parent = flow.getparent()
    return parent is not None and any(e.get("default") == flow.get("id") for e in parent)


def _default_mark(points: list[tuple[float, float]], ink: Ink) -> str:
    """The slash across the beginning of a default flow."""
    (ax, ay), (bx, by) = points[:2]
    length = max(abs(bx - ax) + abs(by - ay), 1)
    x, y = ax + 10 * (bx - ax) / length, ay + 10 * (by - ay) / length
    return f'<path d="M{x - 4:g} {y - 4:g} {x + 4:g} {y + 4:g}" stroke="{ink.stroke}" stroke-width="{ink.width}"/>'


# -- shapes --------------------------------------------------------------------------------------------------------------


def _group(node: Any, content: str) -> str:
    name = html.escape(node.get("id"))
    return f'<g data-element-id="{name}"><title>{name}</title>{content}</g>'


def _shape(node: Any, box: Box, label: Box | None, ink: Ink, is_closed: bool) -> str:
    tag = etree.QName(node).localname
    name = node.get("name") or ""
    if tag.endswith("Event"):
        return _group(node, _event(node, tag, box, ink) + _text(name, label or _below(box)))
    if tag.endswith("Gateway"):
        return _group(node, _gateway(tag, box, ink) + _text(name, label or _below(box)))
    if tag == "textAnnotation":
        return _group(node, _annotation(node, box, ink))
    return _group(node, _activity(node, tag, box, ink, is_closed))


def _below(box: Box) -> Box:
    return Box(box.centre[0] - 45, box.y + box.height + 4, 90, LINE_HEIGHT)


def _event(node: Any, tag: str, box: Box, ink: Ink) -> str:
    x, y = box.centre
    radius, wide = box.width / 2, 3.0 if tag == "endEvent" else ink.width
    is_open = node.get("cancelActivity") == "false" or node.get("isInterrupting") == "false"
    dashes = ' stroke-dasharray="5 3"' if is_open else ""
    style = f'stroke="{ink.stroke}"{dashes}'
    drawn = f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{ink.fill}" stroke-width="{wide:g}" {style}/>'
    if tag in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
        drawn += f'<circle cx="{x:g}" cy="{y:g}" r="{radius - 3:g}" fill="none" stroke-width="{ink.width:g}" {style}/>'
    about = next((EVENTS[t] for t in (etree.QName(e).localname for e in node.iter(f"{BPMN}*")) if t in EVENTS), "")
    if tag in ("endEvent", "intermediateThrowEvent"):
        about = about.replace('fill="none"', 'fill="currentColor"')
    return drawn + _sign(about, (x, y), ink)


def _gateway(tag: str, box: Box, ink: Ink) -> str:
    x, y = box.centre
    points = f"{x:g},{box.y:g} {box.x + box.width:g},{y:g} {x:g},{box.y + box.height:g} {box.x:g},{y:g}"
    style = f'fill="{ink.fill}" stroke="{ink.stroke}" stroke-width="{ink.width}"'
    return f'<polygon points="{points}" {style}/>{_sign(GATEWAYS.get(tag, ""), (x, y), ink)}'


def _activity(node: Any, tag: str, box: Box, ink: Ink, is_closed: bool) -> str:
    is_container = not is_closed and (tag.endswith("ubProcess") or tag == "transaction")
    wide = 4.0 if tag == "callActivity" else ink.width
    dashes = ' stroke-dasharray="2 4"' if node.get("triggeredByEvent") == "true" else ""
    fill = "none" if is_container else ink.fill
    x, y = box.centre
    drawn = (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="10" '
        f'fill="{fill}" stroke="{ink.stroke}" stroke-width="{wide:g}"{dashes}/>'
    )
    drawn += _sign(TASKS.get(tag, ""), (box.x + 15, box.y + 15), ink)
    marks = [*_marks(node, tag), *(["closed"] if is_closed else [])]
    for k, mark in enumerate(marks):
        drawn += _sign(MARKS[mark], (x + 18 * (k - (len(marks) - 1) / 2), box.y + box.height - 10), ink)
    room = (
        Box(box.x + 5, box.y + 8, box.width - 10, LINE_HEIGHT) if is_container else Box(box.x + 5, y, box.width - 10, 0)
    )
    return drawn + _text(node.get("name") or "", room, is_bold=is_container)


def _marks(node: Any, tag: str) -> Iterator[str]:
    if node.get("isForCompensation") == "true":
        yield "compensation"
    repeated = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if repeated is not None:
        yield "sequential" if repeated.get("isSequential") == "true" else "parallel"
    if node.find(f"{BPMN}standardLoopCharacteristics") is not None:
        yield "loop"
    if tag == "adHocSubProcess":
        yield "ad hoc"


def _annotation(node: Any, box: Box, ink: Ink) -> str:
    line = f"M{box.x + 12:g} {box.y:g}H{box.x:g}V{box.y + box.height:g}H{box.x + 12:g}"
    return f'<path d="{line}" fill="none" stroke="{ink.stroke}"/>{_text(node.findtext(f"{BPMN}text") or "", box)}'


def _sign(sign: str, at: tuple[float, float], ink: Ink) -> str:
    return f'<g transform="translate({at[0]:g} {at[1]:g})" color="{ink.stroke}">{sign}</g>' if sign else ""


# -- names ---------------------------------------------------------------------------------------------------------------


def _text(name: str, box: Box | None, *, is_bold: bool = False) -> str:
    """A name in the middle of its box, in as many lines as it takes."""
    if box is None or not name:
        return ""
    lines = list(_wrapped(name, max(10, int(max(box.width, 84) / 5.6))))
    x, y = box.centre
    first = y - LINE_HEIGHT * (len(lines) - 1) / 2 + 4
    spans = "".join(
        f'<tspan x="{x:g}" dy="{0 if i == 0 else LINE_HEIGHT}">{html.escape(t)}</tspan>' for i, t in enumerate(lines)
    )
    weight = ' font-weight="bold"' if is_bold else ""
    return f'<text x="{x:g}" y="{first:g}" text-anchor="middle" fill="#22242a"{weight}>{spans}</text>'


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
