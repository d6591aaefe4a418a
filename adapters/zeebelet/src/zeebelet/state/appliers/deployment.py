"""Events of deployments: what is deployed is parsed and compiled here, once, also when the log is replayed."""

from __future__ import annotations

from zeebelet.records import Record
from zeebelet.state.appliers.execution import nothing
from zeebelet.state.tables import State
from zeebelet.state.tables.definitions import DEPLOY


def created(state: State, record: Record) -> None:
    """It can be used."""
    DEPLOY[record.value_type](state.definitions, record.key, record.value)


def process_deleted(state: State, record: Record) -> None:
    """A process definition is gone."""
    state.definitions.remove_process(record.key)


def requirements_deleted(state: State, record: Record) -> None:
    """A decision requirements graph is gone."""
    state.definitions.decision_requirements.remove(record.key)


def decision_deleted(state: State, record: Record) -> None:
    """A decision is gone."""
    state.definitions.decisions.remove(record.key)


def form_deleted(state: State, record: Record) -> None:
    """A form is gone."""
    state.definitions.forms.remove(record.key)


def resource_deleted(state: State, record: Record) -> None:
    """A generic resource is gone."""
    state.definitions.resources.remove(record.key)


APPLIERS = {
    ("DEPLOYMENT", "CREATED"): nothing,
    ("PROCESS", "CREATED"): created,
    ("PROCESS", "DELETED"): process_deleted,
    ("DECISION_REQUIREMENTS", "CREATED"): created,
    ("DECISION_REQUIREMENTS", "DELETED"): requirements_deleted,
    ("DECISION", "CREATED"): created,
    ("DECISION", "DELETED"): decision_deleted,
    ("FORM", "CREATED"): created,
    ("FORM", "DELETED"): form_deleted,
    ("RESOURCE", "CREATED"): created,
    ("RESOURCE", "DELETED"): resource_deleted,
    ("RESOURCE_DELETION", "DELETING"): nothing,
    ("RESOURCE_DELETION", "DELETED"): nothing,
}
