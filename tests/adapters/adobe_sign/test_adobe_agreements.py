"""The life of agreements through the client and the local Acrobat Sign, over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from adapters.adobe_sign import wire
from adapters.adobe_sign.client import AdobeSign
from adapters.adobe_sign.local import LocalAdobeSign
from adapters.adobe_sign.local_api import API, ONE
from adapters.emulator import answers, stalls
from workers.ports.errors import Misconfigured, NotFound, Refused, Unavailable
from workers.ports.signatures import AgreementRequest, AgreementStatus, Signer

PENDING = AgreementStatus.PENDING_SIGNATURE


def test_an_agreement_is_out_for_signature(
    signatures: AdobeSign, adobe: LocalAdobeSign, request_for: AgreementRequest
) -> None:
    """The body says who signs, in which language, until when, and our external id."""
    expiry = datetime(2027, 2, 4, 8, 0, tzinfo=UTC)
    agreement_id = signatures.create(replace(request_for, expires_at=expiry))
    told = signatures.get(agreement_id)
    assert (told.status, told.external_id, told.name) == (PENDING, request_for.external_id, request_for.name)
    [kept] = adobe.agreements()
    assert kept.body["expirationTime"] == "2027-02-04T08:00:00Z"
    assert kept.body["locale"] == "fr_FR"
    assert kept.signers == ["paul.garnier@example.com"]
    assert kept.document == b"%PDF-1.4 form"


def test_the_signed_form_comes_back(signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str) -> None:
    """Fields with commas, quotes and line breaks survive; document and audit report are PDFs."""
    typed = {"reservation_1": 'Scratch, on the "left" door\nand one more', "rating": "4"}
    adobe.sign(agreement, typed)
    assert signatures.get(agreement).status is AgreementStatus.SIGNED
    assert signatures.form_data(agreement) == typed
    assert signatures.signed_document(agreement).startswith(b"%PDF-1.4 form")
    assert signatures.audit_trail(agreement).startswith(b"%PDF")


ENDS = {
    "signed": (lambda adobe, agreement: adobe.sign(agreement), AgreementStatus.SIGNED),
    "declined": (lambda adobe, agreement: adobe.decline(agreement), AgreementStatus.DECLINED),
    "expired": (lambda adobe, agreement: adobe.expire(agreement), AgreementStatus.EXPIRED),
}


@pytest.mark.parametrize(("end", "status"), ENDS.values(), ids=ENDS)
def test_each_end_has_our_word(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str, end: Any, status: AgreementStatus
) -> None:
    """A decline and a recall share Adobe's status CANCELLED: the events tell them apart. A closed agreement stays so."""
    assert signatures.get(agreement).status is PENDING
    end(adobe, agreement)
    assert signatures.get(agreement).status is status
    signatures.cancel(agreement, comment="too late")
    assert signatures.get(agreement).status is status


def test_a_recall_is_voided_and_may_be_repeated(signatures: AdobeSign, agreement: str) -> None:
    """Compensation runs more than once."""
    signatures.cancel(agreement, comment="order cancelled")
    signatures.cancel(agreement, comment="order cancelled")
    assert signatures.get(agreement).status is AgreementStatus.VOIDED


def test_a_recall_that_lost_the_race_against_the_signer_changes_nothing(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str
) -> None:
    """The ETag we saw is stale (412): the adapter looks again and finds the agreement signed."""
    signatures.get(agreement)
    adobe.faults.plan(f"GET {ONE}", lambda: (adobe.sign(agreement), None)[1], after=True)
    signatures.cancel(agreement, comment="order cancelled")
    assert adobe.calls[f"PUT {ONE}/state"] == 1
    assert signatures.get(agreement).status is AgreementStatus.SIGNED


