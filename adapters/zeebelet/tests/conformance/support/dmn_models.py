"""DMN models for tests: tables and literal expressions."""

from __future__ import annotations

from collections.abc import Callable

Decision = Callable[[str], str]


def drg(suffix: str, *decisions: Decision) -> bytes:
    """A requirements graph of decisions."""
    body = "".join(decision(suffix) for decision in decisions)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        f'id="drg{suffix}" name="DRG" namespace="http://camunda.org/schema/1.0/dmn">{body}</definitions>'
    ).encode()


def table(id: str, variable: str, rules: list[tuple[str, str]], hit_policy: str = "UNIQUE") -> Decision:
    """A decision table with one input and one output; rules are (unary tests, output) pairs."""
    rows = "".join(
        f'<rule id="{id}_r{i}"><inputEntry id="{id}_i{i}"><text>{test}</text></inputEntry>'
        f'<outputEntry id="{id}_o{i}"><text>{output}</text></outputEntry></rule>'
        for i, (test, output) in enumerate(rules)
    )
    return lambda suffix: (
        f'<decision id="{id}{suffix}" name="{id}"><decisionTable id="{id}_table" hitPolicy="{hit_policy}">'
        f'<input id="{id}_input" label="{variable}"><inputExpression id="{id}_ie"><text>{variable}</text></inputExpression>'
        f'</input><output id="{id}_output" name="out"/>{rows}</decisionTable></decision>'
    )


def literal(id: str, requires: str, expression: str) -> Decision:
    """A literal expression that requires another decision."""
    return lambda suffix: (
        f'<decision id="{id}{suffix}" name="{id}"><variable id="{id}_v" name="{id}"/>'
        f'<informationRequirement id="{id}_req"><requiredDecision href="#{requires}{suffix}"/></informationRequirement>'
        f'<literalExpression id="{id}_le"><text>{expression}</text></literalExpression></decision>'
    )
