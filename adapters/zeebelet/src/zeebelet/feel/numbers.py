"""Decimal arithmetic with 34 digits, half-even, as BigDecimal's DECIMAL128 does it; `int` stands in for it where it fits.

An `int` is a decimal of scale 0, so that sums and products of whole numbers need no Decimal at all. Decimals keep their
trailing zeros (`1.50`), because `string(1.50)` shows them. A literal longer than 34 digits keeps its digits, and widens the
operation in which it is the left operand.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from .errors import FeelEvaluationError

Number = int | Decimal

PRECISION = 34
WHOLE = 10**PRECISION  # whole results below this need no rounding
_TRAPS = [InvalidOperation, DivisionByZero, Overflow]
MATH = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN, Emin=-999_999_999, Emax=999_999_999, traps=_TRAPS)
EXACT = Context(prec=20_000, rounding=ROUND_HALF_EVEN, Emin=-999_999_999, Emax=999_999_999, traps=_TRAPS)
MAX_EXPONENT = 999_999_999


def number(value: Any) -> Number:
    """An `int` or Decimal for a number of any representation; the caller knows that it is one."""
    return from_float(value) if type(value) is float else value


def from_float(value: float) -> Number:
    """The decimal that a binary fraction prints as: 0.1 is 0.1, and 1e7 keeps the exponent it is written with."""
    text = repr(value)
    if 1e-3 <= abs(value) < 1e7:
        return Decimal(text)
    decimal = Decimal(text)
    sign, digits, power_of_ten = decimal.as_tuple()
    exponent = int(power_of_ten)
    while len(digits) > 1 and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    if len(digits) == 1:  # one digit is written with a zero behind the point: 1.0E10
        digits, exponent = (*digits, 0), exponent - 1
    return Decimal((sign, digits, exponent)) if decimal else Decimal("0.0")


def context_for(left: Number) -> Context:
    """The context of an operation: 34 digits, or as many as its left operand has."""
    if type(left) is int:
        if -WHOLE < left < WHOLE:
            return MATH
    elif MATH.plus(left) == left:
        return MATH
    digits = len(Decimal(left).as_tuple().digits)
    return Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=-MAX_EXPONENT, Emax=MAX_EXPONENT, traps=_TRAPS)


def plus(left: Number, right: Number) -> Number:
    """left + right"""
    if type(left) is int and type(right) is int:
        result = left + right
        if -WHOLE < result < WHOLE:
            return result
    return context_for(left).add(left, right)


def minus(left: Number, right: Number) -> Number:
    """left - right"""
    if type(left) is int and type(right) is int:
        result = left - right
        if -WHOLE < result < WHOLE:
            return result
    return context_for(left).subtract(left, right)


def times(left: Number, right: Number) -> Number:
    """left * right"""
    if type(left) is int and type(right) is int:
        result = left * right
        if -WHOLE < result < WHOLE:
            return result
    return context_for(left).multiply(left, right)


def divide(left: Number, right: Number) -> Number:
    """left / right, where right is not zero; whole results of whole numbers stay whole."""
    if type(left) is int and type(right) is int and -WHOLE < left < WHOLE:
        quotient, rest = divmod(left, right)
        if not rest:
            return quotient
    return context_for(left).divide(left, right)


def negate(value: Number) -> Number:
    """-value"""
    return -value if isinstance(value, int) or not value else value.copy_negate()


def is_whole(value: Number) -> bool:
    """Whether a number has no fraction."""
    return isinstance(value, int) or value == value.to_integral_value()


def power(base: Number, exponent: Number) -> Number:
    """base ** exponent: repeated squaring for whole exponents, through doubles for others."""
    if not is_whole(exponent):
        return double(float(base) ** float(exponent)) if base >= 0 else _no_power(base, exponent)
    whole = int_value(exponent)
    if abs(whole) > MAX_EXPONENT or (whole < 0 and not base):
        return _no_power(base, exponent)
    return _whole_power(base, whole)


def _no_power(base: Number, exponent: Number) -> Number:
    raise FeelEvaluationError(f"'{base} ** {exponent}' has no result")


def _whole_power(base: Number, exponent: int) -> Number:
    """The X3.274 algorithm: square and multiply with a few guard digits, then round once."""
    context = context_for(base)
    steps = abs(exponent)
    work = Context(
        prec=context.prec + len(str(steps)) + 1,
        rounding=context.rounding,
        Emin=-MAX_EXPONENT,
        Emax=MAX_EXPONENT,
        traps=_TRAPS,
    )
    result: Decimal = Decimal(1)
    try:
        for bit in bin(steps)[2:]:
            result = work.multiply(result, result)
            if bit == "1":
                result = work.multiply(result, base)
        if exponent < 0:
            result = work.divide(Decimal(1), result)
    except (Overflow, InvalidOperation, DivisionByZero):
        return _no_power(base, exponent)
    return shrink(context.plus(result))


def shrink(value: Decimal) -> Number:
    """A Decimal of scale 0 as the `int` it is, so that what follows takes the fast way."""
    exponent = value.as_tuple().exponent
    return int(value) if exponent == 0 else value


def double(value: float) -> Number:
    """The number for a result that was computed in double precision."""
    if value != value or value in (float("inf"), float("-inf")):
        raise FeelEvaluationError(f"Expected a finite number, but was '{value}'")
    return from_float(value)


def bounded(value: Number) -> int:
    """The whole part of a position or count, cut off where no list or string reaches."""
    if -_FAR < value < _FAR:
        return int(value)
    return _FAR if value > 0 else -_FAR


_FAR = 2**40


def int_value(value: Number) -> int:
    """The whole part as Java's `intValue` gives it: truncated, the low 32 bits kept."""
    whole = value if type(value) is int else _truncate(value)
    return (whole + 2**31) % 2**32 - 2**31


def _truncate(value: Number) -> int:
    if isinstance(value, Decimal) and value.adjusted() > 6_000:
        return 0  # all 32 low bits of such a power of ten are zero, and the number would take too much memory
    return int(value)
