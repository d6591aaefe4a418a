"""Electronic signatures through Adobe Acrobat Sign REST v6."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import httpx

from adapters.adobe_sign import wire
from adapters.adobe_sign.agreements import Agreements
from adapters.adobe_sign.session import AdobeSession
from adapters.adobe_sign.settings import AdobeSignSettings
from workers.ports.errors import Refused, Unavailable
from workers.ports.signatures import Agreement, AgreementRequest, AgreementStatus

log = logging.getLogger(__name__)

CANCEL_ATTEMPTS = 3


class AdobeSign:
    """Implements `workers.ports.signatures.Signatures`. Safe to share between threads.

    Adobe has no idempotency header: what was created is found again by our external id.
    """

    def __init__(
        self,
        settings: AdobeSignSettings,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._session = AdobeSession(settings, transport=transport, clock=clock)
        self._agreements = Agreements(self._session)

    def upload(self, *, name: str, content: bytes, mime_type: str = "application/pdf") -> str:
        """Uploads a document; the transient id lives seven days."""
        if not 0 < len(content) <= self._settings.max_document_bytes:
            limit = self._settings.max_document_bytes
            message = f"Expected a document of 1 to {limit} bytes, but {name} has {len(content)}"
            raise Refused(message, system=wire.SYSTEM, reference=name)
        parts = {
            "File-Name": (None, name[:255]),
            "Mime-Type": (None, mime_type),
            "File": (name[:255], content, mime_type),
        }
        answer = self._session.request("POST", "transientDocuments", files=parts, reference=name)
        return str(answer.json()["transientDocumentId"])

    def create(self, request: AgreementRequest) -> str:
        """Creates and sends the agreement, or finds the one with the same external id (a former answer may be lost)."""
        found = self._agreements.find(request.external_id)
        if found:
            return found
        body = wire.creation_body(request)
        answer = self._session.request("POST", "agreements", json=body, reference=request.external_id)
        return str(answer.json()["id"])

    def get(self, agreement_id: str) -> Agreement:
        """The agreement's present state; a decline is told from a recall by the agreement's events."""
        told, _ = self._agreements.read(agreement_id)
        status = wire.status_of(told["status"])
        if status is None:
            log.warning("agreement %s has the unknown status %s: waiting on", agreement_id, told["status"])
            status = AgreementStatus.PENDING_SIGNATURE
        if status is AgreementStatus.VOIDED and wire.was_declined(self._agreements.events(agreement_id)):
            status = AgreementStatus.DECLINED
        external_id = wire.external_id_of(told)
        return Agreement(agreement_id=agreement_id, external_id=external_id, status=status, name=told.get("name", ""))

    def form_data(self, agreement_id: str) -> Mapping[str, str]:
        """The values the signers typed into the form's fields."""
        answer = self._session.request("GET", f"agreements/{agreement_id}/formData", reference=agreement_id)
        return wire.form_values(answer.content.decode("utf-8", "replace"))

    def signed_document(self, agreement_id: str) -> bytes:
        """The signed PDF with every page."""
        return self._agreements.pdf(agreement_id, "combinedDocument")

    def audit_trail(self, agreement_id: str) -> bytes:
        """The audit report (PDF), the evidence of who signed when."""
        return self._agreements.pdf(agreement_id, "auditTrail")

    def signing_page(self, agreement_id: str, email: str) -> str:
        """Where a signer signs. `Unavailable` for a while after the creation: the document is still being processed."""
        answer = self._session.request("GET", f"agreements/{agreement_id}/signingUrls", reference=agreement_id)
        for group in answer.json()["signingUrlSetInfos"]:
            for entry in group["signingUrls"]:
                if entry["email"].lower() == email.lower():
                    return str(entry["esignUrl"])
        message = "Expected a signing address for this signer, but it is not their turn"
        raise Refused(message, system=wire.SYSTEM, reference=agreement_id)

    def cancel(self, agreement_id: str, *, comment: str) -> None:
        """Recalls an agreement that is still open; a closed one stays as it is.

        Adobe wants the ETag of what we saw: when somebody was faster (they may just have signed) we look again.
        """
        for _ in range(CANCEL_ATTEMPTS):
            told, etag = self._agreements.read(agreement_id)
            if wire.status_of(told["status"]) not in {*wire.OPEN, None}:
                return
            try:
                self._agreements.recall(agreement_id, comment=comment, etag=etag)
            except Refused as refusal:  # somebody was faster: look again
                log.info("agreement %s was not recalled: %s", agreement_id, refusal)
            else:
                return
        message = "Expected to recall the agreement, but it changed each time or cannot be recalled"
        raise Unavailable(message, system=wire.SYSTEM, reference=agreement_id)

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def __enter__(self) -> Self:
        """The adapter itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()
