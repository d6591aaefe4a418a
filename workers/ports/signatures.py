"""Electronic signatures (Adobe Acrobat Sign): documents out, signed evidence back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class AgreementStatus(StrEnum):
    """Our words for the state of an agreement (domain.md 2.2); Adobe's are mapped by the adapter."""

    DRAFT = "DRAFT"
    PENDING_SIGNATURE = "PENDING_SIGNATURE"
    SIGNED = "SIGNED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    VOIDED = "VOIDED"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, in which order."""

    email: str
    name: str
    order: int = 1


@dataclass(frozen=True, slots=True)
class AgreementRequest:
    """A document to be signed. `external_id` is ours and the idempotency key: the adapter looks it up before it posts."""

    external_id: str
    name: str
    transient_document_id: str
    signers: tuple[Signer, ...]
    locale: str = "en_US"
    expires_at: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as the signature service tells it now."""

    agreement_id: str
    external_id: str
    status: AgreementStatus
    name: str = ""


class Signatures(Protocol):
    """What the journey asks of a signature service. Raises `PortError`s; `Refused` when a signer's address is invalid."""

    def upload(self, *, name: str, content: bytes, mime_type: str = "application/pdf") -> str:
        """Uploads a document; the transient id lives seven days."""
        ...

    def create(self, request: AgreementRequest) -> str:
        """Creates and sends the agreement, or finds the one with the same external id; returns its id."""
        ...

    def get(self, agreement_id: str) -> Agreement:
        """The agreement's present state. `NotFound` when unknown."""
        ...

    def form_data(self, agreement_id: str) -> Mapping[str, str]:
        """The values the signers typed into the form's fields."""
        ...

    def signed_document(self, agreement_id: str) -> bytes:
        """The signed PDF with every page."""
        ...

    def audit_trail(self, agreement_id: str) -> bytes:
        """The audit report (PDF), the evidence of who signed when."""
        ...

    def signing_page(self, agreement_id: str, email: str) -> str:
        """Where this signer signs; `Unavailable` while the document is being processed, `Refused` when it is not their turn."""
        ...

    def cancel(self, agreement_id: str, *, comment: str) -> None:
        """Recalls an agreement that is still open; a closed one stays as it is."""
        ...
