"""Documents in a Cloud Storage bucket, by Google's own client.

Written once: the upload is conditional on nothing being there, so of two writers one wins and the other compares. Checksums are
verified by the service on the way in, by the client on the way out, and ours (SHA-256, part of the reference) after that. That
nobody deletes or replaces an object is the bucket's retention policy, which is checked when the store is first used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any, cast

import google.cloud.storage as storage
import requests
from google.api_core import exceptions as api
from google.auth import exceptions as auth
from google.auth.credentials import AnonymousCredentials
from google.cloud.exceptions import GoogleCloudError
from google.cloud.storage.exceptions import DataCorruption
from google.cloud.storage.retry import DEFAULT_RETRY
from google.oauth2 import service_account

from adapters.storage.settings import StorageSettings
from workers.ports import errors
from workers.ports.references import Reference, parsed, reference_to

SYSTEM = "Cloud Storage"
SHA256 = "sha256"

# The first matching row counts: most specific class first.
FOREIGN: tuple[tuple[type[Exception], type[errors.PortError]], ...] = (
    (api.NotFound, errors.NotFound),
    (api.Conflict, errors.Conflict),
    (api.PreconditionFailed, errors.Conflict),
    (api.Unauthorized, errors.Misconfigured),
    (api.Forbidden, errors.Misconfigured),
    (api.TooManyRequests, errors.Unavailable),
    (api.ServerError, errors.Unavailable),
    (api.RetryError, errors.Unavailable),
    (api.ClientError, errors.Refused),
    (DataCorruption, errors.Unavailable),
    (auth.TransportError, errors.Unavailable),
    (auth.GoogleAuthError, errors.Misconfigured),
    (GoogleCloudError, errors.Unavailable),
    (requests.RequestException, errors.Unavailable),
    (OSError, errors.Unavailable),
)


class GcsDocumentStore:
    """Implements `workers.ports.documents.DocumentStore` and `DocumentLinks`. Threads may share it."""

    def __init__(self, settings: StorageSettings) -> None:
        self._settings = settings
        self._seconds = settings.timeout.total_seconds()
        # Google's client would go on for two minutes: a job has less.
        self._retry = DEFAULT_RETRY.with_timeout(self._seconds)

    def put(self, name: str, content: bytes, *, content_type: str = "application/pdf") -> str:
        """Stores the bytes; other bytes under a known name are a `Conflict`."""
        reference = reference_to(name, content)
        blob = self._blob(name)
        blob.metadata = {SHA256: reference.digest}
        try:
            with port_errors(name):
                blob.upload_from_string(
                    content,
                    content_type=content_type,
                    if_generation_match=0,
                    checksum="crc32c",
                    timeout=self._seconds,
                    retry=self._retry,
                )
        except errors.Conflict:
            if self.find(name) != str(reference):
                message = f"Expected the bytes that are stored as {name}, but others came: a document never changes"
                raise errors.Conflict(message, system=SYSTEM, reference=name) from None
        return str(reference)

    def get(self, reference: str) -> bytes:
        """The bytes behind a reference; bytes that are others now are not given out."""
        known = parsed(reference)
        with port_errors(known.name):
            content: bytes = self._blob(known.name).download_as_bytes(
                checksum="crc32c", timeout=self._seconds, retry=self._retry
            )
        if hashlib.sha256(content).hexdigest() != known.digest:
            message = f"Expected {known.name} as it was stored, but its bytes are others now"
            raise errors.Conflict(message, system=SYSTEM, reference=reference)
        return content

    def find(self, name: str) -> str | None:
        """The reference of the object under a name."""
        with port_errors(name):
            blob = self._bucket.get_blob(self._path(name), timeout=self._seconds, retry=self._retry)
        if blob is None:
            return None
        digest = (blob.metadata or {}).get(SHA256)
        if digest is None:  # put there by somebody else
            with port_errors(name):
                digest = hashlib.sha256(blob.download_as_bytes(timeout=self._seconds, retry=self._retry)).hexdigest()
        return str(Reference(name, digest))

    def link(self, reference: str, *, valid_for: timedelta) -> str:
        """An address that shows the document to whoever has it, for a while (at most seven days)."""
        known = parsed(reference)
        with port_errors(known.name):
            address: str = self._blob(known.name).generate_signed_url(
                version="v4",
                expiration=valid_for,
                method="GET",
                response_disposition="inline",
                api_access_endpoint=self._settings.endpoint,
                **self._signer(),
            )
        return address

    def close(self) -> None:
        """Closes the connections."""
        if "_client" in self.__dict__:
            self._client.close()

    @cached_property
    def _client(self) -> storage.Client:
        settings = self._settings
        options = {"api_endpoint": settings.endpoint} if settings.endpoint else None
        with port_errors(settings.bucket):
            accounts, anonymous = cast("Any", service_account.Credentials), cast("Any", AnonymousCredentials)
            if settings.credentials_file and not settings.endpoint:
                credentials = accounts.from_service_account_file(str(settings.credentials_file))
            else:
                credentials = anonymous() if settings.endpoint else None
            return storage.Client(project=settings.project or None, credentials=credentials, client_options=options)

    @cached_property
    def _bucket(self) -> storage.Bucket:
        """The bucket, once its policy keeps what we promise."""
        settings = self._settings
        bucket = self._client.bucket(settings.bucket)
        if settings.retention is None:
            return bucket
        with port_errors(settings.bucket):
            bucket.reload(timeout=self._seconds, retry=self._retry)
        kept = timedelta(seconds=bucket.retention_period or 0)
        if kept < settings.retention or not bucket.retention_policy_locked:
            state = "locked" if bucket.retention_policy_locked else "not locked"
            raise errors.Misconfigured(
                f"Expected bucket {settings.bucket} to keep objects for {settings.retention.days} days under a locked policy,"
                f" but it keeps them for {kept.days} days and the policy is {state}",
                system=SYSTEM,
                reference=settings.bucket,
            )
        return bucket

    def _blob(self, name: str) -> storage.Blob:
        return self._bucket.blob(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._settings.prefix}{name}"

    def _signer(self) -> dict[str, Any]:
        """A workload identity has no key of its own: it asks Google's IAM to sign in its name."""
        if self._settings.credentials_file:
            accounts = cast("Any", service_account.Credentials)
            return {"credentials": accounts.from_service_account_file(str(self._settings.credentials_file))}
        credentials = self._client._credentials
        if hasattr(credentials, "sign_bytes") or not hasattr(credentials, "service_account_email"):
            return {}
        return {"service_account_email": credentials.service_account_email, "access_token": credentials.token}


@contextmanager
def port_errors(name: str) -> Iterator[None]:
    """Turns what Google's libraries raise into `PortError`s; neither signed addresses nor contents get into the message."""
    try:
        yield
    except errors.PortError:
        raise
    except tuple(foreign for foreign, _ in FOREIGN) as error:
        kind = next(port for foreign, port in FOREIGN if isinstance(error, foreign))
        code = getattr(error, "code", None)
        if isinstance(code, int) and 400 <= code < 500 and not isinstance(error, api.ClientError) and code != 408:
            kind = errors.Refused  # a status the library has no class for
        told = f"{SYSTEM} answered {int(code)}" if isinstance(code, int) else f"{SYSTEM} failed: {type(error).__name__}"
        raise kind(f"{told} for {name}", system=SYSTEM, reference=name) from error
