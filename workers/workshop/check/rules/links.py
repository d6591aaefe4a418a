"""What models refer to: messages, called processes, decisions, forms, groups."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.workshop.bpmn import BPMN, Element, kind
from workers.workshop.check.findings import Finding, did_you_mean
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import WARNING, at
from workers.workshop.model import Model, event_definition, extension, headers, mappings, task_type

GROUPS = re.compile(r'^=\["([\w-]+?)-" ?\+ ?countryCode\]$')
TENANCY = ("serviceOrderId", "countryCode", "buCode")
BINDING = "Zeebe looks it up in the same deployment; `fsm deploy` puts all files there together"


def check(project: Project) -> Iterator[Finding]:
    """All rules of this page for all models."""
    awaited: set[str] = set()
    for model in project.models:
        yield from _messages(project, model, awaited)
        for node in model.nodes:
            yield from RULES.get(kind(node), _nothing)(project, model, node)
    yield from _forgotten(project, awaited)


def _nothing(project: Project, model: Model, node: Element) -> Iterator[Finding]:
    yield from ()


# -- messages ------------------------------------------------------------------------------------------------------------


def _messages(project: Project, model: Model, awaited: set[str]) -> Iterator[Finding]:
    used = {m.get("id") for n in model.nodes if (m := model.message(n)) is not None}
    for node in model.nodes:
        message = model.message(node)
        if message is None:
            waits = event_definition(node) == "messageEventDefinition" or kind(node) == "receiveTask"
            if waits and extension(node, "taskDefinition") is None:
                yield at(
                    model, node, "message", "It waits for no message", "Zeebe refuses the file", "Choose a message"
                )
            continue
        awaited.add(message.get("name") or "")
        yield from _waiting(project, model, node, message)
    for message in model.root.findall(f"{BPMN}message"):
        if message.get("id") not in used:
            yield at(model, message, "message", "No element uses this message", "", "Remove it", severity=WARNING)


def _waiting(project: Project, model: Model, node: Element, message: Element) -> Iterator[Finding]:
    name, known = message.get("name") or "", project.tables.messages
    if known is None or name.startswith("=") or kind(node) in ("endEvent", "intermediateThrowEvent"):
        return
    row = known.get(name)
    if row is None:
        yield at(
            model,
            node,
            "message",
            f"It waits for the message '{name}', which nobody sends",
            "The instance would wait for ever",
            f"{did_you_mean(name, known)} A new message needs a row in bpmn/tables/messages.yaml",
        )
        return
    subscription = extension(message, "subscription")
    key = "" if subscription is None else subscription.get("correlationKey") or ""
    starts = kind(node) == "startEvent" and kind(model.scope(node)) == "process"
    if row.key and key.replace(" ", "") != f"={row.key}".replace(" ", "") and not (starts and not key):
        yield at(
            model,
            node,
            "correlation-key",
            f"The message '{name}' is correlated by '{key or 'nothing'}', but its senders use '{row.key}'",
            "It would never arrive",
            f"Set the subscription correlation key of the message to ={row.key}",
        )


def _forgotten(project: Project, awaited: set[str]) -> Iterator[Finding]:
    known = project.tables.messages
    if not project.models or known is None:
        return
    sent = {headers(n).get("message") for m in project.models for n in m.nodes if task_type(n) == "publish-message"}
    for name in sorted(set(known) - awaited):
        yield Finding(
            rule="message",
            file=project.folder / "bpmn/tables/messages.yaml",
            element=name,
            what=f"No model waits for the message '{name}'",
            why="A journey sends it, but it is lost" if name in sent else "Its senders send it for nothing",
            fix="Wait for it in a model, or remove the row",
            severity=WARNING,
        )


def _publishing(project: Project, model: Model, node: Element) -> Iterator[Finding]:
    known, given = project.tables.messages, headers(node)
    if task_type(node) != "publish-message" or known is None or "message" not in given:
        return
    name = given["message"]
    row = known.get(name)
    if row is None:
        yield at(
            model,
            node,
            "message",
            f"It sends the message '{name}', which is in no table",
            "Nobody waits for it",
            f"{did_you_mean(name, known)} A new message needs a row in bpmn/tables/messages.yaml",
        )
        return
    if given.get("key") != row.key:
        yield at(
            model,
            node,
            "correlation-key",
            f"It sends '{name}' with the key '{given.get('key')}', but those who wait use '{row.key}'",
            "It would never arrive",
            f"Set the header key to {row.key}",
        )
    copied = set(filter(None, (each.strip() for each in given.get("variables", "").split(","))))
    if copied != set(row.sets):
        mine, wanted = (", ".join(sorted(names)) or "nothing" for names in (copied, row.sets))
        yield at(
            model,
            node,
            "message",
            f"It sends '{name}' with {mine}; documented is {wanted}",
            "Who waits reads something that is not there",
            f"Set the header variables to {','.join(row.sets)}",
        )


# -- called processes, decisions, forms -----------------------------------------------------------------------------------


def _calls(project: Project, model: Model, node: Element) -> Iterator[Finding]:
    called = extension(node, "calledElement")
    if called is None:
        yield at(model, node, "called-process", "It calls no process", "Zeebe refuses the file", "Choose a process")
        return
    name = called.get("processId") or ""
    if name not in project.processes and not name.startswith("="):
        yield at(
            model,
            node,
            "called-process",
            f"There is no process '{name}'",
            "The instance would stop with an incident",
            did_you_mean(name, project.processes),
        )
    yield from _bound(model, node, called, "the process")
    for attribute, way in (
        ("propagateAllParentVariables", "handed over"),
        ("propagateAllChildVariables", "taken back"),
    ):
        if called.get(attribute) != "false":
            yield at(
                model,
                node,
                "propagation",
                f"All variables are {way}",
                "Then nobody can tell what the other process depends on, and names collide",
                f"Switch '{attribute}' off and map what is needed",
                severity=WARNING,
            )
    handed = {target.split(".")[0] for target, _ in mappings(node, "input")}
    missing = (
        [name for name in TENANCY if name not in handed] if called.get("propagateAllParentVariables") == "false" else []
    )
    if missing and "serviceOrderId" in handed | set(missing) and model.process_id != name:
        yield at(
            model,
            node,
            "tenancy",
            f"It does not hand over {', '.join(missing)}",
            "Workers of the called process cannot tell whose order it is",
            "Map them as inputs",
        )


def _bound(model: Model, node: Element, link: Element, what: str) -> Iterator[Finding]:
    if link.get("bindingType") != "deployment":
        yield at(
            model,
            node,
            "binding",
            f"The link to {what} is bound to '{link.get('bindingType') or 'latest'}'",
            f"A running instance would change when {what} does. With 'deployment' {BINDING.lower()}",
            "Set the binding to deployment",
            severity=WARNING,
        )


def _decides(project: Project, model: Model, node: Element) -> Iterator[Finding]:
    called = extension(node, "calledDecision")
    if called is None:
        return
    name = called.get("decisionId") or ""
    if name not in project.decision_ids and not name.startswith("="):
        yield at(
            model,
            node,
            "decision",
            f"There is no decision '{name}'",
            "The instance would stop with an incident",
            did_you_mean(name, project.decision_ids),
        )
    if not called.get("resultVariable"):
        yield at(model, node, "decision", "The result goes into no variable", "It is lost", "Name a result variable")
    yield from _bound(model, node, called, "the decision")


def _asks(project: Project, model: Model, node: Element) -> Iterator[Finding]:
    if extension(node, "userTask") is None:
        yield at(
            model,
            node,
            "user-task",
            "It is no Camunda user task",
            "Tasklist does not show it",
            "Set its implementation",
        )
    definition = extension(node, "formDefinition")
    name = "" if definition is None else definition.get("formId") or ""
    if not name:
        yield at(model, node, "form", "It has no form", "Nobody could answer it in Tasklist", "Link a form of forms/")
    elif project.form(name) is None:
        yield at(
            model,
            node,
            "form",
            f"There is no form '{name}'",
            "Tasklist would show nothing",
            did_you_mean(name, (form.id for form in project.forms)),
        )
    if definition is not None and name:
        yield from _bound(model, node, definition, "the form")
    yield from _group(project, model, node)
    yield from _given(project, model, node, name)


def _given(project: Project, model: Model, node: Element, form_id: str) -> Iterator[Finding]:
    """What a person enters gets into the process, and nothing else."""
    sources, form = [source for _, source in mappings(node, "output")], project.form(form_id)
    if not sources:
        yield at(
            model,
            node,
            "output-mapping",
            "The task maps no output",
            "Whatever a client sends would get into the process, other variables too",
            "`fsm check --fix` maps the form's variable",
        )
    for variable in sorted(form.variables) if form is not None and sources else ():
        if not any(re.search(rf"\b{re.escape(variable)}\b", source) for source in sources):
            yield at(
                model,
                node,
                "output-mapping",
                f"The task maps no output from '{variable}', which its form fills in",
                "What a person enters is lost",
                f"Map it: source ={variable}, target {variable}",
            )


def _group(project: Project, model: Model, node: Element) -> Iterator[Finding]:
    assignment = extension(node, "assignmentDefinition")
    groups = "" if assignment is None else assignment.get("candidateGroups") or ""
    match = GROUPS.match(groups)
    if match is None:
        yield at(
            model,
            node,
            "group",
            f"Its candidate groups are '{groups}'" if groups else "It has no candidate groups",
            "Tasks are seen by one role of one country",
            '=["ops-" + countryCode], with a role of bpmn/tables/roles.yaml',
        )
    elif project.tables.roles is not None and match[1] not in project.tables.roles:
        yield at(
            model,
            node,
            "group",
            f"There is no role '{match[1]}'",
            "Nobody would see the task",
            did_you_mean(match[1], project.tables.roles),
        )


RULES = {
    "serviceTask": _publishing,
    "sendTask": _publishing,
    "callActivity": _calls,
    "businessRuleTask": _decides,
    "userTask": _asks,
}
