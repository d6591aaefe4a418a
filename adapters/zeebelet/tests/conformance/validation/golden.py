"""Makes `golden.json` anew: what the vendor's validators (io.camunda:zeebe-bpmn-model 8.9.0) say of each model and mutant.

    python tests/conformance/validation/golden.py

asks the arbiter in `tests/oracle` (Java 17, Maven). `make test` compares with the kept file, `make integration` asks anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE / "golden.json"
MODELS = sorted((HERE / "models").glob("*.bpmn"))
COUNT = 600

sys.path[:0] = [str(HERE), str(HERE.parents[1] / "oracle")]
from arbiter import Arbiter  # noqa: E402 - found beside the tests, not installed
from mutations import mutants  # noqa: E402


def digest(source: bytes) -> str:
    """Tells whether a mutant is still the one that was judged."""
    return hashlib.sha256(source).hexdigest()[:16]


def verdicts() -> list[dict[str, Any]]:
    """The vendor's answer for every model and mutant."""
    named = list(mutants(MODELS, COUNT))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:04}.bpmn" for number in range(len(named))]
        for path, (_, source) in zip(paths, named, strict=True):
            path.write_bytes(source)
        answers = Arbiter.found().ask("bpmn", [{"id": path.stem, "file": str(path)} for path in paths])
    return [
        {"name": name, "sha": digest(source), "findings": answer["findings"]}
        for (name, source), answer in zip(named, answers, strict=True)
    ]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(verdicts(), indent=0, ensure_ascii=False) + "\n")
    print(f"{GOLDEN.name}: {len(json.loads(GOLDEN.read_text()))} verdicts")
