"""The language in Camunda's dialect: values, nulls and warnings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zeebelet import feel

CONTEXT: dict[str, Any] = {
    "a": 5,
    "price": 0.1,
    "name": "Ana",
    "nothing": None,
    "order": {"total": 20, "lines": [{"qty": 1, "sku": "A"}, {"qty": 3, "sku": "B"}]},
}


def json_of(text: str, context: dict[str, Any] = CONTEXT) -> Any:
    """The JSON value of an expression."""
    return feel.to_json(feel.compile(text).evaluate(context).value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", 0.3),
        ("price * 3", 0.3),
        ("10 / 4", 2.5),
        ("1 / 3 * 3", 0.9999999999999999999999999999999999),
        ("-5 ** 2", 25),
        ("2 + 3 * 4", 14),
        ("string(1.50)", "1.50"),
        ("string(1e1)", None),
        ("12345678901234567890 * 12345678901234567890", 1.5241578753238836e38),
        ('"a" + "b"', "ab"),
        ("a > 3 and a < 10", True),
        ("null = null", True),
        ("false and null", False),
        ("true or null", True),
        ("a between 1 and 5", True),
        ("a in [1..5)", False),
        ("a in (1, 5)", True),
        ('if a > 3 then "big" else "small"', "big"),
        ("order.lines[qty > 1].sku", ["B"]),
        ("order.lines[-1].sku", "B"),
        ("order.lines[3]", None),
        ("for x in 1..3 return x * x", [1, 4, 9]),
        ("for x in [1, 2], y in [10, 20] return x + y", [11, 21, 12, 22]),
        ("for x in 1..4 return if x = 1 then 1 else sum(partial) + x", [1, 3, 7, 15]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [] satisfies x > 1", True),
        ("{a: 1, b: a + 1}.b", 2),
        ("{f: function(x) x + 1, r: f(2)}.r", 3),
        ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
        ('substring("foobar", -3, 2)', "ba"),
        ('replace("abcd", "(ab)|(cd)", "[$1]")', "[ab][]"),
        ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
        ('@"2024-03-31T01:30:00@Europe/Madrid" + @"PT1H"', "2024-03-31T03:30:00+02:00[Europe/Madrid]"),
        ('(date("2024-03-01") - date("2024-02-28")).days', 2),
        ('@"12024-01-01"', "+12024-01-01"),
        ('date("2023-02-29")', None),
        ("1 /* one */ + 1 // two", 2),
        ("`a` + 1", 6),
        ('"line\\nbreak"', "line\nbreak"),
        ("a instance of number", True),
        ('contains(match: "n", string: name)', True),
        ('string length("😀")', 2),
        ("get or else(nothing, 3)", 3),
        ("function(x) x", None),
    ],
)
def test_value(text: str, expected: Any) -> None:
    """An expression has the value that Camunda's engine gives it; what does not parse has none here."""
    try:
        found = json_of(text)
    except feel.FeelSyntaxError:
        found = None
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("missing", ["NO_VARIABLE_FOUND"]),
        ("missing.a.b", ["NO_VARIABLE_FOUND"]),
        ("order.nope", ["NO_CONTEXT_ENTRY_FOUND"]),
        ("nothing.x.y", ["NO_CONTEXT_ENTRY_FOUND", "NO_CONTEXT_ENTRY_FOUND"]),
        ("name.x", ["NO_PROPERTY_FOUND"]),
        ('a > "x"', ["NOT_COMPARABLE"]),
        ('a != "x"', ["NOT_COMPARABLE", "INVALID_TYPE"]),
        ('a + "x"', ["INVALID_TYPE"]),
        ("a / 0", ["INVALID_TYPE"]),
        ("nope(missing)", ["NO_FUNCTION_FOUND"]),
        ("abs(missing)", ["NO_VARIABLE_FOUND", "FUNCTION_INVOCATION_FAILURE"]),
        ("1 and missing", ["INVALID_TYPE", "NO_VARIABLE_FOUND"]),
        ("null and true and true", ["INVALID_TYPE", "INVALID_TYPE"]),
        ("order.lines[item.qty > 1 and true]", ["NO_VARIABLE_FOUND", "NOT_COMPARABLE", "INVALID_TYPE"]),
    ],
)
def test_a_failure_is_null_with_a_warning(text: str, types: list[str]) -> None:
    """What fails within an expression leaves a warning of its type, in the order of evaluation."""
    assert [warning.type for warning in feel.compile(text).evaluate(CONTEXT).warnings] == types


