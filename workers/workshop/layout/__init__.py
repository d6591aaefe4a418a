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

READABLE = 45
"""More elements than this on one sheet are hard to read on one screen."""


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

    A sub-process that is collapsed in the file has a sheet of its own, as Camunda Modeler opens it on a click.
    `everything` draws anew what is clean, too, and then collapses the sub-processes of a sheet that would be too full.
    Files with pools or lanes are left as they are, with a warning.
    """
    root = parse(source)
    processes = root.findall(f"{BPMN}process")
    if root.find(f"{BPMN}collaboration") is not None or any(p.find(f"{BPMN}laneSet") is not None for p in processes):
        return Layout(source, warnings=("Pools and lanes are not laid out; move their shapes in Camunda Modeler",))
    if len(processes) != 1:
        return Layout(
            source, warnings=(f"Expected one process in the file to lay it out, but there are {len(processes)}",)
        )
    scope = _read(root, processes[0], everything=everything)
    old = di.read(root)
    wrong = _flaws(scope, old)
    sheets = _sheets(processes[0], scope)
    complete = {name for order in sheets.values() for name in order} == {*old.boxes, *old.edges}
    if not wrong and not everything and complete and di.planes(root) == set(sheets):
        return Layout(source, warnings=_warnings(scope))
    plan, whole = Plan(), False
    for sheet in scope.sheets():
        kept = None if everything else mended(sheet, old.only(set(sheets[sheet.id])))
        whole = whole or kept is None
        plan.add(kept if kept is not None else planned(sheet))
    di.write(root, plan, sheets)
    return Layout(written(root), wrong, as_a_whole=whole, warnings=_warnings(scope))


def found_flaws(root: Element) -> dict[str, str]:
    """By id of an element what is wrong with its drawing; for a file with one process and no pool."""
    return _flaws(read(root.find(f"{BPMN}process"), di.collapsed(root)), di.read(root))


def crowded(root: Element) -> dict[str, int]:
    """How many elements stand on each sheet that is too full, by the id of its process or sub-process."""
    return _crowded(read(root.find(f"{BPMN}process"), di.collapsed(root)))


def _read(root: Element, process: Element, *, everything: bool) -> Scope:
    chosen = di.collapsed(root)
    scope = read(process, chosen)
    if everything or not di.planes(root):
        while full := [s for s in scope.sheets() if s.id in _crowded(scope)]:
            more = {n.id for sheet in full for s in sheet.on_sheet() for n in s.nodes.values() if n.inner}
            if more <= chosen:
                break
            chosen |= more
            scope = read(process, chosen)
    return scope


def _flaws(scope: Scope, plan: Plan) -> dict[str, str]:
    return {name: why for sheet in scope.sheets() for name, why in flaws(sheet, plan).all().items()}


def _sheets(process: Element, scope: Scope) -> dict[str, list[str]]:
    """Everything each sheet draws, in the order of the file."""
    wanted = DRAWN | {"sequenceFlow", "association"}
    sheet_of = {s.id: sheet.id for sheet in scope.sheets() for s in sheet.on_sheet()}
    found: dict[str, list[str]] = {sheet.id: [] for sheet in scope.sheets()}
    for element in process.iter(f"{BPMN}*"):
        if kind(element) in wanted:
            found[sheet_of[element.getparent().get("id")]].append(element.get("id"))
    return found


def _crowded(root: Scope) -> dict[str, int]:
    counts = {sheet.id: sum(len(s.nodes) for s in sheet.on_sheet()) for sheet in root.sheets()}
    return {name: count for name, count in counts.items() if count > READABLE}


def _warnings(root: Scope) -> tuple[str, ...]:
    return tuple(
        f"{count} elements on the sheet of {name} are hard to read (more than {READABLE}): "
        "make a part that has a name a sub-process and collapse it, or call a process of its own"
        for name, count in _crowded(root).items()
    )


__all__ = ["READABLE", "Layout", "Plan", "crowded", "found_flaws", "lay_out"]
