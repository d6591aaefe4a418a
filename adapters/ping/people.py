"""Tokens of the people a laptop's identity provider knows: it gives them to anybody on this machine who asks."""

from __future__ import annotations

from adapters import http
from adapters.ping.settings import PingSettings
from workers.ports.errors import Misconfigured

SYSTEM = "ping"


class LaptopTokens:
    """Asks by client credentials, as `fsm token` does; a real identity provider refuses this."""

    def __init__(self, settings: PingSettings) -> None:
        self._client = http.new_client(settings.issuer, timeout=settings.timeout_seconds)
        self._issuer = settings.issuer.rstrip("/")

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def token(self, person: str) -> str:
        """A token of a person. Raises `PortError`s."""
        form = {"grant_type": "client_credentials", "client_id": person, "client_secret": "local"}
        with http.port_errors(SYSTEM):
            described = http.raise_for_status(
                self._client.get(f"{self._issuer}/.well-known/openid-configuration"), system=SYSTEM
            ).json()
            answer = http.raise_for_status(self._client.post(described["token_endpoint"], data=form), system=SYSTEM)
        try:
            return str(answer.json()["access_token"])
        except (ValueError, KeyError) as error:
            raise Misconfigured("Expected a token of the identity provider, but it gave none", system=SYSTEM) from error
