"""The audit log of 8.9: which operation was asked for over REST, when, by whom, and how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from zeebelet.gateway.errors import NotFoundError
from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.rest.identities import page
from zeebelet.gateway.rest.routes import Route
from zeebelet.gateway.search.kinds import iso
from zeebelet.records import JsonObject

_KEPT = 10_000


class AuditLog:
    """The last operations that changed something."""

    def __init__(self) -> None:
        self._entries: deque[JsonObject] = deque(maxlen=_KEPT)
        self._count = 0

    def note(self, operation: str, call: Call, *, succeeded: bool) -> None:
        """An operation is over."""
        self._count += 1
        keys = {name: str(value) for name, value in call.parameters.items() if name.endswith("Key")}
        entry: JsonObject = {
            "auditLogKey": str(self._count),
            "entityKey": next(iter(keys.values()), None),
            "entityType": "UNSPECIFIED",
            "operationType": operation,
            "category": "USER_TASKS" if "UserTask" in operation else "DEPLOYED_RESOURCES",
            "result": "SUCCESS" if succeeded else "FAIL",
            "timestamp": iso(call.services.clock.now()),
            "actorId": str(call.claims.get("sub") or "anonymous"),
            "actorType": "USER" if call.claims else "ANONYMOUS",
            "tenantId": "<default>",
            **keys,
        }
        self._entries.append(entry)

    def _search(self, call: Call) -> JsonObject:
        return page(list(self._entries), call.body)

    def _get(self, call: Call) -> JsonObject:
        key = call.parameters["id"]
        for entry in self._entries:
            if entry["auditLogKey"] == key:
                return entry
        raise NotFoundError(f"Audit log with key '{key}' not found")

    def routes(self) -> Iterator[Route]:
        """How it is read."""
        yield Route("POST", "/audit-logs/search", self._search)
        yield Route("GET", "/audit-logs/{id}", self._get)
