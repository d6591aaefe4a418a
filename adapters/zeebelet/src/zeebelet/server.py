"""The embedded engine as a server: engine, gRPC and REST on one loop in one process."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any

from zeebelet.errors import Misconfigured
from zeebelet.gateway.gateway import DrivenEngine, Gateway
from zeebelet.gateway.identity import Identity
from zeebelet.gateway.search.feed import SearchFeed
from zeebelet.gateway.search.projection import Projection
from zeebelet.gateway.security import Verify

_GRACE_S = 1.0
_CONSOLE = ("jinja2", "markdown_it", "nh3")  # the extra `console`
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServerOptions:
    """How the engine is reached and what it keeps; port 0 takes a free one."""

    host: str = "127.0.0.1"
    grpc_port: int = 26500
    http_port: int = 8080
    data_dir: Path | None = None
    clock_control: bool = True
    verify: Verify | None = None
    console: bool = True
    search_lag: float = 0  # seconds until searches know what happened


@dataclass(frozen=True)
class Addresses:
    """Where a running engine is reached."""

    grpc: str
    http: str


def _check_protected(options: ServerOptions) -> None:
    try:
        is_local = options.host == "localhost" or ip_address(options.host).is_loopback
    except ValueError:
        is_local = False
    if options.verify is None and not is_local:
        raise Misconfigured(
            f"Expected an issuer of tokens for an engine other machines can reach at {options.host}, but none is set: "
            "give --issuer, or --host 127.0.0.1"
        )


def new_engine(options: ServerOptions) -> tuple[DrivenEngine, Projection]:
    """Returns the engine, in memory or on the log of a data directory, and the search side its log feeds."""
    from zeebelet.log import DurableLog, NoLog
    from zeebelet.loop import Engine

    projection = Projection()
    log = NoLog() if options.data_dir is None else DurableLog(options.data_dir)
    return Engine(log=SearchFeed(log, projection)), projection


def _listen(host: str, port: int) -> socket.socket:
    """Returns a listening socket that names its protocol: else asyncio leaves Nagle's algorithm on, 40 ms an answer."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _taken(host, port) from error
    listener.listen(128)
    return listener


def _taken(host: str, port: int) -> Misconfigured:
    return Misconfigured(
        f"Expected to listen at {host}:{port}, but the port is taken: choose another, or 0 for a free one"
    )


def _app(gateway: Gateway, *, console: bool) -> Any:
    from zeebelet.gateway.rest.app import RestApp

    rest = RestApp(gateway.services, gateway.verify)
    if not console:
        return rest
    missing = [name for name in _CONSOLE if find_spec(name) is None]
    if missing:
        log.warning("The console is not served: it needs %s. Install zeebelet[console].", ", ".join(missing))
        return rest
    from zeebelet.console.app import ConsoleApp

    return ConsoleApp(rest, gateway)


def _http_server(gateway: Gateway, *, console: bool) -> Any:
    import uvicorn

    class Server(uvicorn.Server):
        """Leaves signals to whoever runs the loop."""

        @contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            yield

    config = uvicorn.Config(
        _app(gateway, console=console),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http="h11",
        timeout_graceful_shutdown=1,
    )
    return Server(config)


async def _serve_http(gateway: Gateway, listener: socket.socket, *, console: bool) -> None:
    # Imported in a thread, while gRPC answers already: the listener's queue keeps early callers.
    server = await asyncio.to_thread(_http_server, gateway, console=console)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


@asynccontextmanager
async def running(options: ServerOptions, engine: DrivenEngine | None = None) -> AsyncIterator[Addresses]:
    """Runs the engine, which this loop then owns, until the context is left."""
    from zeebelet.gateway.rpc.server import start
    from zeebelet.gateway.rpc.service import Service

    _check_protected(options)
    owned, projection = (engine, None) if engine else new_engine(options)
    gateway = Gateway(
        owned,
        projection=projection,
        verify=options.verify,
        clock_control=options.clock_control,
        grouped=options.data_dir is not None,
        search_lag=options.search_lag,
    )
    service = Service(gateway.services, options.verify)
    listener = _listen(options.host, options.http_port)
    try:
        server, grpc_port = await start(service, options.host, options.grpc_port)
    except RuntimeError as error:
        listener.close()
        raise _taken(options.host, options.grpc_port) from error
    gateway.identity = Identity(options.host, grpc_port)
    http = asyncio.ensure_future(_serve_http(gateway, listener, console=options.console))
    try:
        yield Addresses(f"{options.host}:{grpc_port}", f"http://{options.host}:{listener.getsockname()[1]}")
    finally:
        gateway.stop()
        await server.stop(_GRACE_S)
        http.cancel()
        await asyncio.gather(http, return_exceptions=True)
        listener.close()
        owned.close()


class EngineThread:
    """An engine on a loop in a thread of its own, for programs that have other things to do."""

    def __init__(self, options: ServerOptions | None = None) -> None:
        self._options = options or ServerOptions(grpc_port=0, http_port=0)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.addresses = Addresses("", "")

    def __enter__(self) -> EngineThread:
        """Starts the engine and waits until it can be reached."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops the engine."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # handed to the thread that waits for it
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with running(self._options) as addresses:
            self.addresses = addresses
            self._ready.set()
            await self._stop.wait()
