"""What the emitted code calls, by the names that it uses; where the dialects differ, each has its own operation."""

from __future__ import annotations

from typing import Any

from . import access, arithmetic, calls, compare, logic
from .instances import instance_of
from .numbers import WHOLE
from .standard import STANDARD_OPERATIONS
from .values import Failure, Function

_MODULES: tuple[tuple[Any, str], ...] = (
    (access, "no_variable unbound_variable read item_at filtered filtered_or_indexed loop loop_with_partial"),
    (access, "exists all_hold iteration unfailed unfailed_context"),
    (arithmetic, "add subtract multiply divide_by exponentiate negative long_arithmetic"),
    (calls, "call collect settle call_found call_member"),
    (compare, "less less_equal greater greater_equal equal expect_boolean"),
    (logic, "UNBOUND second_of_and second_of_or long_logic boolean_or_null negation any_of input_of no_input"),
    (logic, "unary_test tested in_range make_range"),
)

CAMUNDA_RUNTIME: dict[str, Any] = {
    "WHOLE": WHOLE,
    "Failure": Failure,
    "Function": Function,
    "instance_of": instance_of,
    **{name: getattr(module, name) for module, names in _MODULES for name in names.split()},
}
STANDARD_RUNTIME: dict[str, Any] = CAMUNDA_RUNTIME | STANDARD_OPERATIONS
