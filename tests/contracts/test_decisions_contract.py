"""Decisions asked of the engine over REST, as the deployed policy of messages is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.camunda.decisions import CamundaDecisions
from adapters.camunda.processes import ZeebeProcesses
from adapters.camunda.settings import CamundaSettings
from adapters.children import free_port
from workers.domain.notices import POLICY, Way
from workers.ports.errors import Misconfigured, Unavailable
from workers.ports.processes import Resource
from workers.settings import MODELS
from zeebelet.server import EngineThread

MONEY = {
    "notice": "MONEY",
    "recipient": "provider",
    "urgent": False,
    "localHour": 12.0,
    "optedOut": False,
    "countryCode": "FR",
}


@pytest.fixture(scope="module")
def settings() -> Iterator[CamundaSettings]:
    with EngineThread() as engine:
        yield CamundaSettings(grpc_address=engine.addresses.grpc, rest_address=engine.addresses.http)


def test_a_decision_is_asked_for(settings: CamundaSettings) -> None:
    """The latest deployed version answers; before there is one, the text says what to do."""
    decisions, processes = CamundaDecisions(settings), ZeebeProcesses(settings)
    with pytest.raises(Misconfigured, match="fsm deploy"):
        decisions.decide(POLICY, **MONEY)
    processes.deploy([Resource("notification-policy.dmn", (MODELS / "dmn" / "notification-policy.dmn").read_bytes())])
    assert Way.of(decisions.decide(POLICY, **MONEY)) == Way(channels=("email",))
    night = Way.of(decisions.decide(POLICY, **MONEY | {"notice": "OFFER", "localHour": 22.5}))
    assert (night.channels, night.at_hour) == (("push", "email"), 8)
    decisions.close()
    processes.close()


def test_a_camunda_that_is_away_is_waited_for() -> None:
    """The job comes again."""
    nowhere = CamundaSettings(rest_address=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable):
        CamundaDecisions(nowhere).decide(POLICY, **MONEY)
