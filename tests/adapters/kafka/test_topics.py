"""Topics, schemas, code and models name the same things."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest
from lxml import etree

from adapters.kafka.compatibility import conflicts, unrecorded
from adapters.kafka.schemas import registered, schemas
from adapters.kafka.topics import TABLE, TOPICS
from adapters.sales.systems import SYSTEMS

REPOSITORY = Path(__file__).resolve().parents[3]
ENVELOPE = ["eventId", "occurredAt", "schemaVersion", "correlationId", "causationId", "countryCode", "buCode"]
DOCUMENTS = {topic for system in SYSTEMS for topic in system.topics}
WORD = re.compile(
    r'"((?:projects|assignments|scheduling|execution|contracts|payment|quality|providers|integration|fsm|tasks)(?:\.[a-z_]+)+)"'
)


def test_every_topic_has_a_schema_and_no_schema_is_left_over() -> None:
    """One file per row of the table."""
    assert set(TOPICS) <= set(schemas())


@pytest.mark.parametrize("topic", sorted(set(schemas()) - DOCUMENTS))
def test_every_event_has_the_envelope(topic: str) -> None:
    """Ids, time and tenant in the same place everywhere; the time in milliseconds."""
    fields = json.loads(schemas()[topic])["fields"]
    assert [field["name"] for field in fields[: len(ENVELOPE)]] == ENVELOPE
    assert fields[1]["type"] == {"type": "long", "logicalType": "timestamp-millis"}


@pytest.mark.parametrize("topic", sorted(schemas()))
def test_optional_fields_come_with_a_default(topic: str) -> None:
    """A field that may be null has null as its default: otherwise it could never be added or left out."""
    for field in json.loads(schemas()[topic])["fields"]:
        if isinstance(field["type"], list):
            assert (field["type"][0], field["default"]) == ("null", None)


def test_every_schema_reads_what_was_written_before() -> None:
    """The gate: a schema that changed is compatible with every registered version, and recorded (`fsm schemas record`)."""
    assert unrecorded(schemas(), registered()) == {}


def test_the_gate_sees_a_breach() -> None:
    """A new field without default, a changed type and a removed file are told; a new field with a default is a new version."""
    old = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}'
    broken = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}'
    fine = broken.replace('"int"', '"int","default":0')
    assert conflicts(broken, [old], "BACKWARD_TRANSITIVE")
    assert unrecorded({"t": old.replace("string", "int")}, {"t": [old]})["t"]
    assert unrecorded({"t": fine}, {"t": [old]}) == {"t": ["NEW VERSION"]}
    assert unrecorded({}, {"t": [old]}) == {"t": ["its schema was registered, but the file is gone"]}
    assert unrecorded({"t": old}, {"t": [old]}) == {}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_producers_and_consumers_of_ours_are_modules(row: object) -> None:
    """What the table names as ours exists."""
    for who in (row.producer, row.consumer):  # type: ignore[attr-defined]
        if "." in who:
            assert importlib.import_module(f"workers.{who}").__name__ == f"workers.{who}"


def test_every_topic_the_code_names_is_in_the_table() -> None:
    """A mistyped topic would be a topic nobody reads."""
    found = {
        topic
        for path in (REPOSITORY / "workers").rglob("*.py")
        for topic in WORD.findall(path.read_text(encoding="utf-8"))
    }
    assert found - set(TOPICS) == set()


def test_every_event_of_a_model_is_in_the_table() -> None:
    """The header `event` of a publish-event task names a topic."""
    header = "{http://camunda.org/schema/zeebe/1.0}header"
    named = {
        element.get("value")
        for model in (REPOSITORY / "bpmn").glob("*.bpmn")
        for element in etree.parse(model).iter(header)
        if element.get("key") == "event"
    }
    assert named - set(TOPICS) == set()
