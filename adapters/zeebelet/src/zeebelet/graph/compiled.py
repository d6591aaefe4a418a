"""Processes by their source: the same file deployed again, in this engine or another one of this program, is compiled once.

What is kept is frozen, so engines may share it.
"""

from __future__ import annotations

from functools import lru_cache

from zeebelet.graph.build import build
from zeebelet.graph.elements import ExecutableProcess
from zeebelet.model import bpmn
from zeebelet.model.tree import Definitions

KEPT = 256


@lru_cache(maxsize=KEPT)
def definitions_of(content: bytes) -> Definitions:
    """A parsed BPMN file. `BpmnParseError` as `bpmn.parse`."""
    return bpmn.parse(content)


@lru_cache(maxsize=KEPT)
def executable_of(content: bytes, process_id: str) -> ExecutableProcess:
    """A process of a BPMN file, ready to run. `InvalidExpression`: a text is not FEEL; `KeyError`: a reference leads nowhere."""
    definitions = definitions_of(content)
    return build(definitions, next(node for node in definitions.processes if node.id == process_id))
