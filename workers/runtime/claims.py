"""The claim check: large values are kept in the document store, the process carries a reference.

    class Output(TaskOutput):
        report: Annotated[str, LARGE]

A value of such a field above the threshold leaves as `{"$document": "<reference>"}`, and an input field marked the same way
gets the content back. The name in the store is made of the content, so a repeated job stores nothing twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from workers.ports.documents import DocumentStore
from workers.runtime.contract import TaskModel

REFERENCE = "$document"
# Below this a reference saves nothing worth a request to the store.
THRESHOLD = 16 * 1024


class Large:
    """Marks a field whose value may be large."""


LARGE = Large()


def large_fields(model: type[TaskModel] | None) -> frozenset[str]:
    """The names on the wire of fields marked `LARGE`."""
    if model is None:
        return frozenset()
    marked = [(name, field) for name, field in model.model_fields.items() if LARGE in field.metadata]
    return frozenset(field.alias or name for name, field in marked)


def check_in(text: str, names: frozenset[str], store: DocumentStore) -> str:
    """The variables with large values replaced by references."""
    variables: dict[str, Any] = json.loads(text)
    for name in names & variables.keys():
        content = json.dumps(variables[name]).encode()
        if len(content) > THRESHOLD:
            digest = hashlib.sha256(content).hexdigest()
            reference = store.put(f"variables/{digest}.json", content, content_type="application/json")
            variables[name] = {REFERENCE: reference}
    return json.dumps(variables)


def redeem(text: str, names: frozenset[str], store: DocumentStore) -> str:
    """The variables with references replaced by what they stand for."""
    variables: dict[str, Any] = json.loads(text or "{}")
    for name in names & variables.keys():
        value = variables[name]
        if isinstance(value, Mapping) and REFERENCE in value:
            variables[name] = json.loads(store.get(value[REFERENCE]))
    return json.dumps(variables)
