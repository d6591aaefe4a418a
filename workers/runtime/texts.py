"""What operators read in an incident: what failed, on which id, what to do. Never secrets, never personal data."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from pydantic import ValidationError

_LONGEST = 2_000
_SCRUB = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "<e-mail>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 <secret>"),
    (re.compile(r"(?i)\b(password|passwd|secret|token|api[_-]?key|pwd)\b(\"?\s*[=:]\s*)\S+"), r"\1\2<secret>"),
    (re.compile(r"//[^/\s:@]+:[^/\s@]+@"), "//<secret>@"),
    (re.compile(r"\+\d[\d\s().-]{7,}\d"), "<phone>"),
)
# The texts of these kinds are the library's own; texts of other kinds may quote a value.
_QUOTING = ("value_error", "assertion_error")


def scrub(text: str) -> str:
    """The text without what looks like an address, a phone number or a secret, cut to a readable length."""
    for pattern, replacement in _SCRUB:
        text = pattern.sub(replacement, text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def sentence(text: str) -> str:
    """The text as a sentence that another may follow."""
    text = text.strip() or "no reason given"
    return text if text.endswith((".", "!", "?")) else text + "."


def where(error: BaseException) -> str:
    """Kind and place of a bug. Its message stays in the log: it may hold what nobody should read in Operate."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def variables_at_fault(error: ValidationError) -> str:
    """Names each variable and what is wrong with it, without its value."""
    return "; ".join(
        _fault(item["loc"], item["type"], item["msg"]) for item in error.errors(include_input=False, include_url=False)
    )


def _fault(location: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(map(str, location)) or "(all)"
    if kind == "missing":
        return f"variable '{name}' is missing"
    text = "its own rule does not accept it" if kind in _QUOTING else message[0].lower() + message[1:]
    return f"variable '{name}': {text}"
