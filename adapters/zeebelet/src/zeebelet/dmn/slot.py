"""Where a decision finds what it requires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .run import Scope


@dataclass(frozen=True, slots=True)
class Slot:
    """Under which name a required thing is seen: `prefix` is the name of the import it comes from."""

    prefix: str
    name: str

    def put(self, scope: dict[str, Any], value: Any) -> None:
        """Make a value visible."""
        if self.prefix:
            scope[self.prefix] = {**scope.get(self.prefix, {}), self.name: value}
        else:
            scope[self.name] = value

    def find(self, scope: Scope) -> Any:
        """The value a caller gave; an imported one may also be given without the prefix."""
        inside = scope.get(self.prefix) if self.prefix else None
        return inside[self.name] if isinstance(inside, dict) and self.name in inside else scope.get(self.name)
