"""How a model is drawn: names, ids, gateways, ways that go on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from workers.workshop.bpmn import BPMN, MODELER, SUB_PROCESSES, TASKS, Element, kind
from workers.workshop.check.findings import Finding, did_you_mean
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import WARNING, at
from workers.workshop.model import Model, event_definition, name_of, owner

MADE_UP = re.compile(
    r"^(Activity|Event|Gateway|Flow|StartEvent|EndEvent|Task|Association|Process|Message|Error|SequenceFlow)_[0-9a-z]{5,8}$"
)
PASCAL = re.compile(r"^[A-Z][A-Za-z0-9]+$")
VERB_AND_NOUN = re.compile(r"^[A-Z][\w'-]*( \S+)+$")
SPLITS = ("exclusiveGateway", "inclusiveGateway")
PLATFORM = "8.9.0"


def check(project: Project) -> Iterator[Finding]:
    """All rules of this page for all models."""
    for model in project.models:
        for rule in (_file, _ids, _references, _names, _gateways, _ways):
            yield from rule(model)


def kebab(name: str) -> str:
    """`ServiceOrderJourney` -> `service-order-journey`."""
    return re.sub(r"(?<!^)(?<![A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _file(model: Model) -> Iterator[Finding]:
    process = model.processes[0]
    if kebab(model.process_id) != model.path.stem:
        yield at(
            model,
            process,
            "file-name",
            f"The file is called '{model.path.name}', its process '{model.process_id}'",
            "Processes are found by the name of their file",
            f"Rename the file to {kebab(model.process_id)}.bpmn, or the process",
            severity=WARNING,
        )
    if process.get("isExecutable") != "true":
        yield at(
            model,
            process,
            "executable",
            "The process is not executable",
            "Camunda does not deploy it",
            "Switch Executable on",
        )
    version = model.root.get(f"{MODELER}executionPlatformVersion") or ""
    if model.root.get(f"{MODELER}executionPlatform") not in (None, "Camunda Cloud"):
        yield at(model, process, "platform", "The model is not one for Camunda 8", "", "Open it as a Camunda 8 diagram")
    elif version and version.split(".")[:2] != PLATFORM.split(".")[:2]:
        yield at(
            model,
            process,
            "platform",
            f"The model is made for Camunda {version}, the platform runs {PLATFORM}",
            "Modeler then checks it by other rules",
            f"Set the execution platform version to {PLATFORM}",
            severity=WARNING,
        )


def _ids(model: Model) -> Iterator[Finding]:
    every = [*model.nodes, *model.flows]
    counted = Counter(e.get("id") for e in model.root.iter(f"{BPMN}*") if e.get("id"))
    for name, count in counted.items():
        if count > 1:
            yield at(
                model, model.by_id[name], "id", f"The id '{name}' is given {count} times", "Zeebe refuses the file", ""
            )
    for element in every:
        name = element.get("id") or ""
        if MADE_UP.match(name):
            yield at(
                model,
                element,
                "made-up-id",
                f"The id '{name}' was made up by Modeler",
                "It is what Operate, logs and tests show",
                "`fsm check --fix` gives it one from its name",
                severity=WARNING,
            )
        elif kind(element) != "sequenceFlow" and not PASCAL.match(name):
            yield at(
                model,
                element,
                "id",
                f"The id '{name}' is not in PascalCase",
                "",
                "Such as CheckOrder",
                severity=WARNING,
            )


REFERENCES = (
    "sourceRef",
    "targetRef",
    "attachedToRef",
    "default",
    "messageRef",
    "errorRef",
    "escalationRef",
    "signalRef",
)


def _references(model: Model) -> Iterator[Finding]:
    """What refers to something by its id finds it in the file."""
    for process in model.processes:
        for element in process.iter(f"{BPMN}*"):
            for name in REFERENCES:
                wanted = element.get(name)
                if wanted is not None and wanted not in model.by_id:
                    yield at(
                        model,
                        owner(element),
                        "reference",
                        f"Its {name} names '{wanted}', which is not in the file",
                        "It catches, waits for or leads to something else, or to nothing",
                        did_you_mean(wanted, model.by_id),
                    )


def _names(model: Model) -> Iterator[Finding]:
    for node in model.nodes:
        silent = event_definition(node) == "compensateEventDefinition" or _joins(model, node)
        if not name_of(node) and not silent:
            yield at(
                model,
                node,
                "name",
                "It has no name",
                "A person reads the diagram by names",
                "Name it",
                severity=WARNING,
            )
        elif kind(node) in TASKS and name_of(node) and not VERB_AND_NOUN.match(name_of(node)):
            yield at(
                model, node, "name", "A task is named verb and noun", "", "Such as 'Check order'", severity=WARNING
            )
    for gateway in model.all(*SPLITS):
        ways = model.outgoing.get(gateway.get("id"), [])
        for flow in ways if len(ways) > 1 else ():
            if not name_of(flow):
                yield at(
                    model,
                    flow,
                    "name",
                    f"A way out of '{name_of(gateway) or gateway.get('id')}' has no name",
                    "A person cannot see which way is which",
                    "Name it with the answer to the gateway's question",
                    severity=WARNING,
                )


def _joins(model: Model, node: Element) -> bool:
    ways = len(model.incoming.get(node.get("id"), [])), len(model.outgoing.get(node.get("id"), []))
    return kind(node).endswith("Gateway") and (kind(node) == "parallelGateway" or (ways[0] > 1 and ways[1] == 1))


def _gateways(model: Model) -> Iterator[Finding]:
    for gateway in model.all("exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "parallelGateway"):
        out = model.outgoing.get(gateway.get("id"), [])
        if min(len(out), len(model.incoming.get(gateway.get("id"), []))) > 1:
            yield at(
                model,
                gateway,
                "gateway",
                "The gateway joins and splits at once",
                "",
                "Draw two gateways",
                severity=WARNING,
            )
        if kind(gateway) in SPLITS and len(out) > 1:
            yield from _default(model, gateway, out)
    for flow in model.flows:
        source = model.by_id.get(flow.get("sourceRef") or "")
        if _condition(flow) and source is not None and kind(source) not in SPLITS:
            yield at(
                model,
                flow,
                "condition",
                f"A condition stands on a way out of '{name_of(source)}', which is no gateway that decides",
                "It is refused or ignored",
                "Put an exclusive gateway between",
            )


def _condition(flow: Element) -> str:
    return (flow.findtext(f"{BPMN}conditionExpression") or "").strip()


def _default(model: Model, gateway: Element, out: list[Element]) -> Iterator[Finding]:
    default = gateway.get("default")
    if default not in {flow.get("id") for flow in out}:
        yield at(
            model,
            gateway,
            "default-flow",
            "The gateway has no default flow",
            "When no condition holds, the instance stops with an incident",
            "Make the usual way the default flow",
        )
    for flow in out:
        name = flow.get("name") or flow.get("id")
        if flow.get("id") == default and _condition(flow):
            yield at(
                model,
                flow,
                "default-flow",
                f"The default flow '{name}' has a condition",
                "It is not asked",
                "Remove it",
            )
        if flow.get("id") != default and not _condition(flow):
            yield at(
                model,
                flow,
                "condition",
                f"The way '{name}' out of '{name_of(gateway)}' has no condition",
                "Zeebe refuses the file",
                "Give it a condition, or make it the default flow",
            )
    asked = Counter(_condition(flow).replace(" ", "") for flow in out if _condition(flow))
    for flow in out:
        if asked.get(_condition(flow).replace(" ", ""), 0) > 1:
            yield at(model, flow, "condition", "Two ways have the same condition", "Only the first is ever taken", "")


def _ways(model: Model) -> Iterator[Finding]:
    """Every element is reached, and every way goes on or ends."""
    for node in model.nodes:
        if node.get("isForCompensation") == "true" or event_definition(node) == "compensateEventDefinition":
            continue
        if node.get("triggeredByEvent") == "true" or kind(model.scope(node)) == "adHocSubProcess":
            continue
        name, what = node.get("id"), kind(node)
        if what not in ("startEvent", "boundaryEvent") and not model.incoming.get(name):
            yield at(
                model, node, "way", "Nothing leads here", "It is never carried out", "Draw a flow to it, or remove it"
            )
        if what != "endEvent" and not model.outgoing.get(name):
            yield at(
                model,
                node,
                "way",
                "The way stops here",
                "The process ends without an end event",
                "Draw it on to an end event",
            )
    for scope in (*model.processes, *(n for n in model.nodes if kind(n) in SUB_PROCESSES - {"adHocSubProcess"})):
        if not any(kind(child) == "startEvent" for child in scope):
            yield at(model, scope, "way", "It has no start event", "Zeebe refuses the file", "Draw one")
