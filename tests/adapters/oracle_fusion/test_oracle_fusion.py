"""Oracle Fusion Payables: natural keys, errors as the pod tells them, holds, payments, credentials."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from adapters.emulator import answers, stalls
from adapters.oracle_fusion import wire
from adapters.oracle_fusion.client import OracleFusion
from adapters.oracle_fusion.local import RESOURCES, LocalFusion
from workers.ports.erp import Payable, PayableKey, PayableLine, PayableRefused, PayableStatus
from workers.ports.errors import Conflict, Misconfigured, NotFound, Refused, Unavailable

KEY = PayableKey("PF-2027-000001", "FR-LIL-1")
INVOICES = f"POST {RESOURCES}/invoices"


def payable(**changes: Any) -> Payable:
    fields: dict[str, Any] = {
        "key": KEY,
        "site": "MAIN",
        "country_code": "FR",
        "bu_code": "FR-HOME",
        "currency": "EUR",
        "total": Decimal("1740.00"),
        "invoice_date": date(2027, 2, 1),
        "due_on": date(2027, 3, 3),
        "description": "Field service order SO-2027-7KQ2M4XA",
        "lines": [PayableLine("Service", Decimal("1450.00"))],
        "tax": Decimal("290.00"),
    }
    return Payable(**fields | changes)


@pytest.fixture
def fusion() -> Iterator[LocalFusion]:
    with LocalFusion() as server:
        yield server


@pytest.fixture
def client(fusion: LocalFusion) -> Iterator[OracleFusion]:
    with OracleFusion(fusion.settings.model_copy(update={"timeout": timedelta(seconds=1)})) as opened:
        yield opened


def test_a_payable_is_an_invoice(fusion, client):
    """Payables are `/invoices`; lines and tax add up to the amount, the business unit is the pod's name for ours."""
    known = client.create(payable())
    (invoice,) = fusion.books.invoices
    assert known.erp_id == str(invoice["InvoiceId"])
    assert (invoice["BusinessUnit"], invoice["InvoiceAmount"]) == ("France Home", 1740.0)
    assert [(line["LineType"], line["LineAmount"]) for line in invoice["_lines"]] == [("Item", 1450.0), ("Tax", 290.0)]


def test_it_is_looked_up_before_it_is_posted(fusion, client):
    """The same key again is the same payable: one post, however often it is asked for."""
    first, again = client.create(payable()), client.create(payable())
    assert first == again
    assert fusion.calls[INVOICES] == 1


def test_a_time_out_after_the_creation(fusion, client):
    """S46: the answer is lost, the repeat finds what was made."""
    fusion.faults.plan(INVOICES, stalls(1.5), after=True)
    with pytest.raises(Unavailable):
        client.create(payable())
    assert client.create(payable()).key == KEY
    assert len(fusion.books.invoices) == 1


def test_a_twin_that_came_between(fusion, client):
    """Somebody else's worker posted between our look and our post: the refusal speaks of a twin, which is ours."""
    body = wire.invoice_of(payable(), fusion.settings)

    def posted_meanwhile():
        fusion.books.invoice(body)

    fusion.faults.plan(INVOICES, posted_meanwhile)
    assert client.create(payable()).key == KEY
    assert len(fusion.books.invoices) == 1


def test_the_same_number_of_another_supplier_is_another_payable(fusion, client):
    """The key is number and supplier, not the number alone."""
    client.create(payable())
    client.create(payable(key=PayableKey(KEY.number, "FR-LIL-2")))
    assert len(fusion.books.invoices) == 2


def test_another_amount_under_our_number(client):
    """What is there is about other money: people have to look."""
    client.create(payable())
    with pytest.raises(Conflict, match=r"1740\.00"):
        client.create(payable(total=Decimal("1750.00"), tax=Decimal("300.00")))


def test_a_key_that_cannot_be_asked_for(client):
    """There is no documented way to write a quote into a query: such a key is refused before it is sent."""
    with pytest.raises(Refused, match="letters, digits"):
        client.find(PayableKey("PF' or '1'='1", "FR-LIL-1"))


def test_what_the_pod_refuses_is_told_with_its_path(fusion, client):
    """An error of version 4 is JSON: text, code and path reach finance."""
    with pytest.raises(PayableRefused, match="not a pay site") as caught:
        client.create(payable(site="NOWHERE"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("AP-810133", "/SupplierSite")
    assert fusion.books.invoices == []


def test_errors_in_plain_text(fusion):
    """Below version 4 an error is plain text: it is told as well, cut to a length people read."""
    old = fusion.settings.model_copy(update={"framework_version": 2})
    with OracleFusion(old) as client, pytest.raises(PayableRefused, match="not a pay site"):
        client.create(payable(site="NOWHERE"))
    long = httpx.Response(400, text="x" * 9000)
    assert len(wire.problems(long)[0].text) == wire.ERROR_LIMIT


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'{"o:errorDetails": 4}', b'{"o:errorDetails": ["text"], "title": "Bad Request"}', b"\xff"],
)
def test_reading_an_error_never_fails(body):
    """Whatever comes back, telling what is wrong does not raise something else."""
    assert all(isinstance(problem.text, str) for problem in wire.problems(httpx.Response(400, content=body)))


