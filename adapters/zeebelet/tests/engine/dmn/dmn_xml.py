"""Small DMN files, written where they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


class Xml:
    """Builds DMN elements as text."""

    def model(self, *elements: str, namespace: str = NAMESPACE, own: str = "own") -> bytes:
        """A whole file."""
        body = "".join(elements)
        return f'<definitions xmlns="{namespace}" id="definitions" name="Model" namespace="{own}">{body}</definitions>'.encode()

    def text(self, text: str, tag: str = "literalExpression", **attributes: str) -> str:
        """An element with a text."""
        return f"<{tag}{_attributes(attributes)}><text>{escape(text)}</text></{tag}>"

    def decision(self, name: str, logic: str, *requires: str, type_ref: str = "") -> str:
        """A decision; `requires` are `decision:X`, `input:X` or `knowledge:X`."""
        variable = f"<variable name={quoteattr(name)}{_attributes({'typeRef': type_ref})}/>"
        return (
            f"<decision id={quoteattr(name)} name={quoteattr(name)}>{variable}{_requires(requires)}{logic}</decision>"
        )

    def knowledge(self, name: str, body: str, *parameters: str, requires: Sequence[str] = ()) -> str:
        """A business knowledge model; a parameter is `name` or `name:type`."""
        formal = "".join(f"<formalParameter {_named(p)}/>" for p in parameters)
        logic = f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic>"
        return (
            f'<businessKnowledgeModel id="{name}" name="{name}">{_requires(requires)}{logic}</businessKnowledgeModel>'
        )

    def data(self, name: str, type_ref: str = "") -> str:
        """Input data."""
        variable = f"<variable name={quoteattr(name)}{_attributes({'typeRef': type_ref})}/>"
        return f"<inputData id={quoteattr(name)} name={quoteattr(name)}>{variable}</inputData>"

    def table(
        self,
        rules: Sequence[tuple[Sequence[str], Sequence[str]]],
        *,
        inputs: Sequence[str] = ("a",),
        outputs: Sequence[str] = ('<output name="o"/>',),
        policy: str = "UNIQUE",
        aggregation: str = "",
    ) -> str:
        """A decision table; a rule is its cells and its outputs."""
        columns = "".join(f"<input>{self.text(text, 'inputExpression')}</input>" for text in inputs)
        rows = "".join(
            f"<rule>{''.join(self.text(c, 'inputEntry') for c in cells)}"
            f"{''.join(self.text(o, 'outputEntry') for o in results)}</rule>"
            for cells, results in rules
        )
        attributes = _attributes({"hitPolicy": policy, "aggregation": aggregation})
        return f"<decisionTable{attributes}>{columns}{''.join(outputs)}{rows}</decisionTable>"

    def context(self, *entries: tuple[str, str]) -> str:
        """A boxed context; an entry without a name is the result."""
        return (
            "<context>"
            + "".join(
                f"<contextEntry>{f'<variable {_named(name)}/>' if name else ''}{logic}</contextEntry>"
                for name, logic in entries
            )
            + "</context>"
        )

    def invocation(self, function: str, **bindings: str) -> str:
        """A boxed invocation."""
        bound = "".join(f'<binding><parameter name="{n}"/>{self.text(t)}</binding>' for n, t in bindings.items())
        return f"<invocation>{self.text(function)}{bound}</invocation>"


TAGS = {"decision": "requiredDecision", "input": "requiredInput", "knowledge": "requiredKnowledge"}


def _requires(references: Sequence[str]) -> str:
    found = ""
    for reference in references:
        kind, _, target = reference.partition(":")
        tag = "knowledgeRequirement" if kind == "knowledge" else "informationRequirement"
        href = target if "#" in target else f"#{target}"
        found += f"<{tag}><{TAGS[kind]} href={quoteattr(href)}/></{tag}>"
    return found


def _named(text: str) -> str:
    name, _, type_ref = text.partition(":")
    return f"name={quoteattr(name)}{_attributes({'typeRef': type_ref})}"


def _attributes(values: dict[str, Any]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value)
