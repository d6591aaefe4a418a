"""The page `docs/add-a-sales-system.md` is followed to the letter on a copy of the platform, and what it promises is true."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "add-a-sales-system.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|sh)\n(.*?)```", PAGE, re.DOTALL)
COPIED = ("adapters", "workers", "tests/contracts", "pyproject.toml")
LINES_AT_MOST = 100


def _follow(copy: Path, block: str) -> None:
    """Does what the first line of a block says with the rest of it."""
    first, _, rest = block.partition("\n")
    if new := re.fullmatch(r"# file: (\S+)", first):
        path = copy / new[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rest, encoding="utf-8")
        return
    place = re.fullmatch(r"# in (\S+), before: (.+)", first)
    assert place, f"a block that says neither file nor place: {first}"
    path, line = copy / place[1], place[2]
    before, found, after = path.read_text(encoding="utf-8").partition(f"\n{line}")
    assert found, f"{place[1]} has no line that begins with {line!r}"
    path.write_text(f"{before}\n{rest.rstrip()}{found}{after}", encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platform with the page's third system in it."""
    folder = tmp_path_factory.mktemp("tutorial")
    for name in COPIED:
        source, target = REPOSITORY / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for kind, block in BLOCKS:
        if kind == "python":
            _follow(folder, block)
    return folder


def _run(copy: Path, *command: str) -> str:
    """Runs Python in the copy; the platform it imports is the copied one."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin", "HOME": str(copy)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_page_is_short() -> None:
    """A third system is less than a hundred lines of code, comments and blank lines aside."""
    code = next(block for kind, block in BLOCKS if "adapters/sales/sap/client.py" in block.partition("\n")[0])
    assert len([line for line in code.splitlines() if line.strip() and not line.startswith("#")]) < LINES_AT_MOST


def test_the_contract_holds_for_the_new_system(copy: Path) -> None:
    """The page's last command, as it stands there."""
    (command,) = [block.split() for kind, block in BLOCKS if kind == "sh"]
    assert command[0] == "python"
    out = _run(copy, *command[1:], "-q", "-p", "no:cacheprovider", "-p", "no:randomly")
    assert re.search(r"\d+ passed", out)
    listed = _run(copy, *command[1:], "--collect-only", "-q", "-p", "no:cacheprovider")
    assert "test_every_status_can_be_told[" in listed
    assert "sap" in listed


def test_the_platform_takes_the_new_system_in(copy: Path) -> None:
    """Nothing else had to change: the intake knows its group and topics, the broker its topics."""
    asked = (
        "from workers.bootstrap import INTAKES; from adapters.kafka.topics import TOPICS;"
        "print(INTAKES['sap'][0], set(INTAKES['sap'][1]) <= set(TOPICS))"
    )
    assert _run(copy, "-c", asked).split() == ["integration-adapters-sales-sap-orders-v1", "True"]
