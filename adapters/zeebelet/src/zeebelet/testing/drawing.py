"""A BPMN diagram as SVG from its own layout, with the passed elements and flows coloured."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
PASSED, OPEN = ("#2e7d32", "#e8f5e9"), ("#9e9e9e", "#fafafa")
MARGIN = 20


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


def draw(source: bytes, passed: Collection[str]) -> str:
    """An `<svg>` of the diagram in a BPMN file; a note when the file has no layout."""
    root = etree.fromstring(source)
    nodes = {e.get("id"): e for e in root.iter(f"{BPMN}*") if e.get("id")}
    shapes = [(nodes.get(s.get("bpmnElement")), _box(s)) for s in root.iter(f"{BPMNDI}BPMNShape")]
    edges = [(e.get("bpmnElement"), _points(e)) for e in root.iter(f"{BPMNDI}BPMNEdge")]
    boxes = [box for _, box in shapes]
    if not boxes:
        return "<p>This model has no diagram.</p>"
    left, top = min(b.x for b in boxes) - MARGIN, min(b.y for b in boxes) - MARGIN
    width = max(b.x + b.width for b in boxes) + MARGIN - left
    height = max(b.y + b.height for b in boxes) + MARGIN * 2 - top
    drawn = [_edge(points, ident in passed) for ident, points in edges]
    drawn += [_shape(node, box, node.get("id") in passed) for node, box in _big_first(shapes) if node is not None]
    view = f"{left:g} {top:g} {width:g} {height:g}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" font-size="11">{ARROWS}{"".join(drawn)}</svg>'


ARROWS = "".join(
    f'<marker id="arrow-{colour[1:]}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    f'<path d="M0 0 10 5 0 10z" fill="{colour}"/></marker>'
    for colour, _ in (PASSED, OPEN)
)


def _box(shape: etree._Element) -> Box:
    bounds = shape.find(f"{DC}Bounds")
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _points(edge: etree._Element) -> list[tuple[float, float]]:
    return [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{DI}waypoint")]


def _big_first(shapes: list[tuple[etree._Element, Box]]) -> Iterator[tuple[etree._Element, Box]]:
    yield from sorted(shapes, key=lambda shape: -shape[1].width * shape[1].height)


def _edge(points: list[tuple[float, float]], is_passed: bool) -> str:
    stroke, _ = PASSED if is_passed else OPEN
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    width = 2.5 if is_passed else 1.2
    style = f'fill="none" stroke="{stroke}" stroke-width="{width}" marker-end="url(#arrow-{stroke[1:]})"'
    return f'<polyline points="{line}" {style}/>'


def _circle(box: Box, style: str) -> str:
    x, y = box.centre
    return f'<circle cx="{x:g}" cy="{y:g}" r="{box.width / 2:g}" {style}/>'


def _diamond(box: Box, style: str) -> str:
    x, y = box.centre
    points = f"{x:g},{box.y:g} {box.x + box.width:g},{y:g} {x:g},{box.y + box.height:g} {box.x:g},{y:g}"
    return f'<polygon points="{points}" {style}/>'


def _rectangle(box: Box, style: str) -> str:
    return f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="8" {style}/>'


OUTLINES: tuple[tuple[str, Callable[[Box, str], str]], ...] = (
    ("Event", _circle),
    ("Gateway", _diamond),
    ("", _rectangle),
)


def _shape(node: etree._Element, box: Box, is_passed: bool) -> str:
    tag = etree.QName(node).localname
    stroke, fill = PASSED if is_passed else OPEN
    outline = next(draw_it for ending, draw_it in OUTLINES if tag.endswith(ending))
    style = f'stroke="{stroke}" fill="{"none" if tag.endswith("ubProcess") else fill}" stroke-width="{2.5 if is_passed else 1.2}"'
    name = node.get("name") or ""
    title = f"<title>{html.escape(node.get('id'))}</title>"
    return f"<g>{title}{outline(box, style)}{_label(name, box, inside=outline is _rectangle, top=tag.endswith('ubProcess'))}</g>"


def _label(name: str, box: Box, *, inside: bool, top: bool) -> str:
    lines = list(_wrapped(name, max(10, int(box.width / 6)) if inside else 14))
    x, middle = box.centre
    first = box.y + 15 if top else middle - 6 * len(lines) + 10 if inside else box.y + box.height + 12
    spans = "".join(
        f'<tspan x="{x:g}" dy="{0 if i == 0 else 12}">{html.escape(t)}</tspan>' for i, t in enumerate(lines)
    )
    return f'<text x="{x:g}" y="{first:g}" text-anchor="middle" fill="#333">{spans}</text>' if name else ""


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
