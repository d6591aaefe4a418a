"""Cloud Storage for a laptop and the tests: Google's JSON API as far as documents need it, reached by Google's own client.

Uploads (in one piece or several) with preconditions and checksums, metadata, downloads, the bucket's retention policy, signed
addresses of version 4, which are verified as Google documents it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import google_crc32c
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.responses import JSONResponse, Response

from adapters.emulator import Call, Emulator, Faults, LocalServer
from adapters.storage.settings import StorageSettings

ACCOUNT = "documents@local.iam.gserviceaccount.com"
BOUNDARY = re.compile(rb'boundary="?([^";]+)"?')
UPLOAD, OBJECT = "/upload/storage/v1/b/{bucket}/o", "/storage/v1/b/{bucket}/o/{name:path}"
MONTH = timedelta(days=30)


@dataclass(slots=True)
class _Object:
    content: bytes
    content_type: str
    metadata: Mapping[str, str]
    generation: int
    at: datetime

    def described(self, bucket: str, name: str) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "kind": "storage#object",
            "bucket": bucket,
            "name": name,
            "size": str(len(self.content)),
            "contentType": self.content_type,
            "metadata": dict(self.metadata),
            "generation": str(self.generation),
            "metageneration": "1",
            "crc32c": crc32c(self.content),
            "md5Hash": base64.b64encode(hashlib.md5(self.content, usedforsecurity=False).digest()).decode(),
            "timeCreated": self.at.isoformat(),
        }


@dataclass(slots=True)
class _Key:
    """A service account's key pair, written as Google hands it out."""

    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def write(self, path: Path) -> None:
        pem = self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        told = {"type": "service_account", "project_id": "local", "private_key_id": "1", "client_email": ACCOUNT}
        address = {"client_id": "1", "token_uri": "https://oauth2.googleapis.com/token"}
        path.write_text(json.dumps({**told, **address, "private_key": pem.decode()}), encoding="utf-8")

    def made(self, signature: bytes, text: bytes) -> bool:
        try:
            self.private.public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class _Bucket:
    """The bucket and what can be asked of it."""

    def __init__(self, name: str, retention: timedelta | None) -> None:
        self.name, self.retention, self.locked, self.address = name, retention, True, ""
        self.objects: dict[str, _Object] = {}
        self.key = _Key()
        self._lock, self._sessions = threading.Lock(), dict[str, dict[str, Any]]()
        self.table = {
            "GET /storage/v1/b/{bucket}": self._describe,
            f"POST {UPLOAD}": self._upload,
            f"PUT {UPLOAD}": self._go_on,
            f"GET {OBJECT}": self._get,
            f"DELETE {OBJECT}": self._delete,
            "GET /download/storage/v1/b/{bucket}/o/{name:path}": self._download,
            "GET /{bucket}/{name:path}": self._signed,
        }

    def _describe(self, call: Call) -> Response:
        if call.parameters["bucket"] != self.name:
            return _error(404, "The specified bucket does not exist.")
        policy = {}
        if self.retention is not None:
            seconds = str(int(self.retention.total_seconds()))
            policy = {"retentionPolicy": {"retentionPeriod": seconds, "isLocked": self.locked}}
        return JSONResponse({"kind": "storage#bucket", "name": self.name, **policy})

    def _upload(self, call: Call) -> Response:
        if call.query.get("uploadType") == "resumable":
            session = f"s{len(self._sessions)}"
            named = {"contentType": call.headers.get("x-upload-content-type")}
            told = named | json.loads(call.body or b"{}")
            self._sessions[session] = {"told": told, "query": dict(call.query), "content": b""}
            place = f"{self.address}{call_path(call)}?uploadType=resumable&upload_id={session}"
            return Response(status_code=200, headers={"Location": place})
        told, content = _parts(call)
        return self._store(call.parameters["bucket"], told, content, call.query)

    def _go_on(self, call: Call) -> Response:
        session = self._sessions[call.query["upload_id"]]
        session["content"] += call.body
        total = call.headers.get("content-range", "*/*").rpartition("/")[2]
        if total != "*" and len(session["content"]) < int(total):
            return Response(status_code=308, headers={"Range": f"bytes=0-{len(session['content']) - 1}"})
        return self._store(call.parameters["bucket"], session["told"], session["content"], session["query"])

    def _store(self, bucket: str, told: Mapping[str, Any], content: bytes, query: Mapping[str, str]) -> Response:
        name = query.get("name") or told["name"]
        with self._lock:
            known = self.objects.get(name)
            wanted = query.get("ifGenerationMatch")
            if wanted is not None and int(wanted) != (known.generation if known else 0):
                return _error(412, "At least one of the pre-conditions you specified did not hold.")
            if known and self._keeps(known):
                return _error(
                    403, f"Object '{name}' is subject to bucket's retention policy and cannot be overwritten."
                )
            if told.get("crc32c", crc32c(content)) != crc32c(content):
                return _error(400, "Provided CRC32C doesn't match calculated CRC32C.")
            kind = str(told.get("contentType") or "application/octet-stream")
            made = _Object(content, kind, told.get("metadata") or {}, time.time_ns() // 1000, datetime.now(UTC))
            self.objects[name] = made
        return JSONResponse(made.described(bucket, name))

    def _get(self, call: Call) -> Response:
        found = self.objects.get(call.parameters["name"])
        if found is None:
            return _error(404, "No such object.")
        if call.query.get("alt") == "media":
            return _media(found)
        return JSONResponse(found.described(self.name, call.parameters["name"]))

    def _download(self, call: Call) -> Response:
        found = self.objects.get(call.parameters["name"])
        return _media(found) if found else _error(404, "No such object.")

    def _delete(self, call: Call) -> Response:
        name = call.parameters["name"]
        found = self.objects.get(name)
        if found is None:
            return _error(404, "No such object.")
        if self._keeps(found):
            return _error(403, f"Object '{name}' is subject to bucket's retention policy and cannot be deleted.")
        del self.objects[name]
        return Response(status_code=204)

    def _keeps(self, known: _Object) -> bool:
        return self.retention is not None and datetime.now(UTC) - known.at < self.retention

    def _signed(self, call: Call) -> Response:
        """What an address with a signature shows; its text is made again as the client made it, and verified."""
        query = dict(call.query)
        signature = bytes.fromhex(query.pop("X-Goog-Signature", ""))
        made = datetime.strptime(query.get("X-Goog-Date", "19700101T000000Z"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        name = call.parameters["name"]
        canonical = "&".join(f"{quote(k, safe='')}={quote(v, safe='~')}" for k, v in sorted(query.items()))
        path = f"/{call.parameters['bucket']}/{quote(name, safe='/~')}"
        request = "\n".join(["GET", path, canonical, f"host:{call.headers['host']}", "", "host", "UNSIGNED-PAYLOAD"])
        scope = query.get("X-Goog-Credential", "").partition("/")[2]
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = "\n".join(["GOOG4-RSA-SHA256", query.get("X-Goog-Date", ""), scope, digest])
        if not self.key.made(signature, text.encode()):
            return Response("SignatureDoesNotMatch", status_code=403)
        if datetime.now(UTC) > made + timedelta(seconds=int(query["X-Goog-Expires"])):
            return Response("ExpiredToken", status_code=400)
        found = self.objects.get(name)
        return _media(found) if found else Response("NoSuchKey", status_code=404)


class LocalStorage:
    """`with LocalStorage() as storage:` `storage.settings` reaches it. `retention` is the bucket's locked policy."""

    def __init__(self, *, bucket: str = "documents", retention: timedelta | None = MONTH, port: int = 0) -> None:
        self._bucket = _Bucket(bucket, retention)
        self._folder = tempfile.TemporaryDirectory(prefix="fsm-storage-")
        self._emulator = Emulator(self._bucket.table)
        self._server = LocalServer(self._emulator.app, port=port)
        self._bucket.address = self._server.address

    def __enter__(self) -> Self:
        """Starts."""
        self._bucket.key.write(self.key_file)
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self._server.stop()
        self._folder.cleanup()

    @property
    def key_file(self) -> Path:
        """The key of a service account that may sign addresses."""
        return Path(self._folder.name) / "key.json"

    @property
    def settings(self) -> StorageSettings:
        """What an adapter needs to reach it."""
        return StorageSettings(
            bucket=self._bucket.name,
            project="local",
            endpoint=self._server.address,
            retention=self._bucket.retention,
            credentials_file=self.key_file,
        )

    @property
    def objects(self) -> dict[str, _Object]:
        """What is in the bucket, by name."""
        return self._bucket.objects

    def unlock(self) -> None:
        """The policy may be taken away again."""
        self._bucket.locked = False

    @property
    def faults(self) -> Faults:
        """Faults to plan, by operation."""
        return self._emulator.faults

    @property
    def calls(self) -> Mapping[str, int]:
        """Requests per operation."""
        return self._emulator.calls


def crc32c(content: bytes) -> str:
    """The checksum as the API writes it."""
    checksum: Any = google_crc32c.Checksum  # untyped
    return base64.b64encode(checksum(content).digest()).decode()


def call_path(call: Call) -> str:
    """The path of an upload."""
    return UPLOAD.format(bucket=call.parameters["bucket"])


def _parts(call: Call) -> tuple[Mapping[str, Any], bytes]:
    """Metadata and content of an upload in one piece (multipart/related)."""
    found = BOUNDARY.search(call.headers.get("content-type", "").encode())
    if found is None:
        return {}, call.body
    _, head, media, _ = call.body.split(b"--" + found[1], 3)
    kind, _, content = media.partition(b"\r\n\r\n")
    named = {"contentType": kind.decode().partition(":")[2].strip()}
    return named | json.loads(head.partition(b"\r\n\r\n")[2]), content.removesuffix(b"\r\n")


def _media(found: _Object) -> Response:
    headers = {"x-goog-hash": f"crc32c={crc32c(found.content)}", "x-goog-generation": str(found.generation)}
    return Response(found.content, media_type=found.content_type, headers=headers)


def _error(status: int, message: str) -> Response:
    return JSONResponse({"error": {"code": status, "message": message}}, status_code=status)
