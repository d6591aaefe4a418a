"""The one table from HTTP to port errors."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters import http
from workers.ports import errors

KINDS = {
    301: errors.Misconfigured,
    400: errors.Refused,
    401: errors.Misconfigured,
    403: errors.Misconfigured,
    404: errors.NotFound,
    407: errors.Misconfigured,
    408: errors.Unavailable,
    409: errors.Conflict,
    410: errors.NotFound,
    412: errors.Conflict,
    418: errors.Refused,
    422: errors.Refused,
    425: errors.Unavailable,
    429: errors.Unavailable,
    500: errors.Unavailable,
    501: errors.Unavailable,
    503: errors.Unavailable,
    504: errors.Unavailable,
    599: errors.Unavailable,
}


def answered(status: int, **headers: str) -> httpx.Response:
    request = httpx.Request("GET", "https://api.example.com/orders?email=a@b.c")
    return httpx.Response(status, headers=headers, request=request)


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
def test_each_status_is_one_kind(status: int, kind: type[errors.PortError]) -> None:
    """Exactly that class; the message names system, status and path, but no query (it may hold personal data)."""
    with pytest.raises(errors.PortError) as raised:
        http.raise_for_status(answered(status), system="the shop", reference="SO-1", detail="SOME_CODE")
    assert type(raised.value) is kind
    assert str(raised.value) == f"the shop answered {status} (SOME_CODE) to GET /orders"
    assert (raised.value.system, raised.value.reference) == ("the shop", "SO-1")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_success_is_handed_back(status: int) -> None:
    """2xx is no error."""
    assert http.raise_for_status(answered(status), system="s").status_code == status


NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
SPANS = {
    "37": timedelta(seconds=37),
    " 0 ": timedelta(0),
    "Mon, 11 Jan 2027 09:02:00 GMT": timedelta(minutes=2),
    "Mon, 11 Jan 2027 08:00:00 GMT": timedelta(0),
    "": None,
    "soon": None,
    "-5": None,
}


@pytest.mark.parametrize(("told", "span"), SPANS.items())
def test_retry_after_is_read_in_both_forms(told: str, span: timedelta | None) -> None:
    """Seconds or a date; a past date is no wait, nonsense is no wish."""
    assert http.retry_after(answered(503, **{"Retry-After": told}), now=NOW) == span


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("Sun Nov  6 08:49:37 1994", 0),
        ("Sun, 06 Nov 1994 08:49:37 -0000", 0),
        ("Sun, 06 Nov 9999 08:49:37 GMT", 86_400),
        ("9" * 20, 86_400),
        ("9" * 4_000, 86_400),
        ("-5", None),
        ("soon", None),
        ("Sun, 99 Nov 1994 99:49:37 GMT", None),
        ("", None),
    ],
)
def test_retry_after_is_bounded_whatever_it_says(told: str, seconds: int | None) -> None:
    """Asctime, a date without a zone, twenty digits, the past: a bounded wait or none, never an exception (W17)."""
    found = http.retry_after(answered(503, **{"Retry-After": told}), now=NOW)
    assert (None if found is None else found.total_seconds()) == seconds


def test_every_exception_of_httpx_is_mapped() -> None:
    """A new one in a later httpx must find its row: none may leave an adapter as it is."""
    known = [kind for _, kind in inspect.getmembers(httpx, inspect.isclass) if issubclass(kind, httpx.HTTPError)]
    assert len(known) > 10
    for kind in [*known, httpx.InvalidURL]:
        made = kind("x", request=None, response=None) if kind is httpx.HTTPStatusError else kind("x")  # type: ignore[call-arg]
        with pytest.raises(errors.PortError), http.port_errors("s"):
            raise made


def test_time_outs_and_wrong_addresses_are_told_apart() -> None:
    """One heals by itself, the other never."""
    with pytest.raises(errors.Unavailable), http.port_errors("s"):
        raise httpx.ReadTimeout("slow")
    with pytest.raises(errors.Misconfigured), http.port_errors("s"):
        raise httpx.UnsupportedProtocol("ftp")


def test_proxies_of_the_environment_are_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in on loopback must be reachable behind a company proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    with (
        http.new_client("http://127.0.0.1:1", timeout=1) as local,
        http.new_client("http://a.example.com", timeout=1) as far,
    ):
        assert not local._mounts
        assert far._mounts
