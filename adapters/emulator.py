"""What the HTTP stand-ins share: an ASGI app from a table of operations, faults on demand, and a server in a thread."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from adapters.children import free_port

START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a stand-in sees it."""

    operation: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Handler = Callable[[Call], Response]
Guard = Callable[[Call], Response | None]
Fault = Callable[[], Response | None]


class Faults:
    """Faults to come, by operation (`POST /agreements`): each is shown once, in the order they were planned.

    A fault planned `after` answers once the service has done its work: to the client a success whose answer got lost.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: dict[tuple[str, bool], deque[Fault]] = {}

    def plan(self, operation: str, *faults: Fault, after: bool = False) -> None:
        """Adds faults for the next calls of `operation`."""
        with self._lock:
            self._planned.setdefault((operation, after), deque()).extend(faults)

    def forget(self) -> None:
        """Drops the faults nobody was shown yet."""
        with self._lock:
            self._planned.clear()

    def show(self, operation: str, *, after: bool = False) -> Response | None:
        """The answer of the next fault of `operation`; None when there is none, or it only made us wait."""
        with self._lock:
            waiting = self._planned.get((operation, after))
            fault = waiting.popleft() if waiting else None
        return fault() if fault else None


def answers(status: int, body: object = None, **headers: str) -> Fault:
    """A fault that answers with a status; `Retry_After="37"` becomes the header Retry-After."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda: JSONResponse(body, status_code=status, headers=named)


def stalls(seconds: float) -> Fault:
    """A fault that makes the client wait."""

    def fault() -> Response | None:
        time.sleep(seconds)
        return None

    return fault


class Emulator:
    """An ASGI app from a table `"POST /agreements": handler`; handlers are plain functions and run in threads.

    `calls` counts the requests per operation, refused ones included.
    """

    def __init__(self, table: Mapping[str, Handler], *, guard: Guard | None = None, prefix: str = "") -> None:
        self.faults = Faults()
        self.calls: dict[str, int] = dict.fromkeys(table, 0)
        self._guard = guard
        self._lock = threading.Lock()
        self.app: ASGIApp = Starlette(routes=[self._route(key, handler, prefix) for key, handler in table.items()])

    def _route(self, operation: str, handler: Handler, prefix: str) -> Route:
        method, path = operation.split(" ")
        return Route(prefix + path, self._endpoint(operation, handler), methods=[method])

    def _endpoint(self, operation: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            call = Call(
                operation=operation,
                parameters=request.path_params,
                query=request.query_params,
                headers=request.headers,
                body=await request.body(),
            )
            return await run_in_threadpool(self._serve, call, handler)

        return endpoint

    def _serve(self, call: Call, handler: Handler) -> Response:
        with self._lock:
            self.calls[call.operation] += 1
        refusal = self._guard(call) if self._guard else None
        before = refusal or self.faults.show(call.operation)
        if before:
            return before
        try:
            answer = handler(call)
        except (KeyError, TypeError, ValueError) as error:  # a request that is not what the service expects
            return JSONResponse({"code": "BAD_REQUEST", "message": type(error).__name__}, status_code=400)
        return self.faults.show(call.operation, after=True) or answer


class LocalServer:
    """`with LocalServer(app) as server:` serves `app` at `server.address` until the block ends."""

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=self.port,
            log_config=None,
            lifespan="off",
            ws="none",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name=f"emulator :{self.port}", daemon=True)

    def __enter__(self) -> Self:
        """Starts and waits until it listens."""
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError(f"Expected an emulator to listen at {self.address}, but it did not start.")
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops listening."""
        self.stop()

    def stop(self) -> None:
        """Stops listening."""
        self._server.should_exit = True
        self._thread.join()
