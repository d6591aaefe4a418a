"""What Zeebe checks in a model besides its structure, in its words.

Expressions parse and are no static text where none may be, paths are paths, and what is needed at deployment can be evaluated
without variables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from zeebelet.errors import Failure
from zeebelet.graph.expression import InvalidExpression, compile_expression
from zeebelet.graph.readers import timer as timer_spec
from zeebelet.model.time import parse_date_time
from zeebelet.model.tree import Definitions, Node
from zeebelet.model.validate import Finding
from zeebelet.processors import expressions, timers
from zeebelet.processors.context import Context

PATH_PATTERN = r"[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)*"
RESERVED_WORDS = ("null", "true", "false", "function", "if", "then", "else", "for", "between", "instance", "of")
RESERVED_HEADERS = "io.camunda.zeebe:"
TIMER_NAMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}

StaticCheck = Callable[[str], bool]


class Rule(NamedTuple):
    """What is asked of an attribute: may it be missing, may it be static text, and what must static text be."""

    mandatory: bool = False
    dynamic: bool = False
    static: StaticCheck | None = None
    description: str = ""


def _is_csv(text: str) -> bool:
    return all(part.strip() for part in text.split(",")) if text else True


def _is_date_time(text: str) -> bool:
    try:
        parse_date_time(text)
    except ValueError:
        return text == ""
    return True


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


_ANY = Rule()
_MANDATORY = Rule(mandatory=True)
_EXPRESSION = Rule(mandatory=True, dynamic=True)
_OPTIONAL_EXPRESSION = Rule(dynamic=True)
_CSV = Rule(static=_is_csv, description="be a list of comma-separated values, e.g. 'a,b,c'")
_DATE = Rule(static=_is_date_time, description="be a valid DateTime String, e.g. '2023-03-02T15:35+02:00'")
_PRIORITY = Rule(static=_is_number, description="be a valid Number between 0 and 100")

# Attributes of extension elements.
ATTRIBUTES: dict[str, dict[str, Rule]] = {
    "input": {"source": _ANY},
    "output": {"source": _EXPRESSION},
    "subscription": {"correlationKey": _EXPRESSION},
    "loopCharacteristics": {"inputCollection": _EXPRESSION, "outputElement": _OPTIONAL_EXPRESSION},
    "taskDefinition": {"type": _MANDATORY, "retries": _ANY},
    "calledElement": {"processId": _MANDATORY},
    "assignmentDefinition": {"assignee": _ANY, "candidateGroups": _CSV, "candidateUsers": _CSV},
    "taskSchedule": {"dueDate": _DATE, "followUpDate": _DATE},
    "calledDecision": {"decisionId": _MANDATORY},
    "script": {"expression": _EXPRESSION},
    "priorityDefinition": {"priority": _PRIORITY},
    "adHoc": {"activeElementsCollection": _OPTIONAL_EXPRESSION, "outputElement": _OPTIONAL_EXPRESSION},
    "formDefinition": {"formId": _ANY, "externalReference": _ANY},
    "executionListener": {"type": _MANDATORY, "retries": _ANY},
    "taskListener": {"type": _MANDATORY, "retries": _ANY},
}
# Attributes of BPMN elements.
NAMES: dict[str, dict[str, Rule]] = {
    "message": {"name": _ANY},
    "signal": {"name": _ANY},
    "error": {"errorCode": _ANY},
    "escalation": {"escalationCode": _ANY},
}
# Texts of BPMN elements.
TEXTS: dict[str, Rule] = {
    "conditionExpression": _EXPRESSION,
    "condition": _EXPRESSION,
    "completionCondition": _ANY,
    "timeDate": _ANY,
    "timeDuration": _ANY,
    "timeCycle": _ANY,
}


def check(ctx: Context, definitions: Definitions, process: Node) -> list[Finding]:
    """Everything that is wrong in a process and in what it refers to."""
    found = [
        Finding(path[-1], path, message)
        for root in (process, *_referenced(definitions, process))
        for path, node in _walk(root, ())
        for message in _check_node(node)
    ]
    for start in process.every("startEvent"):
        found += [Finding(start.id, (start.id,), message) for message in _check_start(ctx, definitions, start)]
    return found


def _referenced(definitions: Definitions, process: Node) -> list[Node]:
    """Messages, signals, errors and escalations the process uses; the others may be anything."""
    references = ("messageRef", "signalRef", "errorRef", "escalationRef")
    identifiers = dict.fromkeys(node.get(name) for node in process.walk() for name in references if node.get(name))
    found = (definitions.reference(identifier) for identifier in identifiers)
    return [node for node in found if node is not None]


def _walk(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every node, extension elements too, with the path from the nearest element that has an id."""
    path = (node.id,) if node.id else (*path, node.tag)
    yield path, node
    for extension in node.extensions:
        yield from _walk(extension, (*path, "extensionElements"))
    for child in node.children:
        yield from _walk(child, path)


