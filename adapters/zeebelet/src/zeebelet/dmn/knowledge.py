"""Business knowledge models and decision services: functions that decisions call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import DecisionError
from .feel_values import Function, function
from .run import Logic, Run, Scope
from .slot import Slot
from .types import Conform

Made = dict[int, Function]  # functions made for one scope, by what they were made of


class AsFunction(Protocol):
    """What can be called from FEEL: a business knowledge model or a decision service."""

    def as_function(self, scope: Scope, run: Run, made: Made) -> Function:
        """The function value; `made` are those made for the same scope."""


@dataclass(slots=True)
class Knowledge:
    """A business knowledge model. `requires` is what it calls itself."""

    id: str
    name: str
    parameters: Mapping[str, Conform | None]
    logic: Logic
    requires: tuple[tuple[Slot, AsFunction], ...] = ()
    sees_caller: bool = True
    conform: Conform | None = None  # of the result

    @property
    def seen_as(self) -> str:
        """The name under which it is called."""
        return self.name

    def as_function(self, scope: Scope, run: Run, made: Made) -> Function:
        """The function value that decisions call by name. `made` are those made for the same scope: each is made once."""
        if id(self) not in made:
            around = {**(scope if self.sees_caller else {}), **self._required(scope, run, made)}
            made[id(self)] = function(self.parameters, lambda arguments: self._result({**around, **arguments}, run))
        return made[id(self)]

    def invoke(self, scope: Scope, run: Run) -> Any:
        """Camunda's boxed invocation: the parameters are read from the caller's variables."""
        for name, conform in self.parameters.items():
            if name not in scope:
                raise DecisionError(f"no parameter found with name '{name}'")
            if conform is not None:
                conform(scope[name])
        return self.logic({**scope, **self._required(scope, run, {})}, run)

    def _result(self, scope: Scope, run: Run) -> Any:
        run.step()
        value = self.logic(scope, run)
        return value if self.conform is None else self.conform(value)

    def _required(self, scope: Scope, run: Run, made: Made) -> dict[str, Any]:
        functions: dict[str, Any] = {}
        for slot, required in self.requires:
            slot.put(functions, required.as_function(scope, run, made))
        return functions
