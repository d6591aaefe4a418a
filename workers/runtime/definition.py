"""A task as declared: everything the runtime knows about a handler before the first job comes."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeAlias, TypeVar

from workers.domain.errors import DomainError
from workers.ports.documents import DocumentStore
from workers.runtime.claims import large_fields
from workers.runtime.context import Context
from workers.runtime.contract import TaskHeaders, TaskInput, TaskModel, TaskOutput, variable_names
from workers.runtime.errors import InvalidTask
from workers.runtime.retry import RetryPolicy

Handler: TypeAlias = Callable[..., Any]
InputModel: TypeAlias = type[TaskInput]
OutputModel: TypeAlias = type[TaskOutput]
HeadersModel: TypeAlias = type[TaskHeaders]
EffectKey: TypeAlias = Literal["element", "none"] | Callable[[Any, Context], str]
M = TypeVar("M", bound="type[TaskModel]")
UNIT = "unit"
# Not a parameter of the handler: the runtime's own use of the document store, for fields marked `LARGE`.
DOCUMENTS = "(claim check)"
_TYPE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `@task` was given beside the type."""

    raises: tuple[type[DomainError], ...] = ()
    timeout: timedelta = timedelta(seconds=30)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    max_active: int = 32
    system: str = "postgres"
    effect: EffectKey = "element"
    longest: timedelta | None = None
    expected: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """One task type.

    `resources` maps keyword-only parameters to the type they ask for; `headers` is the parameter and model of typed headers.
    `longest` caps how long the heartbeat keeps a job alive (default: ten time-outs); `expected` is the usual duration.
    """

    type: str
    handler: Handler
    input: InputModel
    output: OutputModel | None
    options: Options
    resources: Mapping[str, Any]
    optional: frozenset[str] = frozenset()
    headers: tuple[str, HeadersModel] | None = None
    needs_unit: bool = False
    is_async: bool = False
    large_in: frozenset[str] = frozenset()
    large_out: frozenset[str] = frozenset()

    @property
    def blocking(self) -> bool:
        """Whether a job takes a thread: all do but coroutines that touch neither the effect ledger nor the document store."""
        return not self.is_async or self.options.effect != "none" or bool(self.large_in or self.large_out)

    @property
    def fetch_variables(self) -> tuple[str, ...]:
        """The variables to activate a job with: exactly those the input declares."""
        return variable_names(self.input)

    @property
    def output_variables(self) -> tuple[str, ...]:
        """The variables the task may set."""
        return variable_names(self.output) if self.output else ()

    @property
    def error_codes(self) -> tuple[str, ...]:
        """The BPMN error codes a model has to catch."""
        return tuple(error.code for error in self.options.raises)

    @property
    def longest(self) -> timedelta:
        """How long a handler may run with its time-out extended."""
        return self.options.longest or 10 * self.options.timeout

    @property
    def summary(self) -> str:
        """The first line of the handler's or its module's documentation."""
        text = inspect.getdoc(self.handler) or inspect.getdoc(inspect.getmodule(self.handler)) or ""
        return text.strip().split("\n", 1)[0]


