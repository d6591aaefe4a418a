"""The `fsm` command. Sub-commands are imported when they are called, so that `fsm engine` starts in milliseconds."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

# Command -> (module, attribute): a typer application or a function. The order is the order of `fsm --help`.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("workers.cli.demo", "demo"),
    "up": ("workers.cli.up", "up"),
    "sell": ("workers.cli.sell", "sell"),
    "play": ("workers.cli.play", "play"),
    "clock": ("workers.cli.clock", "app"),
    "engine": ("zeebelet.cli.engine", "engine"),
    "schemas": ("workers.cli.schemas", "app"),
    "vault": ("workers.cli.vault", "app"),
    "migrate": ("workers.cli.migrate", "migrate"),
    "deploy": ("workers.cli.deploy", "deploy"),
    "work": ("workers.cli.work", "app"),
    "intake": ("workers.cli.intake", "app"),
    "api": ("workers.cli.api", "api"),
    "token": ("workers.cli.token", "token"),
    "audit": ("workers.cli.audit", "audit"),
    "orders": ("workers.cli.orders", "app"),
    "tasks": ("workers.cli.tasks", "app"),
    "incidents": ("workers.cli.incidents", "app"),
    "instances": ("workers.cli.instances", "app"),
    "feel": ("zeebelet.cli.feel", "feel"),
    "dmn": ("workers.cli.decisions", "app"),
    "messages": ("workers.cli.messages", "app"),
    "check": ("workers.cli.check", "check"),
    "templates": ("workers.cli.templates", "templates"),
    "scenarios": ("workers.cli.scenarios", "scenarios"),
    "diff": ("workers.cli.diff", "diff"),
    "simulate": ("workers.cli.simulate", "simulate"),
    "layout": ("workers.cli.layout", "layout"),
    "draw": ("workers.cli.draw", "draw"),
    "new-task": ("workers.cli.new_task", "new_task"),
}


class LazyGroup(TyperGroup):
    """A command group that imports a sub-command only when it is asked for."""

    loaded: ClassVar[dict[str, Any]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.loaded:
            self.loaded[cmd_name] = _load(cmd_name)
        return self.loaded[cmd_name]


def _load(name: str) -> Any:
    module, attribute = COMMANDS[name]
    target = getattr(import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name, cls=TyperCommand)(target)
        target = single
    command = typer.main.get_command(target)
    command.name = name
    if command.help and "`zeebelet " in command.help:
        _speak_as_fsm(command)
    return command


def _speak_as_fsm(command: Any) -> None:
    """The engine's own commands give examples in its own name; here they are called through `fsm`."""
    command.help = (command.help or "").replace("`zeebelet ", "`fsm ")
    for child in getattr(command, "commands", {}).values():
        _speak_as_fsm(child)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    help="""Runs the whole life of a field-service order on Camunda 8.

    **Start here**

    `fsm demo` plays orders from Kafka to closed on embedded stand-ins, in under a minute.

    `fsm up` starts the same stack in the foreground; a second terminal can then use every other command.
    """,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"fsm {version('fsm-platform')}, zeebelet {version('zeebelet')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the versions and end.")
    ] = False,
) -> None:
    """The group itself does nothing."""


def main() -> None:
    """Entry point of the `fsm` command: errors an operator can act on are one sentence, not a trace."""
    from workers.cli.console import reported

    with reported():
        app()
