"""What comes from outside is printed as it is: brackets in it are no markup, and errors are sentences."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from rich.console import Console

from workers import bootstrap
from workers.cli import orders
from workers.cli.console import UsageError, print_json, reported
from workers.cli.demo import incident_line
from workers.cli.demo.show import Show
from workers.cli.timeline import timeline_table
from workers.cli.work import _table
from workers.ports.errors import Unavailable

Fsm: TypeAlias = Callable[..., Any]
AT = datetime(2027, 1, 28, 8, tzinfo=UTC)
NASTY = "Moved [/home] abroad [bold] to items[item].a [red"


def shown(thing: Any) -> str:
    """What a console prints of it."""
    console = Console(file=io.StringIO(), width=300)
    console.print(thing)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


@pytest.mark.parametrize("text", ["[/x]", "items[item].a", NASTY])
def test_an_error_is_told_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets in an error neither end in a trace nor vanish."""
    with pytest.raises(SystemExit) as ended, reported():
        raise UsageError(text)

    assert ended.value.code == 1
    assert f"error: {text}" in capsys.readouterr().err


def test_the_system_of_an_error_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """An error of a port names its system."""
    with pytest.raises(SystemExit), reported():
        raise Unavailable("busy [/]", system="adobe-sign")

    assert "error (adobe-sign): busy [/]" in capsys.readouterr().err


def test_a_timeline_shows_reasons_and_names_as_they_are() -> None:
    """A customer's reason, an actor and an order number with brackets are text."""
    line = SimpleNamespace(
        order_number="SO-[1]", source_system="pyxis", external_order_id="[/8]", service_type="[x]", state="CANCELLED"
    )
    entry = SimpleNamespace(
        at=AT, what="", source="CREATED", target="CANCELLED", reason=NASTY, actor="[dim]who", detail={}
    )
    view = SimpleNamespace(line=line, timeline=[entry], offers=[], notifications=[], agreements=[])

    text = shown(timeline_table(view))

    assert f"CREATED → CANCELLED ({NASTY})" in text
    assert "[dim]who" in text
    assert "SO-[1]  pyxis:[/8]  [x]  CANCELLED" in text


def test_a_list_of_orders_shows_names_as_they_are(fsm: Fsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sales systems name their orders as they like."""
    line = SimpleNamespace(
        id=UUID(int=1),
        order_number="SO-1",
        source_system="pyxis",
        external_order_id="[/8841]",
        country_code="FR",
        bu_code="[1]",
        service_type="[x]",
        state="CREATED",
        updated_at=AT,
    )
    parts = {
        bootstrap.Reads: SimpleNamespace(orders=lambda **_: [line]),
        bootstrap.CamundaRest: SimpleNamespace(search=lambda *_, **__: iter(())),
        bootstrap.DeskReads: SimpleNamespace(pending=lambda _: []),
    }
    monkeypatch.setattr(orders, "build", lambda settings: bootstrap.Platform(settings, parts))

    ended = fsm("orders", "list")

    assert ended.code == 0
    assert "pyxis:[/8841]" in ended.out
    assert "FR [1]" in ended.out


def test_an_order_that_is_not_there_is_named_as_asked(fsm: Fsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fsm orders show '[/x]'` is one sentence."""
    reads = SimpleNamespace(order=lambda _: None)
    monkeypatch.setattr(orders, "build", lambda settings: bootstrap.Platform(settings, {bootstrap.Reads: reads}))

    ended = fsm("orders", "show", "[/x]")

    assert ended.code == 1
    assert "Expected an order named '[/x]', but there is none." in ended.err


def test_the_demonstration_tells_what_it_hears_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Notes, events and incidents are text."""
    show = Show(quiet=False)
    show.note("note [/n]")
    show.event("event [/e]")

    told = capsys.readouterr().err
    assert "note [/n]" in told
    assert "event [/e]" in told
    assert shown(incident_line({"elementId": "Sign[1]", "errorMessage": NASTY})) == f"incident Sign[1]: {NASTY}\n"


def test_the_status_of_a_worker_shows_reasons_as_they_are() -> None:
    """A reason with brackets is text."""
    item = {"ready": False, "reasons": ["[/x] is gone"], "held": 0, "limit": 1, "ended": {}, "run_ms": 0.0}
    text = shown(_table({"worker": "host[/1]", "ready": False, "types": {"sign[a]": item}}))

    assert "host[/1]: NOT READY" in text
    assert "[/x] is gone" in text
    assert "sign[a]" in text


def test_a_file_that_is_no_folder_is_one_sentence(fsm: Fsm, tmp_path: Path) -> None:
    """An error of the operating system names the thing, not its number."""
    file = tmp_path / "README[1].md"
    file.write_text("x")

    ended = fsm("engine", "--data-dir", str(file), "--grpc-port", "0", "--http-port", "0")

    assert ended.code == 1
    assert f"{file}: " in ended.err
    assert "Errno" not in ended.err


def test_a_second_engine_on_the_same_data_is_one_sentence(fsm: Fsm, tmp_path: Path) -> None:
    """What the engine refuses is told as what other systems refuse."""
    from zeebelet.log.directory import Directory

    held = Directory(tmp_path)
    ended = fsm("engine", "--data-dir", str(tmp_path), "--grpc-port", "0", "--http-port", "0")

    assert held is not None
    assert ended.code == 1
    assert "another engine is using it" in ended.err


def test_numbers_json_does_not_have_are_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """NaN on standard output would break the script that reads it."""
    with pytest.raises(UsageError, match="not finite"):
        print_json({"value": float("nan")})

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_json_does_not_have_are_refused(number: str, fsm: Fsm) -> None:
    """A context is JSON: a number it does not have is named, as context and as value of a test."""
    context = fsm("feel", "x", "--context", f'{{"x": {number}}}', "--json")
    value = fsm("feel", "> 1", f"--test={number}", "--json")

    assert (context.code, value.code) == (1, 1)
    assert f"{number} is not a finite number" in context.err
    assert f"{number} is not a finite number" in value.err
    assert context.out + value.out == ""
