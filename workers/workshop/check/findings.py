"""What a check says: where, what, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """An error will not work; a warning will, but somebody should look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. `element` is the id to search for in Modeler, `name` what is written on it."""

    rule: str
    file: Path
    element: str = ""
    name: str = ""
    what: str
    why: str = ""
    fix: str = ""
    line: int = 1
    severity: Severity = Severity.ERROR

    def plain(self) -> dict[str, object]:
        """As JSON-ready data."""
        return {
            "severity": str(self.severity),
            "rule": self.rule,
            "file": str(self.file),
            "line": self.line,
            "element": self.element,
            "name": self.name,
            "what": self.what,
            "why": self.why,
            "fix": self.fix,
        }


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, else what there is; empty when nothing is known."""
    words = sorted(set(known))
    lower = {w.lower(): w for w in words}
    close = get_close_matches(word.lower(), lower, 1, cutoff=0.6)
    if close:
        return f"Did you mean '{lower[close[0]]}'?"
    shown = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
    return f"Known: {shown}." if words else ""
