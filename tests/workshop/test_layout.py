"""Layout: a diagram from scratch, a broken one and a clean one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from workers.workshop.layout import lay_out

ROOT = Path(__file__).parents[2]
MODELS = sorted((ROOT / "bpmn").glob("*.bpmn"))
FLAWS = ("slanted", "overlapping_shapes", "flows_through_shapes", "covered_labels", "hidden_stretches")
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
NS = {"di": DI[1:-1], "dc": "http://www.omg.org/spec/DD/20100524/DC"}


def judged(eye: Any, source: bytes, tmp_path: Path) -> dict[str, list[str]]:
    """What the eye of the models' own tests finds wrong."""
    path = tmp_path / "model.bpmn"
    path.write_bytes(source)
    flaws: dict[str, list[str]] = {}
    for diagram in [eye.Diagram(path, sheet) for sheet in eye.Diagram(path).sheets]:
        assert set(diagram.shapes) == diagram.elements
        assert set(diagram.waypoints) == set(diagram.ends)
        for edge, ends in diagram.ends.items():
            for (x, y), name in zip((diagram.waypoints[edge][0], diagram.waypoints[edge][-1]), ends, strict=True):
                box = diagram.shapes[name]
                assert box.shrunk(-1.5).overlaps(eye.Box(x, y, 0.01, 0.01)), f"{edge} does not reach {name}"
        flaws |= {flaw: found for flaw in FLAWS if (found := getattr(diagram, flaw)())}
    return flaws


def without(source: bytes, *names: str) -> bytes:
    """The file without the drawing of some elements; of all if none is named."""
    root = etree.fromstring(source)
    if not names:
        for diagram in root.findall(f"{DI}BPMNDiagram"):
            root.remove(diagram)
    for drawn in [d for d in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge") if d.get("bpmnElement") in names]:
        drawn.getparent().remove(drawn)
    return etree.tostring(root)


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_model_without_a_diagram_gets_a_clean_one(path: Path, eye: Any, tmp_path: Path) -> None:
    """Each model of the journey, its diagram taken away, is drawn from scratch without a flaw."""
    laid = lay_out(without(path.read_bytes()))
    assert laid.as_a_whole
    assert judged(eye, laid.source, tmp_path) == {}


@pytest.mark.parametrize("seed", range(8))
def test_any_model_of_forty_to_seventy_elements_is_drawn_cleanly(
    seed: int, made: Any, eye: Any, tmp_path: Path
) -> None:
    """Gateways, loops back, boundary events and sub-processes in any order: never a flaw."""
    laid = lay_out(made(seed, 40 + 4 * seed).xml())
    assert judged(eye, laid.source, tmp_path) == {}
    assert lay_out(laid.source).source == laid.source


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_a_clean_diagram_stays_byte_for_byte(path: Path) -> None:
    """What an analyst placed well is not moved."""
    source = path.read_bytes()
    assert lay_out(source).source == source


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_only_what_is_broken_is_drawn_anew(path: Path, eye: Any, tmp_path: Path) -> None:
    """A lost line and a lost shape come back; every other shape keeps its place."""
    source = path.read_bytes()
    flow = re.findall(r'<bpmn:sequenceFlow id="(\w+)"', source.decode())[3]
    end = re.findall(r'<bpmn:endEvent id="(\w+)"', source.decode())[0]
    laid = lay_out(without(source, flow, end))
    assert not laid.as_a_whole
    assert judged(eye, laid.source, tmp_path) == {}
    before, after = shapes(source), shapes(laid.source)
    assert {name for name in before if before[name] != after[name]} <= {end}


def shapes(source: bytes) -> dict[str, tuple[str, ...]]:
    found = etree.fromstring(source).iterfind(".//di:BPMNShape", NS)
    return {s.get("bpmnElement"): tuple(s.find("dc:Bounds", NS).attrib.values()) for s in found}


def test_colours_stay() -> None:
    """What somebody added to a shape, such as its colour, survives."""
    source = MODELS[0].read_bytes().replace(b"<bpmndi:BPMNShape id", b'<bpmndi:BPMNShape fill="#fff" id', 1)
    assert b'fill="#fff"' in lay_out(source, everything=True).source


JOURNEY = next(p for p in MODELS if p.stem == "service-order-journey")


def opened(source: bytes) -> bytes:
    """The file as an analyst would draw it on one sheet: no sub-process is collapsed."""
    root = etree.fromstring(without(source))
    plane = etree.SubElement(etree.SubElement(root, f"{DI}BPMNDiagram"), f"{DI}BPMNPlane", bpmnElement="")
    process = root.find("{http://www.omg.org/spec/BPMN/20100524/MODEL}process")
    plane.set("bpmnElement", process.get("id"))
    return etree.tostring(root)


def test_a_sheet_with_too_many_elements_is_named() -> None:
    """A diagram nobody can read is a warning, with what to do; it stays on one sheet, since its author drew it so."""
    laid = lay_out(opened(JOURNEY.read_bytes()))
    assert "make a part that has a name a sub-process and collapse it" in laid.warnings[0]
    assert laid.source.count(b"<bpmndi:BPMNPlane") == 1


def test_a_full_sheet_is_split_when_everything_is_drawn_anew(eye: Any, tmp_path: Path) -> None:
    """Its sub-processes get sheets of their own, each clean, in the same file, as Camunda Modeler opens them on a click."""
    laid = lay_out(opened(JOURNEY.read_bytes()), everything=True)
    assert judged(eye, laid.source, tmp_path) == {}
    assert laid.warnings == ()
    assert laid.source.count(b"<bpmndi:BPMNPlane") == laid.source.count(b'isExpanded="false"') + 1 > 5
    assert lay_out(laid.source).source == laid.source


def test_a_sub_process_closed_in_modeler_gets_its_sheet(eye: Any, tmp_path: Path) -> None:
    """Closing one leaves its content on the old sheet: it moves, and nothing else on that sheet is drawn anew."""
    open_one = lay_out(opened(JOURNEY.read_bytes())).source
    at = open_one.index(b'bpmnElement="OrderClosing"')
    closed = open_one[:at] + open_one[at:].replace(b'isExpanded="true"', b'isExpanded="false"', 1)
    laid = lay_out(closed)
    assert judged(eye, laid.source, tmp_path) == {}
    assert laid.source.count(b"<bpmndi:BPMNPlane") == 2
    before, after = shapes(open_one), shapes(laid.source)
    moved = {name for name in before if before[name] != after[name]}
    assert "OrderClosing" in moved
    assert {"MainVisit", "OrderCreated", "ValidateOrder"}.isdisjoint(moved)
