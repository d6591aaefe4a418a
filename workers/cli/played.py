"""Who calls our API on a laptop, and with whose token."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from adapters.ping.local import LocalPing


class Played(httpx.Auth):
    """Calls our API as who does such things: providers' app, customers' pages, ERP, back office."""

    def __init__(self, ping: LocalPing) -> None:
        self._ping = ping

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """With a token of the caller that the path is for."""
        request.headers["Authorization"] = f"Bearer {self._ping.token(player_of(request.url.path))}"
        yield request


# A part of a path -> who calls it on a laptop; the providers' app calls the others.
PLAYED_BY = {"/customer-answer": "customer-pages", "/scans": "ops", "/payment": "erp"}


def player_of(path: str) -> str:
    """The client that calls a path of our API on a laptop."""
    return next((client for mark, client in PLAYED_BY.items() if mark in path), "provider-app")
