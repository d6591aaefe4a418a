"""The two dialects, and everything in which they differ, in one table.

`camunda` is what Camunda's feel-engine 1.21 understands and answers; `dmn` is the standard (DMN 1.5). A row is a switch that
the parser or an operation asks; functions that only one dialect has, or that the two define differently, are listed in
`functions/dmn.py` and `functions/__init__.py`. Reading the rows says what an expression written for one loses in the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .errors import FeelError


class Difference(NamedTuple):
    """One row: the switch, its value in each dialect, and what it means to a reader."""

    switch: str
    camunda: bool
    dmn: bool
    meaning: str


DIFFERENCES = (
    # grammar
    Difference(
        "keywords_are_words",
        False,
        True,
        "a keyword must end at a word's end: `1and2` is Camunda's, not the standard's",
    ),
    Difference("names_with_spaces", False, True, "a variable's name may hold spaces and operators without back-ticks"),
    Difference("unicode_escapes", False, True, "a string may hold \\uXXXX and \\UXXXXXX"),
    Difference(
        "calls_of_values", False, True, "whatever is a function can be called: `(function(x) x)(1)`, `list[1](2)`"
    ),
    Difference(
        "ranges_are_values", False, True, "a range may stand where any value may; Camunda: as a test or argument only"
    ),
    Difference("exponents", False, True, "a number may have an exponent: `1.2e3`"),
    Difference("equality_tests", False, True, "`= 5` and `!= 5` are tests, as `< 5` is"),
    Difference("unique_keys", False, True, "a context whose text names an entry twice is null"),
    Difference(
        "generic_types",
        False,
        True,
        "`list<number>`, `range<date>`, `context<a: string>`, `function<number> -> string`",
    ),
    Difference("open_ranges", False, True, "`(< 5)` as a value is a range with one end"),
    # evaluation
    Difference("later_iterators_see_earlier", False, True, "`for x in xs, y in x.items`: y's list may use x"),
    Difference("day_may_end_at_24", False, True, "`2021-01-01T24:00:00` is the next midnight"),
    Difference(
        "functions_are_variables", False, True, "a function is found as any variable; Camunda keeps functions apart"
    ),
    Difference(
        "values_as_lists", False, True, "a value stands for the list of it where a list is expected: `1[1]`, `count(1)`"
    ),
    Difference(
        "failures_are_null", False, True, "an operation without result is null; Camunda gives up the whole expression"
    ),
    Difference(
        "filter_scope_first", True, False, "Camunda tries a filter that is no comparison outside of the list first"
    ),
    Difference(
        "strings_in_utf16",
        True,
        False,
        "string length and positions count UTF-16 units; the standard's count characters",
    ),
    Difference("standard_functions", False, True, "the functions of the standard's table, with its parameter names"),
    Difference(
        "zones_compare",
        False,
        True,
        "values with and without a zone, and dates with times, can be compared and subtracted",
    ),
    Difference("warnings", True, False, "a suppressed failure leaves a warning"),
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The switches of one dialect, by the names of the table's rows."""

    name: str
    keywords_are_words: bool
    names_with_spaces: bool
    unicode_escapes: bool
    calls_of_values: bool
    ranges_are_values: bool
    exponents: bool
    equality_tests: bool
    unique_keys: bool
    generic_types: bool
    open_ranges: bool
    later_iterators_see_earlier: bool
    day_may_end_at_24: bool
    functions_are_variables: bool
    values_as_lists: bool
    failures_are_null: bool
    filter_scope_first: bool
    strings_in_utf16: bool
    standard_functions: bool
    zones_compare: bool
    warnings: bool


CAMUNDA = Dialect("camunda", **{row.switch: row.camunda for row in DIFFERENCES})
DMN = Dialect("dmn", **{row.switch: row.dmn for row in DIFFERENCES})
_BY_NAME = {dialect.name: dialect for dialect in (CAMUNDA, DMN)}


def dialect_of(name: str) -> Dialect:
    """The dialect of that name."""
    if name not in _BY_NAME:
        raise FeelError(f"Expected a dialect of {sorted(_BY_NAME)}, but was '{name}'")
    return _BY_NAME[name]
