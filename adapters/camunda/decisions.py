"""`workers.ports.decisions.Decisions` over the v2 REST API."""

from __future__ import annotations

import json
from typing import Any

from adapters.camunda.errors import SYSTEM
from adapters.camunda.session import RestSession
from adapters.camunda.settings import CamundaSettings
from workers.ports.errors import Misconfigured, Refused


class CamundaDecisions:
    """Asks for the latest deployed version of a decision."""

    def __init__(self, settings: CamundaSettings, *, session: RestSession | None = None) -> None:
        self._session = session or RestSession(settings)

    def decide(self, decision_id: str, **inputs: Any) -> Any:
        """The decision's output. A decision that is missing, or fails on these inputs, is a matter for whoever deploys."""
        body = {"decisionDefinitionId": decision_id, "variables": inputs}
        try:
            answer = self._session.request("POST", "/v2/decision-definitions/evaluation", body, reference=decision_id)
        except Refused as error:
            message = f"Expected decision {decision_id} to be deployed and to accept its inputs, but: {error}. Run `fsm deploy`"
            raise Misconfigured(message, system=SYSTEM, reference=decision_id) from error
        if answer.get("failureMessage"):
            message = f"Expected decision {decision_id} to be made, but: {answer['failureMessage']}"
            raise Misconfigured(message, system=SYSTEM, reference=decision_id)
        return json.loads(answer["output"])

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()
