"""What a stranger clones must not know where it was made."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".sh",
    ".bpmn",
    ".dmn",
    ".form",
    ".txt",
    ".ini",
    ".xml",
    ".java",
    "",
}
# Split so that this file does not name what it forbids.
FORBIDDEN = re.compile(
    r"(?<![\w/.])/(tmp|work|root)/[\w.]|py" r"pi\.org|npm" r"js\.org|maven\." r"org|deb\.deb" r"ian\.org"
)


def tracked_files() -> list[Path]:
    """Files git knows, so that caches and virtual environments do not count."""
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return [REPOSITORY / line for line in listed.splitlines() if (REPOSITORY / line).is_file()]


def test_no_file_names_a_path_of_a_machine_or_a_registry() -> None:
    """Neither code nor documents nor the constraints file hold machine paths or package registries' addresses."""
    hits = [
        f"{path.relative_to(REPOSITORY)}:{number} {line.strip()[:80]}"
        for path in tracked_files()
        if path.suffix in TEXT and path.stat().st_size < 2_000_000
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1)
        if FORBIDDEN.search(line) and not line.startswith("#!")
    ]

    assert hits == []


def test_every_dependency_is_pinned() -> None:
    """Each requirement of both distributions has an exact pin in constraints.txt; the engine itself comes from its folder."""
    import tomllib

    files = ("pyproject.toml", "adapters/zeebelet/pyproject.toml")
    projects = [tomllib.loads((REPOSITORY / file).read_text())["project"] for file in files]
    extras = [extra for project in projects for extra in project["optional-dependencies"].values()]
    wanted = [r for group in (*(project["dependencies"] for project in projects), *extras) for r in group]
    pinned = {
        re.split(r"==", line)[0].strip().lower().replace("_", "-")
        for line in (REPOSITORY / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    names = {re.split(r"[\[<>=;! ]", requirement)[0].lower().replace("_", "-") for requirement in wanted}

    assert names - pinned == {"zeebelet"}
