"""From a file to a graph that can be evaluated: everything is compiled here, so that a bad text is found at deployment."""

from __future__ import annotations

from collections.abc import Iterable

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
    catalogue = _catalogue(definitions, chosen, others, {})
    return DecisionRequirementsGraph(
        id=definitions.id,
        name=definitions.name,
        namespace=definitions.namespace,
        dialect=chosen,
        decisions=catalogue.decisions,
        services=catalogue.services,
        problems=catalogue.problems,
    )


def _read(content: bytes) -> model.Definitions:
    try:
        return model.parse(content)
    except model.DmnXmlError as error:
        raise DmnParseError(f"Failed to parse DMN: {error}") from error


def _catalogue(
    definitions: model.Definitions,
    dialect: Dialect,
    others: dict[str, model.Definitions],
    loaded: dict[str, Catalogue],
) -> Catalogue:
    """The compiled elements of a model and, before them, of those it imports; each model is compiled once."""
    problems = _unfit(definitions, dialect)
    if problems:
        raise DmnParseError(*problems)
    remaining = {n: d for n, d in others.items() if n != definitions.namespace}  # so a circle of imports finds nothing
    imported = {}
    for item in definitions.imports if dialect.imports else ():
        if item.namespace not in loaded:
            if item.namespace not in remaining:
                raise DmnParseError(f"No model found for the import of namespace '{item.namespace}'.")
            loaded[item.namespace] = _catalogue(remaining[item.namespace], dialect, remaining, loaded)
        imported[item.name] = loaded[item.namespace]
    catalogue = build(definitions, dialect, imported)
    if catalogue.problems and not dialect.error_is_null:
        raise DmnParseError(*catalogue.problems)
    return catalogue


def _unfit(definitions: model.Definitions, dialect: Dialect) -> list[str]:
    """What can be said against a model before it is compiled."""
    if definitions.version not in dialect.versions:
        return [
            f"Failed to parse DMN: version {definitions.version} is not one of {', '.join(sorted(dialect.versions))}"
        ]
    broken = definitions.violations if dialect.schema else ()
    return [f"Failed to parse DMN: {violation}" for violation in broken] or circles(definitions)
