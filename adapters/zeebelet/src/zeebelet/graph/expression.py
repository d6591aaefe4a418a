"""What a model writes in an attribute: `=` and FEEL, or static text."""

from __future__ import annotations

from dataclasses import dataclass

from zeebelet import feel


class InvalidExpression(Exception):
    """The text after `=` is not FEEL; the message says where."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled FEEL expression, or static text (`compiled` is None then)."""

    text: str  # without the leading `=`, as incident messages quote it
    compiled: feel.Expression | None = None

    @property
    def is_static(self) -> bool:
        """Whether the text stands for itself."""
        return self.compiled is None


def compile_expression(text: str) -> Expression:
    """Read an attribute's text."""
    if not text.lstrip().startswith("="):
        return Expression(text)
    body = text.strip()[1:].strip()
    try:
        return Expression(body, feel.compile(body))
    except feel.FeelSyntaxError as error:
        raise InvalidExpression(str(error)) from error


def compile_feel(text: str) -> Expression:
    """Read an attribute that is FEEL with or without its leading `=` (a condition, a completion condition)."""
    return compile_expression(text if text.lstrip().startswith("=") else f"={text}")
