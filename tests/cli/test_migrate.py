"""`fsm migrate` on a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from adapters.postgres.local import LocalPostgres
from workers.cli import app
from workers.cli.console import UsageError

pytestmark = pytest.mark.stack


@pytest.fixture
def postgres() -> Iterator[LocalPostgres]:
    with LocalPostgres(migrated=False) as server:
        yield server


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["migrate", *arguments])
    if isinstance(done.exception, UsageError):
        raise done.exception
    return done.exit_code, done.stdout


def test_an_empty_database_becomes_ours(postgres: LocalPostgres) -> None:
    """Checked, run, checked again, run again: the second time there is nothing to do."""
    code, told = run("--url", postgres.url, "--check", "--json")
    missing = json.loads(told)["missing"]
    assert (code, missing[0]) == (1, "0001")
    code, told = run("--url", postgres.url, "--json")
    assert (code, json.loads(told)) == (0, {"done": missing})
    assert run("--url", postgres.url, "--check") == (0, "The schema is up to date.\n")
    assert run("--url", postgres.url)[0] == 0


@pytest.mark.parametrize(
    "url", ["", "postgresql://owner:topsecret@127.0.0.1:1/x", "postgresql://owner:topsecret@host:abc/x", "nonsense"]
)
def test_a_wrong_address_is_told_without_its_password(url: str) -> None:
    """One sentence, no trace, no secret."""
    with pytest.raises(UsageError) as refused:
        run("--url", url)
    assert "topsecret" not in str(refused.value)
