"""Oracle Fusion Payables for a laptop and the tests: it answers as documented, and fails as it does when told to."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from types import TracebackType
from typing import Any, Self

from starlette.responses import JSONResponse, PlainTextResponse, Response

from adapters.emulator import Call, Emulator, Faults, LocalServer
from adapters.oracle_fusion.local_books import UNITS, Books, RefusedError, Row
from adapters.oracle_fusion.settings import OracleFusionSettings

USER, PASSWORD = "fso.integration", "local-fusion"
RESOURCES = "/fscmRestApi/resources/11.13.18.05"
ADF_ERROR = "application/vnd.oracle.adf.error+json"
TOKEN = "local-fusion-token"  # noqa: S105 - a laptop's
_CLAUSE = re.compile(r"(\w+)='([^']*)'")


class LocalFusion:
    """`with LocalFusion() as fusion:` `fusion.settings` reaches it; `fusion.books` shows what it has, `fusion.faults` breaks it.

    Faults by operation: `POST /invoices` planned `after` is a time-out after the invoice was made.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.books = Books()
        self.tokens = 0
        table: dict[str, Callable[[Call], Response]] = {
            f"GET {RESOURCES}/invoices": lambda call: self._collection(call, self.books.invoices),
            f"POST {RESOURCES}/invoices": lambda call: self._made(self.books.invoice(call.json())),
            f"GET {RESOURCES}/invoiceHolds": lambda call: self._collection(call, self.books.holds),
            f"POST {RESOURCES}/invoiceHolds": lambda call: self._made(self.books.hold(call.json())),
            f"PATCH {RESOURCES}/invoiceHolds/{{hold}}": lambda call: self._made(
                self.books.release(int(call.parameters["hold"]), call.json())
            ),
            f"GET {RESOURCES}/payablesPayments": partial(_payments, self.books),
            f"GET {RESOURCES}/invoices/{{invoice}}/child/attachments": partial(_attachments, self.books),
            f"POST {RESOURCES}/invoices/{{invoice}}/child/attachments": partial(_attach, self.books),
            "POST /oauth2/v1/token": self._token,
        }
        self._emulator = Emulator({name: _answering(act) for name, act in table.items()}, guard=self._guard)
        self._server = LocalServer(self._emulator.app, port=port)

    def __enter__(self) -> Self:
        """Starts."""
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self._server.stop()

    @property
    def settings(self) -> OracleFusionSettings:
        """What an adapter needs to reach it."""
        auth = {"method": "basic", "username": USER, "password": PASSWORD}
        values = {"auth": auth, "base_url": self._server.address, "business_units": UNITS}
        return OracleFusionSettings.model_validate(values)

    @property
    def faults(self) -> Faults:
        """Faults to plan, by operation and path: `POST /fscmRestApi/resources/11.13.18.05/invoices` ..."""
        return self._emulator.faults

    @property
    def calls(self) -> Mapping[str, int]:
        """Requests per operation, refused ones included."""
        return self._emulator.calls

    def pay(self, number: str, on: date) -> bool:
        """The payment run of a day; whether the invoice was paid now."""
        return self.books.pay(number, on)

    def _guard(self, call: Call) -> Response | None:
        basic = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        shown = call.headers.get("authorization")
        if shown == basic or shown == f"Bearer {TOKEN}-{self.tokens}" or call.operation.endswith("/token"):
            return None
        return PlainTextResponse("Unauthorized", status_code=401)

    def _token(self, call: Call) -> Response:
        del call
        self.tokens += 1
        return JSONResponse({"access_token": f"{TOKEN}-{self.tokens}", "token_type": "Bearer", "expires_in": 3600})

    def _collection(self, call: Call, rows: Iterable[Row]) -> Response:
        wanted = dict(_CLAUSE.findall(call.query.get("q", "")))
        found = [row for row in rows if all(str(row.get(name)) == value for name, value in wanted.items())]
        shown = [self._shown(row) for row in found[: int(call.query.get("limit", "25"))]]
        return JSONResponse({"items": shown, "count": len(shown), "hasMore": len(shown) < len(found), "links": []})

    def _made(self, row: Row) -> Response:
        return JSONResponse(self._shown(row), status_code=201)

    def _shown(self, row: Row) -> Row:
        kind = "invoiceHolds" if "HoldId" in row else "invoices"
        place = f"{self._server.address}{RESOURCES}/{kind}/{row.get('HoldId') or row.get('_id')}"
        told = {name: value for name, value in row.items() if not name.startswith("_")}
        return told | {"links": [{"rel": "self", "href": place, "name": kind, "kind": "item"}]}


def _payments(books: Books, call: Call) -> Response:
    number = call.query.get("finder", "").rpartition("InvoiceNumber=")[2]
    found = [row for row in books.payments if row["InvoiceNumber"] == number]
    return JSONResponse({"items": found, "count": len(found), "hasMore": False})


def _attachments(books: Books, call: Call) -> Response:
    found = [row for row in books.attachments if row["_invoice"] == call.parameters["invoice"]]
    return JSONResponse({"items": found, "count": len(found), "hasMore": False})


def _attach(books: Books, call: Call) -> Response:
    row = {**call.json(), "_invoice": call.parameters["invoice"]}
    books.attachments.append(row)
    return JSONResponse({"FileName": row["FileName"], "links": []}, status_code=201)


def _answering(act: Callable[[Call], Response]) -> Callable[[Call], Response]:
    """Refusals as JSON from version 4 on, as plain text below."""

    def answer(call: Call) -> Response:
        try:
            return act(call)
        except RefusedError as error:
            if int(call.headers.get("rest-framework-version", "1")) < 4:
                return PlainTextResponse(error.detail, status_code=400)
            detail = {"detail": error.detail, "o:errorCode": error.code, "o:errorPath": error.path}
            body: dict[str, Any] = {"title": "Bad Request", "status": "400", "o:errorDetails": [detail]}
            return JSONResponse(body, status_code=400, media_type=ADF_ERROR)

    return answer


def begin_books_anew(fusion: LocalFusion) -> None:
    """Forgets invoices, holds and payments, and planned faults."""
    fusion.books.__init__()  # type: ignore[misc]  # the handlers hold this very object
    fusion.faults.forget()
    fusion._emulator.calls.update(dict.fromkeys(fusion.calls, 0))
