"""Laws that hold for every value: texts read back, calendars that add up, numbers with 34 digits, sets and patterns."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from zeebelet import feel
from zeebelet.feel.calendar import add_months, epoch_day, from_epoch_day, months_between
from zeebelet.feel.literals import at_literal
from zeebelet.feel.regex import compile_pattern, find_all
from zeebelet.feel.run import Run
from zeebelet.feel.show import show
from zeebelet.feel.values import (
    DAY_NANOS,
    Date,
    DayTimeDuration,
    LocalDateTime,
    YearMonthDuration,
    ZonedDateTime,
)

days = st.integers(-300_000_000, 300_000_000)
dates = days.map(from_epoch_day).filter(lambda day: day.year > 0)
nanos = st.integers(0, DAY_NANOS - 1)
whole_seconds = st.integers(-(10**12), 10**12).map(lambda seconds: DayTimeDuration(seconds * 10**9))
temporals = st.one_of(
    dates.filter(lambda day: day.year < 10_000),
    st.builds(LocalDateTime, dates, nanos),
    st.builds(ZonedDateTime, dates, nanos, st.integers(-1080, 1080).map(lambda minutes: minutes * 60), st.none()),
    st.integers(-(10**6), 10**6).map(YearMonthDuration),
    whole_seconds,
)
literals = st.one_of(
    st.integers(0, 10**20).map(str),
    st.sampled_from(["null", "true", "false", "a", "order.total", '"text"', "1.50", '@"2024-02-29"']),
)
texts = st.recursive(
    literals,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        st.tuples(inner, st.sampled_from(["<", "<=", "=", "!=", "and", "or"]), inner).map(
            lambda x: f"({x[0]} {x[1]} {x[2]})"
        ),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(inner, inner, inner).map(lambda x: f"(if {x[0]} then {x[1]} else {x[2]})"),
        st.tuples(inner, inner).map(lambda x: f"{{k: {x[0]}, l: {x[1]}}}"),
    ),
    max_leaves=8,
)


@given(texts)
def test_white_space_and_comments_change_nothing(text: str) -> None:
    """A text has one tree, however much space and comment stands between its signs."""
    spaced = re.sub(r"([()\[\],{}])", r" /* here */ \1\n", text)
    assert feel.compile(spaced).tree == feel.compile(text).tree
    assert feel.compile(f"({text})").tree == feel.compile(text).tree


@given(temporals)
def test_a_temporal_value_reads_back(value: object) -> None:
    """What a temporal value prints as is the literal of it."""
    assert at_literal(show(value)) == value


@given(days)
def test_days_count_both_ways(day: int) -> None:
    """A day's number is the number of its date."""
    assert epoch_day(from_epoch_day(day)) == day


@given(dates, st.integers(-10_000, 10_000))
def test_months_add_up(day: Date, months: int) -> None:
    """Adding months and counting them again differ at most where a month is too short."""
    later = add_months(day, months)
    assert later.day in (day.day, 28, 29, 30)
    if later.day == day.day:
        assert months_between(day, later) == months


@given(dates, whole_seconds)
def test_a_duration_added_and_taken_away_is_nothing(day: Date, span: DayTimeDuration) -> None:
    """d + p - p is d."""
    moment = LocalDateTime(day, 0)
    found = feel.compile("moment + span - span").evaluate({"moment": moment, "span": span}).value
    assert found == moment


numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6)


@given(numbers, numbers)
@settings(max_examples=200)
def test_arithmetic_has_34_digits(left: Decimal, right: Decimal) -> None:
    """Sums, products and quotients are those of a decimal context of 34 digits, rounded half to even."""
    context = Context(prec=34, rounding=ROUND_HALF_EVEN)
    scope = {"a": left, "b": right}
    assert feel.compile("a + b").evaluate(scope).value == context.add(left, right)
    assert feel.compile("a * b").evaluate(scope).value == context.multiply(left, right)
    if right:
        assert feel.compile("a / b").evaluate(scope).value == context.divide(left, right)


@given(st.integers(-(10**30), 10**30), st.integers(-(10**30), 10**30))
def test_whole_numbers_are_decimals(left: int, right: int) -> None:
    """The quick way of whole numbers gives what decimals give."""
    for text in ("a + b", "a - b", "a * b", "a < b", "a = b"):
        quick = feel.compile(text).evaluate({"a": left, "b": right}).value
        assert quick == feel.compile(text).evaluate({"a": Decimal(left), "b": Decimal(right)}).value


@given(st.lists(st.integers(0, 5)))
def test_distinct_values_are_distinct(items: list[int]) -> None:
    """Every item is there once, in the order of its first place."""
    assert feel.compile("distinct values(items)").evaluate({"items": items}).value == list(dict.fromkeys(items))


@given(st.from_regex(r"(?:[abc]|\[ab\]|[abc][*+?]|\(a\|b\)){1,4}", fullmatch=True), st.text("abc", max_size=12))
def test_both_matchers_agree(pattern: str, text: str) -> None:
    """The matcher that can be stopped finds what Python's engine finds."""
    quick = compile_pattern(pattern, "")
    slow = type(quick)(quick.piece, quick.groups, quick.names, quick.loops, None)
    assert find_all(Run(), quick, text) == find_all(Run(), slow, text)
