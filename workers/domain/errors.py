"""Business errors: the model handles them. Each has a code that a BPMN error event catches.

The class *is* the definition: `code` is its BPMN error code, the docstring its default message, `variables` what the
catch event receives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class DomainError(Exception):
    """A business rule was not met."""

    code: ClassVar[str] = "DOMAIN_ERROR"

    def __init__(self, message: str = "", **variables: Any) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
        self.variables = variables


class TenantMismatch(DomainError):
    """The order belongs to another country or business unit than the job's variables say."""

    code = "TENANT_MISMATCH"


class InvalidTransition(DomainError):
    """The state machine has no such move."""

    code = "INVALID_TRANSITION"


class NotKnown(DomainError):
    """The order, visit, provider or document does not exist."""

    code = "NOT_FOUND"


class OrderInvalid(DomainError):
    """The order cannot be carried out as it is; an operator has to correct it."""

    code = "ORDER_INVALID"


class DuplicateOrder(DomainError):
    """Another journey already works on this order."""

    code = "DUPLICATE_ORDER"


class NoSlotAvailable(DomainError):
    """No fitting team is free inside the search window."""

    code = "NO_SLOT_AVAILABLE"


class SlotLost(DomainError):
    """The held slot expired or was taken back; another one has to be found."""

    code = "SLOT_LOST"


class NoProvidersFound(DomainError):
    """Nobody fits this visit."""

    code = "NO_PROVIDERS_FOUND"


class ProviderUnreachable(DomainError):
    """The provider has no address a message could be sent to."""

    code = "PROVIDER_UNREACHABLE"


class OfferAlreadyAnswered(DomainError):
    """The offer is not open any more: it was answered, expired or withdrawn."""

    code = "OFFER_ALREADY_ANSWERED"


class OfferNoLongerOpen(DomainError):
    """The offer cannot be turned into an assignment: it lapsed, or the team was booked meanwhile."""

    code = "OFFER_NO_LONGER_OPEN"


class AssignmentNotAllowed(DomainError):
    """The provider an operator chose may not have this visit; the form of the task shows why."""

    code = "ASSIGNMENT_NOT_ALLOWED"

    def __init__(self, message: str) -> None:
        super().__init__(message, choiceProblem=message)


class DateNotAllowed(DomainError):
    """The visit cannot be on that date: notice, delivery, a closed day, or the team is not free."""

    code = "DATE_NOT_ALLOWED"


class StatusUnavailable(DomainError):
    """Nobody has told the status yet, or the system that knows it does not answer."""

    code = "STATUS_UNAVAILABLE"


class CheckinBlocked(DomainError):
    """The team may not check in: the go check, the contract or a risk stands against it."""

    code = "CHECKIN_BLOCKED"


class OutsideArea(DomainError):
    """The team checked in too far from the address."""

    code = "OUTSIDE_AREA"

    def __init__(self, metres: int, allowed: int) -> None:
        super().__init__(
            f"Expected a check-in within {allowed} m of the address, but it was {metres} m away",
            checkinProblem=f"The team stands {metres} m from the address; {allowed} m are allowed.",
        )


class CriticalHazard(DomainError):
    """The team found something that may cost a life."""

    code = "CRITICAL_HAZARD"

    def __init__(self, kinds: Sequence[str]) -> None:
        told = ", ".join(kinds)
        super().__init__(f"Critical on site: {told}", checkinProblem=f"Critical on site: {told}.")


class ChecklistIncomplete(DomainError):
    """The work is reported as completed, but mandatory items are open."""

    code = "CHECKLIST_INCOMPLETE"


class OverrideNotAllowed(DomainError):
    """The exception was asked for and granted by the same person, or nobody may grant it."""

    code = "OVERRIDE_NOT_ALLOWED"


class OutcomeMissing(DomainError):
    """The team checked out of a technical visit without a usable outcome."""

    code = "OUTCOME_MISSING"


class ModificationsMissing(DomainError):
    """The outcome is YES_BUT, but no modification was named."""

    code = "MODIFICATIONS_MISSING"


class WorkRecordIncomplete(DomainError):
    """The work closing form needs a check-out, but none was recorded."""

    code = "WORK_RECORD_INCOMPLETE"


class ScanNotUsable(DomainError):
    """The scan of a form signed on paper is missing, incomplete or unreadable; the form of the task shows why."""

    code = "SCAN_NOT_USABLE"

    def __init__(self, message: str) -> None:
        super().__init__(message, scanProblem=message)


class SignerAddressInvalid(DomainError):
    """The signer's e-mail address is missing or refused."""

    code = "SIGNER_ADDRESS_INVALID"


class ResolutionInvalid(DomainError):
    """The resolutions of a closing form do not add up; the form of the task shows why."""

    code = "RESOLUTION_INVALID"

    def __init__(self, message: str) -> None:
        super().__init__(message, reviewProblem=message)


class NothingToPay(DomainError):
    """Nobody is to be paid for this order: no provider, no price, or the payment was made before."""

    code = "NOTHING_TO_PAY"


class PaymentOnHold(DomainError):
    """A claim holds the payment; it goes on when the claim is settled."""

    code = "PAYMENT_ON_HOLD"


class ErpRejected(DomainError):
    """The ERP does not accept the payable; finance has to correct its data. `erpProblem` has its text and path."""

    code = "ERP_REJECTED"

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message, erpProblem={"text": message, "path": path})


class WorkNotAccepted(DomainError):
    """The customer has not accepted the work, so nobody is paid for it (I7)."""

    code = "WORK_NOT_ACCEPTED"


class BundleInvalid(DomainError):
    """These orders cannot be put under one contract."""

    code = "BUNDLE_INVALID"


class NotCancellable(DomainError):
    """The order cannot be cancelled any more; open a claim instead."""

    code = "NOT_CANCELLABLE"


class OrderFrozen(DomainError):
    """The order is being cancelled: nothing is begun on it any more."""

    code = "ORDER_FROZEN"


class RegistrationInvalid(DomainError):
    """The provider cannot be taken in with what it says of itself."""

    code = "REGISTRATION_INVALID"


class PapersIncomplete(DomainError):
    """The provider may not work yet: a document or the contract is missing."""

    code = "PAPERS_INCOMPLETE"


class ReviewInvalid(DomainError):
    """The document cannot be approved as it was entered."""

    code = "REVIEW_INVALID"


class EscalationNotPossible(DomainError):
    """What a lead decided about a late task cannot be done; the lead decides again."""

    code = "ESCALATION_NOT_POSSIBLE"
