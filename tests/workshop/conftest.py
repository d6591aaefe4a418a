"""The eye that judges drawings (the one of the models' own tests), and made-up models to lay out."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="t">'
    '<bpmn:process id="P" isExecutable="true">'
)
WORDS = (
    "Check order Send offer Wait for answer of the provider Book slot Confirm Ask customer again Close Expired".split()
)


@pytest.fixture(scope="session")
def eye() -> Any:
    """The module whose `Diagram` says what an eye would dislike about a BPMN file."""
    spec = importlib.util.spec_from_file_location("models_eye", ROOT / "tests/processes/models/conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Made:
    """A random model without a diagram: gateways, loops, boundary events, sub-processes, names of every length."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.size = size
        self.count = 0
        self.flows: list[tuple[str, str]] = []

    def xml(self) -> bytes:
        """The file."""
        return f"{_HEAD}{self.scope(self.size, 0)}</bpmn:process></bpmn:definitions>".encode()

    def name(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, 4)))

    def fresh(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def scope(self, size: int, depth: int, start: str = "") -> str:
        """Elements of a process or sub-process and the flows between them."""
        start_id = self.fresh("Start")
        out = [f'<bpmn:startEvent id="{start_id}" name="{self.name()}">{start}</bpmn:startEvent>']
        open_ends, inner, flows = [start_id], [start_id], []
        stop = self.count + size
        while self.count < stop:
            source = self.random.choice(open_ends[-3:])
            kind = self.random.choices(["task", "gateway", "event", "sub", "end"], [8, 4, 2, 1 if depth < 1 else 0, 1])[
                0
            ]
            if kind == "end" and len(open_ends) == 1:
                continue
            node = self.fresh(kind.title())
            flows.append((source, node))
            if source.startswith("Gateway") and self.random.random() < 0.6:
                open_ends.append(source)
            open_ends.remove(source)
            out.append(self.element(kind, node, depth))
            inner.append(node)
            if kind != "end":
                open_ends.append(node)
            if kind == "task" and self.random.random() < 0.35:
                out_more, ends = self.boundaries(node)
                out += out_more
                open_ends += ends
        for rest in dict.fromkeys(open_ends):
            if self.random.random() < 0.25 and len(inner) > 3:
                flows.append(
                    (rest, self.random.choice([n for n in inner[1:] if not n.startswith(("End", "Boundary"))]))
                )
            else:
                end = self.fresh("End")
                out.append(f'<bpmn:endEvent id="{end}" name="{self.name()}"/>')
                flows.append((rest, end))
        if depth == 0 and self.random.random() < 0.7:
            sub = self.fresh("EventSub")
            content = self.scope(4, 1, '<bpmn:messageEventDefinition id="m"/>')
            out.append(
                f'<bpmn:subProcess id="{sub}" name="{self.name()}" triggeredByEvent="true">{content}</bpmn:subProcess>'
            )
        return "".join(out) + "".join(self.flow(a, b) for a, b in flows)

    def element(self, kind: str, node: str, depth: int) -> str:
        tags = {
            "task": "serviceTask",
            "gateway": "exclusiveGateway",
            "event": "intermediateCatchEvent",
            "end": "endEvent",
        }
        if kind == "sub":
            return f'<bpmn:subProcess id="{node}" name="{self.name()}">{self.scope(5, depth + 1)}</bpmn:subProcess>'
        return f'<bpmn:{tags[kind]} id="{node}" name="{self.name()}"/>'

    def boundaries(self, host: str) -> tuple[list[str], list[str]]:
        events = [self.fresh("Boundary") for _ in range(self.random.randint(1, 3))]
        return [f'<bpmn:boundaryEvent id="{e}" name="{self.name()}" attachedToRef="{host}"/>' for e in events], events

    def flow(self, source: str, target: str) -> str:
        name = f' name="{self.name()}"' if source.startswith("Gateway") else ""
        flow = self.fresh("Flow")
        return f'<bpmn:sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}"{name}/>'


@pytest.fixture(scope="session")
def made() -> type[Made]:
    """The maker of random models."""
    return Made
