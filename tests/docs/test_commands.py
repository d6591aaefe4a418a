"""What the pages tell people to type exists: every `fsm` command with its options, every make target, every link."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from workers.cli import app

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
_CODE = re.compile(r"```(?:sh|bash|console)?\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def typed(page: Path) -> Iterator[str]:
    """Every line of code of a page, comments cut off."""
    for block, inline in _CODE.findall(page.read_text(encoding="utf-8")):
        for line in (block or inline).replace("\\\n", " ").splitlines():
            yield re.sub(r"\s#.*$", "", line.strip().removeprefix("$ ").removeprefix(".venv/bin/")).strip()


def alternatives(command: str) -> list[str]:
    """`fsm tasks list|show` names two commands; brackets and dots of a usage line are no words."""
    plain = re.sub(r"\[[^\]]*\]|\.\.\.|…|[<>]\S*|[;&].*|\|\s.*", "", command)
    parts = [part.split("|") if re.fullmatch(r"[a-z-]+(\|[a-z-]+)+", part) else [part] for part in plain.split()]
    lines = [""]
    for choices in parts:
        lines = [f"{line} {choice}".strip() for line in lines for choice in choices]
    return lines


def wrong(line: str) -> str:
    """What is not right with an `fsm` command; empty when it exists with its options."""
    command: Any = typer.main.get_command(app)
    words = shlex.split(line.replace("'", "").replace('"', ""))[1:]
    context = click.Context(command)
    while words and hasattr(command, "get_command"):
        if words[0].startswith("-") or words[0].isupper():
            break
        found = command.get_command(context, words[0])
        if found is None:
            return f"`{words[0]}` is no command of {command.name}"
        command, words = found, words[1:]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    unknown = [word for word in words if re.match(r"--?[a-z]", word) and word.split("=")[0] not in known]
    return f"{command.name} has no {', '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_of_a_page_exists(page: Path) -> None:
    """A reader who copies a line is not told "no such command" or "no such option"; placeholders stand for themselves."""
    lines = {line for line in typed(page) if re.match(r"fsm [a-z-]", line)}
    said = {line: wrong(one) for line in lines for one in alternatives(line)}
    assert {line: text for line, text in said.items() if text} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_target_and_link_of_a_page_exists(page: Path) -> None:
    """`make x` is a target, and a link to a file leads to one."""
    named = {
        word for line in typed(page) if (found := re.match(r"make ([a-z -]+)$", line)) for word in found[1].split()
    }
    assert named <= TARGETS
    prose = _CODE.sub("", page.read_text(encoding="utf-8"))
    links = [link for link in _LINK.findall(prose) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_a_wrong_command_is_noticed() -> None:
    """The check itself: an unknown command, sub-command and option are each named."""
    assert "`dance` is no command" in wrong("fsm dance")
    assert "no --colour" in wrong("fsm tasks list --colour red")
    assert "`paint` is no command" in wrong("fsm tasks paint")
    assert wrong("fsm orders show pyxis:1 --json") == ""
