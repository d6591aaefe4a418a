"""Topics, schemas, code and models name the same things."""

from __future__ import annotations

import importlib
import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from lxml import etree

from adapters.kafka.compatibility import conflicts, unrecorded
from adapters.kafka.schemas import registered, schemas
from adapters.kafka.topics import TABLE, TOPICS, Topic
from adapters.sales.systems import SYSTEMS
from workers.bootstrap import INTAKES

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


# What the field's table of topics names (domain brief 4), `*` for what a sales system sends.
FIELD = """
sales.pyxis.order.* sales.tempo.service.* sales.payment.status_updated supply_chain.delivery.status_updated
sales.pre_estimation.created service-catalog
integration.sales.order.received integration.sales.order.normalized integration.sales.order.failed
projects.service_order.created projects.service_order.status_changed projects.service_order.closed
projects.tv_outcome.recorded projects.task.created tasks.task.escalated assignments.funnel.executed
assignments.offer.created assignments.offer.accepted assignments.offer.rejected assignments.offer.auto_accepted
assignments.offer.expired assignments.broadcast.accepted assignments.assignment.confirmed assignments.assignment.cancelled
assignments.date.negotiation_proposed assignments.date.negotiation_accepted assignments.date.negotiation_rejected
assignments.date.negotiation_failed assignments.escalation.created
scheduling.booking.held scheduling.booking.confirmed scheduling.booking.released
execution.preflight.check_failed execution.preflight.manually_overridden execution.checkin.completed
execution.checkout.completed execution.service.completed execution.visit.incomplete execution.visit.no_show
contracts.contract.sent contracts.contract.signed contracts.contract.declined contracts.contract.expired
contracts.wcf.sent contracts.wcf.signed contracts.wcf.not_signed contracts.wcf.reserve_resolved
payment.provider.authorized payment.provider.held payment.invoice.sent payment.invoice.signed payment.invoice.contested
payment.provider.payment_requested payment.provider.payment_completed
quality.claim.created quality.claim.validated quality.claim.rejected quality.claim.resolved quality.claim.closed
quality.provider_risk.status_changed notifications.message.status
fsm.order.* fsm.service.* fsm.tv.*
""".split()
# Ours beside the field's: how providers come, and how their papers stand.
OURS = {"providers.provider.status_changed", "providers.document.status_changed"}
# Made by the escalation of human tasks, which is a part of its own.
ESCALATION = {"projects.task.created", "tasks.task.escalated"}


def test_the_table_is_the_fields_table() -> None:
    """Nothing of the field's table is missing, and nothing is in ours that it does not know."""
    assert {name for name in FIELD if not any(fnmatch(topic, name) for topic in TOPICS)} <= ESCALATION
    assert {topic for topic in TOPICS if not any(fnmatch(topic, name) for name in FIELD)} == OURS


@pytest.mark.parametrize("row", [row for row in TABLE if "." in row.producer], ids=lambda row: row.name)
def test_what_we_produce_is_made_somewhere(row: Topic, code: str) -> None:
    """A topic that no code and no model makes would be declared and unused. Some are made of a beginning and a word."""
    beginnings = [row.name[: found.end()] for found in re.finditer(r"[._]", row.name)]
    sold = row.name.startswith("fsm.")  # made by the adapter of the system that sold it
    assert sold or f'"{row.name}"' in code or any(f'f"{start}{{' in code for start in beginnings)


@pytest.fixture(scope="module")
def code() -> str:
    """All code of the inside, and all models."""
    files = [*(REPOSITORY / "workers").rglob("*.py"), *(REPOSITORY / "bpmn").glob("*.bpmn")]
    return "".join(path.read_text(encoding="utf-8") for path in files)


def test_what_others_send_us_is_read() -> None:
    """Each topic whose consumer is our intake belongs to one of its groups."""
    read = [topic for _, topics in INTAKES.values() for topic in topics]
    assert sorted(read) == sorted(row.name for row in TABLE if row.consumer == "intake.kinds")


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
