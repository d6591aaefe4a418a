"""What every HTTP adapter shares: one client factory, and one table from foreign errors to `workers.ports.errors`.

no answer (refused, reset, time-out)     Unavailable
408, 425, 429, 5xx                       Unavailable, with the Retry-After the other side asks for
404, 410                                 NotFound
409, 412                                 Conflict
401, 403, 407, an unexpected redirect    Misconfigured
any other 4xx                            Refused
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from workers.ports import errors

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
CONNECT_SECONDS = 5.0
LONGEST_WAIT = timedelta(days=1)

# The first matching row counts: most specific class first.
FOREIGN: tuple[tuple[type[Exception], type[errors.PortError]], ...] = (
    (httpx.UnsupportedProtocol, errors.Misconfigured),
    (httpx.InvalidURL, errors.Misconfigured),
    (httpx.TooManyRedirects, errors.Misconfigured),
    (httpx.ProxyError, errors.Misconfigured),
    (httpx.LocalProtocolError, errors.Refused),
    (httpx.HTTPError, errors.Unavailable),
)
STATUS: dict[int, type[errors.PortError]] = {
    401: errors.Misconfigured,
    403: errors.Misconfigured,
    404: errors.NotFound,
    407: errors.Misconfigured,
    408: errors.Unavailable,
    409: errors.Conflict,
    410: errors.NotFound,
    412: errors.Conflict,
    425: errors.Unavailable,
    429: errors.Unavailable,
}
CLASSES: dict[int, type[errors.PortError]] = {
    3: errors.Misconfigured,
    4: errors.Refused,
    5: errors.Unavailable,
}


def new_client(base_url: str, *, timeout: float, **options: Any) -> httpx.Client:
    """A client with time-outs on every phase; proxies of the environment are not used for this machine itself."""
    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
        trust_env=httpx.URL(base_url).host not in LOOPBACK,
        verify=_trusted(),
        **options,
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The certificate authorities we trust; reading them takes longer than everything else about a client."""
    return httpx.create_ssl_context()


@contextmanager
def port_errors(system: str, *, reference: str = "") -> Iterator[None]:
    """Turns what httpx raises into a `PortError`. Neither address parameters nor bodies get into the message."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        kind = next(port for foreign, port in FOREIGN if isinstance(error, foreign))
        message = f"{system} did not answer: {type(error).__name__}{_place(error)}"
        raise kind(message, system=system, reference=reference) from error


def raise_for_status(response: httpx.Response, *, system: str, reference: str = "", detail: str = "") -> httpx.Response:
    """The response when it is a success, else the `PortError` of the table; `detail` is the other side's error code."""
    if response.is_success:
        return response
    status = response.status_code
    kind = STATUS.get(status) or CLASSES.get(status // 100, errors.Unavailable)
    request = response.request
    told = f" ({detail})" if detail else ""
    message = f"{system} answered {status}{told} to {request.method} {request.url.path}"
    if issubclass(kind, errors.Unavailable):
        raise kind(message, system=system, reference=reference, retry_after=retry_after(response))
    raise kind(message, system=system, reference=reference)


def retry_after(response: httpx.Response, *, now: datetime | None = None) -> timedelta | None:
    """The Retry-After header as a span of at most a day: seconds or an HTTP date; None when absent or unreadable.

    Total: a date without a zone is UTC, one that is over is no wait, and no number is too long.
    """
    told = response.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return LONGEST_WAIT if len(told) > 9 else min(timedelta(seconds=int(told)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - (now or datetime.now(UTC)), timedelta()), LONGEST_WAIT)


def _place(error: Exception) -> str:
    try:
        url = error.request.url  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError):
        return ""
    return f" at {url.scheme}://{url.host}:{url.port or ''}{url.path}"
