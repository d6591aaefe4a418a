"""The model files of a folder, or of a revision of its repository."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from workers.ports.errors import NotFound

KINDS: Mapping[str, str] = {"bpmn": ".bpmn", "dmn": ".dmn", "forms": ".form"}
Files = Mapping[str, bytes]


def files_of(folder: Path) -> Files:
    """`bpmn/x.bpmn` -> its bytes."""
    found = (path for place, ending in KINDS.items() for path in sorted((folder / place).glob(f"*{ending}")))
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in found}


def files_at(revision: str, folder: Path) -> Files:
    """The same files as they were at a revision of the repository that holds the folder. `NotFound` for an unknown one."""
    listed = _git(folder, "ls-tree", "-r", "--name-only", revision, *KINDS).decode().splitlines()
    wanted = [name for name in listed if _is_model(name)]
    return {name: _git(folder, "show", f"{revision}:./{name}") for name in wanted}


def version_of(text: str, folder: Path) -> Files:
    """A folder if there is one of that name, else a revision."""
    return files_of(Path(text)) if Path(text).is_dir() else files_at(text, folder)


def _is_model(name: str) -> bool:
    place, _, file = name.partition("/")
    return place in KINDS and "/" not in file and file.endswith(KINDS[place])


def _git(folder: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)  # noqa: S603, S607 - git itself
    if done.returncode:
        raise NotFound(f"Expected a revision or a folder, but git says: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
