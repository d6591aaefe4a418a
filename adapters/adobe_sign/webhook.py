"""What Acrobat Sign sends to us. A notification is a hint, never a fact: act on what `AdobeSign.get` then tells.

Every request carries the id of our application and wants it echoed; it is no signature, so it proves nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

CLIENT_ID_HEADER = "X-AdobeSign-ClientId"
CLOSING_EVENTS = frozenset(
    {"AGREEMENT_WORKFLOW_COMPLETED", "AGREEMENT_REJECTED", "AGREEMENT_RECALLED", "AGREEMENT_EXPIRED"}
)
# An id becomes a part of an address: nothing else gets there.
_ID = re.compile(r"[A-Za-z0-9_*.-]{1,128}")
MAX_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: its id (for removing duplicates), what is said to have happened, and to which agreement."""

    notification_id: str
    event: str
    agreement_id: str

    @property
    def closes(self) -> bool:
        """Whether the agreement is said to be closed."""
        return self.event in CLOSING_EVENTS


def echo(headers: Mapping[str, str], client_ids: Collection[str]) -> dict[str, str] | None:
    """The header that must be in our 2xx answer (to the GET at registration and to every POST).

    None when the request names no application of ours: then the answer must not be a 2xx.
    """
    wanted = CLIENT_ID_HEADER.lower()
    told = next((content for name, content in headers.items() if name.lower() == wanted), "")
    return {CLIENT_ID_HEADER: told} if told in client_ids else None


def parse(body: bytes) -> Notification:
    """The notification in a body. `ValueError` when it is none, too long, or not about an agreement."""
    if len(body) > MAX_BYTES:
        raise ValueError(f"Expected at most {MAX_BYTES} bytes, but {len(body)} came")
    told = json.loads(body)
    if not isinstance(told, dict) or not isinstance(told.get("agreement"), dict):
        raise ValueError("Expected a notification about an agreement")
    fields = (told.get("webhookNotificationId"), told.get("event"), told["agreement"].get("id"))
    notification_id, event, agreement_id = (field if isinstance(field, str) else "" for field in fields)
    if not (notification_id and event and agreement_id):
        raise ValueError("Expected webhookNotificationId, event and agreement.id")
    if not _ID.fullmatch(agreement_id):
        raise ValueError("Expected the id of an agreement, but it is none")
    return Notification(notification_id=notification_id, event=event, agreement_id=agreement_id)
