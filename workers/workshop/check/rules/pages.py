"""Forms: fields, what they show, what is chosen, who reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workers.workshop.bpmn import ZEEBE, Element
from workers.workshop.check import effects
from workers.workshop.check.effects import Notes
from workers.workshop.check.environment import Env
from workers.workshop.check.findings import Finding, did_you_mean
from workers.workshop.check.flow import DataFlow
from workers.workshop.check.forms import Form, shown
from workers.workshop.check.inference import Reader
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import WARNING, in_form
from workers.workshop.check.shapes import Shape, context, join, of
from workers.workshop.model import Model, extension, name_of
from zeebelet.feel import FeelError, FeelSyntaxError, compile

SCHEMA_TYPES = frozenset(
    "text html image separator spacer button group iframe table textfield textarea number datetime checkbox checklist radio "
    "select taglist expression filepicker dynamiclist documentPreview default".split()
)
NOTES, DECISION, SHORTEST_NOTE = "resolutionNotes", "decision", 10
PLATFORM = "8.9"
# What the ladder of a human task sets for its form (`describe-task`); the lead's own task has none.
LEADS = "escalation"
SHOWN = context(
    {name: of("string") for name in ("order", "service", "appointment", "due", "link")}
    | {"before": of("string", "null")}
)


def check(project: Project, flow: DataFlow) -> Iterator[Finding]:
    """All rules of this page for all forms."""
    uses = _uses(project)
    for form in project.forms:
        yield from _file(form)
        yield from _fields(form)
        yield from _answers(project, form)
        if form.id not in uses and project.models:
            yield in_form(
                form,
                None,
                "unused-form",
                f"No user task shows the form '{form.id}'",
                "",
                "Link it, or remove it",
                severity=WARNING,
            )
        yield from _shown(flow, form, uses.get(form.id, []))
    if project.models:
        yield from _unread(project, flow, uses)


def _uses(project: Project) -> dict[str, list[tuple[Model, Element]]]:
    found: dict[str, list[tuple[Model, Element]]] = {}
    for model in project.models:
        for node in model.all("userTask"):
            definition = extension(node, "formDefinition")
            if definition is not None:
                found.setdefault(definition.get("formId") or "", []).append((model, node))
    return found


def _file(form: Form) -> Iterator[Finding]:
    if form.id != form.path.stem:
        yield in_form(
            form,
            None,
            "file-name",
            f"The file is called '{form.path.name}', its form '{form.id}'",
            "Forms are found by the name of their file",
            f"Rename the file, or set the id to {form.path.stem}",
        )
    if form.raw.get("executionPlatform") != "Camunda Cloud":
        yield in_form(form, None, "platform", "The form is not one for Camunda 8", "", "Open it as a Camunda 8 form")
    elif not str(form.raw.get("executionPlatformVersion", PLATFORM)).startswith(PLATFORM):
        yield in_form(
            form,
            None,
            "platform",
            f"The form is made for Camunda {form.raw.get('executionPlatformVersion')}, the platform runs {PLATFORM}",
            "",
            "Set its execution platform version",
            severity=WARNING,
        )
    if not isinstance(form.raw.get("schemaVersion"), int):
        yield in_form(
            form, None, "file", "The form names no schema version", "Tasklist may not show it", "Save it in Modeler"
        )
    for name, count in Counter(c.id for c in form.components).items():
        if count > 1:
            yield in_form(
                form,
                None,
                "form-field",
                f"The component id '{name}' is given {count} times",
                "Tasklist refuses the form",
                "",
            )


def _fields(form: Form) -> Iterator[Finding]:
    roots = form.variables
    if len(roots) > 1:
        most = Counter(c.path.split(".")[0] for c in form.fields if not c.list).most_common(1)[0][0]
        for component in form.fields:
            if not component.list and component.path.split(".")[0] != most:
                yield in_form(
                    form,
                    component,
                    "form-field",
                    f"The field '{component.path}' is no part of '{most}'",
                    "A form gives one object; what stands outside is not mapped into the process",
                    f"Call it {most}.{component.path.split('.')[-1]}",
                )
    for key, count in Counter(c.path for c in form.fields).items():
        if count > 1:
            component = next(c for c in form.fields if c.path == key)
            yield in_form(
                form, component, "form-field", f"{count} fields store '{key}'", "The last one wins", "Give each its key"
            )
    for component in form.components:
        if component.type not in SCHEMA_TYPES:
            yield in_form(
                form,
                component,
                "form-field",
                f"Tasklist knows no component of type '{component.type}'",
                "",
                did_you_mean(component.type, SCHEMA_TYPES),
            )
    yield from _asked(form)
    yield from _introduced(form)


def _introduced(form: Form) -> Iterator[Finding]:
    """The first lines say what the task is and which order it is about."""
    texts = [str(c.raw.get("text", "")) for c in form.components if c.type == "text"]
    if not any("{{" in text for text in texts):
        yield in_form(
            form,
            None,
            "form-context",
            "The form shows nothing of what it is about",
            "Who decides must see the order",
            "Add a text such as **Order** {{orderNumber}}",
            severity=WARNING,
        )


def _asked(form: Form) -> Iterator[Finding]:
    """A decision is always made, and its reasons are written down."""
    last = {c.path.split(".")[-1]: c for c in form.fields if not c.list}
    decision, notes = last.get(DECISION), last.get(NOTES)
    if decision is None:
        yield in_form(
            form,
            None,
            "form-decision",
            "The form asks for no decision",
            "",
            "Add radio buttons <variable>.decision",
            severity=WARNING,
        )
    elif decision.type != "radio" or not decision.raw.get("validate", {}).get("required"):
        yield in_form(
            form,
            decision,
            "form-decision",
            "The decision may be left open",
            "The gateway behind the task would take its default way without anybody's will",
            "Make it required radio buttons",
        )
    if notes is None:
        yield in_form(
            form,
            None,
            "form-notes",
            f"The form does not ask why ({NOTES})",
            "",
            "Add a required text area",
            severity=WARNING,
        )
    elif (
        not notes.raw.get("validate", {}).get("required")
        or int(notes.raw["validate"].get("minLength") or 0) < SHORTEST_NOTE
    ):
        yield in_form(
            form,
            notes,
            "form-notes",
            f"The notes may be left empty or shorter than {SHORTEST_NOTE} characters",
            "",
            "Make them required, with a minimum length of 10",
            severity=WARNING,
        )
    for component in form.fields:
        counted = Counter(component.offered)
        for value in component.offered:
            if counted[value] > 1 or not value or value == "None":
                yield in_form(
                    form, component, "form-field", f"The value '{value}' is offered twice or is empty", "", ""
                )
                break


def _answers(project: Project, form: Form) -> Iterator[Finding]:
    """What can be chosen is what is documented."""
    table = project.tables.answers
    if table is None:
        return
    rows = table.get(form.id)
    for component in form.fields:
        if not component.offered:
            continue
        row = None if rows is None else rows.get(component.path)
        if row is None:
            yield in_form(
                form,
                component,
                "answer",
                f"The values of '{component.path}' are not documented",
                "A slip in a value is only seen against a table",
                "`fsm check --fix` writes them to bpmn/tables/answers.yaml; look at them there",
                severity=WARNING,
            )
            continue
        for value in component.offered:
            if value not in row:
                yield in_form(
                    form,
                    component,
                    "answer",
                    f"'{component.path}' offers '{value}', which is not documented",
                    "Conditions and workers wait for the documented values",
                    did_you_mean(value, row),
                )
        for value in row:
            if value not in component.offered:
                yield in_form(
                    form,
                    component,
                    "answer",
                    f"'{component.path}' no longer offers '{value}', which is documented",
                    "The way behind it can never be chosen",
                    "Offer it, or change bpmn/tables/answers.yaml",
                )

    known = {c.path for c in form.fields if c.offered}
    for key in rows or ():
        if key not in known:
            yield in_form(
                form,
                None,
                "answer",
                f"The table knows values of '{key}', which the form does not ask",
                "The form changed, or a key has a slip",
                f"{did_you_mean(key, known)} Remove the row from bpmn/tables/answers.yaml, or correct the key",
                severity=WARNING,
            )


# -- what is shown and what is read ---------------------------------------------------------------------------------------


def _shown(flow: DataFlow, form: Form, uses: list[tuple[Model, Element]]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for component, text in shown(form):
        try:
            tree = compile(text).tree
        except FeelSyntaxError as error:
            yield in_form(form, component, "feel", f"'{text}' cannot be read: {error.reason}", "Nothing is shown", "")
            continue
        except FeelError:
            continue
        for model, node in uses:
            names = _visible(flow, form, model, node)
            if names is None:
                continue
            reader = Reader()
            reader.infer(tree, Env(names))
            flow.looked_up(model.process_id, compile(text).variables)
            flow.read |= {origin for origin in reader.read if origin[0] != form.id}
            for problem in reader.problems:
                if (component.id, problem.what) not in seen:
                    seen.add((component.id, problem.what))
                    where = f"shown at '{name_of(node) or node.get('id')}'"
                    yield in_form(form, component, "form-shows", f"{problem.what} ({where})", problem.why, problem.fix)


def _visible(flow: DataFlow, form: Form, model: Model, node: Element) -> dict[str, Shape] | None:
    """What a form can show: the variables at its task, and what is being entered."""
    before = flow.before.get((model.process_id, node.get("id")))
    if before is None or before.loose:
        return None
    names = dict(effects.with_inputs(flow, model, node, before, Notes()).names)
    if form.id != LEADS:
        names["shown"] = SHOWN
    for name, entered in form.shape().items():
        prefilled = names.get(name)
        names[name] = (
            entered if prefilled is None or not prefilled.is_closed else join(entered, prefilled.without("missing"))
        )
    return names


def _heard(project: Project, nodes: list[tuple[Model, Element]]) -> set[str]:
    """Fields that listeners of these user tasks read."""
    listeners = {one.get("type") for _, node in nodes for one in node.iter(f"{ZEEBE}taskListener")}
    workers = [project.workers[str(kind)] for kind in listeners if kind in project.workers]
    return {
        f"{variable}.{name}"
        for worker in workers
        for variable, field in worker.inputs.items()
        for name in field.shape.entries or {}
    }


def _unread(project: Project, flow: DataFlow, uses: dict[str, list[tuple[Model, Element]]]) -> Iterator[Finding]:
    for form in project.forms:
        if form.id not in uses:
            continue
        heard = _heard(project, uses[form.id])
        for component in form.fields:
            if component.path in heard:
                continue
            if component.path.split(".")[-1] == NOTES:
                continue  # kept in the instance: support reads them in Operate
            inner = {c.path for c in form.fields if c.list == component.path}
            if inner and any((form.id, path) in flow.read for path in inner):
                continue
            if (form.id, component.path) not in flow.read and (form.id, component.list) not in _unread_lists(
                form, flow
            ):
                yield in_form(
                    form,
                    component,
                    "form-field-unread",
                    f"Nobody reads the field '{component.path}'",
                    "No condition, mapping or worker behind the task looks at it: what a person enters is lost",
                    _reader_hint(project, form, uses, component.path),
                    severity=WARNING,
                )


def _unread_lists(form: Form, flow: DataFlow) -> set[tuple[str, str]]:
    """Dynamic lists none of whose fields is read: one finding for the list says it all."""
    lists = {c.list for c in form.fields if c.list}
    return {
        (form.id, name)
        for name in lists
        if not any((form.id, c.path) in flow.read for c in form.fields if c.list == name)
    }


def _reader_hint(project: Project, form: Form, uses: dict[str, list[tuple[Model, Element]]], path: str) -> str:
    """The word a worker behind the task reads, where it is nearly the same."""
    root, *rest = path.split(".")
    known = {
        name
        for worker in project.workers.values()
        for variable, field in worker.inputs.items()
        if variable == root or variable.lower().endswith(root.lower())
        for name in (field.shape.entries or {})
    }
    if rest and rest[-1] in known:
        return f"A worker reads '{root}.{rest[-1]}', but '{root}' is not handed over to it"
    hint = did_you_mean(rest[-1], known) if rest and known else ""
    return hint if hint.startswith("Did") else "Let a worker or a condition read it, or remove it"
