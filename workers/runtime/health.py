"""`/livez`, `/readyz`, `/readyz/TYPE` and `/status` over HTTP, on a thread of its own: it answers when the loop does not.

/livez   200 while the loop moves and no task type has all its slots held by handlers that never return; else restart the pod
/readyz  200 while jobs of every type come in; the body tells per type why not
/readyz/TYPE  the same for one type; with several processes 200 while jobs of it come in to all of them, each one's state told
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

Report: TypeAlias = Callable[[], Mapping[str, Any]]
_READY_OF = "/readyz/"


def answer(path: str, report: Mapping[str, Any]) -> tuple[HTTPStatus, Any]:
    """The status and body for a path."""
    if path == "/livez":
        return _status(report["live"]), {"live": report["live"]}
    if path == "/readyz":
        types = {name: item["reasons"] or "ready" for name, item in report["types"].items()}
        return _status(report["ready"]), {"ready": report["ready"], "types": types}
    if path.startswith(_READY_OF):
        return _ready_of(path.removeprefix(_READY_OF), report)
    return (HTTPStatus.OK, report) if path == "/status" else (HTTPStatus.NOT_FOUND, {})


def _ready_of(wanted: str, report: Mapping[str, Any]) -> tuple[HTTPStatus, Any]:
    """One type: its item, or those of all processes by their number when the report is of several (`combined`)."""
    types, processes = report["types"], report.get("processes")
    if processes is None or wanted in types:
        item = types.get(wanted)
        return (HTTPStatus.NOT_FOUND, {}) if item is None else (_status(item["ready"]), item)
    silent = {"ready": False, "reasons": ["the process does not answer"]}
    items = {number: types.get(f"{number}/{wanted}", silent) for number in processes}
    # While a process is silent nobody knows whether it has the type; when all speak and none has it, there is none.
    known = any(f"{number}/{wanted}" in types for number in processes) or not all(processes.values())
    return (_status(all(item["ready"] for item in items.values())), items) if known else (HTTPStatus.NOT_FOUND, {})


def _status(good: bool) -> HTTPStatus:
    return HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE


class HealthServer:
    """Serves a report until closed. Port 0 takes a free one."""

    def __init__(self, report: Report, *, host: str = "0.0.0.0", port: int = 0) -> None:  # noqa: S104 - probes come from outside
        self._server = ThreadingHTTPServer((host, port), _handler(report))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()


def _handler(report: Report) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one probe."""

        def do_GET(self) -> None:
            """All there is."""
            status, body = answer(self.path, report())
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Probes come every few seconds: they are not worth a line."""

    return Handler
