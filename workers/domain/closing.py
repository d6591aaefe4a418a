"""What closes the work: work closing forms, agreements, claims."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from workers.domain.states import AGREEMENT, CLAIM, WCF, AgreementState, ClaimState, WcfState
from workers.domain.values import CauseOwner, Severity

SIGNATURE_LIFETIME = timedelta(days=7)
SOFT_DEADLINE = timedelta(hours=48)
RESERVATION_FIELDS = 3
RATING_FIELD = "rating"
# Names of the form fields a customer fills while signing; the signature service gives them back as they are.
FORM_FIELDS: Sequence[str] = (
    *(f"{name}{n}" for n in range(1, RESERVATION_FIELDS + 1) for name in ("reservation", "severity")),
    RATING_FIELD,
)
_RATING = re.compile(r"[1-5]")
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class ResolutionAction(StrEnum):
    """What becomes of a reservation."""

    ACCEPTED_AS_IS = "ACCEPTED_AS_IS"
    REWORK = "REWORK"
    COMPENSATION = "COMPENSATION"
    ESCALATED = "ESCALATED"


class Outcome(StrEnum):
    """How a closing form ends (`wcfResult`)."""

    ACCEPTED = "ACCEPTED"
    REWORK = "REWORK"
    DISPUTED = "DISPUTED"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the quality team agreed with the customer about a reservation; `amount` is the compensation, with tax."""

    action: ResolutionAction
    cause: CauseOwner
    amount: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A fault the customer wrote on the form, and what becomes of it."""

    description: str
    severity: Severity
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkClosingForm:
    """The document a customer signs after the work."""

    id: UUID
    number: str
    sequence: int
    visit_id: UUID
    execution_id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    template: str
    created_at: datetime
    updated_at: datetime
    document_ref: str | None = None
    sha256: str | None = None
    scan_ref: str | None = None
    agreement_id: str | None = None
    state: WcfState = WcfState.DRAFT
    reservations: tuple[Reservation, ...] = ()
    rating: int | None = None
    sent_at: datetime | None = None
    signed_at: datetime | None = None
    soft_deadline: datetime | None = None
    expires_at: datetime | None = None
    version: int = 1

    def moved(self, target: WcfState) -> WorkClosingForm:
        """This form in state `target`."""
        WCF.check(self.state, target)
        return replace(self, state=target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A document sent to be signed, a form or a contract; its id is the signature service's."""

    id: str
    order_id: UUID | None
    country_code: str
    bu_code: str
    kind: str
    wcf_id: UUID | None
    sent_at: datetime
    expires_at: datetime
    updated_at: datetime
    contract_id: UUID | None = None
    state: AgreementState = AgreementState.PENDING_SIGNATURE
    closed_at: datetime | None = None
    signed_ref: str | None = None
    signed_sha256: str | None = None
    audit_ref: str | None = None
    audit_sha256: str | None = None
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether somebody may still sign it."""
        return self.state in (AgreementState.DRAFT, AgreementState.PENDING_SIGNATURE)

    def closed(self, target: AgreementState, at: datetime) -> Agreement:
        """This agreement with its end; a repeat of the same end changes nothing."""
        if self.state is target:
            return self
        # It was sent, though nobody had noted that yet.
        state = AgreementState.PENDING_SIGNATURE if self.state is AgreementState.DRAFT else self.state
        AGREEMENT.check(state, target)
        return replace(self, state=target, closed_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A complaint about work done."""

    id: UUID
    order_id: UUID
    visit_id: UUID
    wcf_id: UUID | None
    country_code: str
    bu_code: str
    category: str
    created_at: datetime
    number: str | None = None
    provider_id: UUID | None = None
    cause: str | None = None
    owner: CauseOwner | None = None
    impact: str | None = None
    # Whether it speaks against the provider in their figures.
    counts: bool = False
    compensation: Decimal | None = None
    rework_order_id: UUID | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    state: ClaimState = ClaimState.CREATED
    version: int = 1

    def moved(self, target: ClaimState) -> Claim:
        """This claim in state `target`; a repeat of the same move changes nothing."""
        if self.state is target:
            return self
        CLAIM.check(self.state, target)
        return replace(self, state=target)


# How an agreement's end shows on the form it was about.
WCF_END: Mapping[AgreementState, WcfState] = {
    AgreementState.DECLINED: WcfState.NOT_SIGNED,
    AgreementState.EXPIRED: WcfState.EXPIRED,
    AgreementState.VOIDED: WcfState.NOT_SIGNED,
}


def reservations(form: Mapping[str, str]) -> tuple[Reservation, ...]:
    """The faults among a signed form's fields; one without a known severity counts as MODERATE."""
    rows = ((form.get(f"reservation{n}", "").strip(), form.get(f"severity{n}", "")) for n in _numbers())
    return tuple(Reservation(text, _severity(word)) for text, word in rows if text)


def _numbers() -> range:
    return range(1, RESERVATION_FIELDS + 1)


def _severity(word: str) -> Severity:
    known = word.strip().upper()
    return Severity(known) if known in ("MINOR", "MODERATE", "MAJOR") else Severity.MODERATE


def worst(found: Sequence[Reservation]) -> Severity:
    """The worst severity; NONE without reservations."""
    return max((item.severity for item in found), key=lambda severity: _RANK[severity], default=Severity.NONE)


def outcome(found: Sequence[Reservation]) -> Outcome:
    """What follows: one reservation handed on is a dispute, else one to mend is a rework, else all is settled."""
    actions = {item.resolution.action if item.resolution else ResolutionAction.ESCALATED for item in found}
    if ResolutionAction.ESCALATED in actions:
        return Outcome.DISPUTED
    return Outcome.REWORK if ResolutionAction.REWORK in actions else Outcome.ACCEPTED


def compensation(found: Sequence[Reservation], *causes: CauseOwner) -> Decimal:
    """What the customer is paid back for reservations, of the given causes or of all."""
    resolved = [item.resolution for item in found if item.resolution]
    return sum((r.amount or Decimal(0) for r in resolved if not causes or r.cause in causes), Decimal(0))


def rating(form: Mapping[str, str]) -> int | None:
    """The customer's mark from 1 to 5, when one was given."""
    text = form.get(RATING_FIELD, "").strip()
    return int(text) if _RATING.fullmatch(text) else None