def define(task_type: str, handler: Handler, options: Options) -> TaskDefinition:
    """Reads a handler's signature; refuses what could only fail later, naming the cause."""
    _check_options(task_type, options)
    hints = _hints(task_type, handler)
    parameters = list(inspect.signature(handler).parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    injected = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    is_async = inspect.iscoroutinefunction(handler)
    needs_unit = any(p.name == UNIT for p in injected)
    _check_unit(task_type, options, needs_unit=needs_unit, is_async=is_async)
    headers = [(p.name, hints[p.name]) for p in injected if _is(hints.get(p.name), TaskHeaders)]
    asked = {p.name: _annotation(task_type, p, hints) for p in injected if p.name != UNIT}
    reads, writes = _input(task_type, positional, hints), _output(task_type, hints)
    large_in, large_out = large_fields(reads), large_fields(writes)
    documents = {DOCUMENTS: DocumentStore} if large_in or large_out else {}
    return TaskDefinition(
        type=task_type,
        handler=handler,
        input=reads,
        output=writes,
        options=options,
        resources=documents | {name: kind for name, kind in asked.items() if (name, kind) not in headers},
        large_in=large_in,
        large_out=large_out,
        optional=frozenset(p.name for p in injected if p.default is not p.empty),
        headers=headers[0] if headers else None,
        needs_unit=needs_unit,
        is_async=is_async,
    )


def _check_options(task_type: str, options: Options) -> None:
    if not _TYPE.fullmatch(task_type):
        raise InvalidTask(f"Expected a task type of lower-case words joined by dashes, but it is {task_type!r}")
    if options.timeout <= timedelta(0) or options.max_active < 1:
        raise InvalidTask(f"Task {task_type!r}: expected timeout > 0 and max_active >= 1, but they are not")
    if options.effect not in ("element", "none") and not callable(options.effect):
        raise InvalidTask(
            f"Task {task_type!r}: expected effect 'element', 'none' or a function, but {options.effect!r}"
        )
    if not all(_is(error, DomainError) for error in options.raises):
        raise InvalidTask(f"Task {task_type!r}: expected subclasses of DomainError in raises=, but {options.raises!r}")


def _check_unit(task_type: str, options: Options, *, needs_unit: bool, is_async: bool) -> None:
    if needs_unit and options.effect == "none":
        raise InvalidTask(f"Task {task_type!r} asks for a unit of work, but effect='none' opens no transaction")
    if needs_unit and is_async:
        raise InvalidTask(
            f"Task {task_type!r} asks for a unit of work in an 'async def', but a transaction would block every other "
            "job of the loop; write it as a plain 'def' (it runs on a thread)"
        )


def _hints(task_type: str, handler: Handler) -> dict[str, Any]:
    try:
        return typing.get_type_hints(handler)
    except NameError as error:
        raise InvalidTask(
            f"Task {task_type!r}: the annotation {error.name!r} is not known at run time; "
            "did you import it under 'if TYPE_CHECKING'?"
        ) from error


def _input(task_type: str, positional: list[inspect.Parameter], hints: dict[str, Any]) -> InputModel:
    kinds: list[Any] = [hints.get(p.name) for p in positional]
    if len(kinds) != 2 or not _is(kinds[0], TaskInput) or kinds[1] is not Context:
        raise InvalidTask(
            f"Task {task_type!r}: expected a handler (data: <TaskInput>, ctx: Context, *, ...), "
            f"but its positional parameters are {[p.name for p in positional]}"
        )
    found: InputModel = kinds[0]
    return _complete(task_type, found)


def _output(task_type: str, hints: dict[str, Any]) -> OutputModel | None:
    found = hints.get("return", type(None))
    choices = [kind for kind in (typing.get_args(found) or (found,)) if kind is not type(None)]
    if not choices:
        return None
    if len(choices) > 1 or not _is(choices[0], TaskOutput):
        raise InvalidTask(f"Task {task_type!r}: expected to return a TaskOutput or None, but it is declared {found!r}")
    output: OutputModel = choices[0]
    return _complete(task_type, output)


def _complete(task_type: str, model: M) -> M:
    """A contract whose annotations cannot be resolved would only fail at the first job."""
    if not model.model_rebuild(raise_errors=False) and not model.__pydantic_complete__:
        raise InvalidTask(f"Task {task_type!r}: {model.__name__} names types that are not known at run time")
    return model


def _annotation(task_type: str, parameter: inspect.Parameter, hints: dict[str, Any]) -> Any:
    if parameter.name not in hints:
        raise InvalidTask(
            f"Task {task_type!r}: parameter {parameter.name!r} has no annotation, so nothing can provide it"
        )
    return hints[parameter.name]


def _is(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)
