"""What every implementation of `DocumentStore` and `Renderer` promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from adapters.documents.client import FileDocumentStore
from adapters.documents.local import LocalDocuments
from adapters.documents.renderer import PdfRenderer
from adapters.storage.client import GcsDocumentStore
from adapters.storage.local import LocalStorage
from workers.ports.documents import DocumentRequest, DocumentStore, Renderer
from workers.ports.errors import Conflict


class DocumentStoreContract(ABC):
    """Subclasses say what is tested."""

    @pytest.fixture
    @abstractmethod
    def store(self) -> Iterator[DocumentStore]: ...

    def test_what_was_stored_comes_back(self, store: DocumentStore) -> None:
        """Byte by byte."""
        assert store.get(store.put("wcf/a.pdf", b"%PDF one")) == b"%PDF one"

    def test_the_same_again_is_the_same_reference(self, store: DocumentStore) -> None:
        """A job that comes again changes nothing."""
        assert store.put("a.pdf", b"one") == store.put("a.pdf", b"one")

    def test_other_bytes_under_a_known_name_are_a_conflict(self, store: DocumentStore) -> None:
        """Signed evidence is never overwritten."""
        reference = store.put("a.pdf", b"one")
        with pytest.raises(Conflict):
            store.put("a.pdf", b"two")
        assert store.get(reference) == b"one"

    def test_a_document_is_found_by_its_name(self, store: DocumentStore) -> None:
        """The same reference as when it was stored; nothing under a name nobody used."""
        reference = store.put("scans/a.pdf", b"one")
        assert store.find("scans/a.pdf") == reference
        assert store.find("scans/b.pdf") is None


class TestFiles(DocumentStoreContract):
    """Files of a folder."""

    @pytest.fixture
    def store(self) -> Iterator[DocumentStore]:
        with LocalDocuments() as folder:
            yield FileDocumentStore(folder.settings)


class TestCloudStorage(DocumentStoreContract):
    """A bucket, by Google's own client."""

    @pytest.fixture
    def store(self) -> Iterator[DocumentStore]:
        with LocalStorage() as bucket:
            store = GcsDocumentStore(bucket.settings)
            yield store
            store.close()


class TestFakeOfTheTaskTests(DocumentStoreContract):
    """What task tests rely on is true of the real thing."""

    @pytest.fixture
    def store(self, fakes: ModuleType) -> Any:
        return fakes.Archive()


class RendererContract(ABC):
    """Subclasses say what is tested."""

    @pytest.fixture
    @abstractmethod
    def renderer(self) -> Iterator[Renderer]: ...

    def test_the_same_request_gives_the_same_bytes(self, renderer: Renderer) -> None:
        """And another request others."""
        request = DocumentRequest("wcf", "fr-FR", "Title", [("Part", {"a": "b"})], ("rating",))
        assert renderer.render(request) == renderer.render(request)
        assert renderer.render(request) != renderer.render(DocumentRequest("wcf", "fr-FR", "Other", []))


class TestPdf(RendererContract):
    """PDF by fpdf2."""

    @pytest.fixture
    def renderer(self) -> Iterator[Renderer]:
        with LocalDocuments() as folder:
            yield PdfRenderer(folder.settings)


class TestFakeRendererOfTheTaskTests(RendererContract):
    """What task tests rely on is true of the real thing."""

    @pytest.fixture
    def renderer(self, fakes: ModuleType) -> Any:
        return fakes.PlainRenderer()
