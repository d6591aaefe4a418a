"""Documents: the same bytes for the same request, and files that never change."""

from __future__ import annotations

import io
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from adapters.documents import renderer
from adapters.documents.client import FileDocumentStore
from adapters.documents.local import LocalDocuments
from adapters.documents.renderer import PdfRenderer
from adapters.documents.settings import DocumentSettings
from adapters.documents.wire import showable
from workers.ports.documents import DocumentRequest
from workers.ports.errors import Conflict, NotFound, PortError, Refused

REQUEST = DocumentRequest(
    template="wcf",
    locale="fr-FR",
    title="Procès-verbal de fin de travaux WCF-2027-000001",
    sections=[
        ("Commande", {"Numéro": "SO-2027-7KQ2M4XA", "Adresse": "14 rue des Lilas, 59000 Lille"}),
        ("Travaux", {"Cuisine": "12 éléments, 1 890,00 €", "Remarques": ""}),
    ],
    form_fields=("reservation_1", "rating"),
)


@pytest.fixture
def documents() -> Iterator[LocalDocuments]:
    with LocalDocuments() as folder:
        yield folder


@pytest.fixture
def store(documents: LocalDocuments) -> FileDocumentStore:
    return FileDocumentStore(documents.settings)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_document_says_what_was_asked_for(documents: LocalDocuments) -> None:
    """Title, headings, labels and values, and a text tag for each form field and the signature."""
    text = text_of(PdfRenderer(documents.settings).render(REQUEST))
    for words in ("Procès-verbal", "Commande", "SO-2027-7KQ2M4XA", "14 rue des Lilas", "1 890,00 €"):
        assert words in text
    for tag in ("{{reservation_1_es_:signer1}}", "{{rating_es_:signer1}}", "{{Sig_es_:signer1:signature}}"):
        assert tag in text


def test_the_same_request_gives_the_same_bytes(documents: LocalDocuments) -> None:
    """Also a day later, in another process: the file tells a fixed date and an id made of its content."""
    first = PdfRenderer(documents.settings).render(REQUEST)
    assert PdfRenderer(documents.settings).render(REQUEST) == first
    told = PdfReader(io.BytesIO(first))
    assert told.metadata is not None
    assert told.metadata.creation_date == renderer.MADE
    other = DocumentRequest(template="wcf", locale="fr-FR", title="Other", sections=[])
    assert PdfRenderer(documents.settings).render(other) != first


def test_long_texts_break_over_lines_and_pages(documents: LocalDocuments) -> None:
    """Nothing is cut off."""
    lines = {f"Ligne {number}": "mot " * 60 for number in range(80)}
    pdf = PdfRenderer(documents.settings).render(
        DocumentRequest(template="x", locale="fr-FR", title="Long", sections=[("Tout", lines)])
    )
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 3
    assert text_of(pdf).count("mot") == 80 * 60


LETTERS = {
    "Łódź, ul. Żółta 5": "Lódz, ul. Zólta 5",
    "Crème brûlée 5 €": "Crème brûlée 5 €",
    "№ 7": "No 7",
    unicodedata.normalize("NFD", "é"): "é",
    "日本": "??",
    "a\u0301b": "áb",
}


@pytest.mark.parametrize(("given", "shown"), LETTERS.items())
def test_letters_the_font_lacks_lose_their_accents_not_the_document(given: str, shown: str) -> None:
    """A Polish street or a foreign sign must never stop a work closing form."""
    assert showable(given) == shown


def test_a_document_comes_back_as_it_was_stored(store: FileDocumentStore) -> None:
    """The reference names it and its digest."""
    reference = store.put("wcf/2027/WCF-2027-000001.pdf", b"%PDF-1.4 one")
    assert store.get(reference) == b"%PDF-1.4 one"
    assert reference.startswith("doc:wcf/2027/WCF-2027-000001.pdf#sha256=")


def test_storing_again_is_no_change_and_other_bytes_are_a_conflict(store: FileDocumentStore) -> None:
    """A job that comes again gets the same reference; signed evidence is never overwritten."""
    reference = store.put("a.pdf", b"one")
    assert store.put("a.pdf", b"one") == reference
    with pytest.raises(Conflict):
        store.put("a.pdf", b"two")
    assert store.get(reference) == b"one"


def test_of_two_writers_at_once_one_wins(store: FileDocumentStore, documents: LocalDocuments) -> None:
    """No half file, no mixture, no leftovers: all but the writers of the winning bytes get a conflict."""
    outcomes: list[str] = []

    def write(content: bytes) -> None:
        try:
            outcomes.append(store.put("race.pdf", content))
        except Conflict:
            outcomes.append("conflict")

    writers = [threading.Thread(target=write, args=(bytes([number]) * 100_000,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert outcomes.count("conflict") == 7
    [winner] = [outcome for outcome in outcomes if outcome != "conflict"]
    assert len(set(store.get(winner))) == 1
    assert [path.name for path in documents.settings.folder.iterdir()] == ["race.pdf"]


def test_bytes_changed_behind_our_back_are_not_given_out(store: FileDocumentStore, documents: LocalDocuments) -> None:
    """Evidence that was touched is no evidence."""
    reference = store.put("a.pdf", b"one")
    path = documents.settings.folder / "a.pdf"
    assert path.stat().st_mode & 0o222 == 0
    path.chmod(0o644)
    path.write_bytes(b"two")
    with pytest.raises(Conflict):
        store.get(reference)


NAMES = ["", "/etc/passwd", "../x", "a/../../x", ".hidden", "a//b", "a/", "a\\b", "a\nb", "ü.pdf", "a/.b"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_could_lead_out_of_the_folder_is_refused(store: FileDocumentStore, name: str) -> None:
    """Names come from data."""
    with pytest.raises(Refused):
        store.put(name, b"x")


REFERENCES = ["", "x", "doc:absent.pdf#sha256=" + "0" * 64, "doc:../x#sha256=" + "0" * 64, "doc:a.pdf#sha256=abc"]


@pytest.mark.parametrize("reference", REFERENCES)
def test_an_unknown_reference_is_not_found(store: FileDocumentStore, reference: str) -> None:
    """Whatever it looks like."""
    with pytest.raises(NotFound):
        store.get(reference)


def test_a_folder_that_cannot_be_used_is_a_port_error(tmp_path: Path) -> None:
    """A file in the folder's place: an operator must act."""
    (tmp_path / "file").write_text("")
    store = FileDocumentStore(DocumentSettings(folder=tmp_path / "file"))
    with pytest.raises(PortError):
        store.put("a.pdf", b"x")


def test_the_local_folder_is_removed_unless_it_was_given(tmp_path: Path) -> None:
    """A laptop keeps what it asked for and nothing else."""
    with LocalDocuments() as own:
        folder = own.settings.folder
    assert not folder.exists()
    with LocalDocuments(tmp_path / "kept") as given:
        FileDocumentStore(given.settings).put("a.pdf", b"x")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["a.pdf"]
