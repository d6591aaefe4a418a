"""Where news about payment and delivery come from."""

from __future__ import annotations

from workers.domain.values import DeliveryStatus, PaymentStatus, SourceSystem

PAYMENT_TOPIC = "sales.payment.status_updated"
DELIVERY_TOPIC = "supply_chain.delivery.status_updated"
TOPICS = (PAYMENT_TOPIC, DELIVERY_TOPIC)
GROUP = "integration-adapters-statuses-v1"
SYSTEMS = frozenset(SourceSystem)
# Subject -> the words it knows; any other is an error, never a default.
WORDS = {"payment": frozenset(PaymentStatus), "delivery": frozenset(DeliveryStatus)}
