"""Camunda's own engines, asked in a batch: built once with Maven and javac, then a process that reads and writes JSON lines.

    Arbiter.found().ask("feel", [{"id": "1", "expr": "1 + 1"}])

`java/arbiter` holds one class for each mode (feel, dmn, bpmn, bench); a further one is a class, a line in `Main.MODES`, and its
library in `pom.xml`. Needs Java 17 and Maven; without them `Arbiter.missing()` says what is not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Arbiter:
    """Where the compiled classes and the libraries are."""

    home: Path

    @staticmethod
    def missing() -> str:
        """What is needed and not there, as a sentence; empty when all is."""
        absent = [tool for tool in ("java", "javac", "mvn") if shutil.which(tool) is None]
        return f"Camunda's engines need {' and '.join(absent)}, which this machine does not have" if absent else ""

    @staticmethod
    @lru_cache(maxsize=1)
    def found() -> Arbiter:
        """The arbiter, built if its sources changed since the last time."""
        sources = sorted([HERE / "pom.xml", *(HERE / "java").rglob("*.java")])
        digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
        home = Path(os.environ.get("FSM_ARBITER_HOME", Path(tempfile.gettempdir()) / "fsm-arbiter")) / digest
        if not (home / "built").exists():
            _build(home, [source for source in sources if source.suffix == ".java"])
        return Arbiter(home)

    def ask(self, mode: str, questions: Iterable[Mapping[str, Any]], *, seconds: float = 300) -> list[dict[str, Any]]:
        """The answers to questions, in their order."""
        lines = "".join(json.dumps(question, ensure_ascii=False, default=str) + "\n" for question in questions)
        classpath = f"{self.home / 'libraries'}{os.sep}*{os.pathsep}{self.home / 'classes'}"
        command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", classpath, "arbiter.Main", mode]
        ended = subprocess.run(command, input=lines.encode(), capture_output=True, timeout=seconds, check=False)
        if ended.returncode:
            raise RuntimeError(
                f"The arbiter ended with {ended.returncode}: {ended.stderr.decode(errors='replace')[-2000:]}"
            )
        return [json.loads(line) for line in ended.stdout.decode().splitlines()]


def _build(home: Path, sources: list[Path]) -> None:
    libraries, classes = home / "libraries", home / "classes"
    classes.mkdir(parents=True, exist_ok=True)
    copy = ["mvn", "-B", "-q", "-f", HERE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={libraries}"]
    subprocess.run(copy, check=True, capture_output=True, timeout=300)
    javac = ["javac", "-nowarn", "--release", "17", "-d", classes, "-cp", f"{libraries}{os.sep}*", *sources]
    subprocess.run(javac, check=True, capture_output=True, timeout=120)
    (home / "built").touch()
