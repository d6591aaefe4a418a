"""What a search for a slot goes by: the rules as they are deployed, and the holidays at an address."""

from __future__ import annotations

from dataclasses import dataclass

from workers.domain.orders import ServiceOrder
from workers.domain.scheduling import Holiday
from workers.domain.slot_rules import RULES, SlotRules
from workers.domain.visits import Visit
from workers.ports.calendar import HolidayCalendar
from workers.ports.decisions import Decisions
from workers.ports.errors import Misconfigured


@dataclass(frozen=True)
class Almanac:
    """Asks the decision `SlotAndBufferRules`, so that an analyst's change counts from the moment it is deployed."""

    decisions: Decisions
    holidays: HolidayCalendar

    def rules(self, order: ServiceOrder, visit: Visit) -> SlotRules:
        """The rules for a visit of the order; `Misconfigured` names the cell that cannot be read."""
        output = self.decisions.decide(
            RULES,
            countryCode=order.country_code,
            serviceType=str(visit.service_type),
            category=str(order.category),
            urgency=str(order.urgency),
        )
        try:
            return SlotRules.of(output if isinstance(output, dict) else {})
        except ValueError as error:
            raise Misconfigured(str(error), system="decisions", reference=RULES) from error

    def holidays_of(self, order: ServiceOrder, rules: SlotRules) -> Holiday:
        """The holidays at the order's address: the nation's, and the region's where they count."""
        postal_code = order.address.postal_code if rules.regional_holidays else ""
        return lambda day: self.holidays.name(day, country=order.country_code, postal_code=postal_code)