def _check_node(node: Node) -> Iterator[str]:
    rules = ATTRIBUTES.get(node.tag, {}) | NAMES.get(node.tag, {})
    for attribute, rule in rules.items():
        yield from _check_text(node.attributes.get(attribute), rule)
    if node.tag in TEXTS:
        yield from _check_text(node.text or None, TEXTS[node.tag])
    if node.tag in ("input", "output"):
        yield from _check_path(node.get("target"))
    if node.tag == "taskHeaders":
        yield from _check_headers(node)


def _check_text(text: str | None, rule: Rule) -> Iterator[str]:
    if text is None:
        if rule.mandatory:
            yield "Expected expression but not found."
        return
    try:
        expression = compile_expression(text)
    except InvalidExpression as error:
        yield str(error)
        return
    if not expression.is_static:
        return
    if rule.dynamic:
        yield f"Expected expression but found static value '{text}'. An expression must start with '=' (e.g. '={text}')."
    elif rule.static is not None and not rule.static(text):
        yield f"Expected static value to {rule.description}, but found '{text}'."


def _check_path(target: str) -> Iterator[str]:
    if not target:
        yield "Expected path expression but not found."
        return
    if not re.fullmatch(PATH_PATTERN, target):
        yield f"Expected path expression '{target}' but doesn't match the pattern '{PATH_PATTERN}'."
    if target in RESERVED_WORDS:
        yield f"Expected path expression '{target}' but is one of the reserved words ({', '.join(RESERVED_WORDS)})."


def _check_headers(headers: Node) -> Iterator[str]:
    keys = [header.get("key") for header in headers.every("header") if header.get("key")]
    for key, count in Counter(keys).items():
        if count > 1:
            yield f"Headers contain duplicate entries for key '{key}'"
        if key.startswith(RESERVED_HEADERS):
            yield (
                f"Attribute 'key' contains '{key}', but header keys starting with '{RESERVED_HEADERS}' are reserved for "
                "internal use."
            )


def _check_start(ctx: Context, definitions: Definitions, start: Node) -> Iterator[str]:
    """The start event of a process is evaluated at deployment: there are no variables."""
    definition = start.child("timerEventDefinition", "messageEventDefinition", "signalEventDefinition")
    if definition is None:
        return
    if definition.tag == "timerEventDefinition":
        yield from _check_timer(ctx, definition)
        return
    kind = definition.tag.removesuffix("EventDefinition")
    reference = definitions.reference(definition.get(f"{kind}Ref"))
    if reference is not None and reference.name.startswith("="):
        yield from _check_constant(ctx, kind, reference.name)


def _check_timer(ctx: Context, definition: Node) -> Iterator[str]:
    try:
        spec = timer_spec(definition)
        if spec is not None:
            timers.evaluate(ctx, spec, {})
    except InvalidExpression:
        return  # told where the expression stands
    except Failure as failure:
        yield f"Invalid timer {TIMER_NAMES[spec.kind] if spec else ''} expression ({failure.message})"


def _check_constant(ctx: Context, kind: str, text: str) -> Iterator[str]:
    try:
        expressions.string(ctx, compile_expression(text), {})
    except InvalidExpression:
        return
    except Failure:
        result = expressions.evaluate(ctx, compile_expression(text), {})
        name = expressions.type_name(result.value)
        yield f"Expected constant expression of type String for {kind} name '{text}', but was {name}"
