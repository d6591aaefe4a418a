"""Acrobat Sign REST v6: our requests as its bodies, its statuses, events and error codes in our words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from adapters import http
from workers.ports import errors
from workers.ports.signatures import AgreementRequest, AgreementStatus, Signer

SYSTEM = "Adobe Acrobat Sign"
API = "api/rest/v6/"

STATUSES: dict[str, AgreementStatus] = {
    **dict.fromkeys(("DRAFT", "AUTHORING", "PREFILL", "DOCUMENTS_NOT_YET_PROCESSED"), AgreementStatus.DRAFT),
    **dict.fromkeys(("SIGNED", "APPROVED", "ACCEPTED", "DELIVERED", "FORM_FILLED", "ARCHIVED"), AgreementStatus.SIGNED),
    "EXPIRED": AgreementStatus.EXPIRED,
    # A decline has no status of its own: it looks like a recall and is told apart by its event.
    "CANCELLED": AgreementStatus.VOIDED,
    "ABORTED": AgreementStatus.VOIDED,
    **dict.fromkeys(
        (
            "OUT_FOR_SIGNATURE",
            "OUT_FOR_APPROVAL",
            "OUT_FOR_ACCEPTANCE",
            "OUT_FOR_DELIVERY",
            "OUT_FOR_FORM_FILLING",
            "WAITING_FOR_FAXIN",
            "WAITING_FOR_VERIFICATION",
            "WIDGET_WAITING_FOR_VERIFICATION",
            "WAITING_FOR_NOTARIZATION",
        ),
        AgreementStatus.PENDING_SIGNATURE,
    ),
}
OPEN = frozenset({AgreementStatus.DRAFT, AgreementStatus.PENDING_SIGNATURE})
DECLINE_EVENTS = frozenset({"REJECTED", "AGREEMENT_REJECTED"})

# Error codes that mean something else than their HTTP status.
NOT_YET = frozenset({"DOCUMENT_NOT_YET_AVAILABLE", "AGREEMENT_NOT_EXPOSED"})
RIGHTS = frozenset({"PERMISSION_DENIED", "API_TERMS_NOT_ACCEPTED"})
WRONG_SHARD = "INVALID_API_ACCESS_POINT"
NOT_YET_WAIT = timedelta(seconds=5)

# Columns every form data file has beside the document's own fields.
STANDARD_COLUMNS = frozenset({"completed", "email", "role", "first", "last", "title", "company", "agreementid"})


def status_of(word: str) -> AgreementStatus | None:
    """Our status for Adobe's word; None for a word we do not know (wait on and tell an operator, never fail)."""
    return STATUSES.get(word)


def creation_body(request: AgreementRequest) -> dict[str, Any]:
    """The body of `POST /agreements`."""
    body: dict[str, Any] = {
        "name": request.name[:255],
        "fileInfos": [{"transientDocumentId": request.transient_document_id}],
        "participantSetsInfo": [_participant_set(signer) for signer in request.signers],
        "signatureType": "ESIGN",
        "state": "IN_PROCESS",
        "externalId": {"id": request.external_id},
        "locale": request.locale,
        "message": request.message,
    }
    if request.expires_at:
        body["expirationTime"] = instant(request.expires_at)
    return {name: content for name, content in body.items() if content != ""}


def cancellation_body(comment: str) -> dict[str, Any]:
    """The body of `PUT /agreements/{id}/state` that recalls an agreement."""
    info = {"comment": comment, "notifyOthers": True}
    return {"state": "CANCELLED", "agreementCancellationInfo": info}


def instant(at: datetime) -> str:
    """An instant as Adobe writes it: UTC, seconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def external_id_of(agreement: Mapping[str, Any]) -> str:
    """Our id of an agreement; empty for one that somebody made by hand."""
    told = agreement.get("externalId")
    return str(told.get("id", "")) if isinstance(told, Mapping) else str(told or "")


def was_declined(events: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a signer said no, rather than the sender taking the agreement back."""
    return any(event.get("type") in DECLINE_EVENTS for event in events)


def form_values(text: str) -> dict[str, str]:
    """The fields of a form data file: one row per signer; of several values the last one that is not empty counts."""
    values: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))):
        for name, content in row.items():
            if name and name.lower() not in STANDARD_COLUMNS and isinstance(content, str) and content:
                values[name] = content
    return values


def access_point_of(answer: Mapping[str, Any]) -> str:
    """The API address of the account's shard, with a slash at its end. Adobe writes the key in two ways."""
    told = str(answer.get("apiAccessPoint") or answer["api_access_point"]).strip()
    return told.rstrip("/") + "/"


def stripped(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A token reply; one of Adobe's samples shows its keys with a blank at the end."""
    return {name.strip(): content for name, content in answer.items()}


def error_code(response: httpx.Response) -> str:
    """The `code` of an error body, empty when there is none."""
    body = _json(response)
    return str(body.get("code") or body.get("error") or "")


def checked(response: httpx.Response, *, reference: str = "") -> httpx.Response:
    """The response when it is a success (or "not modified"); else a `PortError` by Adobe's code, then by status."""
    if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
        return response
    code = error_code(response)
    words = f"{SYSTEM} answered {code} to {response.request.method} {response.request.url.path}"
    if code in NOT_YET:
        raise errors.Unavailable(words, system=SYSTEM, reference=reference, retry_after=NOT_YET_WAIT)
    if code in RIGHTS:
        raise errors.Misconfigured(words, system=SYSTEM, reference=reference)
    return http.raise_for_status(response, system=SYSTEM, reference=reference, detail=code)


def wait_of(response: httpx.Response) -> timedelta:
    """How long a 429 asks us to stay away: the header and the body may differ or be missing; the longer one counts."""
    body = _json(response)
    told = timedelta(seconds=float(body.get("retryAfter") or 0))
    return max(http.retry_after(response) or timedelta(), told, timedelta(seconds=1))


def _participant_set(signer: Signer) -> dict[str, Any]:
    member = {"email": signer.email, "name": signer.name}
    return {"order": signer.order, "role": "SIGNER", "memberInfos": [member]}


def _json(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}
