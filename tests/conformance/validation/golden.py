"""Makes `golden.json` anew: what the vendor's validators (io.camunda:zeebe-bpmn-model 8.9.0) say of each model and mutant.

    python tests/conformance/validation/golden.py COMMAND...

COMMAND takes BPMN files and prints a JSON line for each: {"file", "ok", "errors": [{"element", "message"}]}. The integration
suite runs it with the project's own harness in `tests/oracle`.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
GOLDEN = HERE / "golden.json"
MODELS = sorted((HERE / "models").glob("*.bpmn"))
COUNT = 600

sys.path.insert(0, str(HERE))
from mutations import mutants  # noqa: E402 - run as a program


def digest(source: bytes) -> str:
    """Tells whether a mutant is still the one that was judged."""
    return hashlib.sha256(source).hexdigest()[:16]


def verdicts(command: list[str]) -> list[dict[str, object]]:
    """The vendor's answer for every model and mutant."""
    named = list(mutants(MODELS, COUNT))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:04}.bpmn" for number in range(len(named))]
        for path, (_, source) in zip(paths, named, strict=True):
            path.write_bytes(source)
        done = subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        {
            "name": name,
            "sha": digest(source),
            "findings": sorted([error["element"] or "", error["message"]] for error in answer["errors"]),
        }
        for (name, source), answer in zip(named, answers, strict=True)
    ]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(verdicts(sys.argv[1:]), indent=0, ensure_ascii=False) + "\n")
    print(f"{GOLDEN.name}: {len(json.loads(GOLDEN.read_text()))} verdicts")
