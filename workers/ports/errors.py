"""What may go wrong on the other side of a port, whatever the system behind it.

    PortError
    ├── Unavailable      try again later (time-out, 5xx, 429, connection refused); may carry `retry_after`
    │   └── InUse        the other side is well; somebody else holds the thing asked for
    ├── Refused          the other side understood and said no; asking again with the same words is useless
    │   ├── NotFound     the thing asked for is not there
    │   └── Conflict     the thing is there already, or in another state than expected
    └── Misconfigured    our settings or rights are wrong: an operator must act

Adapters translate every foreign error into one of these by a table (`adapters/<name>/client.py`); the worker runtime turns
them into outcomes by another (`workers/runtime/outcome.py`).
"""

from __future__ import annotations

from datetime import timedelta


class PortError(Exception):
    """Something on the other side of a port went wrong."""

    def __init__(self, message: str = "", *, system: str = "", reference: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
        self.system = system
        self.reference = reference


class Unavailable(PortError):
    """The other side did not answer; the same request may succeed later."""

    def __init__(
        self, message: str = "", *, system: str = "", reference: str = "", retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message, system=system, reference=reference)
        self.retry_after = retry_after


class InUse(Unavailable):
    """Somebody else holds the thing asked for: worth another attempt, but no outage of the other side."""


class Refused(PortError):
    """The other side refused the request; it will refuse the same request again."""


class NotFound(Refused):
    """The thing asked for does not exist on the other side."""


class Conflict(Refused):
    """The thing exists already or is in another state than the request needs."""


class Misconfigured(PortError):
    """Credentials, rights or addresses are wrong; an operator has to mend the settings."""
