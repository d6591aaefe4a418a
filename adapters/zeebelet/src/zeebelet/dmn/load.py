"""From a file to a graph that can be evaluated: everything is compiled here, so that a bad text is found at deployment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ..model import dmn as model
from .build import build
from .catalogue import Catalogue
from .dialect import Dialect, dialect_named
from .errors import DmnParseError
from .graph import DecisionRequirementsGraph
from .requirements import circles


def parse(content: bytes, *, dialect: str = "camunda", imports: Iterable[bytes] = ()) -> DecisionRequirementsGraph:
    """Read and compile a DMN file. `imports` are the files it may import from; only the dialect `dmn` imports."""
    chosen = dialect_named(dialect)
    definitions = _read(content)
    others = {other.namespace: other for other in map(_read, imports)}
    catalogue = _Loading(chosen, {definitions.namespace: definitions, **others}).catalogue(definitions)
    return DecisionRequirementsGraph(
        id=definitions.id,
        name=definitions.name,
        namespace=definitions.namespace,
        dialect=chosen,
        decisions=catalogue.exported("decisions"),
        services=catalogue.exported("services"),
        problems=catalogue.problems,
    )


@lru_cache(maxsize=256)
def compiled(content: bytes) -> DecisionRequirementsGraph:
    """As `parse` in the engine's dialect, but the same content is compiled once in this program."""
    return parse(content)


def _read(content: bytes) -> model.Definitions:
    try:
        return model.parse(content)
    except model.DmnXmlError as error:
        raise DmnParseError(f"Failed to parse DMN: {error}") from error


@dataclass(slots=True)
class _Loading:
    """The models at hand by namespace, and those already compiled: each is compiled once."""

    dialect: Dialect
    models: dict[str, model.Definitions]
    done: dict[str, Catalogue] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def catalogue(self, definitions: model.Definitions) -> Catalogue:
        """The compiled elements of a model and, before them, of those it imports."""
        self.begun.add(definitions.namespace)
        problems = _unfit(definitions, self.dialect)
        if problems:
            raise DmnParseError(*problems)
        catalogue = build(definitions, self.dialect, tuple(self._imports(definitions)))
        if catalogue.problems and not self.dialect.error_is_null:
            raise DmnParseError(*catalogue.problems)
        self.done[definitions.namespace] = catalogue
        return catalogue

    def _imports(self, definitions: model.Definitions) -> Iterator[tuple[str, Catalogue]]:
        """What a model imports; a model that is being compiled already is passed over, so a circle of imports ends."""
        for item in definitions.imports if self.dialect.imports else ():
            if item.namespace not in self.models:
                raise DmnParseError(f"No model found for the import of namespace '{item.namespace}'.")
            if item.namespace not in self.begun:
                self.catalogue(self.models[item.namespace])
            if item.namespace in self.done:
                yield item.name, self.done[item.namespace]


def _unfit(definitions: model.Definitions, dialect: Dialect) -> list[str]:
    """What can be said against a model before it is compiled."""
    if definitions.version not in dialect.versions:
        return [
            f"Failed to parse DMN: version {definitions.version} is not one of {', '.join(sorted(dialect.versions))}"
        ]
    broken = definitions.violations if dialect.schema else ()
    return [f"Failed to parse DMN: {violation}" for violation in broken] or circles(definitions)
