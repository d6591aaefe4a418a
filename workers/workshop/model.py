"""A BPMN file as the checks see it: elements by id, the scopes they stand in, what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from workers.workshop.bpmn import BPMN, NODES, SUB_PROCESSES, ZEEBE, Element, kind, parse

REFERENCES = {"messageEventDefinition": "messageRef", "errorEventDefinition": "errorRef"}


class Model:
    """One file. `path` is shown to people; nothing is read from it again."""

    def __init__(self, path: Path, source: bytes) -> None:
        self.path = path
        self.source = source
        self.root = parse(source)
        self.processes: list[Element] = self.root.findall(f"{BPMN}process")
        self.by_id: dict[str, Element] = {e.get("id"): e for e in self.root.iter(f"{BPMN}*") if e.get("id")}

    @property
    def process_id(self) -> str:
        """The id of the first process; empty when there is none."""
        return self.processes[0].get("id") or "" if self.processes else ""

    @cached_property
    def nodes(self) -> list[Element]:
        """Everything a sequence flow can join, in the order of the file."""
        return [e for process in self.processes for e in process.iter(f"{BPMN}*") if kind(e) in NODES]

    @cached_property
    def flows(self) -> list[Element]:
        """The sequence flows."""
        return [e for process in self.processes for e in process.iter(f"{BPMN}sequenceFlow")]

    def all(self, *names: str) -> list[Element]:
        """The nodes of the given BPMN names."""
        return [node for node in self.nodes if kind(node) in names]

    @cached_property
    def outgoing(self) -> dict[str, list[Element]]:
        """The sequence flows that leave an element, by its id."""
        return _grouped(self.flows, "sourceRef")

    @cached_property
    def incoming(self) -> dict[str, list[Element]]:
        """The sequence flows that reach an element, by its id."""
        return _grouped(self.flows, "targetRef")

    @cached_property
    def boundaries(self) -> dict[str, list[Element]]:
        """The boundary events of an activity, by its id."""
        return _grouped(self.all("boundaryEvent"), "attachedToRef")

    def message(self, node: Element) -> Element | None:
        """The message that a node waits for or throws."""
        definition = node.find(f"{BPMN}messageEventDefinition")
        reference = node.get("messageRef") if definition is None else definition.get("messageRef")
        return self.by_id.get(reference or "")

    def error_code(self, node: Element) -> str | None:
        """The code of an error event; empty when it catches every error, None when it is no error event."""
        definition = node.find(f"{BPMN}errorEventDefinition")
        if definition is None:
            return None
        error = self.by_id.get(definition.get("errorRef") or "")
        return "" if error is None else error.get("errorCode") or ""

    def scope(self, node: Element) -> Element:
        """The process or sub-process that an element stands in."""
        parent = node.getparent()
        while parent is not None and kind(parent) not in SUB_PROCESSES and kind(parent) != "process":
            parent = parent.getparent()
        return parent

    def line(self, element: str) -> int:
        """The line of an element in the file."""
        found = self.by_id.get(element)
        return 1 if found is None or found.sourceline is None else int(found.sourceline)


def _grouped(elements: list[Element], attribute: str) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in elements:
        found.setdefault(element.get(attribute) or "", []).append(element)
    return found


def extension(element: Element, name: str) -> Element | None:
    """The first Zeebe extension of that name directly on an element."""
    return element.find(f"{BPMN}extensionElements/{ZEEBE}{name}")


def task_type(task: Element) -> str:
    """The job type of an element; empty when it makes no job."""
    definition = extension(task, "taskDefinition")
    return "" if definition is None else definition.get("type") or ""


def headers(task: Element) -> dict[str, str]:
    """The task headers of an element."""
    found = task.iterfind(f"{BPMN}extensionElements/{ZEEBE}taskHeaders/{ZEEBE}header")
    return {h.get("key") or "": h.get("value") or "" for h in found}


def mappings(element: Element, way: str) -> list[tuple[str, str]]:
    """Input or output mappings (`way`) of an element in their order: target and source."""
    found = element.iterfind(f"{BPMN}extensionElements/{ZEEBE}ioMapping/{ZEEBE}{way}")
    return [(m.get("target") or "", m.get("source") or "") for m in found]


def event_definition(node: Element) -> str:
    """What an event is about, such as `timerEventDefinition`; empty for a plain one."""
    return next((kind(child) for child in node if kind(child).endswith("EventDefinition")), "")


def name_of(element: Element | None) -> str:
    """What a person calls an element."""
    return "" if element is None else " ".join((element.get("name") or "").split())


def owner(element: Element) -> Element:
    """The nearest element around (or itself) that a person can select in Modeler: one with an id."""
    while not (element.get("id") and str(element.tag).startswith(BPMN)) and element.getparent() is not None:
        element = element.getparent()
    if kind(element).endswith("EventDefinition") and element.getparent() is not None:
        return element.getparent()
    return element


def expressions(model: Model) -> Iterator[tuple[Element, Element, str, str]]:
    """Every FEEL text: the selectable element, where it stands, the attribute (or `text`), and the text without `=`."""
    for process in (*model.processes, *model.root.findall(f"{BPMN}message")):
        for element in process.iter():
            if not isinstance(element.tag, str):
                continue
            places = [*element.attrib.items(), ("text", (element.text or "").strip())]
            for place, text in places:
                if text.startswith("=") and kind(element) not in ("documentation", "text"):
                    yield owner(element), element, str(place), text[1:].strip()
