"""Decisions made from the files of a folder, without an engine: for checks, tests and tools."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workers.ports.errors import Misconfigured
from zeebelet import dmn
from zeebelet.cli.console import json_text


class FileDecisions:
    """Implements `workers.ports.decisions.Decisions`; each file is read once."""

    def __init__(self, files: Iterable[Path]) -> None:
        graphs = [dmn.parse(path.read_bytes()) for path in files]
        self._graphs: Mapping[str, Any] = {name: graph for graph in graphs for name in graph.decisions}

    def decide(self, decision_id: str, **inputs: Any) -> Any:
        """The output; `Misconfigured` for a decision that is in none of the files, or that fails on these inputs."""
        if decision_id not in self._graphs:
            raise Misconfigured(f"Expected a decision {decision_id}, but none of the files holds it", system="dmn")
        answer = self._graphs[decision_id].evaluate(decision_id, inputs)
        if answer.failure:
            raise Misconfigured(f"Expected decision {decision_id} to be made, but: {answer.message}", system="dmn")
        return json.loads(json_text(answer.output))
