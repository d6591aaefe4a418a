"""A Schema Registry for a laptop and the tests: Confluent's REST API, with Apache Avro's own judgement of compatibility.

What is in it is gone when it stops; no server can be had from the packages. Confluent's client does not notice the difference
for what we ask: registering, looking up, versions, compatibility and its levels.
"""

from __future__ import annotations

import base64
import json
import threading
import uuid
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import avro.schema
from avro.errors import AvroException
from starlette.responses import JSONResponse, Response

from adapters.emulator import Call, Emulator, Faults, LocalServer
from adapters.kafka.compatibility import LEVEL, RULES, conflicts
from adapters.kafka.settings import SchemaRegistrySettings

# Error -> status, as Confluent tells them.
STATUS = {40401: 404, 40402: 404, 40403: 404, 40408: 404, 42201: 422, 42203: 422, 409: 409}


class RegistryError(Exception):
    """What the registry answers instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class _State:
    """Schemas by id, subjects with the ids of their versions, levels by subject (`""`: of all)."""

    texts: dict[int, str] = field(default_factory=dict)
    subjects: dict[str, list[int]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=lambda: {"": LEVEL})

    def id_of(self, text: str) -> int | None:
        """The id of a schema that is known, in whatever form it is written."""
        wanted = json.loads(text)
        return next((number for number, known in self.texts.items() if json.loads(known) == wanted), None)

    def level(self, subject: str) -> str:
        return self.levels.get(subject, self.levels[""])

    def versions(self, call: Call) -> list[int]:
        subject = call.parameters["subject"]
        if subject not in self.subjects:
            raise RegistryError(40401, f"Subject '{subject}' not found.")
        return self.subjects[subject]

    def number(self, call: Call) -> int:
        versions, told = self.versions(call), call.parameters["version"]
        number = len(versions) if told in ("latest", "-1") else int(told)
        if not 1 <= number <= len(versions):
            raise RegistryError(40402, f"Version {told} not found.")
        return number

    def described(self, subject: str, version: int) -> dict[str, Any]:
        number = self.subjects[subject][version - 1]
        text = self.texts[number]
        return {"subject": subject, "version": version, "id": number, "guid": _guid(text), "schema": text}


class _Operations:
    """What can be asked, on one state."""

    def __init__(self) -> None:
        self._state = _State()
        self.table: Mapping[str, Callable[[Call], Any]] = {
            "GET /subjects": lambda _: sorted(self._state.subjects),
            "POST /subjects/{subject}": self._look_up,
            "GET /subjects/{subject}/versions": lambda call: list(range(1, len(self._state.versions(call)) + 1)),
            "POST /subjects/{subject}/versions": self._register,
            "GET /subjects/{subject}/versions/{version}": self._version,
            "GET /schemas/ids/{id}": self._by_id,
            "GET /schemas/guids/{guid}": self._by_guid,
            "POST /compatibility/subjects/{subject}/versions/{version}": self._check,
            "GET /config": lambda _: {"compatibilityLevel": self._state.levels[""]},
            "PUT /config": lambda call: self._set_level("", call),
            "GET /config/{subject}": self._level,
            "PUT /config/{subject}": lambda call: self._set_level(call.parameters["subject"], call),
        }

    def _register(self, call: Call) -> dict[str, Any]:
        """The same schema again is the same version; another one must be compatible."""
        subject, text = call.parameters["subject"], _schema(call)
        versions = self._state.subjects.get(subject, [])
        number = self._state.id_of(text)
        if number is None or number not in versions:
            wrong = conflicts(text, [self._state.texts[known] for known in versions], self._state.level(subject))
            if wrong:
                raise RegistryError(409, "Schema being registered is incompatible with an earlier schema: " + wrong[0])
            number = number or len(self._state.texts) + 1
            self._state.texts.setdefault(number, text)
            self._state.subjects.setdefault(subject, []).append(number)
        return self._state.described(subject, self._state.subjects[subject].index(number) + 1)

    def _look_up(self, call: Call) -> dict[str, Any]:
        subject = call.parameters["subject"]
        versions, number = self._state.versions(call), self._state.id_of(_schema(call))
        if number not in versions:
            raise RegistryError(40403, "Schema not found")
        return self._state.described(subject, versions.index(number) + 1)

    def _version(self, call: Call) -> dict[str, Any]:
        return self._state.described(call.parameters["subject"], self._state.number(call))

    def _by_id(self, call: Call) -> dict[str, Any]:
        number = int(call.parameters["id"])
        if number not in self._state.texts:
            raise RegistryError(40403, f"Schema {number} not found")
        return {"schema": self._state.texts[number]}

    def _by_guid(self, call: Call) -> dict[str, Any]:
        for text in self._state.texts.values():
            if _guid(text) == call.parameters["guid"]:
                return {"schema": text}
        raise RegistryError(40403, "Schema not found")

    def _check(self, call: Call) -> dict[str, Any]:
        subject = call.parameters["subject"]
        before = [self._state.texts[number] for number in self._state.versions(call)[: self._state.number(call)]]
        wrong = conflicts(_schema(call), before, self._state.level(subject))
        return {"is_compatible": not wrong, "messages": wrong}

    def _level(self, call: Call) -> dict[str, Any]:
        subject = call.parameters["subject"]
        if subject not in self._state.levels:
            raise RegistryError(40408, f"Subject '{subject}' does not have subject-level compatibility configured")
        return {"compatibilityLevel": self._state.levels[subject]}

    def _set_level(self, subject: str, call: Call) -> dict[str, Any]:
        level = str(call.json()["compatibility"]).upper()
        if level.removesuffix("_TRANSITIVE") not in RULES:
            raise RegistryError(42203, "Invalid compatibility level")
        self._state.levels[subject] = level
        return {"compatibility": level}


class LocalRegistry:
    """`with LocalRegistry() as registry:` `registry.settings` reaches it. With a `user`, callers have to log in."""

    def __init__(self, *, user: str = "", password: str = "", port: int = 0) -> None:
        self._lock = threading.Lock()
        self._user, self._password = user, password
        table = {operation: self._answering(act) for operation, act in _Operations().table.items()}
        self._emulator = Emulator(table, guard=self._stranger)
        self._server = LocalServer(self._emulator.app, port=port)

    def __enter__(self) -> Self:
        """Starts."""
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self.stop()

    def stop(self) -> None:
        """Stops answering."""
        self._server.stop()

    @property
    def settings(self) -> SchemaRegistrySettings:
        """What an adapter needs to reach it."""
        told = {"url": self._server.address, "username": self._user, "password": self._password}
        return SchemaRegistrySettings.model_validate(told)

    @property
    def faults(self) -> Faults:
        """Faults to plan, by operation: `GET /schemas/ids/{id}` ..."""
        return self._emulator.faults

    @property
    def calls(self) -> Mapping[str, int]:
        """Requests per operation."""
        return self._emulator.calls

    def _stranger(self, call: Call) -> Response | None:
        known = "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        if not self._user or call.headers.get("authorization") == known:
            return None
        return JSONResponse({"error_code": 401, "message": "Unauthorized"}, status_code=401)

    def _answering(self, act: Callable[[Call], Any]) -> Callable[[Call], Response]:
        def answer(call: Call) -> Response:
            try:
                with self._lock:
                    return JSONResponse(act(call))
            except RegistryError as error:
                body = {"error_code": error.code, "message": str(error)}
                return JSONResponse(body, status_code=STATUS[error.code])

        return answer


def _schema(call: Call) -> str:
    """The schema of a request, if it is one."""
    text = str(call.json()["schema"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            avro.schema.parse(text)
    except AvroException as error:
        raise RegistryError(42201, f"Input schema is an invalid Avro schema: {error}") from error
    return text


def _guid(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, text))
