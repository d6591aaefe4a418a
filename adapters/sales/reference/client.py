"""Documents about no order into our words."""

from __future__ import annotations

from adapters.sales.contract import read
from adapters.sales.reference.settings import GROUP, TOPICS
from adapters.sales.reference.wire import PaymentTold, PreEstimationTold, ServiceTold
from workers.domain.orders import Issue
from workers.ports.feeds import CatalogueChange, PaymentResult, PreEstimation
from workers.ports.sales import Unreadable


class ReferenceDocuments:
    """Implements `workers.ports.feeds.ReferenceFeed`."""

    name, group, topics = "reference", GROUP, TOPICS

    def pre_estimation(self, key: str, document: bytes) -> PreEstimation:
        """A quote says whose it is: one without tenant is nobody's."""
        told = read(PreEstimationTold, document)
        fields = told.model_dump(exclude={"pre_estimation_id", "occurred_at", "categories"})
        known = tuple(told.categories)
        return PreEstimation(id=told.pre_estimation_id, told_at=told.occurred_at, categories=known, **fields)

    def catalogue(self, key: str, document: bytes) -> CatalogueChange:
        """A new service is told whole; an update may leave out what stays."""
        told = read(ServiceTold, document)
        needed = ("service_code", "category", "service_type", "duration_min")
        if told.event_type == "service.created":
            missing = [name for name in needed if getattr(told, name) is None]
            if missing:
                raise Unreadable([Issue("MISSING_FIELD", name, "a new service is told whole") for name in missing])
        return CatalogueChange(
            source_system=told.system.value,
            sku=told.external_service_code,
            told_at=told.occurred_at,
            deprecated=told.event_type == "service.deprecated",
            service_code=told.service_code,
            category=told.category,
            service_type=told.service_type,
            minutes=told.duration_min,
            urgency=told.urgency,
            requires_tv=told.requires_tv,
            names=told.names,
        )

    def payment(self, key: str, document: bytes) -> PaymentResult:
        """The answer as the route of the ERP would have brought it."""
        told = read(PaymentTold, document)
        result = told.model_dump(
            mode="json", by_alias=True, include={"status", "paid_at", "reference", "failure_reason"}
        )
        return PaymentResult(
            invoice_id=told.invoice_id,
            told_at=told.occurred_at,
            result=result,
            country_code=told.country_code,
            bu_code=told.bu_code,
        )
