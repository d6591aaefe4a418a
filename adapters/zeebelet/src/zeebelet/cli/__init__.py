"""The `zeebelet` command: the engine as a server, FEEL and DMN at the prompt."""

from __future__ import annotations

from importlib import import_module

import typer

from zeebelet.cli.console import reported

# Command -> (module, attribute): a typer application or a function.
COMMANDS: dict[str, tuple[str, str]] = {
    "engine": ("zeebelet.cli.engine", "engine"),
    "feel": ("zeebelet.cli.feel", "feel"),
    "dmn": ("zeebelet.cli.dmn", "app"),
}


def application() -> typer.Typer:
    """The command with all its sub-commands."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        help="""A Zeebe-compatible engine for laptops and tests: no JVM, no Docker.

        `zeebelet engine` serves Zeebe's gRPC API and Camunda's REST API v2 to any Camunda 8 client.
        """,
    )
    for name, (module, attribute) in COMMANDS.items():
        target = getattr(import_module(module), attribute)
        if isinstance(target, typer.Typer):
            app.add_typer(target, name=name)
        else:
            app.command(name)(target)
    return app


def main() -> None:
    """Entry point: errors somebody can act on are one sentence, not a trace."""
    with reported():
        application()()
