"""One local Acrobat Sign for all tests of its adapter; each test has its own account state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.adobe_sign.client import AdobeSign
from adapters.adobe_sign.local import LocalAdobeSign
from workers.ports.signatures import AgreementRequest, Signer


@pytest.fixture
def adobe() -> Iterator[LocalAdobeSign]:
    with LocalAdobeSign() as running:
        yield running


class MovedClock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def signatures(adobe: LocalAdobeSign, clock: MovedClock) -> Iterator[AdobeSign]:
    with AdobeSign(adobe.settings, clock=clock) as client:
        yield client


@pytest.fixture
def document(signatures: AdobeSign) -> str:
    return signatures.upload(name="WCF-2027-000001.pdf", content=b"%PDF-1.4 form")


@pytest.fixture
def request_for(document: str) -> AgreementRequest:
    return AgreementRequest(
        external_id="WCF-2027-000001:v1",
        name="Work closing form WCF-2027-000001",
        transient_document_id=document,
        signers=(Signer(email="paul.garnier@example.com", name="Paul Garnier"),),
        locale="fr_FR",
        message="Please sign",
    )


@pytest.fixture
def agreement(signatures: AdobeSign, request_for: AgreementRequest) -> str:
    return signatures.create(request_for)
