"""HTTP to Camunda's REST API: tokens, and errors translated once."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from typing import Any

import httpx

from adapters.camunda.errors import SYSTEM, from_http
from adapters.camunda.settings import CamundaSettings
from workers.ports.errors import Misconfigured, Unavailable

# A token is replaced this long before it ends, so that none expires on its way.
_LEEWAY_SECONDS = 60.0
_LONGEST_TEXT = 500


class ClientCredentials(httpx.Auth):
    """OAuth 2 client credentials: one token for all threads, fetched when there is none or it is about to end."""

    requires_response_body = True

    def __init__(self, settings: CamundaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._token = ""
        self._expires = 0.0

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the token; an answer 401 makes it fetch a new one, once."""
        with self._lock:
            if time.monotonic() >= self._expires:
                self._keep((yield self._ask()))
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            with self._lock:
                self._keep((yield self._ask()))
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _ask(self) -> httpx.Request:
        settings = self._settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
            "audience": settings.audience,
        }
        return httpx.Request(
            "POST", settings.token_url, data=form | ({"scope": settings.scope} if settings.scope else {})
        )

    def _keep(self, response: httpx.Response) -> None:
        if response.is_error:
            kind = Unavailable if response.is_server_error else Misconfigured
            raise kind(f"no token from {self._settings.token_url}: HTTP {response.status_code}", system=SYSTEM)
        response.read()
        answer = response.json()
        self._token = answer["access_token"]
        self._expires = time.monotonic() + float(answer.get("expires_in", 300)) - _LEEWAY_SECONDS


class RestSession:
    """One connection pool to `{rest_address}`. Raises port errors only. Safe to share between threads."""

    def __init__(self, settings: CamundaSettings, *, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            base_url=settings.rest_address,
            timeout=settings.request_timeout.total_seconds(),
            auth=ClientCredentials(settings) if settings.authenticated else None,
            transport=transport,
            verify=settings.ca_file or True,
        )

    def request(self, method: str, path: str, body: Any = None, *, reference: str = "") -> Any:
        """The JSON of the answer (a text where Camunda sends XML), None when it has no body."""
        try:
            response = self._client.request(method, path, json=body)
        except httpx.TransportError as error:
            raise Unavailable(f"{method} {path}: {type(error).__name__}", system=SYSTEM, reference=reference) from error
        if response.is_error:
            raise from_http(response.status_code, _detail(response), reference=reference or path)
        return _body(response, reference=reference or path) if response.content else None

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def _body(response: httpx.Response, *, reference: str) -> Any:
    """What a good answer holds. One that breaks off, or a proxy's page of HTML, is an outage and no answer."""
    kind = response.headers.get("content-type", "")
    if "xml" in kind and "html" not in kind:
        return response.text
    try:
        return response.json()
    except ValueError as error:
        message = f"Expected JSON of {reference}, but HTTP {response.status_code} has {kind or 'no content type'}"
        raise Unavailable(message, system=SYSTEM, reference=reference) from error


def _detail(response: httpx.Response) -> str:
    """The problem's own words (RFC 9457), else the start of the body."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict) and problem.get("detail"):
        return str(problem["detail"])
    return response.text[:_LONGEST_TEXT]
