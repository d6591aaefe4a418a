"""Documents in a bucket by Google's own client: faults, checksums, retention, links."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from adapters.documents.client import FileDocumentStore
from adapters.documents.local import LocalDocuments
from adapters.emulator import answers, stalls
from adapters.storage.client import GcsDocumentStore
from adapters.storage.local import LocalStorage
from adapters.storage.settings import StorageSettings
from workers.ports.errors import Conflict, Misconfigured, NotFound, Refused, Unavailable

UPLOAD = "POST /upload/storage/v1/b/{bucket}/o"
DOWNLOAD = "GET /download/storage/v1/b/{bucket}/o/{name:path}"


@pytest.fixture
def bucket() -> Iterator[LocalStorage]:
    with LocalStorage() as running:
        yield running


@pytest.fixture
def store(bucket: LocalStorage) -> Iterator[GcsDocumentStore]:
    store = GcsDocumentStore(bucket.settings.model_copy(update={"timeout": timedelta(seconds=3)}))
    yield store
    store.close()


def test_a_reference_is_the_same_in_a_bucket_and_in_a_folder(store: GcsDocumentStore) -> None:
    """Documents can move: what orders refer to stays."""
    with LocalDocuments() as folder:
        assert store.put("wcf/a.pdf", b"one") == FileDocumentStore(folder.settings).put("wcf/a.pdf", b"one")


def test_a_large_document_goes_in_pieces(store: GcsDocumentStore) -> None:
    """Scans and photos are larger than one request should be."""
    content = bytes(range(256)) * 40_000  # 10 MB: above the client's limit for one piece
    assert store.get(store.put("scans/large.pdf", content)) == content


def test_an_answer_that_got_lost_is_no_second_document(bucket: LocalStorage, store: GcsDocumentStore) -> None:
    """The upload arrived, its answer did not: the repeat meets the precondition, compares, and is content."""
    bucket.faults.plan(UPLOAD, answers(503), after=True)
    assert store.find("a.pdf") is None
    reference = store.put("a.pdf", b"one")
    assert (store.find("a.pdf"), len(bucket.objects)) == (reference, 1)


def test_bytes_that_changed_on_the_way_are_not_given_out(bucket: LocalStorage, store: GcsDocumentStore) -> None:
    """Changed in the bucket: `Conflict` names the document."""
    reference = store.put("a.pdf", b"one")
    bucket.objects["a.pdf"].content = b"two"
    with pytest.raises(Conflict, match=r"a\.pdf"):
        store.get(reference)


def test_an_object_of_somebody_else_has_a_reference_too(bucket: LocalStorage, store: GcsDocumentStore) -> None:
    """Without our digest beside it, it is read and its digest worked out."""
    reference = store.put("a.pdf", b"one")
    bucket.objects["a.pdf"].metadata = {}
    assert store.find("a.pdf") == reference


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Misconfigured), (403, Misconfigured), (400, Refused), (413, Refused)]
)
def test_each_refusal_has_its_kind(bucket: LocalStorage, store: GcsDocumentStore, status: int, kind: type) -> None:
    """Rights are the operator's to mend; a request that is wrong stays wrong."""
    bucket.faults.plan(UPLOAD, answers(status, {"error": {"code": status, "message": "no"}}))
    with pytest.raises(kind):
        store.put("a.pdf", b"one")


@pytest.mark.parametrize("fault", [answers(503), answers(429), stalls(4)])
def test_trouble_is_an_outage_with_an_end(bucket: LocalStorage, store: GcsDocumentStore, fault: object) -> None:
    """Google's client would try for two minutes: a job has less."""
    reference = store.put("a.pdf", b"one")
    bucket.faults.plan(DOWNLOAD, *[fault] * 20)  # type: ignore[list-item]
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        store.get(reference)
    assert time.monotonic() - begun < 12


def test_nobody_there_is_an_outage() -> None:
    """Connection refused."""
    gone = GcsDocumentStore(
        StorageSettings(bucket="documents", endpoint="http://127.0.0.1:9", timeout=timedelta(seconds=1))
    )
    with pytest.raises(Unavailable):
        gone.find("a.pdf")


def test_what_is_no_reference_is_not_found(store: GcsDocumentStore) -> None:
    """Also a document that is not there."""
    for reference in ("", "a.pdf", f"doc:nothing.pdf#sha256={'0' * 64}"):
        with pytest.raises(NotFound):
            store.get(reference)


@pytest.mark.parametrize(
    ("retention", "locked"), [(timedelta(days=10), True), (None, True), (timedelta(days=40), False)]
)
def test_a_bucket_that_would_let_evidence_go_is_refused(retention: timedelta | None, locked: bool) -> None:
    """Too short, none at all, or a policy that can still be taken away."""
    with LocalStorage(retention=retention) as bucket:
        if not locked:
            bucket.unlock()
        settings = bucket.settings.model_copy(update={"retention": timedelta(days=30)})
        with pytest.raises(Misconfigured, match="30 days"):
            GcsDocumentStore(settings).put("a.pdf", b"one")


def test_under_the_policy_nothing_is_deleted(bucket: LocalStorage, store: GcsDocumentStore) -> None:
    """By nobody, whatever their rights."""
    store.put("a.pdf", b"one")
    answer = httpx.delete(f"{bucket.settings.endpoint}/storage/v1/b/documents/o/a.pdf")
    assert (answer.status_code, len(bucket.objects)) == (403, 1)


def test_a_link_shows_the_document_for_a_while(bucket: LocalStorage, store: GcsDocumentStore) -> None:
    """To whoever has it; changed, it shows nothing; late, neither."""
    reference = store.put("wcf/a é.pdf".replace(" é", ""), b"%PDF one")
    link = store.link(reference, valid_for=timedelta(minutes=5))
    shown = httpx.get(link)
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, b"%PDF one", "application/pdf")
    store.put("wcf/b.pdf", b"%PDF two")
    assert httpx.get(link.replace("a.pdf", "b.pdf")).status_code == 403
    assert httpx.get(link.replace("X-Goog-Expires=300", "X-Goog-Expires=9999")).status_code == 403
    short = store.link(reference, valid_for=timedelta(seconds=1))
    time.sleep(2.1)
    assert httpx.get(short).status_code == 400
