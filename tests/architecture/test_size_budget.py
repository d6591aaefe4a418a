"""The shape of the code is a rule, not a wish: sizes, parameters and promises are measured from the source."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TESTS = (REPOSITORY / "tests", REPOSITORY / "adapters/zeebelet/tests")
SOURCES = sorted(
    path
    for root in ("workers", "adapters")
    for path in (REPOSITORY / root).rglob("*.py")
    if TESTS[1] not in path.parents
)
Function = ast.FunctionDef | ast.AsyncFunctionDef

BODY_MAX, BODY_P90, BODY_MEDIAN = 60, 24, 6
MODULE_MAX, METHODS_MAX, POSITIONAL_MAX = 400, 12, 5


def functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def body_lines(function: Function) -> int:
    """Lines of the body without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_module_keeps_the_budget(path: Path) -> None:
    """A module has at most 400 lines, a function 60 and 5 positional parameters, a class 12 methods."""
    text = path.read_text()
    tree = ast.parse(text)

    too_long = [f"{name(path)}: {text.count(chr(10))} lines"] if text.count("\n") > MODULE_MAX else []
    for function in functions(tree):
        positional = [a for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")]
        if body_lines(function) > BODY_MAX:
            too_long.append(f"{function.name}: a body of {body_lines(function)} lines")
        if len(positional) > POSITIONAL_MAX:
            too_long.append(f"{function.name}: {len(positional)} positional parameters")
    for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        methods = [m for m in cls.body if isinstance(m, Function)]
        # A gRPC servicer has one method per RPC: the protocol sets its size.
        if len(methods) > METHODS_MAX and "Servicer" not in "".join(map(ast.dump, cls.bases)):
            too_long.append(f"class {cls.name}: {len(methods)} methods")

    assert not too_long


def test_most_functions_are_short() -> None:
    """Median body at most 6 lines, the 90th percentile at most 24."""
    bodies = sorted(body_lines(f) for path in SOURCES for f in functions(ast.parse(path.read_text())))

    assert statistics.median(bodies) <= BODY_MEDIAN
    assert bodies[int(len(bodies) * 0.9)] <= BODY_P90


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_is_left_for_later(path: Path) -> None:
    """No note of work to do, and no handler that swallows every exception."""
    text = path.read_text()
    swallowing = [
        handler.lineno
        for handler in ast.walk(ast.parse(text))
        if isinstance(handler, ast.ExceptHandler)
        and all(isinstance(statement, ast.Pass | ast.Continue) for statement in handler.body)
        and (handler.type is None or getattr(handler.type, "id", "") in ("Exception", "BaseException"))
    ]

    assert not re.findall(r"\b(TODO|FIXME|XXX)\b", text)
    assert not swallowing


def test_every_test_states_its_rule() -> None:
    """Every test function has a docstring: the rule it holds."""
    silent = [
        f"{name(path)}:{function.lineno} {function.name}"
        for folder in TESTS
        for path in sorted(folder.rglob("test_*.py"))
        for function in functions(ast.parse(path.read_text()))
        if function.name.startswith("test") and not ast.get_docstring(function)
    ]

    assert silent == []
