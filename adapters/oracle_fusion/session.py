"""Requests to a pod of Oracle Fusion: credentials that are renewed once, a fixed protocol version, errors in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from adapters import http
from adapters.oracle_fusion import wire
from adapters.oracle_fusion.auth import credentials
from adapters.oracle_fusion.settings import OracleFusionSettings


class FusionSession:
    """Sends requests below the REST resources. Safe to share between threads."""

    def __init__(self, settings: OracleFusionSettings, *, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._client = http.new_client(settings.base_url, timeout=settings.timeout.total_seconds(), transport=transport)
        self._credentials = credentials(settings.auth, self._client)

    def items(self, path: str, *, reference: str, **params: str) -> list[Mapping[str, Any]]:
        """The rows of a collection."""
        return wire.items_of(self.request("GET", path, reference=reference, params=params))

    def request(self, method: str, path: str, *, reference: str, **content: Any) -> httpx.Response:
        """One request, checked. `path` is a resource's, or the address a link gave: of that only the path counts, so that
        our credentials go to our pod and nowhere else.
        """
        place = httpx.URL(path).path if path.startswith("http") else self._settings.resources + path
        response = self._send(method, place, reference, **content)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._credentials.renew():
            response = self._send(method, place, reference, **content)
        return wire.checked(response, reference=reference)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _send(self, method: str, place: str, reference: str, **content: Any) -> httpx.Response:
        headers = {
            "Authorization": self._credentials.header(),
            "REST-Framework-Version": str(self._settings.framework_version),
        }
        if "json" in content:
            headers["Content-Type"] = wire.ITEM
        with http.port_errors(wire.SYSTEM, reference=reference):
            return self._client.request(method, place, headers=headers, **content)
