"""What is seen while the demonstration runs: events as they come, and where the orders stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from rich.markup import escape

from workers.cli.console import err


class Show:
    """Prints to standard error, so that standard output holds the result alone; `quiet` prints nothing."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._last = ""
        self._clock = ""

    def note(self, text: str) -> None:
        """Something about the stack."""
        self._print(f"[dim]{escape(text)}[/]")

    def event(self, text: str) -> None:
        """Something somebody did."""
        self._print(f"[cyan]{self._clock:>16}[/]  {escape(text)}")

    def progress(self, now: datetime, states: Mapping[str, str]) -> None:
        """Where the orders stand; printed when it changed."""
        self._clock = f"{now:%a %d %b %H:%M}"
        counts = Counter(states.values())
        line = "  ".join(f"{state.lower()} {count}" for state, count in sorted(counts.items()))
        if line != self._last:
            self._last = line
            self._print(f"[cyan]{self._clock:>16}[/]  [bold]{escape(line)}[/]")

    def _print(self, text: str) -> None:
        if not self._quiet:
            err.print(text, highlight=False)
