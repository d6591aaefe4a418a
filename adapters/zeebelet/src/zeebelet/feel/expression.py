"""Compiled expressions: text to tree, tree to Python, once for each text and dialect; evaluated as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from .dialect import CAMUNDA, Dialect, dialect_of
from .emit import emitter as new_emitter
from .emitter import INPUT, Emitter
from .errors import FeelError, FeelEvaluationError, FeelLimitError, FeelSyntaxError
from .functions import functions_of
from .grammar import parse_expression, parse_unary_tests
from .meter import reset
from .run import Run, Warning
from .runtime import CAMUNDA_RUNTIME, STANDARD_RUNTIME
from .scanner import Cursor
from .scope import Scope, Symbol
from .tree import Node
from .values import Failure

MAX_LENGTH = 100_000  # characters of a text
_CACHED = 4096  # expressions kept; the models of a whole platform have some hundreds


class Result(NamedTuple):
    """What an evaluation gave, and the failures that it went on without."""

    value: Any
    warnings: list[Warning]


_result = tuple.__new__  # half the time of calling the named tuple


class Expression:
    """A text that was read and compiled; evaluations of it do not influence each other."""

    __slots__ = ("_code", "dialect", "filter_names", "text", "tree", "variables")

    def __init__(self, text: str, dialect: Dialect, tree: Node, code: Callable[..., Any], scope: Scope) -> None:
        self.text = text
        self.dialect = dialect
        self.tree = tree
        self.variables = frozenset(scope.read)
        """The variables that the expression reads, whatever its input."""
        self.filter_names = frozenset(scope.maybe_read - scope.read)
        """Names read inside of filters: entries of the filtered items, or else variables."""
        self._code = code

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(
        self,
        context: Mapping[str, Any],
        *,
        clock: Callable[[], datetime] | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> Result:
        """The value for a context of plain JSON values; raises FeelEvaluationError when the whole evaluation fails."""
        run = Run()
        reset()
        if clock is not None:
            run.clock = clock  # type: ignore[method-assign]
        if functions is not None:
            run.functions = functions
        try:
            value = self._code(context, run)
        except FeelError as error:
            raise self._failed(error) from error
        except RecursionError as error:
            raise FeelLimitError(f"failed to evaluate expression '{self.text}': it calls itself too deeply") from error
        except (ArithmeticError, ValueError, TypeError, LookupError, MemoryError) as error:
            raise FeelEvaluationError(f"failed to evaluate expression '{self.text}': {error}") from error
        if run.assertion is not None:
            raise FeelEvaluationError(
                f"Assertion failure on evaluate the expression '{self.text}': {run.assertion}", run.warnings
            )
        if type(value) is Failure:
            raise FeelEvaluationError(f"failed to evaluate expression '{self.text}': {value.message}", run.warnings)
        return _result(Result, (value, run.warnings))

    def _failed(self, error: FeelError) -> FeelError:
        return type(error)(f"failed to evaluate expression '{self.text}': {error}")


def compile(text: str, *, dialect: str = "camunda", names: Iterable[str] = ()) -> Expression:
    """Reads an expression (without a leading `=`); `names` are the variables in scope whose names hold spaces or signs."""
    return _compiled(text, dialect, frozenset(names), False)


def unary_tests(text: str, *, dialect: str = "camunda", names: Iterable[str] = ()) -> Expression:
    """Reads unary tests; their input is given as the context's entry `?`."""
    return _compiled(text, dialect, frozenset(names), True)


@lru_cache(maxsize=_CACHED)
def _compiled(text: str, dialect_name: str, names: frozenset[str], unary: bool) -> Expression:
    dialect = dialect_of(dialect_name)
    if len(text) > MAX_LENGTH:
        raise FeelSyntaxError(text[:80], 0, f"Expected a text of at most {MAX_LENGTH} characters")
    tree = parse(text, dialect, names, unary=unary)
    emitter = new_emitter(dialect, functions_of(dialect), unary=unary)
    scope = Scope(functions_are_variables=dialect.functions_are_variables)
    code = _code(text, emitter, tree, scope)
    return Expression(text, dialect, tree, code, scope)


def parse(text: str, dialect: Dialect = CAMUNDA, names: frozenset[str] = frozenset(), *, unary: bool = False) -> Node:
    """The tree of a text."""
    cursor = Cursor(text, dialect, frozenset(name for name in names if not name.isidentifier()))
    try:
        return parse_unary_tests(cursor) if unary else parse_expression(cursor)
    except RecursionError as error:
        raise FeelSyntaxError(text, cursor.furthest, "Expected an expression that is nested less deeply") from error


def _code(text: str, emitter: Emitter, tree: Node, scope: Scope) -> Callable[..., Any]:
    inner = scope.inside(Symbol(INPUT, implicit=True)) if emitter.unary else scope
    try:
        body = emitter.emit(tree, inner)
        prologue = f"  {INPUT} = scope.get('?', UNBOUND)\n" if emitter.unary else ""
        constants = ", ".join(f"k{at}" for at in range(len(emitter.constants)))
        source = f"def make({constants}):\n def evaluate(scope, run):\n{prologue}  return {body}\n return evaluate\n"
        made: dict[str, Any] = {}
        # The source is written by the emitter; of the text it holds only names and strings, as Python literals.
        exec(source, _namespace(emitter.dialect), made)  # noqa: S102
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise FeelSyntaxError(text, 0, "Expected an expression that is nested less deeply") from error
    found: Callable[..., Any] = made["make"](*emitter.constants)
    return found


def _namespace(dialect: Dialect) -> dict[str, Any]:
    return STANDARD_RUNTIME if dialect.failures_are_null else CAMUNDA_RUNTIME
