"""The account behind the local Acrobat Sign: documents and agreements, and the moves an agreement makes."""

from __future__ import annotations

import csv
import io
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

OPEN = "OUT_FOR_SIGNATURE"


@dataclass(slots=True)
class Stored:
    """One agreement. `version` makes its ETag."""

    id: str
    body: Mapping[str, Any] = field(repr=False)
    document: bytes = field(repr=False)
    status: str = OPEN
    version: int = 1
    fields: dict[str, str] = field(default_factory=dict, repr=False)
    events: list[dict[str, Any]] = field(default_factory=list, repr=False)

    @property
    def external_id(self) -> str:
        """The sender's own id."""
        return str(self.body.get("externalId", {}).get("id", ""))

    @property
    def etag(self) -> str:
        """Changes with every move."""
        return f'"{self.id}-{self.version}"'

    @property
    def signers(self) -> list[str]:
        """The signers' addresses, in order."""
        groups = sorted(self.body["participantSetsInfo"], key=lambda group: group["order"])
        return [member["email"] for group in groups for member in group["memberInfos"]]

    def told(self) -> dict[str, Any]:
        """As `GET /agreements/{id}` tells it."""
        return {**self.body, "id": self.id, "status": self.status, "fileInfos": []} | {"state": None}

    def form_data(self) -> str:
        """As the CSV of `GET /agreements/{id}/formData`."""
        out = io.StringIO()
        row = {"completed": self.events[-1]["date"], "email": self.signers[0], "role": "SIGNER", **self.fields}
        writer = csv.DictWriter(out, fieldnames=list(row), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerow(row)
        return out.getvalue()


Listener = Callable[[Stored, str, dict[str, Any]], None]


class Account:
    """Everything the emulator knows. `listener` hears of each event once it has happened."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.listener: Listener = lambda agreement, event, extra: None
        self._now = now
        self._lock = threading.RLock()
        self._documents: dict[str, bytes] = {}
        self._agreements: dict[str, Stored] = {}

    def dump(self) -> list[dict[str, Any]]:
        """The agreements as JSON-ready rows."""
        kept = ("id", "body", "status", "version", "fields", "events")
        return [
            {name: getattr(agreement, name) for name in kept} | {"document": agreement.document.decode("latin-1")}
            for agreement in self.all()
        ]

    def load(self, rows: list[dict[str, Any]]) -> None:
        """Takes over what another account has dumped."""
        for row in rows:
            agreement = Stored(**{**row, "document": row["document"].encode("latin-1")})
            self._agreements[agreement.id] = agreement

    def keep(self, document: bytes) -> str:
        """Keeps a transient document."""
        document_id = f"3AAABLblqZ{uuid.uuid4().hex}"
        with self._lock:
            self._documents[document_id] = document
        return document_id

    def document(self, document_id: str) -> bytes | None:
        """A transient document."""
        return self._documents.get(document_id)

    def open(self, body: Mapping[str, Any], document: bytes) -> Stored:
        """A new agreement, out for signature. The service does not notice that an external id is there already."""
        agreement = Stored(id=f"CBJCHBCAABAA{uuid.uuid4().hex}", body=body, document=document)
        with self._lock:
            self._agreements[agreement.id] = agreement
        self.record(agreement, "CREATED")
        return agreement

    def find(self, agreement_id: str) -> Stored | None:
        """An agreement by its id."""
        with self._lock:
            return self._agreements.get(agreement_id)

    def all(self, *, external_id: str | None = None) -> list[Stored]:
        """Agreements, oldest first; only those with exactly this external id when one is given."""
        with self._lock:
            agreements = list(self._agreements.values())
        return [found for found in agreements if external_id is None or found.external_id == external_id]

    def close(self, agreement_id: str, *, status: str, event: str, **extra: Any) -> bool:
        """Moves an open agreement to its end; False when it is closed already."""
        with self._lock:
            agreement = self._agreements[agreement_id]
            if agreement.status != OPEN:
                return False
            agreement.status = status
            agreement.version += 1
            agreement.fields.update(extra.pop("fields", {}))
        self.record(agreement, event, **extra)
        return True

    def record(self, agreement: Stored, event: str, **extra: Any) -> None:
        """Writes an event down and tells the listener."""
        date = self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        agreement.events.append({"id": uuid.uuid4().hex, "type": event, "date": date, "description": event.lower()})
        self.listener(agreement, event, extra)
