"""What every implementation of `Signatures` promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from adapters.adobe_sign.client import AdobeSign
from adapters.adobe_sign.local import LocalAdobeSign
from adapters.adobe_sign.settings import IntegrationKey
from workers.ports.errors import NotFound, Refused
from workers.ports.signatures import AgreementRequest, AgreementStatus, Signatures, Signer

FORM = b"%PDF-1.4 work closing form"


class SignaturesContract(ABC):
    """Subclasses say what is tested and how somebody signs."""

    bad_address = "nobody"

    @pytest.fixture
    @abstractmethod
    def signatures(self) -> Iterator[Signatures]: ...

    @abstractmethod
    def sign(self, agreement_id: str, fields: Mapping[str, str]) -> None: ...

    @pytest.fixture
    def request_for(self, signatures: Signatures) -> AgreementRequest:
        document = signatures.upload(name="form.pdf", content=FORM)
        signers = (Signer(email="paul.garnier@example.com", name="Paul Garnier"),)
        return AgreementRequest("WCF-2027-000001:v1", "Form", document, signers)

    def test_a_new_agreement_is_pending(self, signatures: Signatures, request_for: AgreementRequest) -> None:
        """And carries our external id."""
        told = signatures.get(signatures.create(request_for))
        assert (told.status, told.external_id) == (AgreementStatus.PENDING_SIGNATURE, request_for.external_id)

    def test_the_external_id_makes_creation_repeatable(
        self, signatures: Signatures, request_for: AgreementRequest
    ) -> None:
        """Same id, same agreement, also after it was signed; another id, another agreement."""
        first = signatures.create(request_for)
        self.sign(first, {})
        assert signatures.create(request_for) == first
        assert signatures.create(replace(request_for, external_id="WCF-2027-000001:v2")) != first

    def test_a_signed_agreement_gives_form_document_and_evidence(
        self, signatures: Signatures, request_for: AgreementRequest
    ) -> None:
        """The same bytes each time: their digest is stored."""
        agreement = signatures.create(request_for)
        self.sign(agreement, {"rating": "4"})
        assert signatures.get(agreement).status is AgreementStatus.SIGNED
        assert signatures.form_data(agreement) == {"rating": "4"}
        assert signatures.signed_document(agreement) == signatures.signed_document(agreement) != b""
        assert signatures.audit_trail(agreement)

    def test_an_open_agreement_can_be_recalled_twice(
        self, signatures: Signatures, request_for: AgreementRequest
    ) -> None:
        """Compensation may run again."""
        agreement = signatures.create(request_for)
        for _ in range(2):
            signatures.cancel(agreement, comment="cancelled")
        assert signatures.get(agreement).status is AgreementStatus.VOIDED

    def test_a_signed_agreement_cannot_be_recalled(self, signatures: Signatures, request_for: AgreementRequest) -> None:
        """It stays as it is, without an error."""
        agreement = signatures.create(request_for)
        self.sign(agreement, {})
        signatures.cancel(agreement, comment="too late")
        assert signatures.get(agreement).status is AgreementStatus.SIGNED

    def test_an_unknown_agreement_is_not_found(self, signatures: Signatures) -> None:
        """`NotFound`, nothing else."""
        with pytest.raises(NotFound):
            signatures.get("absent")

    def test_a_bad_signer_is_refused(self, signatures: Signatures, request_for: AgreementRequest) -> None:
        """The journey asks an operator for the address."""
        bad = replace(request_for, signers=(Signer(email=self.bad_address, name="Nobody"),))
        with pytest.raises(Refused):
            signatures.create(bad)


class TestAdobeSignWithOAuth(SignaturesContract):
    """The real client over the local service, with a refresh token."""

    @pytest.fixture
    def signatures(self) -> Iterator[Signatures]:
        with LocalAdobeSign() as self.adobe, AdobeSign(self.adobe.settings) as client:
            yield client

    def sign(self, agreement_id: str, fields: Mapping[str, str]) -> None:
        self.adobe.sign(agreement_id, fields)


class TestAdobeSignWithAnIntegrationKey(TestAdobeSignWithOAuth):
    """The same with a long-lived key."""

    @pytest.fixture
    def signatures(self) -> Iterator[Signatures]:
        with LocalAdobeSign() as self.adobe:
            self.adobe.service.tokens.add("key")
            auth = IntegrationKey.model_validate({"key": "key"})
            with AdobeSign(self.adobe.settings.model_copy(update={"auth": auth})) as client:
                yield client


class TestFakeOfTheTaskTests(SignaturesContract):
    """What task tests rely on is true of the real thing."""

    @pytest.fixture
    def signatures(self, fakes: ModuleType) -> Any:
        self.fake = fakes.Signing()
        self.fake.refused.add(self.bad_address)
        return self.fake

    def sign(self, agreement_id: str, fields: Mapping[str, str]) -> None:
        self.fake.sign(agreement_id, **fields)
