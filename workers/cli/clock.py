"""`fsm clock show|move`: the engine's time on a laptop, and moving it forward."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx
import typer
from rich.table import Table
from rich.text import Text

from workers.cli.console import UsageError, out, print_json
from workers.settings import read

app = typer.Typer(add_completion=False, no_args_is_help=True, help="See and move the time of the embedded engine.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
_PART = re.compile(r"(\d+)([wdhms])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def _ask(method: str, path: str, body: Any = None) -> Any:
    """Asks the engine's management side; a real Camunda has no clock to move, and says so."""
    address = read().camunda.rest_address
    try:
        answer = httpx.request(method, f"{address}/actuator/{path}", json=body, timeout=60)
    except httpx.HTTPError as error:
        raise UsageError(f"Expected an engine at {address}, but it does not answer: start `fsm up`.") from error
    if answer.is_error:
        raise UsageError(
            f"Expected the embedded engine at {address}, but it refused ({answer.status_code}): {answer.text}"
        )
    return answer.json()


def engine_now() -> datetime:
    """The engine's time."""
    return datetime.fromtimestamp(_ask("GET", "clock")["epochMilli"] / 1000, UTC)


@app.command()
def show(as_json: Json = False) -> None:
    """Shows the engine's time and the timers that are due next.

    `fsm clock show`
    """
    now, timers = engine_now(), _ask("GET", "timers/pending")
    if as_json:
        print_json({"now": now.isoformat(), "timers": timers["items"]})
        return
    table = Table("timer", "due", "in", title=f"{now:%a %Y-%m-%d %H:%M:%S} UTC")
    for timer in timers["items"][:15]:
        due = datetime.fromisoformat(timer["dueDate"])
        table.add_row(Text(timer["elementId"]), f"{due:%a %Y-%m-%d %H:%M}", str(due - now).split(".", 1)[0])
    out.print(table)


@app.command()
def move(
    by: Annotated[str, typer.Argument(help="How far, as 2d4h or 30m; nothing with --to or --next.")] = "",
    to: Annotated[datetime | None, typer.Option(help="To this instant, UTC.")] = None,
    to_next: Annotated[bool, typer.Option("--next", help="To the timer that is due next.")] = False,
) -> None:
    """Moves the time forward; timers that become due fire.

    `fsm clock move 2d4h`, `fsm clock move --to 2027-01-28T08:00:00`, `fsm clock move --next`
    """
    if sum(map(bool, (by, to, to_next))) != 1:
        raise UsageError("Expected one of: how far (2d4h), --to an instant, or --next.")
    now = engine_now()
    ahead = _span(by) if by else (to.replace(tzinfo=UTC) if to else _next()) - now
    if ahead < timedelta():
        raise UsageError(f"Expected a moment after {now:%Y-%m-%d %H:%M}, but time only moves forward.")
    _ask("POST", "clock/add", {"offsetMilli": int(ahead.total_seconds() * 1000) + 1})
    out.print(f"It is {engine_now():%a %Y-%m-%d %H:%M:%S} UTC.")


def _span(text: str) -> timedelta:
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise UsageError(f"Expected a span such as 2d4h, 45m or 1w, but it is {text!r}.")
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in parts})


def _next() -> datetime:
    items = _ask("GET", "timers/pending")["items"]
    if not items:
        raise UsageError("Expected a timer to go to, but none is set.")
    return datetime.fromisoformat(items[0]["dueDate"])