def test_a_recall_that_never_succeeds_is_tried_again_later(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str
) -> None:
    """Nobody must believe the agreement is void while it is not."""
    stale = answers(412, {"code": "RESOURCE_MODIFIED"})
    adobe.faults.plan(f"PUT {ONE}/state", stale, stale, stale)
    with pytest.raises(Unavailable):
        signatures.cancel(agreement, comment="order cancelled")
    assert signatures.get(agreement).status is PENDING


def test_an_unknown_agreement_is_not_found(signatures: AdobeSign) -> None:
    """The reference names it."""
    with pytest.raises(NotFound) as refused:
        signatures.get("CBJ-absent")
    assert refused.value.reference == "CBJ-absent"


def test_creating_again_finds_the_first_one(
    signatures: AdobeSign, adobe: LocalAdobeSign, request_for: AgreementRequest
) -> None:
    """Adobe knows no idempotency key and would make a second one: our external id is looked up first."""
    assert signatures.create(request_for) == signatures.create(request_for)
    assert signatures.create(replace(request_for, external_id="WCF-2027-000001:v2")) not in {
        agreement.id for agreement in adobe.agreements(external_id=request_for.external_id)
    }
    assert len(adobe.agreements()) == 2


def test_a_time_out_after_the_creation_makes_no_twin(adobe: LocalAdobeSign, request_for: AgreementRequest) -> None:
    """The answer got lost; the job comes again and exactly one agreement exists."""
    adobe.faults.plan(f"POST {API}/agreements", stalls(0.5), after=True)
    impatient = adobe.settings.model_copy(update={"timeout": timedelta(milliseconds=250)})
    with AdobeSign(impatient) as signatures:
        with pytest.raises(Unavailable):
            signatures.create(request_for)
        found = signatures.create(request_for)
    assert [agreement.id for agreement in adobe.agreements()] == [found]


def test_an_external_id_is_matched_exactly(signatures: AdobeSign, request_for: AgreementRequest) -> None:
    """Adobe's look-up is case-sensitive, so is ours."""
    first = signatures.create(request_for)
    assert signatures.create(replace(request_for, external_id=request_for.external_id.lower())) != first


def test_of_twins_the_open_one_is_found_behind_a_hundred_closed_ones(
    signatures: AdobeSign, adobe: LocalAdobeSign, request_for: AgreementRequest
) -> None:
    """Somebody made twins by hand: all pages are read, and an agreement that can still be signed wins."""
    body = wire.creation_body(request_for)
    for _ in range(120):
        adobe.expire(adobe.account.open(body, b"%PDF").id)
    open_one = adobe.account.open(body, b"%PDF").id
    assert signatures.create(request_for) == open_one
    assert adobe.calls[f"GET {API}/agreements"] == 2


def test_a_signing_address_is_not_there_at_once(signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str) -> None:
    """404 DOCUMENT_NOT_YET_AVAILABLE is a matter of seconds, not an absence."""
    adobe.service.not_yet_exposed = 1
    with pytest.raises(Unavailable) as refused:
        signatures.signing_page(agreement, "paul.garnier@example.com")
    assert refused.value.retry_after == wire.NOT_YET_WAIT
    assert signatures.signing_page(agreement, "Paul.Garnier@example.com").endswith(agreement)
    with pytest.raises(Refused):
        signatures.signing_page(agreement, "somebody@example.com")


@pytest.mark.parametrize("email", ["", "paul.garnier", "a@b", "a b@c.de"])
def test_an_invalid_signer_is_refused(signatures: AdobeSign, request_for: AgreementRequest, email: str) -> None:
    """The journey asks an operator for the address; the error does not tell it."""
    with pytest.raises(Refused, match="INVALID_EMAIL") as refused:
        signatures.create(replace(request_for, signers=(Signer(email=email, name="Paul"),)))
    assert not email or email not in str(refused.value)


SIZES = {"empty": 0, "a byte too long": 10 * 1024 * 1024 + 1}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_document_of_the_wrong_size_is_refused_before_it_is_sent(
    signatures: AdobeSign, adobe: LocalAdobeSign, size: int
) -> None:
    """Adobe takes 1 byte to 10 MB."""
    with pytest.raises(Refused):
        signatures.upload(name="a.pdf", content=b"x" * size)
    assert adobe.calls[f"POST {API}/transientDocuments"] == 0


