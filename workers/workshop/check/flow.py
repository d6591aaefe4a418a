"""Which variables are set, on every way, before each element: a fix-point over the flows of all processes together.

Boundary events begin with what their host began with; sub-processes see what is outside and hand back what they set;
event sub-processes may begin at any time, so only what the scope's start sets is sure; a called process begins with what
its callers hand over and ends with what all its ends have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from workers.workshop.bpmn import BPMN, NODES, SUB_PROCESSES, Element, kind
from workers.workshop.check import beginnings, effects
from workers.workshop.check.effects import Notes
from workers.workshop.check.order import in_order
from workers.workshop.check.project import Project
from workers.workshop.check.shapes import Origin, Shape
from workers.workshop.check.states import State, alternatives, meet
from workers.workshop.model import Model, event_definition

ROUNDS = 40
"""A model that has not come to rest after so many rounds is taken as it is then."""

NOT_BY_FLOW = SUB_PROCESSES | {"callActivity", "boundaryEvent", "startEvent"}
"""What depends on more than the flows that lead to it."""

Place = tuple[str, str]
"""A process file's first process and an element."""


class DataFlow:
    """The states before and after every element of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.before: dict[Place, State | None] = {}
        self.after: dict[Place, State | None] = {}
        self.handed: dict[str, dict[Place, State]] = {}
        """By called process what each call activity hands over."""
        self.read: set[Origin] = set()
        self.names_read: dict[str, set[str]] = {}
        """By process the variables that something in it looks at."""
        self._changed: set[Place] = set()
        self._fresh: set[Place] = set()
        """What changed in this round so far, and in the one before."""
        self._anything: dict[Place, dict[str, Shape]] = {}
        """What is set anywhere in a scope, worked out once a round."""
        self.notes: Callable[[Model, Element], Notes] | None = None

    def looked_up(self, process: str, names: Iterable[str]) -> None:
        """Notes that something in a process reads variables."""
        self.names_read.setdefault(process, set()).update(names)

    def run(self) -> DataFlow:
        """Goes round until nothing changes."""
        orders = [(model, in_order(model)) for model in self.project.models]
        for _ in range(ROUNDS):
            self._anything.clear()
            before, self._changed = self._changed, set()
            self._fresh = before
            for model, nodes in orders:
                for node in nodes:
                    self._visit(model, node)
            if not self._changed:
                break
        return self

    def report(self, notes: Callable[[Model, Element], Notes]) -> None:
        """Goes over every element once more and says what is wrong there."""
        self.notes = notes
        for model in self.project.models:
            for node in model.nodes:
                state = self.before.get((model.process_id, node.get("id")))
                if state is not None:
                    effects.apply(self, model, node, state, notes(model, node))
        self.notes = None

    # -- one element --------------------------------------------------------------------------------------------------------

    def _visit(self, model: Model, node: Element) -> None:
        place = (model.process_id, node.get("id"))
        if self._is_settled(model, node, place):
            return
        before = beginnings.before(self, model, node)
        if before is None or (before == self.before.get(place) and kind(node) not in NOT_BY_FLOW):
            return
        self.before[place] = before
        after = effects.apply(self, model, node, before, Notes())
        if after != self.after.get(place):
            self.after[place] = after
            self._changed.add(place)

    def _is_settled(self, model: Model, node: Element, place: Place) -> bool:
        """Whether nothing has changed on the flows that lead to an element, which depends on nothing else."""
        flows = model.incoming.get(node.get("id"), [])
        if not flows or kind(node) in NOT_BY_FLOW or self.before.get(place) is None:
            return False
        sources = {(model.process_id, flow.get("sourceRef")) for flow in flows}
        return not sources & (self._fresh | self._changed)

    # -- scopes -------------------------------------------------------------------------------------------------------------

    def inside(self, model: Model, scope: Element) -> State | None:
        """What the first elements of a sub-process see: what is outside, and its own input mappings."""
        before = self.before.get((model.process_id, scope.get("id")))
        return None if before is None else effects.with_inputs(self, model, scope, replace(before, cases=()), Notes())

    def ends(self, model: Model, scope: Element) -> State | None:
        """What is known when a scope has come to its end: where all its ends meet."""
        mainly = _mainly(model, scope)
        nodes = [n for n in scope if n.get("id") in mainly]
        ends = [n for n in nodes if not model.outgoing.get(n.get("id")) and not n.get("isForCompensation")]
        good = [n for n in ends if event_definition(n) != "errorEventDefinition" and kind(n) != "boundaryEvent"]
        return alternatives([self.after.get((model.process_id, n.get("id"))) for n in good])

    def outside(self, model: Model, scope: Element) -> State | None:
        """What an event sub-process of a scope sees: sure is what the scope's start has set."""
        starts = [n for n in scope if kind(n) == "startEvent"]
        begun = meet([self.after.get((model.process_id, n.get("id"))) for n in starts])
        return None if begun is None else begun.maybe(self.anything_in(model, scope))

    def anything_in(self, model: Model, scope: Element) -> dict[str, Shape]:
        """Every variable that is set somewhere in a scope, with everything it may be."""
        place = (model.process_id, scope.get("id"))
        if place not in self._anything:
            self._anything[place] = self._gathered(model, scope)
        return self._anything[place]

    def _gathered(self, model: Model, scope: Element) -> dict[str, Shape]:
        nodes = [n for n in scope.iter(f"{BPMN}*") if kind(n) in NODES and n is not scope]
        states = [self.after.get((model.process_id, n.get("id"))) for n in nodes]
        found = meet(states)
        return {} if found is None else dict(found.names)


def _mainly(model: Model, scope: Element) -> set[str]:
    """Ids in a scope without what only runs beside it: ways from a boundary event that does not interrupt."""
    nodes = [n for n in scope if kind(n) in NODES and not n.get("triggeredByEvent")]
    waiting = [n for n in nodes if not model.incoming.get(n.get("id")) and kind(n) != "boundaryEvent"]
    found: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node.get("id") in found:
            continue
        found.add(node.get("id"))
        targets = (model.by_id.get(flow.get("targetRef")) for flow in model.outgoing.get(node.get("id"), []))
        waiting += [target for target in targets if target is not None]  # a flow into nothing is told elsewhere
        waiting += [n for n in nodes if n.get("attachedToRef") == node.get("id") and n.get("cancelActivity") != "false"]
    return found
