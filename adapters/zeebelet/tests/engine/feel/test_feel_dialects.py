"""Where the two dialects differ, each row of the table is shown by an expression."""

from __future__ import annotations

from typing import Any

import pytest

from zeebelet import feel
from zeebelet.feel.dialect import DIFFERENCES


def answer(text: str, dialect: str) -> Any:
    """The JSON value, or `refused` or `failed`."""
    try:
        return feel.to_json(feel.compile(text, dialect=dialect).evaluate({}).value)
    except feel.FeelSyntaxError:
        return "refused"
    except feel.FeelEvaluationError:
        return "failed"


@pytest.mark.parametrize(
    ("switch", "text", "camunda", "dmn"),
    [
        ("keywords_are_words", "1and2", None, "refused"),
        ("names_with_spaces", "for my item in [1] return my item", "refused", [1]),
        ("unicode_escapes", '"\\u0041"', "\\u0041", "A"),
        ("calls_of_values", "(function(x) x + 1)(1)", "refused", 2),
        ("ranges_are_values", "{r: [1..3]}.r.end", None, 3),
        ("exponents", "1.5e2", "refused", 150),
        ("equality_tests", "1 in (= 1)", "refused", True),
        ("unique_keys", "{a: 1, a: 2}", {"a": 2}, None),
        ("generic_types", "[1] instance of list<number>", "refused", True),
        ("open_ranges", "3 in [(< 5)]", False, True),
        ("later_iterators_see_earlier", "for x in [[1]], y in x return y", None, [1]),
        ("day_may_end_at_24", '@"2024-01-01T24:00:00"', None, "2024-01-02T00:00:00"),
        ("functions_are_variables", "{f: function(x) x, g: f}.g instance of function", False, True),
        ("values_as_lists", "1[1]", None, 1),
        ("failures_are_null", "2 ** 0.5 + (0 ** -1)", "failed", None),
        ("strings_in_utf16", 'string length("😀")', 2, 1),
        ("standard_functions", "is(1, 1)", None, True),
        ("zones_compare", '@"2024-01-01T00:00:00Z" = @"2024-01-01T01:00:00+01:00"', False, True),
    ],
)
def test_a_difference_is_shown(switch: str, text: str, camunda: Any, dmn: Any) -> None:
    """An expression that shows a row of the table answers differently in the two dialects."""
    assert switch in {row.switch for row in DIFFERENCES}
    assert (answer(text, "camunda"), answer(text, "dmn")) == (camunda, dmn)


def test_known_names_may_hold_spaces_and_signs() -> None:
    """In the standard a name in scope is read as one word, whatever it holds."""
    expression = feel.compile("Loan Amount - pre-paid", dialect="dmn", names=["Loan Amount", "pre-paid"])
    assert expression.evaluate({"Loan Amount": 10, "pre-paid": 3}).value == 7
    assert expression.variables == {"Loan Amount", "pre-paid"}


def test_an_unknown_dialect_is_refused() -> None:
    """A dialect has one of two names."""
    with pytest.raises(feel.FeelError, match="Expected a dialect"):
        feel.compile("1", dialect="klingon")
