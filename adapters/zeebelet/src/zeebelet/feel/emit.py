"""From the tree to Python: each node becomes one Python expression, which `compile` turns into byte code.

What is common is written out (comparing two whole numbers, reading a variable that exists), what is not is a call of the
operation that handles all types. Temporary variables are assigned within the expression. Deep or long constructs become
functions of their own, because Python's parser nests only so far.
"""

from __future__ import annotations

from .dialect import Dialect
from .emit_calls import CALLS
from .emit_tests import TESTS
from .emit_values import VALUES
from .emitter import Emitter, Overloads

TABLE = VALUES | CALLS | TESTS


def emitter(dialect: Dialect, functions: Overloads, *, unary: bool) -> Emitter:
    """An emitter that knows every node."""
    return Emitter(dialect, functions, TABLE, unary)
