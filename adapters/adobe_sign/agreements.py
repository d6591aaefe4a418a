"""Reading agreements: found by our external id, read with their ETag, recalled as they were last seen."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from adapters.adobe_sign import wire
from adapters.adobe_sign.session import AdobeSession
from workers.ports.errors import Unavailable

PAGE_SIZE = 100


class Agreements:
    """The agreements of the account. Safe to share between threads."""

    def __init__(self, session: AdobeSession) -> None:
        self._session = session
        self._known = _Known()

    def recall(self, agreement_id: str, *, comment: str, etag: str) -> None:
        """Asks to cancel the agreement as it was when it had this ETag. `Conflict` when it has changed since."""
        self._session.request(
            "PUT",
            f"agreements/{agreement_id}/state",
            json=wire.cancellation_body(comment),
            headers={"If-Match": etag},
            reference=agreement_id,
        )

    def read(self, agreement_id: str) -> tuple[Mapping[str, Any], str]:
        """The agreement and its ETag. Adobe limits repeated reads, so we name what we have seen and accept "not modified"."""
        etag, known = self._known.get(agreement_id)
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._session.request("GET", f"agreements/{agreement_id}", headers=headers, reference=agreement_id)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return known, etag
        fresh: Mapping[str, Any] = answer.json()
        self._known.put(agreement_id, answer.headers.get("ETag", ""), fresh)
        return fresh, answer.headers.get("ETag", "")

    def find(self, external_id: str) -> str | None:
        """The agreement with our external id; an open one wins over closed twins."""
        agreements = sorted(self._pages(external_id), key=lambda told: wire.status_of(told["status"]) not in wire.OPEN)
        return str(agreements[0]["id"]) if agreements else None

    def _pages(self, external_id: str) -> Iterator[Mapping[str, Any]]:
        query: dict[str, str | int] = {"externalId": external_id, "pageSize": PAGE_SIZE, "showHiddenAgreements": "true"}
        while True:
            answer = self._session.request("GET", "agreements", params=query, reference=external_id).json()
            yield from answer.get("userAgreementList", [])
            cursor = answer.get("page", {}).get("nextCursor")
            if not cursor:
                return
            query["cursor"] = cursor

    def events(self, agreement_id: str) -> list[Mapping[str, Any]]:
        """What happened to the agreement, by Adobe's record."""
        answer = self._session.request("GET", f"agreements/{agreement_id}/events", reference=agreement_id)
        events: list[Mapping[str, Any]] = answer.json().get("events", [])
        return events

    def pdf(self, agreement_id: str, kind: str) -> bytes:
        """A document of the agreement: `combinedDocument` or `auditTrail`."""
        content = self._session.request("GET", f"agreements/{agreement_id}/{kind}", reference=agreement_id).content
        if not content.startswith(b"%PDF"):
            message = "Expected a PDF, but the service answered something else"
            raise Unavailable(message, system=wire.SYSTEM, reference=agreement_id)
        return content


class _Known:
    """The last state of recently read agreements by id, with its ETag."""

    def __init__(self, size: int = 1000) -> None:
        self._lock = threading.Lock()
        self._size = size
        self._kept: OrderedDict[str, tuple[str, Mapping[str, Any]]] = OrderedDict()

    def get(self, agreement_id: str) -> tuple[str, Mapping[str, Any]]:
        with self._lock:
            return self._kept.get(agreement_id, ("", {}))

    def put(self, agreement_id: str, etag: str, told: Mapping[str, Any]) -> None:
        with self._lock:
            self._kept[agreement_id] = (etag, told)
            self._kept.move_to_end(agreement_id)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
