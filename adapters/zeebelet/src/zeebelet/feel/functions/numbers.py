"""Functions of numbers."""

from __future__ import annotations

import decimal
import math
import secrets
from decimal import Decimal
from typing import Any

from ..errors import FeelEvaluationError, FeelLimitError
from ..numbers import EXACT, Number, double, int_value, plus, shrink
from ..run import Run
from ..show import show
from ..values import DayTimeDuration, Failure, YearMonthDuration
from .registry import Library

library = Library()
builtin = library.builtin
MAX_SCALE = 10_000  # digits behind the point, or zeros before it

MODES = {
    "UP": decimal.ROUND_UP,
    "DOWN": decimal.ROUND_DOWN,
    "CEILING": decimal.ROUND_CEILING,
    "FLOOR": decimal.ROUND_FLOOR,
    "HALF_UP": decimal.ROUND_HALF_UP,
    "HALF_DOWN": decimal.ROUND_HALF_DOWN,
    "HALF_EVEN": decimal.ROUND_HALF_EVEN,
}
UNNECESSARY = "UNNECESSARY"
_ALL_MODES = ", ".join((*MODES, UNNECESSARY))


def rounded(value: Number, scale: Number, mode: str) -> Number:
    """A number with so many digits behind the point."""
    digits = int_value(scale)
    if digits == 0 and type(value) is int:
        return value
    if abs(digits) > MAX_SCALE:
        raise FeelLimitError(f"Expected a scale within {MAX_SCALE}, but was {digits}")
    return shrink(Decimal(value).quantize(Decimal((0, (1,), -digits)), rounding=mode, context=EXACT))


@builtin("decimal", "n: number, scale: number")
def to_scale(_run: Run, value: Number, scale: Number) -> Number:
    """Rounded to a scale, half to even."""
    return rounded(value, scale, decimal.ROUND_HALF_EVEN)


@builtin("decimal", "n: number, scale: number, mode: string")
def to_scale_by(_run: Run, value: Number, scale: Number, mode: str) -> Any:
    """Rounded to a scale by a named mode."""
    name = mode.upper()
    if name in MODES:
        return rounded(value, scale, MODES[name])
    if name != UNNECESSARY:
        return Failure(f"Illegal argument '{mode}' for rounding mode. Must be one of: {_ALL_MODES}")
    result = rounded(value, scale, decimal.ROUND_DOWN)
    if result != value:
        return Failure(f"Failed to apply rounding mode '{UNNECESSARY}': Rounding necessary")
    return result


@builtin("floor", "n: number")
def floor(_run: Run, value: Number) -> Number:
    """The largest whole number that is not greater."""
    return rounded(value, 0, decimal.ROUND_FLOOR)


@builtin("floor", "n: number, scala: number")
def floor_to(_run: Run, value: Number, scale: Number) -> Number:
    """Rounded down to a scale."""
    return rounded(value, scale, decimal.ROUND_FLOOR)


@builtin("ceiling", "n: number")
def ceiling(_run: Run, value: Number) -> Number:
    """The smallest whole number that is not less."""
    return rounded(value, 0, decimal.ROUND_CEILING)


@builtin("ceiling", "n: number, scale: number")
def ceiling_to(_run: Run, value: Number, scale: Number) -> Number:
    """Rounded up to a scale."""
    return rounded(value, scale, decimal.ROUND_CEILING)


@builtin("round up", "n: number, scale: number")
def round_up(_run: Run, value: Number, scale: Number) -> Number:
    """Rounded away from zero."""
    return rounded(value, scale, decimal.ROUND_UP)


@builtin("round down", "n: number, scale: number")
def round_down(_run: Run, value: Number, scale: Number) -> Number:
    """Rounded towards zero."""
    return rounded(value, scale, decimal.ROUND_DOWN)


@builtin("round half up", "n: number, scale: number")
def round_half_up(_run: Run, value: Number, scale: Number) -> Number:
    """Rounded to the nearest, half away from zero."""
    return rounded(value, scale, decimal.ROUND_HALF_UP)


@builtin("round half down", "n: number, scala: number")
def round_half_down(_run: Run, value: Number, scale: Number) -> Number:
    """Rounded to the nearest, half towards zero."""
    return rounded(value, scale, decimal.ROUND_HALF_DOWN)


_ABSOLUTE = "number | years and months duration | days and time duration"


@builtin("abs", f"number: {_ABSOLUTE}", f"n: {_ABSOLUTE}")
def absolute(_run: Run, value: Any) -> Any:
    """A number or duration without its sign."""
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(abs(value.months))
    if isinstance(value, DayTimeDuration):
        return DayTimeDuration(abs(value.nanos))
    return abs(value) if type(value) is int else value.copy_abs()


@builtin("modulo", "dividend: number, divisor: number")
def modulo(_run: Run, dividend: Number, divisor: Number) -> Number:
    """The remainder, with the sign of the divisor."""
    if not divisor:
        raise FeelEvaluationError(f"'{show(dividend)}' has no remainder by zero")
    if type(dividend) is int and type(divisor) is int:
        return dividend % divisor
    rest = EXACT.remainder(dividend, divisor)
    return EXACT.remainder(plus(rest, divisor), divisor)


@builtin("sqrt", "number: number")
def sqrt(_run: Run, value: Number) -> Any:
    """The square root; null of a negative number."""
    return None if value < 0 else double(math.sqrt(value))


@builtin("log", "number: number")
def log(_run: Run, value: Number) -> Number:
    """The natural logarithm."""
    if value <= 0:
        raise FeelEvaluationError(f"'{show(value)}' has no logarithm")
    return double(math.log(float(value)))


@builtin("exp", "number: number")
def exp(_run: Run, value: Number) -> Number:
    """e to the power of a number."""
    return double(math.exp(value))


@builtin("odd", "number: number")
def odd(_run: Run, value: Number) -> bool:
    """Whether a number is odd."""
    return value % 2 != 0 if type(value) is int else abs(EXACT.remainder(value, 2)) == 1


@builtin("even", "number: number")
def even(_run: Run, value: Number) -> bool:
    """Whether a number is even."""
    return value % 2 == 0 if type(value) is int else EXACT.remainder(value, 2) == 0


@builtin("random number", "")
def random_number(_run: Run) -> Number:
    """A number from 0 up to 1."""
    return double(secrets.randbits(53) / 2**53)
