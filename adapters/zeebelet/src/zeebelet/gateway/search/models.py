"""What the search side shows of a model: names of elements, and the form of the start event. Read when first asked for."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"


class Model(NamedTuple):
    """The names of one process."""

    name: str
    element_names: dict[str, str]
    start_form_id: str


def _start_form_id(process: ElementTree.Element) -> str:
    for start in process.findall(f"{_BPMN}startEvent"):
        form = start.find(f"{_BPMN}extensionElements/{_ZEEBE}formDefinition")
        if form is not None and form.get("formId"):
            return form.get("formId", "")
    return ""


def read(resource: bytes, process_id: str) -> Model:
    """Returns the names of a process in a BPMN file."""
    root = ElementTree.fromstring(resource)  # noqa: S314 - the engine has parsed and judged this file at deployment
    for process in root.iter(f"{_BPMN}process"):
        if process.get("id") == process_id:
            names = {e.get("id", ""): e.get("name", "") for e in process.iter() if e.get("name") and e.get("id")}
            return Model(process.get("name", ""), names, _start_form_id(process))
    return Model("", {}, "")
