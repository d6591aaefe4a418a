"""How `fsm` speaks: as the engine's own command does, and it names the system that an error comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.markup import escape

from workers.ports.errors import PortError
from zeebelet.cli.console import UsageError, err, json_text, out, parsed_json, print_json, sentence
from zeebelet.errors import EngineError

__all__ = ["UsageError", "err", "json_text", "out", "parsed_json", "print_json", "reported", "sentence"]


@contextmanager
def reported() -> Iterator[None]:
    """Turns errors of the outside (other systems, files, addresses) into one line and exit code 1; a bug keeps its trace."""
    try:
        yield
    except (PortError, UsageError, EngineError, OSError) as error:
        system = f" ({error.system})" if isinstance(error, PortError) and error.system else ""
        err.print(f"[bold red]error[/]{escape(system)}: {escape(sentence(error))}", highlight=False)
        raise SystemExit(1) from error
