"""The layout of BPMN diagrams: complete, right-angled, readable from left to right, without Node.

What is clean in a file stays where an analyst put it; what is missing or broken is drawn anew. A process without a
diagram gets one from scratch: ranks from left to right, side paths below, boundary events on the lower border, expanded
sub-processes around their content, event sub-processes at the bottom, every name at a free place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.workshop.bpmn import BPMN, Element, kind, parse, written
from workers.workshop.layout import di
from workers.workshop.layout.flaws import flaws
from workers.workshop.layout.plan import Plan, planned
from workers.workshop.layout.repair import mended
from workers.workshop.layout.scopes import DRAWN, Scope, read

READABLE = 70
"""More elements than this on one sheet are hard to read."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What became of one file."""

    source: bytes
    redrawn: dict[str, str] = field(default_factory=dict)
    """By id of an element what was wrong with its drawing."""
    as_a_whole: bool = False
    warnings: tuple[str, ...] = ()


def lay_out(source: bytes, *, everything: bool = False) -> Layout:
    """The file with a clean diagram; the same bytes when it was clean already.

    `everything` draws anew what is clean, too. Files with pools or lanes are left as they are, with a warning.
    """
    root = parse(source)
    processes = root.findall(f"{BPMN}process")
    if root.find(f"{BPMN}collaboration") is not None or any(p.find(f"{BPMN}laneSet") is not None for p in processes):
        return Layout(source, warnings=("Pools and lanes are not laid out; move their shapes in Camunda Modeler",))
    if len(processes) != 1:
        return Layout(
            source, warnings=(f"Expected one process in the file to lay it out, but there are {len(processes)}",)
        )
    scope = read(processes[0])
    warnings = _warnings(scope)
    old = di.read(root)
    wrong = flaws(scope, old).all()
    order = drawn_ids(processes[0])
    if not wrong and not everything and set(order) == {*old.boxes, *old.edges}:
        return Layout(source, warnings=warnings)
    plan = None if everything else mended(scope, old)
    di.write(root, plan if plan is not None else planned(scope), order)
    return Layout(written(root), wrong, as_a_whole=plan is None, warnings=warnings)


def found_flaws(root: Element) -> dict[str, str]:
    """By id of an element what is wrong with its drawing; for a file with one process and no pool."""
    return flaws(read(root.find(f"{BPMN}process")), di.read(root)).all()


def drawn_ids(process: Element) -> list[str]:
    """Everything a process draws, in the order of the file."""
    wanted = DRAWN | {"sequenceFlow", "association"}
    return [e.get("id") for e in process.iter(f"{BPMN}*") if kind(e) in wanted]


def _warnings(root: Scope) -> tuple[str, ...]:
    found = []
    for scope in root.all():
        inside = sum(len(s.nodes) for s in scope.all())
        if scope is root and inside > READABLE:
            found.append(
                f"{inside} elements on one sheet are hard to read (more than {READABLE}): "
                "call a process of its own for a part that has a name"
            )
    return tuple(found)


__all__ = ["Layout", "Plan", "found_flaws", "lay_out"]
