"""What each kind of element does with the variables: the transfer functions of the data flow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from workers.workshop.bpmn import BPMN, SUB_PROCESSES, ZEEBE, Element, kind
from workers.workshop.check.contracts import error_variables
from workers.workshop.check.decisions import Need
from workers.workshop.check.environment import Env, Problem
from workers.workshop.check.findings import did_you_mean
from workers.workshop.check.fitting import consume, fits
from workers.workshop.check.inference import Reader
from workers.workshop.check.shapes import ANY, NUMBER, Shape, list_of, words
from workers.workshop.check.states import State
from workers.workshop.model import Model, event_definition, extension, mappings, task_type
from zeebelet.feel import FeelError, compile

if TYPE_CHECKING:
    from workers.workshop.check.flow import DataFlow


@dataclass
class Notes:
    """Problems of one element, with the rule each breaks."""

    found: list[tuple[str, Problem]] = field(default_factory=list)

    def say(self, rule: str, what: str, why: str, fix: str) -> None:
        """Notes a problem."""
        self.found.append((rule, Problem(what, why, fix)))


@dataclass(frozen=True)
class At:
    """Where an effect happens."""

    flow: DataFlow
    model: Model
    node: Element
    notes: Notes

    def value(self, text: str, state: State, where: str) -> Shape:
        """The shape of a value in the model: static text, or an expression after `=`."""
        if not text.startswith("="):
            return words(text)
        return self.feel(text[1:].strip(), state, where)

    def feel(self, text: str, state: State, where: str) -> Shape:
        """The shape of an expression; problems are said once each."""
        try:
            tree = compile(text).tree
        except FeelError:
            return ANY  # said by the rule that parses every expression
        reader = Reader()
        shape = reader.infer(tree, Env(state.names, loose=state.loose))
        self.flow.read |= reader.read
        self.flow.looked_up(self.model.process_id, compile(text).variables | compile(text).filter_names)
        for problem in dict.fromkeys(reader.problems):
            self.notes.say("expression", f"{where}: {problem.what}", problem.why, problem.fix)
        return shape


def apply(flow: DataFlow, model: Model, node: Element, before: State, notes: Notes) -> State | None:
    """The variables after an element, from those before it; each of several cases goes its own way. None: no end is reached."""
    after = _once(flow, model, node, before, notes)
    if after is None or not before.cases or kind(node) in SUB_PROCESSES | {"callActivity"}:
        return after
    cases = [_once(flow, model, node, case, Notes()) for case in before.cases]
    return replace(after, cases=tuple(case for case in cases if case is not None))


def _once(flow: DataFlow, model: Model, node: Element, before: State, notes: Notes) -> State | None:
    at = At(flow, model, node, notes)
    repeated = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if repeated is not None:
        return _repeated(at, before, repeated)
    effect = EFFECTS.get(kind(node), _pass)
    return effect(at, before)


def with_inputs(flow: DataFlow, model: Model, node: Element, before: State, notes: Notes) -> State:
    """What is visible inside an element: the variables around it, over them its own inputs."""
    at = At(flow, model, node, notes)
    inner = before
    repeated = node.find(f"{BPMN}multiInstanceLoopCharacteristics/{BPMN}extensionElements/{ZEEBE}loopCharacteristics")
    if repeated is not None:
        inner = inner.with_(_item(at, before, repeated))
    for target, source in mappings(node, "input"):
        inner = inner.assigned(target, at.value(source, inner, f"input '{target}'"))
    return inner


def _item(at: At, before: State, loop: Element) -> dict[str, Shape]:
    items = at.value(loop.get("inputCollection") or "=[]", before, "input collection")
    found = {"loopCounter": NUMBER}
    if loop.get("inputElement"):
        found[loop.get("inputElement")] = items.item or ANY
    return found


def _repeated(at: At, before: State, repeated: Element) -> State | None:
    loop = repeated.find(f"{BPMN}extensionElements/{ZEEBE}loopCharacteristics")
    once = EFFECTS.get(kind(at.node), _pass)(at, before)
    if once is None:
        return None
    after = before.maybe({n: s for n, s in once.names.items() if n not in before.names})
    if loop is not None and loop.get("outputCollection"):
        inner = with_inputs(at.flow, at.model, at.node, before, Notes()).with_(once.names)
        item = at.value(loop.get("outputElement") or "=null", inner, "output element")
        after = after.with_({loop.get("outputCollection"): list_of(item)})
    return after


def _finish(at: At, before: State, inner: State, result: Mapping[str, Shape]) -> State:
    """Output mappings, or else everything the element gave; its own inputs stay inside."""
    outputs = mappings(at.node, "output")
    local = {target.split(".")[0] for target, _ in mappings(at.node, "input")}
    if not outputs:
        return before.with_({name: shape for name, shape in result.items() if name not in local})
    seen, after = inner.with_(result), before
    for target, source in outputs:
        value = at.value(source, seen, f"output '{target}'")
        seen, after = seen.assigned(target, value), after.assigned(target, value)
    return after


def _pass(at: At, before: State) -> State:
    inner = with_inputs(at.flow, at.model, at.node, before, at.notes)
    return _finish(at, before, inner, {})


def _job(at: At, before: State) -> State:
    inner = with_inputs(at.flow, at.model, at.node, before, at.notes)
    worker = at.flow.project.workers.get(task_type(at.node))
    if worker is None:
        return _finish(at, before, _anything(inner), {})
    at.flow.looked_up(at.model.process_id, worker.inputs)
    for target, _ in mappings(at.node, "input"):
        name = target.split(".")[0]
        if name not in worker.inputs and not _reads_itself(at.node, name):
            at.notes.say(
                "input",
                f"Worker '{worker.type}' reads no input '{name}'",
                "It is mapped for nothing",
                did_you_mean(name, worker.inputs),
            )
    for name, wanted in worker.inputs.items():
        given = inner.names.get(name)
        if given is None:
            if wanted.required and not inner.loose:
                at.notes.say(
                    "input",
                    f"Worker '{worker.type}' needs '{name}', but nothing sets it before",
                    "The job would fail at once and become an incident",
                    f"Map it at the task (input '{name}'), or set it on the way. {did_you_mean(name, inner.names)}",
                )
            continue
        at.flow.read |= consume(given, wanted.shape)
        for what, why in fits(given, wanted.shape, f"'{name}'", required=wanted.required):
            at.notes.say("input", f"Worker '{worker.type}': {what}", why, f"See the input '{name}' of this task type")
    return _finish(at, before, inner, worker.outputs)


def _reads_itself(node: Element, name: str) -> bool:
    """Whether another mapping of the same element uses an input."""
    sources = [source for way in ("input", "output") for _, source in mappings(node, way)]
    return any(re.search(rf"\b{re.escape(name)}\b", source) for source in sources)


def _anything(inner: State) -> State:
    """What is known after something that is not there: nothing, so that one slip is said once."""
    return State(dict.fromkeys(inner.names, ANY), loose=True)


def _service(at: At, before: State) -> State:
    return _job(at, before)


def _user(at: At, before: State) -> State:
    inner = with_inputs(at.flow, at.model, at.node, before, at.notes)
    definition = extension(at.node, "formDefinition")
    form = at.flow.project.form(definition.get("formId") or "") if definition is not None else None
    for name in ("assignmentDefinition", "taskSchedule", "priorityDefinition"):
        element = extension(at.node, name)
        for place, text in element.attrib.items() if element is not None else ():
            if text.startswith("="):
                at.value(text, inner, place)
    if form is None:
        return _finish(at, before, _anything(inner), {})
    return _finish(at, before, inner, form.shape())


def _rule(at: At, before: State) -> State:
    inner = with_inputs(at.flow, at.model, at.node, before, at.notes)
    called = extension(at.node, "calledDecision")
    if called is None:
        return _job(at, before)
    name, variable = called.get("decisionId") or "", called.get("resultVariable") or ""
    file = at.flow.project.decision(name)
    if file is None:
        return _finish(at, before, inner, {variable: ANY})
    seen = inner.with_(dict.fromkeys(file.results(name), ANY))
    for need in file.needs(name):
        given = at.feel(need.expression, seen, f"column '{need.label}' of {name}")
        at.flow.read |= given.origins
        if given.words and need.words and not given.is_any:
            for word in sorted(need.words - given.words):
                at.notes.say(
                    "decision",
                    f"{name} asks whether '{need.expression}' is \"{word}\", but it never is",
                    f"It is one of {', '.join(sorted(given.words))}; the row never applies",
                    did_you_mean(word, given.words),
                )
        _almost_listed(at, need, given, name)
    for text in file.literals(name):
        at.feel(text, seen, f"decision {name}")
    return _finish(at, before, inner, {variable: file.answer(name)})


ALIKE = 0.75


def _almost_listed(at: At, need: Need, given: Shape, decision: str) -> None:
    """A word that a column does not list, but nearly: a slip. Quite other words may come, and no row is for them."""
    for word in sorted((given.words or frozenset()) - need.allowed) if need.allowed and not given.is_any else ():
        close = get_close_matches(word, need.allowed, 1, cutoff=ALIKE)
        if close:
            at.notes.say(
                "decision",
                f"'{need.expression}' can be \"{word}\", which {decision} does not list in its column '{need.label}'",
                "No row was written for it",
                f"Did you mean '{close[0]}'?",
            )


def _script(at: At, before: State) -> State:
    inner = with_inputs(at.flow, at.model, at.node, before, at.notes)
    script = extension(at.node, "script")
    if script is None:
        return _job(at, before)
    value = at.value(script.get("expression") or "=null", inner, "script")
    return _finish(at, before, inner, {script.get("resultVariable") or "": value})


def _call(at: At, before: State) -> State | None:
    inner = with_inputs(at.flow, at.model, at.node, before, at.notes)
    called = extension(at.node, "calledElement")
    process = "" if called is None else called.get("processId") or ""
    model = at.flow.project.processes.get(process)
    if called is None or model is None or process.startswith("="):
        return _finish(at, before, _anything(inner), {})
    names = {target.split(".")[0] for target, _ in mappings(at.node, "input")}
    whole = called.get("propagateAllParentVariables") != "false"
    handed = inner if whole else State({n: s for n, s in inner.names.items() if n in names})
    at.flow.handed.setdefault(process, {})[at.model.process_id, at.node.get("id")] = handed
    ended = at.flow.ends(model, model.by_id[process])
    if ended is None:
        return None
    if not mappings(at.node, "output") and called.get("propagateAllChildVariables") == "false":
        return before
    cases = tuple(_finish(At(at.flow, at.model, at.node, Notes()), before, inner, end.names) for end in ended.cases)
    return replace(_finish(at, before, inner, ended.names), cases=cases)


def _sub_process(at: At, before: State) -> State | None:
    ended = at.flow.ends(at.model, at.node)
    if ended is None:
        return None
    inputs = {target.split(".")[0] for target, _ in mappings(at.node, "input")}

    def left(end: State) -> State:
        return _finish(at, before, end, {name: shape for name, shape in end.names.items() if name not in inputs})

    return replace(left(ended), cases=tuple(map(left, ended.cases)))


def _catching(at: At, before: State) -> State:
    """Events and receive tasks: what comes with the message or the error."""
    inner = with_inputs(at.flow, at.model, at.node, before, at.notes)
    return _finish(at, before, inner, _brought(at))


def _brought(at: At) -> Mapping[str, Shape]:
    code = at.model.error_code(at.node)
    if code is not None:
        return dict.fromkeys(error_variables().get(code, ()), ANY)
    element = at.model.message(at.node)
    known = at.flow.project.tables.messages
    if element is None or known is None:
        return {}
    message = known.get(element.get("name") or "")
    return {} if message is None else message.sets


def _event(at: At, before: State) -> State:
    definition = at.node.find(f"{BPMN}{event_definition(at.node)}") if event_definition(at.node) else None
    if definition is not None and kind(definition) == "timerEventDefinition":
        _timer(at, before, definition)
    if extension(at.node, "taskDefinition") is not None or (
        definition is not None and extension(definition, "taskDefinition") is not None
    ):
        return _job(at, before)
    return _catching(at, before)


TIMERS = {
    "timeDate": ({"date and time", "string"}, "a date and time"),
    "timeDuration": ({"duration", "string"}, "a duration"),
    "timeCycle": ({"string"}, "a cycle such as R/PT1H"),
}


def _timer(at: At, before: State, definition: Element) -> None:
    for child in definition:
        text = (child.text or "").strip()
        if kind(child) not in TIMERS or not text.startswith("="):
            continue
        shape = at.value(text, before, "timer")
        allowed, words_for = TIMERS[kind(child)]
        if "missing" in shape.kinds:
            at.notes.say(
                "timer",
                f"The timer reads '{text[1:]}', which is not set on every way that leads here",
                "A timer without a time stops the instance with an incident",
                "Set it on every path before",
            )
        if shape.real and not shape.is_any and not shape.real & allowed:
            at.notes.say(
                "timer", f"The timer needs {words_for}, but '{text[1:]}' is {'/'.join(sorted(shape.real))}", "", ""
            )


def _gateway(at: At, before: State) -> State:
    for flow in at.model.outgoing.get(at.node.get("id"), []):
        text = (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
        if not text.startswith("="):
            continue
        name = flow.get("name") or flow.get("id")
        shape = at.feel(text[1:].strip(), before, f"condition of '{name}'")
        at.flow.read |= shape.origins
        if not shape.is_any and shape.real and "boolean" not in shape.real:
            at.notes.say(
                "condition",
                f"The condition of '{name}' is never true or false",
                "The instance stops with an incident",
                "",
            )
        elif "missing" in shape.kinds:
            at.notes.say(
                "condition",
                f"The condition of '{name}' reads '{text[1:].strip()}', which is not set on every way that leads here",
                "A condition over a missing value stops the instance with an incident",
                "Set it before, or compare it: = true",
            )
    return before


EFFECTS: dict[str, Callable[[At, State], State | None]] = {
    "serviceTask": _service,
    "sendTask": _service,
    "userTask": _user,
    "businessRuleTask": _rule,
    "scriptTask": _script,
    "receiveTask": _catching,
    "callActivity": _call,
    "startEvent": _event,
    "endEvent": _event,
    "boundaryEvent": _event,
    "intermediateCatchEvent": _event,
    "intermediateThrowEvent": _event,
    "exclusiveGateway": _gateway,
    "inclusiveGateway": _gateway,
    **dict.fromkeys(SUB_PROCESSES, _sub_process),
}
