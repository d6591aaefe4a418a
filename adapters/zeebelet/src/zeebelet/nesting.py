"""How deep JSON may be nested: whatever reads, compares, prints or stores it can do so without running out of stack."""

from __future__ import annotations

import re

MAX_DEPTH = 200  # lists and objects in one another
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def is_too_deep(text: str) -> bool:
    """Whether a JSON text is nested more than `MAX_DEPTH` deep; looks closer only if it has that many brackets."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for token in _TOKENS.finditer(text):
        depth += _STEPS.get(token[0], 0)
        if depth > MAX_DEPTH:
            return True
    return False
