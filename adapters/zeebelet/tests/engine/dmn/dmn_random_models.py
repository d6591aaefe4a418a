"""Random DMN models, all of it what Camunda's engine accepts: a table over other decisions and a knowledge model."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

POLICIES = [
    ("UNIQUE", ""),
    ("FIRST", ""),
    ("ANY", ""),
    ("PRIORITY", ""),
    ("RULE ORDER", ""),
    ("OUTPUT ORDER", ""),
    ("COLLECT", ""),
    ("COLLECT", "SUM"),
    ("COLLECT", "MIN"),
    ("COLLECT", "MAX"),
    ("COLLECT", "COUNT"),
]
INPUTS = [
    "a",
    "s",
    "b",
    "c.x",
    "c",
    "missing",
    "E",
    "a * 2",
    "B(a)",
    "upper case(s)",
    "l",
    "l[1]",
    "c.y.z",
    "if b then a else s",
]
CELLS = [
    *(
        "-",
        "-",
        "-",
        "",
        "1",
        "2",
        "> 1",
        "<= 2",
        "[1..3]",
        "(1..3)",
        "1,3",
        "not(2)",
        "not(1,2)",
        '"x"',
        '"x","y"',
        'not("x")',
    ),
    *(
        "true",
        "false",
        "null",
        "not(null)",
        "a",
        "s",
        "b",
        "> a",
        "< c.x",
        "? = null",
        "? > 1 and ? < 3",
        "? in [1,2]",
        "[1,2]",
    ),
    *(
        'starts with(?, "x")',
        "count(l) > 1",
        "missing",
        "> missing",
        "E",
        "{x: 1}",
        '@"2024-01-01"',
        '"X"',
        "a + 1",
        "not(b)",
    ),
    *(
        "? instance of number",
        "some v in l satisfies v = ?",
        "if ? = 1 then true else false",
        "c.x",
        "1.0",
        "[a..3]",
        "not(> 1)",
    ),
]
OUTPUTS = [
    *(
        "1",
        "2",
        "1.50",
        "10",
        '"x"',
        '"y"',
        "true",
        "null",
        "a",
        "a + 1",
        "s",
        "c.x",
        "c",
        "[1,2]",
        "l",
        "{k: a}",
        "E",
        "B(a)",
    ),
    *(
        "missing",
        '@"P1D"',
        "a / 0",
        '"a" + 1',
        "substring(s, 1)",
        "sum(l)",
        "-3",
        "0.1 + 0.2",
        "B(s)",
        "count(l)",
        "assert(a, a > 1)",
    ),
]
TYPES = ["", "", "", "", "string", "number", "boolean", "date", "Any", "tOther"]
VALUES: list[dict[str, Any]] = [
    {"a": 1, "s": "x", "b": True, "c": {"x": 2, "y": {"z": "x"}}, "l": [1, 2]},
    {"a": 2, "s": "y", "b": False, "c": {"x": 1}, "l": []},
    {"a": 3.5, "s": "xy", "b": None, "c": None, "l": [3]},
    {"a": None, "s": None, "b": True, "c": {"x": None, "y": {"z": 1}}, "l": None},
    {"a": 0, "s": "", "c": {"x": "x"}, "l": ["x", 1]},
    {},
]


class Model(NamedTuple):
    """A model's file and the variables to ask it with."""

    content: str
    inputs: list[dict[str, Any]]


def models(seed: int, count: int) -> Iterator[Model]:
    """So many models; the same for the same seed."""
    source = random.Random(seed)
    for _ in range(count):
        yield Model(_model(source), source.sample(VALUES, 4))


def _model(source: random.Random) -> str:
    parts = [
        _decision("D", _table(source), source, ("E", "B")),
        _decision("E", _logic(source), source, ("B",)),
        '<businessKnowledgeModel id="B" name="B"><encapsulatedLogic><formalParameter name="p" typeRef="number"/>'
        f"{_text('p * 2', 'literalExpression')}</encapsulatedLogic></businessKnowledgeModel>",
    ]
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="random">'
    return f"{head}{''.join(parts)}</definitions>"


def _decision(name: str, logic: str, source: random.Random, requires: tuple[str, ...]) -> str:
    kind = source.choice(TYPES)
    typed = f" typeRef={quoteattr(kind)}" if kind else ""
    required = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{r}"/></knowledgeRequirement>'
        if r == "B"
        else f'<informationRequirement><requiredDecision href="#{r}"/></informationRequirement>'
        for r in requires
    )
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{typed}/>{required}{logic}</decision>'


def _logic(source: random.Random) -> str:
    """Logic without E in it, so that E does not require itself."""
    outputs = [text for text in OUTPUTS if text != "E"]
    kind = source.choice(["literal", "context", "result", "list", "relation", "invocation"])
    one, two = (_text(source.choice(outputs), "literalExpression") for _ in range(2))
    return {
        "literal": one,
        "context": f'<context><contextEntry><variable name="x"/>{one}</contextEntry><contextEntry><variable name="y"/>{two}'
        "</contextEntry></context>",
        "result": f'<context><contextEntry><variable name="x"/>{one}</contextEntry><contextEntry>'
        f"{_text('[x, x]', 'literalExpression')}</contextEntry></context>",
        "list": f"<list>{one}{two}</list>",
        "relation": f'<relation><column name="x"/><column name="y"/><row>{one}{two}</row></relation>',
        "invocation": f'<invocation>{_text("B", "literalExpression")}<binding><parameter name="p"/>{one}</binding></invocation>',
    }[kind]


def _table(source: random.Random) -> str:
    policy, aggregation = source.choice(POLICIES)
    inputs = [source.choice(INPUTS) for _ in range(source.randint(1, 3))]
    columns = 1 if aggregation else source.choice([1, 1, 2])
    outputs = "".join(_output(name, source) for name in ("o", "p")[:columns])
    rules = "".join(_rule(len(inputs), columns, source) for _ in range(source.randint(1, 5)))
    written = "".join(f"<input>{_text(text, 'inputExpression')}</input>" for text in inputs)
    more = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{more}>{written}{outputs}{rules}</decisionTable>'


def _output(name: str, source: random.Random) -> str:
    values = _text('"y", "x", 2, 1', "outputValues") if source.random() < 0.5 else ""
    default = _text(source.choice(OUTPUTS), "defaultOutputEntry") if source.random() < 0.3 else ""
    return f'<output name="{name}">{values}{default}</output>'


def _rule(inputs: int, outputs: int, source: random.Random) -> str:
    cells = "".join(_text(source.choice(CELLS), "inputEntry") for _ in range(inputs))
    return f"<rule>{cells}{''.join(_text(source.choice(OUTPUTS), 'outputEntry') for _ in range(outputs))}</rule>"


def _text(text: str, tag: str) -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>"
