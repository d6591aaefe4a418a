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
    diagram = eye.Diagram(path)
    assert set(diagram.waypoints) == set(diagram.ends)
    for edge, ends in diagram.ends.items():
        for (x, y), name in zip((diagram.waypoints[edge][0], diagram.waypoints[edge][-1]), ends, strict=True):
            box = diagram.shapes[name]
            assert box.shrunk(-1.5).overlaps(eye.Box(x, y, 0.01, 0.01)), f"{edge} does not reach {name}"
    return {flaw: found for flaw in FLAWS if (found := getattr(diagram, flaw)())}


def without(source: bytes, *names: str) -> bytes:
    """The file without the drawing of some elements; of all if none is named."""
    root = etree.fromstring(source)
    if not names:
        diagram = root.find(f"{DI}BPMNDiagram")
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


def test_a_sheet_with_too_many_elements_is_named() -> None:
    """A diagram nobody can read is a warning, with what to do."""
    big = next(p for p in MODELS if p.stem == "service-order-journey")
    assert "call a process of its own" in lay_out(big.read_bytes()).warnings[0]
