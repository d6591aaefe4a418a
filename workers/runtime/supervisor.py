"""Several worker processes on one host, each watched: one that dies is started again, a stop reaches all of them."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from workers.runtime.backoff import Backoff

_LOG = logging.getLogger(__name__)
# A process that lived this long was well: the next death starts the pauses over.
_WELL_AFTER = 30.0
_LOOK_EVERY = 1.0


class Child:
    """One worker process and its successors."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, number: int) -> None:
        self.number = number
        self._command, self._environment = command, environment
        self._backoff = Backoff(0.5, 30.0)
        self.process: asyncio.subprocess.Process | None = None
        self.stopping = False
        self._renewing = False

    async def run(self) -> int:
        """Runs the process until it ends after a stop; returns its last exit code."""
        while True:
            started = time.monotonic()
            # A session of its own: Ctrl-C reaches the supervisor, which passes one signal on, not the terminal's as well.
            self.process = await asyncio.create_subprocess_exec(
                *self._command, env=dict(self._environment), start_new_session=True
            )
            if self.stopping:  # told while the process was being made
                self._signal(signal.SIGTERM)
            code = await self.process.wait()
            if self.stopping:
                return code
            if self._renewing:
                self._renewing = False
                continue
            if time.monotonic() - started > _WELL_AFTER:
                self._backoff.reset()
            pause = self._backoff.next()
            _LOG.error("worker process %d ended with code %d; started again in %.1f s", self.number, code, pause)
            await asyncio.sleep(pause)
            if self.stopping:
                return code

    def send(self, number: signal.Signals) -> None:
        """Passes a signal on."""
        self.stopping = True
        self._signal(number)

    def renew(self) -> None:
        """Lets the process drain and starts its successor, with the code as it is now."""
        self._renewing = True
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)


class Supervisor:
    """Runs the children and ends with the worst of their exit codes."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children

    async def run(self, *, reload: Sequence[Path] = ()) -> int:
        """Until every child has ended. With `reload`, a changed file below these folders renews the children."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        watching = asyncio.create_task(self._watch(reload)) if reload else None
        codes = await asyncio.gather(*(child.run() for child in self.children))
        if watching is not None:
            watching.cancel()
        return max((abs(code) for code in codes), default=0)

    async def _watch(self, folders: Sequence[Path]) -> None:
        seen = _newest(folders)
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            if (newest := _newest(folders)) != seen:
                seen = newest
                _LOG.info("the code has changed: workers start anew")
                for child in self.children:
                    child.renew()

    def stop(self) -> None:
        """Tells every child to drain; told twice, they stop hard, as a single worker does."""
        for child in self.children:
            child.send(signal.SIGTERM)


def _newest(folders: Sequence[Path]) -> tuple[int, float]:
    """Number of Python files and the latest change: what a new, changed or removed file alters."""
    times = [path.stat().st_mtime for folder in folders for path in folder.rglob("*.py")]
    return len(times), max(times, default=0.0)


def combined(ports: Sequence[int], fetch: Callable[[int], Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """One report of several processes: live and ready when all are; types as `process/type`, `processes`: who answers."""
    reports = [(fetch or _fetch)(port) for port in ports]
    types = {f"{i}/{name}": item for i, report in enumerate(reports) for name, item in report["types"].items()}
    return {
        "worker": f"{len(ports)} processes",
        # The supervisor starts a dead process again; one that answers and says that it hangs only a restart of the pod frees.
        "live": all(report["live"] for report in reports if report["types"]),
        "ready": all(report["ready"] for report in reports),
        "processes": {str(i): bool(report["types"]) for i, report in enumerate(reports)},
        "types": types,
    }


def _fetch(port: int) -> Mapping[str, Any]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/status", timeout=2) as response:
            report: Mapping[str, Any] = json.load(response)
            return report
    except (URLError, OSError):
        return {"live": False, "ready": False, "types": {}}
