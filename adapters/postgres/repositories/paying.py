"""Pro formas and provider payments. Both have ids that follow from their order, so nothing has to be searched."""

from __future__ import annotations

from adapters.postgres.tables import pro_formas, provider_payments
from adapters.postgres.wire import Mapper
from workers.domain.payments import ProForma, ProviderPayment

PRO_FORMAS = Mapper(ProForma, pro_formas)
PAYMENTS = Mapper(ProviderPayment, provider_payments)