def test_a_document_that_ran_out_is_refused(signatures: AdobeSign, request_for: AgreementRequest) -> None:
    """A transient document lives seven days; the form has to be uploaded anew."""
    with pytest.raises(Refused, match="INVALID_TRANSIENTDOCUMENT_ID"):
        signatures.create(replace(request_for, transient_document_id="gone"))


WORDS = {
    "SIGNED": AgreementStatus.SIGNED,
    "APPROVED": AgreementStatus.SIGNED,
    "FORM_FILLED": AgreementStatus.SIGNED,
    "EXPIRED": AgreementStatus.EXPIRED,
    "CANCELLED": AgreementStatus.VOIDED,
    "ABORTED": AgreementStatus.VOIDED,
    "DOCUMENTS_NOT_YET_PROCESSED": AgreementStatus.DRAFT,
    "OUT_FOR_APPROVAL": PENDING,
    "WAITING_FOR_VERIFICATION": PENDING,
    "A_WORD_OF_NEXT_YEAR": PENDING,
}


@pytest.mark.parametrize(("word", "status"), WORDS.items())
def test_each_status_word_has_ours_and_an_unknown_one_waits(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str, word: str, status: AgreementStatus
) -> None:
    """A new word of Adobe's must not end a journey."""
    adobe.agreements()[0].status = word
    assert signatures.get(agreement).status is status


def test_a_read_names_what_it_has_seen(adobe: LocalAdobeSign, request_for: AgreementRequest) -> None:
    """Adobe limits equal reads: the second one is a 304 and tells the same, a change is seen at once."""
    statuses: list[int] = []

    class Recording(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            statuses.append(response.status_code)
            return response

    with AdobeSign(adobe.settings, transport=Recording()) as signatures:
        agreement = signatures.create(request_for)
        first = signatures.get(agreement)
        assert signatures.get(agreement) == first
        assert statuses[-2:] == [200, 304]
        adobe.sign(agreement)
        assert signatures.get(agreement).status is AgreementStatus.SIGNED
        assert statuses[-1] == 200


def test_something_that_is_no_pdf_is_no_evidence(signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str) -> None:
    """An error page with status 200 must not be archived."""
    adobe.faults.plan(f"GET {ONE}/combinedDocument", answers(200, {"sorry": True}))
    with pytest.raises(Unavailable):
        signatures.signed_document(agreement)


FORMS = {
    "two signers, the last value counts": ('"email","a","b"\n"x@y.z","1",""\n"u@v.w","2","3"\n', {"a": "2", "b": "3"}),
    "standard columns are no fields": (
        "completed,email,role,first,last,title,company,agreementId,a\n1,2,3,4,5,6,7,8,9\n",
        {"a": "9"},
    ),
    "nothing was typed": ('"email","a"\n"x@y.z",""\n', {}),
    "nobody signed yet": ('"email","a"\n', {}),
    "an empty file": ("", {}),
    "more cells than columns": ("a\n1,2,3\n", {"a": "1"}),
    "fewer cells than columns": ("a,b\n1\n", {"a": "1"}),
}


@pytest.mark.parametrize(("text", "values"), FORMS.values(), ids=FORMS)
def test_form_data_files_of_any_shape(text: str, values: dict[str, str]) -> None:
    """The byte order mark is no part of the first column's name."""
    assert wire.form_values("\ufeff" + text) == values


def test_rights_that_are_missing_are_a_matter_for_an_operator(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str
) -> None:
    """Adobe answers PERMISSION_DENIED with 404: that is not "not found"."""
    adobe.faults.plan(f"GET {ONE}", answers(404, {"code": "PERMISSION_DENIED"}))
    with pytest.raises(Misconfigured):
        signatures.get(agreement)