def test_warnings_use_camundas_words() -> None:
    """A warning prints as Camunda's incidents show it."""
    (warning,) = feel.compile("x").evaluate({}).warnings
    assert str(warning) == "[NO_VARIABLE_FOUND] No variable found with name 'x'"


@pytest.mark.parametrize(
    ("text", "position"),
    [("1 +", 2), ("a b", 2), ("(1", 2), ('"open', 0), ("1 < 2 < 3", 6), ("/* open", 0), ("", 0), ("[1, ]", 3)],
)
def test_a_syntax_error_points_at_the_place(text: str, position: int) -> None:
    """A text that does not parse is refused, and the error says where."""
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(text)
    assert abs(caught.value.position - position) <= 2
    assert "failed to parse expression" in str(caught.value)


@pytest.mark.parametrize(
    ("tests", "value", "expected"),
    [
        ("< 5", 3, True),
        ("[1..5]", 5, True),
        ('"A", "B"', "B", True),
        ('not("A", "B")', "C", True),
        ("-", None, True),
        ("? > 2", 3, True),
        ("> 5", None, None),
        ("[1, 2, 3]", 2, True),
        ("true", True, True),
        ("a", 5, True),
    ],
)
def test_unary_tests(tests: str, value: Any, expected: Any) -> None:
    """Unary tests ask about the input given as `?`."""
    assert feel.unary_tests(tests).evaluate({**CONTEXT, "?": value}).value is expected


def test_assert_fails_the_evaluation() -> None:
    """Only a failed assertion raises, with its cause and the warnings so far."""
    with pytest.raises(feel.FeelEvaluationError, match=r"Assertion failure .* no total"):
        feel.compile('assert(nothing, nothing != null, "no total")').evaluate(CONTEXT)


def test_the_clock_is_the_callers() -> None:
    """now() and today() ask the clock that the evaluation was given."""
    moment = datetime(2024, 2, 29, 10, 15, tzinfo=UTC)
    found = feel.compile("string(now()) + string(today())").evaluate({}, clock=lambda: moment).value
    assert found == "2024-02-29T10:15:00Z2024-02-29"


def test_functions_of_the_caller_can_be_called() -> None:
    """An evaluation may bring functions of its own."""
    assert feel.compile("twice(a)").evaluate(CONTEXT, functions={"twice": lambda value: value * 2}).value == 10


def test_variables_are_known_without_evaluating() -> None:
    """What an expression reads from outside is known from its text; names within a filter are told apart."""
    expression = feel.compile("order.total > limit and (for x in rows return x.y + z)[1] = items[price > 3]")
    assert expression.variables == {"order", "limit", "rows", "z", "items"}
    assert expression.filter_names == {"price"}


def test_a_text_is_compiled_once() -> None:
    """The same text in the same dialect is the same expression."""
    assert feel.compile("1 + 41") is feel.compile("1 + 41")
    assert feel.compile("1 + 41") is not feel.compile("1 + 41", dialect="dmn")


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("1.50", ("number", "1.50")),
        ('"x"', ("string", '"x"')),
        ('@"P1DT2H"', ("days and time duration", "P1DT2H")),
        ("[1, null]", ("list", "[1, null]")),
        ("{a: 1}", ("context", '{"a": 1}')),
        ("function(x) x", ("function", "function(x)")),
    ],
)
def test_describe(text: str, described: tuple[str, str]) -> None:
    """A person sees the type and the text of a value."""
    assert feel.describe(feel.compile(text).evaluate({}).value) == described
