"""Documents about payment and delivery into our words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from adapters.sales.contract import read
from adapters.sales.statuses.settings import GROUP, SYSTEMS, TOPICS, WORDS
from adapters.sales.statuses.wire import DeliveryNews, PaymentNews
from workers.domain.orders import Issue
from workers.ports.sales import Unreadable
from workers.ports.statuses import StatusChange


class StatusDocuments:
    """Implements `workers.ports.statuses.StatusFeed`."""

    name, group, topics = "statuses", GROUP, TOPICS

    def payment(self, key: str, document: bytes) -> StatusChange:
        """Amounts are kept as they are told: whether they include tax is not."""
        news = read(PaymentNews, document)
        details = news.model_dump(mode="json", by_alias=True, exclude={"occurred_at", "payment_status"})
        return _change("payment", key, news.payment_status, news.occurred_at, details=details)

    def delivery(self, key: str, document: bytes) -> StatusChange:
        """The date is the one the last of the goods is promised for."""
        news = read(DeliveryNews, document)
        details = news.model_dump(mode="json", by_alias=True, exclude={"occurred_at", "delivery_status"})
        return _change(
            "delivery", key, news.delivery_status, news.occurred_at, details=details, delivery_date=news.delivery_date
        )


def _change(
    subject: str,
    key: str,
    word: str,
    told_at: datetime,
    *,
    details: dict[str, Any],
    delivery_date: date | None = None,
) -> StatusChange:
    system, _, number = key.partition("_")
    issues = []
    if system not in SYSTEMS or not number or not number.isprintable():
        issues.append(Issue("UNKNOWN_ORDER", "key", "expected a key like pyxis_8841207"))
    if word not in WORDS[subject]:
        issues.append(Issue("UNKNOWN_STATUS", f"{subject}Status", f"expected one of {sorted(WORDS[subject])}"))
    if issues:
        raise Unreadable(issues, external_order_id=number)
    return StatusChange(subject, system, number, word, told_at, delivery_date=delivery_date, details=details)
