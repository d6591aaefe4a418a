"""What is wrong with a field's value: the form viewer's rules, each with the words a reader gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from zeebelet.console.forms import numbers
from zeebelet.console.forms.context import Scope, value_of
from zeebelet.console.forms.phones import is_phone
from zeebelet.console.forms.schema import Field

_WITH_EXPRESSIONS = ("min", "max", "minLength", "maxLength")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")  # as HTML's e-mail inputs have it
Rules = Mapping[str, Any]


def problems(field: Field, value: Any, scope: Scope) -> list[str]:
    """Returns what is wrong with a value, nothing when all is well."""
    found = list(_number_problems(field, value)) if field.type == "number" else []
    rules = {
        name: value_of(rule, scope) if name in _WITH_EXPRESSIONS else rule for name, rule in field.validate.items()
    }
    rules = {name: rule for name, rule in rules.items() if rule is not None}
    return found + [problem for check in _CHECKS for problem in check(field, value, rules)]


def _number_problems(field: Field, value: Any) -> Iterator[str]:
    number = numbers.decimal(value)
    if not number:
        return
    digits = field.get("decimalDigits")
    if isinstance(digits, int) and 0 <= digits < numbers.decimals(value):
        yield "Enter a whole number." if digits == 0 else f"Enter at most {digits} digits after the decimal point."
    step = numbers.decimal(field.get("increment"))
    if step and number % step:
        below = number - number % step
        yield f"Enter a multiple of {step}: {below} and {below + step} are the nearest."


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str] | None:
    """A JavaScript pattern as Python reads it; None for one that is broken."""
    translated = re.sub(r"\(\?<(?=[A-Za-z_$])", "(?P<", text)
    translated = re.sub(r"(?<!\\)((?:\\\\)*)\$(?![^\[]*\])", r"\1\\Z", translated)
    try:
        return re.compile(translated, re.ASCII)
    except re.error:
        return None


def _matches(field: Field, value: Any, rules: Rules) -> Iterator[str]:
    text = rules.get("pattern")
    if not text or not value:
        return
    pattern = _pattern(str(text))
    if pattern is None:
        yield f"This form asks for a pattern that cannot be read: {text}"
    elif not pattern.search(str(value)):
        yield str(rules.get("patternErrorMessage") or f"Enter something that fits the pattern {text}.")


def _is_filled(field: Field, value: Any, rules: Rules) -> Iterator[str]:
    if rules.get("required") and (value in (None, "", []) or (field.type == "checkbox" and value is False)):
        yield "Fill in this field."


def _bound(name: str, fails: Callable[[Decimal, Decimal], bool], words: str) -> Callable[..., Iterator[str]]:
    def check(field: Field, value: Any, rules: Rules) -> Iterator[str]:
        if name not in rules or (not value and value != 0) or value is False:
            return
        number, bound = numbers.decimal(value), numbers.decimal(rules[name])
        if number is None or bound is None:
            yield f"This form asks for a bound that is no number: {rules[name]}"
        elif fails(number, bound):
            yield words.format(rules[name])

    return check


def _length(value: Any) -> int:
    """The length JavaScript sees: in UTF-16 units, without space around."""
    return len(str(value).strip().encode("utf-16-le")) // 2


def _long(name: str, fails: Callable[[float, float], bool], words: str) -> Callable[..., Iterator[str]]:
    def check(field: Field, value: Any, rules: Rules) -> Iterator[str]:
        bound = numbers.decimal(rules.get(name))
        if bound is not None and isinstance(value, str) and value and fails(_length(value), float(bound)):
            yield words.format(rules[name])

    return check


def _has_type(field: Field, value: Any, rules: Rules) -> Iterator[str]:
    kind = rules.get("validationType")
    if kind == "email" and value and not _EMAIL.fullmatch(str(value)):
        yield "Enter an e-mail address, such as name@example.com."
    if kind == "phone" and value and not is_phone(str(value)):
        yield "Enter an international telephone number, such as +33612345678."


_CHECKS: tuple[Callable[..., Iterator[str]], ...] = (
    _matches,
    _is_filled,
    _bound("min", lambda number, bound: number < bound, "Enter {} or more."),
    _bound("max", lambda number, bound: number > bound, "Enter {} or less."),
    _long("minLength", lambda length, bound: length < bound, "Enter at least {} characters."),
    _long("maxLength", lambda length, bound: length > bound, "Enter at most {} characters."),
    _has_type,
)
