"""Which parts there are: what a `waits-for` names is looked up here, so that a mark does not outlive its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from lxml import etree

from adapters.kafka.topics import TOPICS
from workers.api.app import make_app
from workers.bootstrap import INTAKES, build
from workers.settings import Settings
from workers.workshop.scenarios.format import WaitsFor

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


class Parts:
    """The parts of a repository, found when somebody asks."""

    def __init__(self, models: Path) -> None:
        self._models = models

    def missing(self, waits: WaitsFor) -> list[str]:
        """Parts waited for that are not there, as `process GoExecutionCheck`."""
        return [f"{kind} {name}" for kind, name in waits.named if name not in self._known(kind)]

    def _known(self, kind: str) -> frozenset[str]:
        return FOUND[kind](self)

    @cached_property
    def bpmn(self) -> list[etree._Element]:
        """The processes' files, parsed."""
        return [etree.parse(path).getroot() for path in sorted((self._models / "bpmn").glob("*.bpmn"))]

    @cached_property
    def elements(self) -> frozenset[str]:
        """`Process.Element` of all elements."""
        return frozenset(self._elements())

    def _elements(self) -> Iterator[str]:
        for root in self.bpmn:
            for process in root.iter(f"{BPMN}process"):
                yield from (f"{process.get('id')}.{node.get('id')}" for node in process.iter() if node.get("id"))

    @cached_property
    def forms(self) -> frozenset[str]:
        """Ids of forms: a form lives in the file of its name."""
        return frozenset(path.stem for path in (self._models / "forms").glob("*.form"))

    @cached_property
    def decisions(self) -> frozenset[str]:
        """Ids of decisions."""
        roots = [etree.parse(path).getroot() for path in (self._models / "dmn").glob("*.dmn")]
        return frozenset(node.get("id") for root in roots for node in root.iter(f"{DMN}decision"))

    @cached_property
    def routes(self) -> frozenset[str]:
        """Paths of our API."""
        with build(Settings()) as platform:
            return frozenset(str(getattr(route, "path", "")) for route in make_app(platform).routes)

    @cached_property
    def tasks(self) -> frozenset[str]:
        """Task types somebody serves."""
        with build(Settings()) as platform:
            return frozenset(platform.registry)


def _ids(parts: Parts, tag: str) -> frozenset[str]:
    return frozenset(node.get("id") for root in parts.bpmn for node in root.iter(f"{BPMN}{tag}"))


def _names(parts: Parts, tag: str) -> frozenset[str]:
    return frozenset(str(node.get("name")) for root in parts.bpmn for node in root.iter(f"{BPMN}{tag}"))


def _headers(parts: Parts, key: str) -> frozenset[str]:
    """Values of a task header over all models."""
    nodes = (node for root in parts.bpmn for node in root.iter(f"{ZEEBE}header"))
    return frozenset(str(node.get("value")) for node in nodes if node.get("key") == key)


FOUND: Mapping[str, Callable[[Parts], frozenset[str]]] = {
    "processes": lambda parts: _ids(parts, "process"),
    "tasks": lambda parts: parts.tasks,
    "forms": lambda parts: parts.forms,
    "decisions": lambda parts: parts.decisions,
    "topics": lambda parts: frozenset(TOPICS),
    "messages": lambda parts: _names(parts, "message"),
    "elements": lambda parts: parts.elements,
    "routes": lambda parts: parts.routes,
    "published": lambda parts: _headers(parts, "event"),
    "templates": lambda parts: _headers(parts, "template"),
    "systems": lambda parts: frozenset(INTAKES),
}
