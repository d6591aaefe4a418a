"""Migrations are one line: who lands second takes the next number."""

from __future__ import annotations

import re
from pathlib import Path

VERSIONS = Path(__file__).resolve().parents[2] / "adapters" / "postgres" / "migrations" / "versions"


def test_migrations_form_one_chain() -> None:
    """Each revision is there once and follows the one before it; its file begins with its number."""
    found = []
    for path in sorted(VERSIONS.glob("0*.py")):
        text = path.read_text()
        before = re.search(r"^down_revision(?:: [^=]+)? = (?:\"(\d+)\"|None)", text, re.MULTILINE)
        mine = re.search(r"^revision(?:: [^=]+)? = \"(\d+)\"", text, re.MULTILINE)
        assert before is not None, path.name
        assert mine is not None, path.name
        assert path.name.startswith(mine[1] + "_"), path.name
        found.append((before[1], mine[1]))
    assert found == [(f"{n - 1:04d}" if n > 1 else None, f"{n:04d}") for n in range(1, len(found) + 1)]
