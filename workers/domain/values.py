"""The words the domain uses, each in one enumeration (domain brief 2.3)."""

from __future__ import annotations

from enum import StrEnum


class SourceSystem(StrEnum):
    """Where an order was sold."""

    PYXIS = "pyxis"
    TEMPO = "tempo"
    SAP = "sap"
    CUSTOM = "custom"


class SalesChannel(StrEnum):
    """How an order was sold."""

    STORE = "store"
    WEB = "web"
    CALL_CENTER = "call_center"
    MOBILE = "mobile"
    PARTNER = "partner"


class Urgency(StrEnum):
    """How soon the work is wanted."""

    URGENT = "URGENT"
    STANDARD = "STANDARD"
    LOW = "LOW"


class ServiceType(StrEnum):
    """What kind of work an order asks for."""

    INSTALLATION = "INSTALLATION"
    CONFIRMATION_TV = "CONFIRMATION_TV"
    QUOTATION_TV = "QUOTATION_TV"
    MAINTENANCE = "MAINTENANCE"
    REPAIR = "REPAIR"
    REWORK = "REWORK"
    COMPLEX = "COMPLEX"


TECHNICAL_VISITS = frozenset({ServiceType.CONFIRMATION_TV, ServiceType.QUOTATION_TV})


class Category(StrEnum):
    """The trade a service belongs to; providers state a preference for each."""

    HVAC = "HVAC"
    PLUMBING = "PLUMBING"
    ELECTRICAL = "ELECTRICAL"
    KITCHEN = "KITCHEN"
    BATHROOM = "BATHROOM"
    FLOORING = "FLOORING"
    WINDOWS_DOORS = "WINDOWS_DOORS"
    APPLIANCE = "APPLIANCE"
    GARDEN = "GARDEN"
    FURNITURE = "FURNITURE"
    OTHER = "OTHER"


class VisitKind(StrEnum):
    """What a visit is for."""

    TECHNICAL_VISIT = "TECHNICAL_VISIT"
    MAIN = "MAIN"
    RETURN = "RETURN"


class Preference(StrEnum):
    """A provider's taste for a service: core trade, only together with a P1 service of the order, never."""

    P1 = "P1"
    P2 = "P2"
    OPT_OUT = "OPT_OUT"


class ProviderRank(StrEnum):
    """Main contractor, or subcontractor working under one."""

    MAIN = "MAIN"
    SUB = "SUB"


class RiskStatus(StrEnum):
    """What a provider's recent figures say."""

    OK = "OK"
    ON_WATCH = "ON_WATCH"
    SUSPENDED = "SUSPENDED"


class ZoneKind(StrEnum):
    """How gladly a provider serves an area."""

    PRIMARY = "PRIMARY"
    SECONDARY = "SECONDARY"
    OVERFLOW = "OVERFLOW"


class PaymentStatus(StrEnum):
    """What the sales system says about the customer's payment."""

    NOT_PAID = "NOT_PAID"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    FULLY_PAID = "FULLY_PAID"
    PAYMENT_AUTHORIZED = "PAYMENT_AUTHORIZED"
    PAYMENT_IN_PROCESS = "PAYMENT_IN_PROCESS"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    REFUNDED = "REFUNDED"


class DeliveryStatus(StrEnum):
    """What the supply chain says about the goods."""

    NOT_DELIVERED = "NOT_DELIVERED"
    PARTIALLY_DELIVERED = "PARTIALLY_DELIVERED"
    FULLY_DELIVERED = "FULLY_DELIVERED"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERY_FAILED = "DELIVERY_FAILED"
    RETURNED = "RETURNED"
    NOT_REQUIRED = "NOT_REQUIRED"


class GoStatus(StrEnum):
    """What the go check before a visit found; PENDING until it ran, NOT_NEEDED for surveys."""

    PENDING = "PENDING"
    OK = "OK"
    NOT_OK_PAYMENT = "NOT_OK_PAYMENT"
    NOT_OK_DELIVERY = "NOT_OK_DELIVERY"
    NOT_OK_BOTH = "NOT_OK_BOTH"
    NOT_OK_CONTRACT = "NOT_OK_CONTRACT"
    MANUALLY_OVERRIDDEN = "MANUALLY_OVERRIDDEN"
    NOT_NEEDED = "NOT_NEEDED"


class ContractStatus(StrEnum):
    """Where the customer's contract for an order stands."""

    NOT_NEEDED = "NOT_NEEDED"
    PENDING = "PENDING"
    SIGNED = "SIGNED"
    WAIVED = "WAIVED"
    REFUSED = "REFUSED"


class Completion(StrEnum):
    """How a team left the site."""

    COMPLETED = "COMPLETED"
    PARTIALLY_COMPLETED = "PARTIALLY_COMPLETED"
    INCOMPLETE = "INCOMPLETE"
    CANCELLED = "CANCELLED"
    REQUIRES_FOLLOWUP = "REQUIRES_FOLLOWUP"


class TvResult(StrEnum):
    """What a technical visit found: do it as sold, do it with changes, cannot be done."""

    YES = "YES"
    YES_BUT = "YES_BUT"
    NO = "NO"


class ScopeChange(StrEnum):
    """Where a change asked for by a technical visit stands."""

    NONE = "NONE"
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"


class Severity(StrEnum):
    """How bad a reservation on a work closing form is, in rising order."""

    NONE = "NONE"
    MINOR = "MINOR"
    MODERATE = "MODERATE"
    MAJOR = "MAJOR"


class CauseOwner(StrEnum):
    """Whose fault something was."""

    PROVIDER = "PROVIDER"
    CUSTOMER = "CUSTOMER"
    SYSTEM = "SYSTEM"
    EXTERNAL = "EXTERNAL"
    UNKNOWN = "UNKNOWN"


class OfferMode(StrEnum):
    """What silence means for an offer."""

    DIRECT = "DIRECT"
    OFFER = "OFFER"
    AUTO_ACCEPT = "AUTO_ACCEPT"
    BROADCAST = "BROADCAST"


class Recipient(StrEnum):
    """Who a notification is for."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    OPERATOR = "operator"
    STORE = "store"
