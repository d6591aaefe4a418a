"""FEEL functions that Zeebe adds to the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zeebelet import feel


def cycle(*arguments: Any) -> str | None:
    """`cycle(duration)` repeats for ever, `cycle(n, duration)` n times; null instead of n is for ever, too."""
    *counts, interval = arguments or (None,)
    text = feel.to_json(interval)
    count = counts[0] if counts else None
    if len(counts) > 1 or not isinstance(text, str):
        return None
    return f"R{'' if count is None else int(count)}/{text}"


def from_ai(value: Any, *_description: Any) -> Any:
    """`fromAi(value, ...)` marks a parameter for an agent; its value is the value."""
    return value


ZEEBE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"cycle": cycle, "fromAi": from_ai}
