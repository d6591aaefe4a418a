"""The upload of scans: who may, what is kept, what a repeat does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fpdf import FPDF

from adapters.documents.client import FileDocumentStore
from adapters.documents.local import LocalDocuments
from adapters.documents.pages import PdfPages
from adapters.emulator import LocalServer
from workers.api.app import make_app
from workers.bootstrap import Platform
from workers.domain.errors import NotKnown
from workers.journey.scans import Scans
from workers.ports.documents import DocumentStore, PageCounter
from workers.ports.effects import EffectLedger
from workers.settings import ApiSettings, Settings

PDF = {"Content-Type": "application/pdf"}


class Orders:
    """One order, and what was noted about it."""

    def __init__(self) -> None:
        self.id, self.notes = uuid4(), list[dict[str, Any]]()

    def get(self, key: UUID) -> Any:
        if key != self.id:
            raise NotKnown(f"Expected {key}, but there is none")
        return SimpleNamespace(id=self.id)

    def note(self, _order: Any, what: str, **details: Any) -> None:
        self.notes.append({"what": what, **details})


class Ledger:
    """Remembers results by key, as the real one does."""

    def __init__(self, orders: Orders) -> None:
        self.unit, self.results = SimpleNamespace(orders=orders), dict[str, Any]()

    @contextmanager
    def open(self, key: str, *, task_type: str) -> Iterator[Any]:
        yield SimpleNamespace(
            stored=self.results.get(key), unit=self.unit, store=lambda result: self.results.update({key: result})
        )


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def store() -> Iterator[FileDocumentStore]:
    with LocalDocuments() as folder:
        yield FileDocumentStore(folder.settings)


@pytest.fixture
def client(orders: Orders, store: FileDocumentStore) -> Iterator[httpx.Client]:
    parts: dict[Any, Any] = {EffectLedger: Ledger(orders), DocumentStore: store, PageCounter: PdfPages()}
    app = make_app(Platform(Settings(api=ApiSettings(token="a-token")), parts))
    headers = {"Authorization": "Bearer a-token"}
    with LocalServer(app) as server, httpx.Client(base_url=server.address, headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
def scan() -> bytes:
    document = FPDF()
    document.add_page()
    document.add_page()
    return bytes(document.output())


def test_a_scan_is_kept_under_its_order(
    client: httpx.Client, orders: Orders, store: FileDocumentStore, scan: bytes
) -> None:
    """The answer is what goes into the form; the task finds the scan by it."""
    answer = client.post(f"/orders/{orders.id}/scans", content=scan, headers=PDF)
    assert answer.status_code == 201
    code = answer.json()["scanRef"]
    assert answer.json() == {"scanRef": code, "pages": 2}
    assert Scans(store, PdfPages()).find(orders.id, code, pages=2).code == code


def test_a_repeated_upload_is_one_scan(client: httpx.Client, orders: Orders, scan: bytes) -> None:
    """A caller that got no answer calls again and gets the same one; the order is told once."""
    answers = [client.post(f"/orders/{orders.id}/scans", content=scan, headers=PDF).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert [note["what"] for note in orders.notes] == ["scan uploaded"]


@pytest.mark.parametrize("content", [b"", b"a photograph", b"%PDF-1.7"])
def test_what_is_no_scan_is_422(client: httpx.Client, orders: Orders, content: bytes) -> None:
    """Told at once, while somebody still stands at the scanner; nothing is noted."""
    answer = client.post(f"/orders/{orders.id}/scans", content=content, headers=PDF)
    assert answer.status_code == 422
    assert orders.notes == []


def test_a_scan_of_an_order_nobody_knows_is_404(client: httpx.Client, scan: bytes) -> None:
    """Nothing is kept for it."""
    assert client.post(f"/orders/{uuid4()}/scans", content=scan, headers=PDF).status_code == 404


def test_strangers_upload_nothing(client: httpx.Client, orders: Orders, scan: bytes) -> None:
    """Without the token no byte is kept."""
    answer = client.post(f"/orders/{orders.id}/scans", content=scan, headers={**PDF, "Authorization": "Bearer x"})
    assert (answer.status_code, orders.notes) == (401, [])


def test_an_oversized_scan_is_413(client: httpx.Client, orders: Orders) -> None:
    """Ten megabytes are the limit of a request."""
    answer = client.post(f"/orders/{orders.id}/scans", content=b"%PDF" + bytes(11 * 1024 * 1024), headers=PDF)
    assert answer.status_code == 413
