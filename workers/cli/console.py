"""How the command line speaks: people get rich text on a terminal, scripts get JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

from rich.console import Console

from workers.ports.errors import PortError

# Without a terminal there is no width to ask for; a log or a file is wide enough for a timeline.
out = Console(width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True)


class UsageError(Exception):
    """The command was called in a way that cannot work; the message says what to do instead."""


def print_json(value: Any) -> None:
    """One JSON document on standard output; dates and ids as text."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


@contextmanager
def reported() -> Iterator[None]:
    """Turns errors of the outside into one line and exit code 1; a bug keeps its trace."""
    try:
        yield
    except (PortError, UsageError) as error:
        system = f" ({error.system})" if isinstance(error, PortError) and error.system else ""
        err.print(f"[bold red]error[/]{system}: {error}", highlight=False)
        raise SystemExit(1) from error
