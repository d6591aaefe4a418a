"""What a message or a paper is about: an order, or a provider where there is no order."""

from __future__ import annotations

from typing import TypeAlias

from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider

Matter: TypeAlias = ServiceOrder | Provider
