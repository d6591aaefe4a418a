"""Where quotes, catalogue changes and payments come from."""

from __future__ import annotations

PRE_ESTIMATION_TOPIC = "sales.pre_estimation.created"
CATALOGUE_TOPIC = "service-catalog"
PAYMENT_TOPIC = "payment.provider.payment_completed"
TOPICS = (PRE_ESTIMATION_TOPIC, CATALOGUE_TOPIC, PAYMENT_TOPIC)
GROUP = "integration-adapters-reference-v1"
