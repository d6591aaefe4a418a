"""The drawings: complete, and laid out as an analyst expects them."""

from __future__ import annotations

import pytest

SLACK = 1.5


READABLE = 45


def test_every_element_is_drawn(diagram):
    """Each node has a shape and each flow an edge on the sheet of its scope, and nothing else is drawn there."""
    assert set(diagram.shapes) == diagram.elements
    assert set(diagram.waypoints) == set(diagram.ends)


def test_a_sheet_is_readable_on_one_screen(diagram):
    """No sheet holds more elements than a reader takes in; a part with a name is collapsed or called."""
    assert len(diagram.elements) <= READABLE


def test_edges_start_and_end_at_their_shapes(diagram):
    """The first and the last point of an edge lie on the border of what it joins."""
    for edge, ends in diagram.ends.items():
        points = diagram.waypoints[edge]
        for (x, y), name in zip((points[0], points[-1]), ends, strict=True):
            box = diagram.shapes[name]
            inside = box.x - SLACK <= x <= box.x + box.w + SLACK and box.y - SLACK <= y <= box.y + box.h + SLACK
            core = box.shrunk(2 * SLACK)
            deep = core.x < x < core.x + core.w and core.y < y < core.y + core.h
            assert inside, f"{edge} at {name}"
            assert not deep, f"{edge} at {name}"


def test_boundary_events_sit_on_the_border(diagram):
    """The middle of a boundary event lies on the border of its activity."""
    for event, host in diagram.attached.items():
        box, at = diagram.shapes[host], diagram.shapes[event]
        x, y = at.x + at.w / 2, at.y + at.h / 2
        on_level = min(abs(y - box.y), abs(y - box.y - box.h)) <= SLACK and box.x <= x <= box.x + box.w
        on_upright = min(abs(x - box.x), abs(x - box.x - box.w)) <= SLACK and box.y <= y <= box.y + box.h
        assert on_level or on_upright, event


def test_children_lie_inside_their_sub_process(diagram, models):
    """An expanded sub-process surrounds everything it holds."""
    for name in diagram.expanded:
        process = next(m for m in models.values() if any(s.get("id") == name for s in m.all("subProcess")))
        holder = next(s for s in process.all("subProcess") if s.get("id") == name)
        children = [c.get("id") for c in holder if c.get("id") in diagram.shapes]
        outside = [c for c in children if not diagram.shapes[name].holds(diagram.shapes[c])]
        assert outside == []


@pytest.mark.parametrize(
    "flaw", ["slanted", "overlapping_shapes", "flows_through_shapes", "covered_labels", "hidden_stretches"]
)
def test_the_drawing_is_clean(diagram, flaw):
    """Right angles only; no shape, label or line lies on another."""
    assert getattr(diagram, flaw)() == []


def test_main_flow_reads_from_left_to_right(diagram):
    """No end of the main path lies left of its start."""
    top = next(e for e in diagram.tree.iter() if e.get("id") == diagram.sheet)
    children = [e for e in top if e.get("id") in diagram.shapes]
    starts = [diagram.shapes[e.get("id")].x for e in children if e.tag.endswith("startEvent")]
    others = [diagram.shapes[e.get("id")].x for e in children if not e.tag.endswith(("startEvent", "subProcess"))]
    assert max(starts) < min(others)
