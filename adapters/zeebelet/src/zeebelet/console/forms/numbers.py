"""Numbers as form fields hold them: JSON numbers, or their text where a field asks for it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def is_number(value: Any) -> bool:
    """Whether a value is a number or the text of one."""
    if isinstance(value, str):
        return _NUMBER.fullmatch(value.strip()) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def decimal(value: Any) -> Decimal | None:
    """A value as an exact number, None when it is none."""
    try:
        return Decimal(str(value).strip()) if is_number(value) else None
    except InvalidOperation:
        return None


def cleaned(value: Any, *, as_text: bool) -> Any:
    """Returns what a number field holds for a value: a number, its text with `as_text`, or None."""
    if not is_number(value):
        return None
    if as_text:
        return value if isinstance(value, str) else shown(value)
    return plain(value) if isinstance(value, str) else value


def plain(text: str) -> int | float:
    """The JSON number of a text: whole numbers without a fraction."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def shown(value: Any) -> str:
    """A number as an input shows it."""
    if value is None or isinstance(value, (bool, dict, list)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


def typed(text: str, *, as_text: bool) -> Any:
    """Returns what a number field holds after somebody typed a text; a comma is a decimal point."""
    return cleaned(text.strip().replace(",", "."), as_text=as_text)


def decimals(value: Any) -> int:
    """How many digits a number has behind the point."""
    number = decimal(value)
    exponent = number.normalize().as_tuple().exponent if number is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
