"""The built-in functions of each dialect."""

from __future__ import annotations

from ..dialect import Dialect
from . import booleans, contexts, conversion, lists, numbers, ranges, strings, temporal
from .dmn import standard_table
from .registry import Table

CAMUNDA_FUNCTIONS: Table = {
    name: overloads
    for module in (conversion, booleans, strings, lists, numbers, contexts, ranges, temporal)
    for name, overloads in module.library.functions.items()
}
STANDARD_FUNCTIONS: Table = standard_table(CAMUNDA_FUNCTIONS)


def functions_of(dialect: Dialect) -> Table:
    """The functions that a dialect knows, by name, in the order in which their overloads are tried."""
    return STANDARD_FUNCTIONS if dialect.standard_functions else CAMUNDA_FUNCTIONS