def test_a_business_refusal_as_500(fusion, client):
    """Some refusals come as status 500 with details: they are no outage."""
    details = {"o:errorDetails": [{"detail": "period closed", "o:errorCode": "AP-1", "o:errorPath": "/InvoiceDate"}]}
    fusion.faults.plan(INVOICES, answers(500, {"title": "Internal Server Error", "status": "500", **details}))
    with pytest.raises(PayableRefused, match="period closed"):
        client.create(payable())


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, Unavailable), (503, Unavailable), (429, Unavailable), (403, Misconfigured), (412, Conflict)],
)
def test_statuses(fusion, client, status, kind):
    """An outage comes again, a missing role is ours to mend, a stale version is looked at again."""
    fusion.faults.plan(INVOICES, answers(status, {"title": "no"}))
    with pytest.raises(kind):
        client.create(payable())


def test_a_gateway_in_between(fusion, client):
    """A page instead of a collection is an outage, not an empty answer: nothing is posted on its word."""
    fusion.faults.plan(f"GET {RESOURCES}/invoices", answers(200, "<html>"))
    with pytest.raises(Unavailable):
        client.create(payable())
    assert fusion.books.invoices == []


def test_an_unknown_business_unit(fusion):
    """A business unit nobody configured is a mistake in our settings, named in the message."""
    bare = fusion.settings.model_copy(update={"business_units": {}})
    with OracleFusion(bare) as client, pytest.raises(Misconfigured, match="FR-HOME"):
        client.create(payable())


def test_a_payment_is_found(fusion, client):
    """The payment run paid: date and number are read from the payments, those taken back left out."""
    client.create(payable())
    assert client.find(KEY).status is PayableStatus.OPEN
    fusion.pay(KEY.number, date(2027, 3, 3))
    fusion.books.payments.append({**fusion.books.payments[0], "PaymentDate": "2027-03-09", "VoidDate": "2027-03-10"})
    known = client.find(KEY)
    assert (known.status, known.paid_at) == (PayableStatus.PAID, datetime(2027, 3, 3, tzinfo=UTC))
    assert known.reference == str(fusion.books.payments[0]["PaymentNumber"])


def test_what_is_not_there(client):
    """A payable nobody made is None to look for, and no ground for a hold."""
    assert client.find(KEY) is None
    with pytest.raises(NotFound):
        client.hold(KEY, reason="claim")


def test_a_cancelled_payable_may_be_made_anew(fusion, client):
    """A cancelled invoice keeps its number; the one that counts is the one that is not cancelled."""
    client.create(payable())
    fusion.books.invoices[0]["CanceledFlag"] = True
    assert client.find(KEY).status is PayableStatus.CANCELLED


def test_a_hold_stops_the_payment_run(fusion, client):
    """Held twice is one hold; nothing is paid until it is released; other people's holds stay."""
    client.create(payable())
    client.hold(KEY, reason="claim open")
    client.hold(KEY, reason="claim open")
    fusion.books.holds.append({**fusion.books.holds[0], "HoldId": 1, "HoldName": "Amount"})
    assert client.find(KEY).status is PayableStatus.HELD
    assert not fusion.pay(KEY.number, date(2027, 3, 3))
    client.release(KEY, reason="claim settled")
    client.release(KEY, reason="claim settled")
    assert [bool(hold["ReleaseName"]) for hold in fusion.books.holds] == [True, False]
    assert fusion.calls[f"PATCH {RESOURCES}/invoiceHolds/{{hold}}"] == 1


def test_an_attachment_is_added_once(fusion, client):
    """The pro forma hangs on the invoice once; the invoice's id is taken from its link, never built."""
    client.create(payable())
    for _ in range(2):
        client.attach(KEY, name="PF-2027-000001.pdf", content=b"%PDF")
    (row,) = fusion.books.attachments
    assert row["_invoice"] == fusion.books.invoices[0]["_id"] != str(fusion.books.invoices[0]["InvoiceId"])


def test_credentials_go_to_our_pod_only(fusion, client):
    """A link that leads elsewhere is followed on our pod: of a foreign answer only the path counts."""
    client.create(payable())
    shown = fusion.settings.base_url
    assert wire.self_of({"links": [{"rel": "self", "href": f"{shown}/x"}]}) == f"{shown}/x"
    seen = []
    transport = httpx.MockTransport(
        lambda request: seen.append(request.url.host) or httpx.Response(200, json={"items": []})
    )
    with OracleFusion(fusion.settings, transport=transport) as other:
        other._session.items("https://evil.example.com/fscmRestApi/x", reference="r")
    assert seen == ["127.0.0.1"]


@pytest.mark.parametrize("assertion", [False, True])
def test_tokens_of_the_identity_domain(fusion, assertion):
    """A bearer token, by client credentials or a signed assertion; one that is refused is renewed once."""
    auth = {"method": "oauth", "token_url": f"{fusion.settings.base_url}/oauth2/v1/token", "client_id": "fso"}
    auth |= {"client_secret": "s", "scope": "urn:opc:resource:fusion:all"}
    if assertion:
        auth |= {"private_key": RSAKey.generate_key(2048).as_pem(private=True).decode(), "user": "fso.integration"}
    settings = type(fusion.settings).model_validate(fusion.settings.model_dump() | {"auth": auth})
    with OracleFusion(settings) as client:
        client.create(payable())
        assert fusion.tokens == 1
        fusion.tokens += 1  # the pod forgets the token
        assert client.find(KEY) is not None
        assert fusion.tokens == 3


def test_a_wrong_password(fusion):
    """Refused credentials are a matter of settings, not of time."""
    auth = {"method": "basic", "username": "fso.integration", "password": "wrong"}
    settings = type(fusion.settings).model_validate(fusion.settings.model_dump() | {"auth": auth})
    with OracleFusion(settings) as client, pytest.raises(Misconfigured):
        client.find(KEY)
