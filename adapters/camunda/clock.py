"""The engine's clock as the platform's clock, for a laptop where days pass in seconds."""

from __future__ import annotations

from datetime import datetime

from adapters.camunda.rest import CamundaRest


class EngineClock:
    """Asks the engine. When it does not answer, `Unavailable` says so: another clock's time would be a wrong answer."""

    def __init__(self, rest: CamundaRest) -> None:
        self._rest = rest

    def now(self) -> datetime:
        """The present instant of the engine."""
        return self._rest.now()
