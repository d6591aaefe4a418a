"""Every event that is written has an applier, every command a processor, every step is in the life cycle's table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_harness import Harness
from engine_models import end, model, service, start

import zeebelet
from zeebelet.processors import PROCESSORS
from zeebelet.records.codec import value_class
from zeebelet.state.appliers import APPLIERS
from zeebelet.state.lifecycle import TRANSITIONS, IllegalTransition

SOURCE = Path(zeebelet.__file__).parent
WRITES = {"event": APPLIERS, "command": PROCESSORS, "Command": PROCESSORS, "submit": PROCESSORS, "now": PROCESSORS}


def named() -> Iterator[tuple[str, str, str]]:
    """Every (what is called, value type, intent) that the source names literally."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [
                part.value for part in node.args[:2] if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            if called in WRITES and len(texts) == 2 and texts[0].isupper():
                yield called, texts[0], texts[1]


def test_what_is_written_is_known() -> None:
    """Each event has an applier, each command a processor."""
    found = set(named())
    assert len(found) > 80
    assert sorted((called, *pair) for called, *pair in found if tuple(pair) not in WRITES[called]) == []


@pytest.mark.parametrize("pair", sorted(APPLIERS), ids="/".join)
def test_an_event_has_a_value_that_can_be_read_again(pair: tuple[str, str]) -> None:
    """Its value type names a class of `records`."""
    assert hasattr(value_class(pair[0]), "_fields")


@pytest.mark.parametrize("state", TRANSITIONS)
def test_a_step_that_the_table_does_not_have_is_never_applied(state: str) -> None:
    """The applier asks the table; the state stays as it was."""
    for target in TRANSITIONS:
        h = Harness()
        key = h.run(model(start() + service("A") + end(), "s A e"))
        instance = next(found for found in h.engine._machine._state.instances.all() if found.value.element_id == "A")
        instance.state = state
        if target == "ELEMENT_ACTIVATING":
            continue
        writers, before = h.engine._machine.writers, h.engine.fingerprint()
        if target in TRANSITIONS[state]:
            writers.event("PROCESS_INSTANCE", target, instance.key, instance.value)
            assert h.engine.fingerprint() != before
        else:
            with pytest.raises(IllegalTransition, match=target):
                writers.event("PROCESS_INSTANCE", target, instance.key, instance.value)
            assert h.engine.fingerprint() == before
        assert key > 0
