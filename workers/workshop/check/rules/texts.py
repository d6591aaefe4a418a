"""Expressions that cannot be read, and times that are none or not the documented ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.workshop.bpmn import BPMN, Element, kind
from workers.workshop.check.findings import Finding
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import WARNING, at
from workers.workshop.model import Model, expressions, extension, owner
from zeebelet.feel import FeelSyntaxError, compile
from zeebelet.model.cron import parse_cron
from zeebelet.model.time import parse_date_time, parse_interval, parse_repetition

EXPECTED = "Zeebe refuses the file"
EXPRESSION_PLACES = {
    "input": ("source",),
    "output": ("source",),
    "subscription": ("correlationKey",),
    "loopCharacteristics": ("inputCollection", "outputElement"),
    "script": ("expression",),
}
DURATION = re.compile(
    r"-?P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
)
QUOTED = re.compile(r'(?<!\+)(?<!\+ )"((?:R\d*/)?-?P[\dT][^"]*)"(?! ?\+)')
"""A duration or cycle written out in an expression; parts that are put together are none."""


def check(project: Project) -> Iterator[Finding]:
    """All rules of this page for all models."""
    for model in project.models:
        yield from _syntax(model)
        yield from _times(model)
        yield from _documented(project, model)


# -- syntax --------------------------------------------------------------------------------------------------------------


TEMPORAL = re.compile(r'\b(duration|date and time|date|time|years and months duration)\("([^"]*)"\)')
"""Calls with a literal; one that cannot be read is null, and the expression goes on with it."""


def _literals(model: Model, element: Element, text: str) -> Iterator[Finding]:
    for name, literal in TEMPORAL.findall(text):
        if compile(f'{name}("{literal}")').evaluate({}).value is None:
            yield at(
                model,
                element,
                "time",
                f'"{literal}" is no {name}',
                "The result is null, and the instance stops or goes on without",
                EXAMPLES.get(name, ""),
            )


EXAMPLES = {
    "duration": 'Such as duration("PT4H") (four hours), duration("P7D") (seven days)',
    "date": 'Such as date("2027-01-28")',
    "date and time": 'Such as date and time("2027-01-28T08:00:00Z")',
}


def _syntax(model: Model) -> Iterator[Finding]:
    for element, _, _, text in expressions(model):
        try:
            compile(text)
        except FeelSyntaxError as error:
            yield at(
                model,
                element,
                "feel",
                f"'={text}' cannot be read: {error.reason}",
                f"At character {error.column}: {text[max(0, error.column - 12) : error.column + 12]}",
                "`fsm feel` tries an expression",
            )
            continue
        yield from _literals(model, element, text)
    for element in model.root.iter():
        places = EXPRESSION_PLACES.get(kind(element), ()) if isinstance(element.tag, str) else ()
        for place in places:
            text = element.get(place)
            if text is not None and text and not text.startswith("=") and kind(element) != "input":
                yield at(
                    model,
                    owner(element),
                    "feel",
                    f"'{text}' is no expression, because it does not begin with '='",
                    EXPECTED,
                    f"Write ={text}",
                )
    for flow in model.flows:
        text = (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
        if text and not text.startswith("="):
            yield at(model, flow, "feel", f"The condition '{text}' does not begin with '='", EXPECTED, f"Write ={text}")


# -- times ---------------------------------------------------------------------------------------------------------------


def _is_date(text: str) -> None:
    parse_date_time(text)


def _is_duration(text: str) -> None:
    parse_interval(text)


def _is_cycle(text: str) -> None:
    if text.startswith("R"):
        parse_repetition(text)
    else:
        parse_cron(text)


READS = {
    "timeDate": (_is_date, "a date and time", "2027-01-28T08:00:00+01:00, or an expression"),
    "timeDuration": (_is_duration, "a duration", "PT4H (four hours), P7D (seven days)"),
    "timeCycle": (_is_cycle, "a cycle", "R/PT1H (every hour), R3/P1D (three times, daily), or a cron expression"),
}
DATES = ("dueDate", "followUpDate")


def _times(model: Model) -> Iterator[Finding]:
    for definition in model.root.iter(f"{BPMN}timerEventDefinition"):
        texts = [child for child in definition if kind(child) in READS]
        if not texts or not (texts[0].text or "").strip():
            yield at(model, owner(definition), "timer", "The timer has no time", EXPECTED, "Give it one")
        for child in texts:
            yield from _time(model, owner(definition), kind(child), (child.text or "").strip())
    for node in model.nodes:
        schedule = extension(node, "taskSchedule")
        for name in DATES:
            text = "" if schedule is None else schedule.get(name) or ""
            if text and not text.startswith("="):
                yield from _time(model, node, "timeDate", text)
    for element, _, _, text in expressions(model):
        for literal in QUOTED.findall(text):
            reader = _is_cycle if literal.startswith("R") else _is_duration
            yield from _readable(
                model, element, literal, reader, "timeCycle" if literal.startswith("R") else "timeDuration"
            )


def _time(model: Model, element: Element, what: str, text: str) -> Iterator[Finding]:
    if text and not text.startswith("="):
        yield from _readable(model, element, text, READS[what][0], what)
    elif text.startswith('="') and text.endswith('"') and text.count('"') == 2:
        yield from _readable(model, element, text[2:-1], READS[what][0], what)


def _readable(model: Model, element: Element, text: str, reader: object, what: str) -> Iterator[Finding]:
    try:
        reader(text)  # type: ignore[operator]
    except (ValueError, ArithmeticError):
        _, words, example = READS[what]
        yield at(
            model,
            element,
            "time",
            f"'{text}' is no {words.removeprefix('a ')}",
            "The instance would stop with an incident",
            f"Such as {example}",
        )


# -- documented durations ------------------------------------------------------------------------------------------------


def durations(element: Element) -> list[str]:
    """Every duration written out at an element, in the order of the file: timers, due dates, expressions, headers."""
    found: list[str] = []
    for child in element.iter():
        if not isinstance(child.tag, str) or (child is not element and _is_other(child, element)):
            continue
        texts = [*child.attrib.values(), (child.text or "").strip()]
        for text in texts:
            if text.startswith("="):
                found += list(QUOTED.findall(text))
            elif DURATION.fullmatch(text) or re.match(r"R\d*/", text):
                found.append(text)
    return found


def _is_other(child: Element, element: Element) -> bool:
    """Whether something inside a sub-process belongs to an element of its own."""
    return owner(child) is not element


def _documented(project: Project, model: Model) -> Iterator[Finding]:
    table = project.tables.durations
    if table is None:
        return
    rows = table.get(model.path.stem, {})
    for element in (*model.nodes, *model.flows):
        found, name = durations(element), element.get("id")
        row = rows.get(name)
        if found and row is None:
            yield at(
                model,
                element,
                "duration",
                f"Its time {', '.join(found)} is not documented",
                "A slip such as PT24M for PT24H is only seen against a table",
                "`fsm check --fix` writes it to bpmn/tables/durations.yaml; look at it there",
                severity=WARNING,
            )
        elif row is not None and found != row:
            yield at(
                model,
                element,
                "duration",
                f"Its time is {', '.join(found) or 'gone'}, documented is {', '.join(row)}",
                "One of the two is a slip",
                f"Correct it, or change bpmn/tables/durations.yaml under {model.path.stem}",
            )
    known = {e.get("id") for e in (*model.nodes, *model.flows)}
    for name in rows:
        if name not in known:
            yield Finding(
                rule="duration",
                file=project.folder / "bpmn/tables/durations.yaml",
                element=name,
                what=f"The table knows a time of '{name}', which {model.path.name} does not have",
                fix="Remove the row",
                severity=WARNING,
            )
