"""What models say to people: every element that sends a message names a template that exists and can be filled there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.texts import files, preview
from workers.domain.message_checks import Finding, did_you_mean
from workers.domain.messages import Catalogue, Template
from workers.domain.values import Recipient
from workers.journey.telling import SOURCES
from workers.workshop.bpmn import BPMN, ZEEBE, Element, parse

TASK_TYPE = "send-notification"
DETAILS = "details."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """An element that sends a message: its headers, and the names its input mappings set."""

    file: str
    element: str
    headers: dict[str, str]
    inputs: frozenset[str]

    @property
    def details(self) -> frozenset[str]:
        """The variables of the text that the model sets itself."""
        return frozenset(name.removeprefix(DETAILS) for name in self.inputs if name.startswith(DETAILS))


def check_templates(models: Path, *, known: Collection[str] | None = None) -> list[Finding]:
    """Everything wrong with texts, and with the elements of `bpmn/` that send them; empty when all is well.

    `known`: process variables that are set somewhere (None: whether they are is not looked at).
    """
    findings = preview.check(models)
    catalogue, _ = files.read(models)
    return findings if catalogue is None else [*findings, *check_sendings(catalogue, sendings(models), known=known)]


def sendings(models: Path) -> list[Sending]:
    """Every element of the models that sends a message."""
    return [found for path in sorted((models / "bpmn").glob("*.bpmn")) for found in _of_file(path)]


def check_sendings(catalogue: Catalogue, found: Collection[Sending], *, known: Collection[str] | None) -> list[Finding]:
    """What is wrong with elements that send messages."""
    return [
        Finding(sending.file, sending.element, problem)
        for sending in found
        for problem in _problems(catalogue, sending, known)
    ]


def _of_file(path: Path) -> Iterator[Sending]:
    for task in parse(path.read_bytes()).iter(f"{BPMN}serviceTask"):
        definition = task.find(f"{BPMN}extensionElements/{ZEEBE}taskDefinition")
        if definition is not None and definition.get("type") == TASK_TYPE:
            yield Sending(
                file=f"bpmn/{path.name}",
                element=task.get("id"),
                headers=dict(_pairs(task, "header", "key", "value")),
                inputs=frozenset(target for target, _ in _pairs(task, "input", "target", "source")),
            )


def _pairs(task: Element, tag: str, key: str, value: str) -> Iterator[tuple[str, str]]:
    for entry in task.iter(f"{ZEEBE}{tag}"):
        yield entry.get(key, ""), entry.get(value, "")


def _problems(catalogue: Catalogue, sending: Sending, known: Collection[str] | None) -> Iterator[str]:
    name, to = sending.headers.get("template", ""), sending.headers.get("recipient", "")
    template = catalogue.templates.get(name)
    if template is None:
        hint = did_you_mean(name, catalogue.templates)
        yield f"Expected the header 'template' to name a message, but there is no '{name}'.{hint}"
    elif to not in template.texts:
        yield f"Expected {name} to go to {' or '.join(sorted(template.texts))}, but the header 'recipient' says '{to}'."
    else:
        yield from _variables(catalogue, template, Recipient(to), sending, known)


def _variables(
    catalogue: Catalogue, template: Template, to: Recipient, sending: Sending, known: Collection[str] | None
) -> Iterator[str]:
    for name in sorted(sending.details):
        variable = catalogue.variables.get(name)
        if name not in REFERENCES and name not in template.mentioned(to):
            yield f"Expected details.{name} to be used by {template.name}, but it is not.{did_you_mean(name, template.declared)}"
        elif variable is not None and variable.personal:
            yield f"Expected no personal data in process variables, but details.{name} is: it is read when the message is sent."
    for name in sorted(template.needed(to) - sending.details):
        source = SOURCES.get(name)
        if source is None:
            yield f"Expected an input details.{name}, because {template.name} cannot do without it, but there is none."
        elif (
            known is not None and source.needs and source.needs not in sending.inputs and not set(known) & _leads(name)
        ):
            yield f"Expected {source.needs} to be set, because {template.name} needs {name}, but nothing sets it."


# What a model may hand over to find something by, beside the variables of the text.
REFERENCES = frozenset({"userTaskKey"})
# Variables that more than one reference leads to.
_ALSO = {
    "expiresAt": {"offerId", "wcfId", "agreementId"},
    "total": {"agreementId", "invoiceId"},
    "acceptUrl": {"offerId", "negotiationId"},
}


def _leads(name: str) -> set[str]:
    return _ALSO.get(name, {SOURCES[name].needs})
