"""The door of our API: strangers are refused before their body is read, and nobody's body is read beyond its limit.

A plain ASGI layer, since a framework reads the whole body before it asks who is calling.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 10 * 1024 * 1024
BODY_SECONDS = 30.0  # without a byte

Admit = Callable[[Request], None]
Refusal = Callable[[Request, Exception], Response]
Note = Callable[[Request, int], None]
Within = Callable[[Request], AbstractContextManager[None]]


class BodyTooLarge(Exception):
    """Expected a smaller body."""

    def __init__(self) -> None:
        super().__init__(f"Expected at most {MAX_BODY} bytes")


class BodyTooSlow(Exception):
    """Expected the whole body in good time."""


class AddressUnfit(Exception):
    """Expected an address of text, but it has control characters."""


class TooManyRequests(Exception):
    """Expected fewer requests of one caller in a minute."""


class Edge:
    """`admit` knows the caller by the headers alone; what it raises is answered by `refuse`. The request runs `within` what its
    caller may see; its answer's status is told to `note` before it goes out."""

    def __init__(self, app: ASGIApp, *, admit: Admit, refuse: Refusal, within: Within, note: Note) -> None:
        self._app, self._admit, self._refuse, self._within, self._note = app, admit, refuse, within, note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on with its body read, or answers it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        send = self._noted(request, receive, send)
        try:
            _check_told(request)
            _check_address(request)
            await run_in_threadpool(self._admit, request)
            body = await _body(receive)
        except Exception as error:
            await self._refuse(request, error)(scope, receive, send)
            return
        with self._within(request):
            await self._app(scope, _replayed(body, receive), send)

    def _noted(self, request: Request, receive: Receive, send: Send) -> Send:
        """Notes the answer before it goes out; one that cannot be noted is answered otherwise."""
        replaced = False

        async def noted(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                try:
                    await run_in_threadpool(self._note, request, message["status"])
                except Exception as error:
                    replaced = True
                    await self._refuse(request, error)(request.scope, receive, send)
            if not replaced:
                await send(message)

        return noted


def _check_told(request: Request) -> None:
    told = request.headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit() and len(told) < 20) or int(told) > MAX_BODY:
        raise BodyTooLarge


def _check_address(request: Request) -> None:
    """A NUL in a search or a path is nobody's mistake."""
    if any(sign < " " or sign == "\x7f" for sign in unquote(f"{request.scope['path']}?{request.url.query}")):
        raise AddressUnfit


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        try:
            message = await asyncio.wait_for(receive(), BODY_SECONDS)
        except TimeoutError:
            raise BodyTooSlow(f"Expected the whole body, but nothing came for {BODY_SECONDS:g} seconds") from None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise BodyTooLarge
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """The body as one message, then whatever the server says (that the client went away)."""
    waiting: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
