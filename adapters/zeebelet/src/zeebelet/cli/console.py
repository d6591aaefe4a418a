"""How the command line speaks: people get rich text on a terminal, scripts get JSON on standard output.

What comes from outside (names, reasons, errors) is text, never rich's markup: it is escaped wherever it is printed.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape

from zeebelet.errors import EngineError

# Without a terminal there is no width to ask for; a log or a file is wide enough for a timeline.
out = Console(width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True)


class UsageError(Exception):
    """The command was called in a way that cannot work; the message says what to do instead."""


def print_json(value: Any) -> None:
    """One JSON document on standard output; dates and ids as text. `UsageError` for a number that JSON does not have."""
    sys.stdout.write(json_text(value) + "\n")
    sys.stdout.flush()


def json_text(value: Any) -> str:
    """A value as JSON that every reader accepts: NaN and the infinities are no JSON."""
    try:
        return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise UsageError("Expected an answer that JSON can hold, but a number in it is not finite.") from error


def parsed_json(text: str) -> Any:
    """The value of a JSON text. `ValueError` when it is none; NaN, the infinities and numbers too big are none."""
    return json.loads(text, parse_constant=_no_number, parse_float=_finite)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not a finite number")


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


@contextmanager
def reported() -> Iterator[None]:
    """Turns errors of the outside (the engine's, files, addresses) into one line and exit code 1; a bug keeps its trace."""
    try:
        yield
    except (UsageError, EngineError, OSError) as error:
        err.print(f"[bold red]error[/]: {escape(sentence(error))}", highlight=False)
        raise SystemExit(1) from error


def sentence(error: Exception) -> str:
    """What an error says to people: for the operating system's, the thing and what is wrong with it, without its number."""
    if isinstance(error, OSError) and error.strerror:
        things = [str(name) for name in (error.filename, error.filename2) if name is not None]
        return ": ".join([" and ".join(things), error.strerror] if things else [error.strerror])
    return str(error) or type(error).__name__
