"""Gives handlers what their keyword-only parameters ask for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

from workers.runtime.context import Context
from workers.runtime.contract import read_headers
from workers.runtime.definition import TaskDefinition
from workers.runtime.errors import MissingProvider

Resources: TypeAlias = Mapping[Any, object]
Provide: TypeAlias = Callable[[Context, str], dict[str, Any]]


def bind(definition: TaskDefinition, resources: Resources) -> Provide:
    """A function from a job to the handler's keyword arguments; objects are looked up once, factories asked per job."""
    wanted = {name: resources[kind] for name, kind in definition.resources.items() if kind in resources}
    factories: dict[str, Any] = {name: thing for name, thing in wanted.items() if _is_factory(thing)}
    objects = {name: thing for name, thing in wanted.items() if name not in factories}
    typed = definition.headers

    def provide(context: Context, headers: str) -> dict[str, Any]:
        arguments = dict(objects)
        for name, factory in factories.items():
            arguments[name] = factory(context)
        if typed is not None:
            arguments[typed[0]] = read_headers(typed[1], headers)
        return arguments

    return provide


def check_providers(definitions: Iterable[TaskDefinition], resources: Resources) -> None:
    """Refuses to start when a handler asks for something nobody provides; names all of them at once."""
    missing = [
        f"{definition.type} asks for {name}: {getattr(kind, '__name__', kind)}"
        for definition in definitions
        for name, kind in definition.resources.items()
        if kind not in resources and name not in definition.optional
    ]
    if missing:
        known = ", ".join(sorted(getattr(kind, "__name__", str(kind)) for kind in resources)) or "none"
        raise MissingProvider(f"Expected a provider for every resource, but {'; '.join(missing)} (provided: {known})")


def _is_factory(thing: object) -> bool:
    """Functions make one per job; an object that happens to be callable is used as it is."""
    return inspect.isroutine(thing) or isinstance(thing, partial)
