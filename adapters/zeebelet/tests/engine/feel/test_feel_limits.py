"""No text makes the engine hang, recurse without bound, eat memory, or raise anything but its own errors."""

from __future__ import annotations

import contextlib
import random
import time

import pytest
from feel_expressions import cases

from zeebelet import feel

GROWN = ", ".join(
    f"{b}: {a} + {a} + {a} + {a} + {a} + {a} + {a} + {a}" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
LISTS = ", ".join(f"{b}: concatenate({', '.join([a] * 10)})" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
HOSTILE = {
    "power": "2 ** 9999999999",
    "power of power": "(10 ** 999999) ** 999999",
    "range of a billion": "for x in 1..1000000000 return x",
    "product of ranges": "for x in 1..100000, y in 1..100000 return x",
    "quantifier": "some x in 1..1000000000 satisfies x < 0",
    "nested loops": "for a in 1..1000 return for b in 1..1000 return for c in 1..1000 return 1",
    "partial": "for x in 1..100000 return partial",
    "backtracking": 'matches("' + "a" * 40 + '!", "^(a+)+$")',
    "backtracking polynomially": 'matches("' + "a" * 5000 + '", "a*a*a*a*a*b")',
    "ambiguous alternatives": 'replace("' + "a" * 30000 + '", "(a|aa)+$", "x")',
    "nested pattern": 'matches("a", "' + "(" * 500 + "a" + ")" * 500 + '")',
    "brackets": "(" * 1000 + "1" + ")" * 1000,
    "lists": "[" * 1000 + "]" * 1000,
    "conditions": "if true then " * 500 + "1" + " else 2" * 500,
    "filters": "[1]" + "[1]" * 2000,
    "paths": "a" + ".b" * 2000,
    "contexts": "{a:" * 300 + "1" + "}" * 300,
    "digits": "1" * 5000,
    "scale": "decimal(1.5, 1000000000)",
    "negative scale": "decimal(1.5, -1000000000)",
    "string growth": '{a: "' + "a" * 100 + f'", {GROWN}}}.i',
    "list growth": f"{{a: [1, 2, 3], {LISTS}}}",
    "json": 'from json("' + "[" * 50000 + '")',
    "exponent": 'floor(number("1e999999999"))',
    "second": 'time(1, 1, number("1e999999999"))',
    "position": 'substring("abc", number("1e999999999"))',
    "duration": 'duration("P999999999Y") * 999999999',
    "year": '@"999999999-12-31" + @"P1D"',
    "text": '"' + "a" * 200_000 + '"',
}


@pytest.mark.parametrize("dialect", ["camunda", "dmn"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_expressions_end(name: str, dialect: str) -> None:
    """What would take too much is answered or refused with an error of ours, within seconds."""
    started = time.perf_counter()
    with contextlib.suppress(feel.FeelError):
        feel.describe(feel.compile(HOSTILE[name], dialect=dialect).evaluate({}).value)
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("text", ["+".join(["1"] * 3000), " and ".join(["true"] * 3000)])
def test_long_chains_are_not_deep(text: str) -> None:
    """A chain of thousands of operators is evaluated."""
    assert feel.compile(text).evaluate({}).value in (3000, True)


@pytest.mark.parametrize("dialect", ["camunda", "dmn"])
def test_fuzzed_texts_raise_only_our_errors(dialect: str) -> None:
    """Random expressions, cut, doubled and mixed with any characters, give a value or an error of ours."""
    chance = random.Random(7)
    answered = 0
    alphabet = " ()[]{}.,:\"'`@?-+*/<>=!0123456789abeinortxyz\\\n\t\u00e9\u2003\U0001f600\x00"
    for case in cases(99, 1500):
        text = case["expr"]
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(alphabet) * chance.randrange(3) + text[at + chance.randrange(3) :]
        with contextlib.suppress(feel.FeelError):
            feel.to_json(feel.compile(text, dialect=dialect).evaluate(case["context"]).value)
            answered += 1
    assert answered > 300  # the rest is refused; nothing else was raised
