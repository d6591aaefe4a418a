"""Texts with FEEL inside: `=expression`, or text with `{{expression}}`, `{{#if x}}...{{/if}}` and `{{#loop x}}...{{/loop}}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from zeebelet import feel
from zeebelet.console.forms.context import Clock, Scope, evaluate

FAILED = " {{⚠}} "
_TAG = re.compile(r"\{\{(#if|#loop|/if|/loop)?\s*(.*?)\s*\}\}", re.DOTALL)
Sanitize = Callable[[str], str]


class _Block(NamedTuple):
    """A condition or a loop: what it says, and what stands between its tags."""

    kind: str
    expression: str
    parts: list[Any]
    closes_line: bool = False


class _Insert(NamedTuple):
    expression: str


def is_template(text: Any) -> bool:
    """Whether a text has to be evaluated."""
    return isinstance(text, str) and (text.startswith("=") or re.search(r"\{\{.*?\}\}", text) is not None)


def render(text: Any, scope: Scope, sanitize: Sanitize = str) -> str:
    """Returns a property as text. An expression that fails leaves a warning sign in its place."""
    if not isinstance(text, str):
        return "" if text is None else str(text)
    if not is_template(text):
        return text
    names = scope.names()
    if text.startswith("="):
        return _insert(text[1:], names, scope.clock, sanitize)
    names = {**names, "this": names, "parent": None, "_this_": names, "_parent_": None, **scope.data}
    return _Rendering(scope.clock, sanitize).parts(_parsed(text), names)


def line(text: Any, scope: Scope) -> str:
    """Returns the first line of a property's text."""
    return render(text, scope).split("\n", 1)[0]


def _insert(expression: str, names: Mapping[str, Any], clock: Clock, sanitize: Sanitize) -> str:
    if not expression.strip():
        return ""
    try:
        if evaluate(expression, names, clock) is None:
            return ""
        value = evaluate(f"string({expression})", names, clock)
    except feel.FeelError:
        return FAILED
    return "" if value is None else sanitize(str(value))


def _parsed(text: str) -> list[Any]:
    """The parts of a text: literals, inserts and blocks; a tag without its partner stays text."""
    root = _Block("", "", [])
    open_blocks = [root]
    at = 0
    for tag in _TAG.finditer(text):
        open_blocks[-1].parts.append(text[at : tag.start()])
        at = tag.end()
        kind, expression = tag[1], tag[2]
        if kind is None:
            open_blocks[-1].parts.append(_Insert(expression))
        elif kind.startswith("#"):
            at = _past_line_end(text, at)
            open_blocks.append(_Block(kind[1:], expression, []))
        elif open_blocks[-1].kind == kind[1:]:
            end = _past_line_end(text, at)
            closed = open_blocks.pop()._replace(closes_line=end > at)
            open_blocks[-1].parts.append(closed)
            at = end
        else:
            open_blocks[-1].parts.append(tag[0])
    root.parts.append(text[at:])
    return root.parts


def _past_line_end(text: str, at: int) -> int:
    return at + 1 if text[at : at + 1] == "\n" else at


class _Rendering:
    def __init__(self, clock: Clock, sanitize: Sanitize) -> None:
        self._clock = clock
        self._sanitize = sanitize

    def parts(self, parts: list[Any], names: Mapping[str, Any]) -> str:
        return "".join(self._part(part, names) for part in parts)

    def _part(self, part: Any, names: Mapping[str, Any]) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, _Insert):
            return _insert(part.expression, names, self._clock, self._sanitize)
        try:
            value = evaluate(part.expression, names, self._clock)
        except feel.FeelError:
            return FAILED
        if part.kind == "if":
            return self._closed(part, self.parts(part.parts, names)) if value else ""
        return self._closed(part, "".join(self.parts(part.parts, _inside(item, names)) for item in _items(value)))

    @staticmethod
    def _closed(block: _Block, text: str) -> str:
        return text + "\n" if block.closes_line and not text.endswith("\n") else text


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _inside(item: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    special = {"this": item, "parent": names}
    inner = item if isinstance(item, dict) else {}
    return {**special, **inner, "_this_": item, "_parent_": names}
