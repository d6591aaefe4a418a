"""The messaging client against the local service over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from adapters.children import free_port
from adapters.emulator import answers, stalls
from adapters.messaging.client import HttpMessaging
from adapters.messaging.local import LocalMessaging
from adapters.messaging.settings import MessagingSettings
from adapters.messaging.wire import later
from workers.domain.messages import Content
from workers.ports.errors import Misconfigured, PortError, Refused, Unavailable
from workers.ports.messaging import AlreadySent, Channel, OptedOut, OutgoingMessage

MESSAGE = OutgoingMessage(
    idempotency_key="2251799813685249/send-offer/provider/email",
    channel=Channel.EMAIL,
    to="paul.garnier@example.com",
    template="job-offer",
    locale="fr",
    content=Content("Nouvelle mission", "Bonjour Paul Garnier", "<p>Bonjour Paul Garnier</p>"),
)


@pytest.fixture(scope="module")
def running() -> Iterator[LocalMessaging]:
    with LocalMessaging() as service:
        yield service


@pytest.fixture
def service(running: LocalMessaging) -> LocalMessaging:
    running._sent.clear()
    running._digests.clear()
    running.suppressed.clear()
    return running


@pytest.fixture
def messaging(service: LocalMessaging) -> Iterator[HttpMessaging]:
    with HttpMessaging(service.settings) as client:
        yield client


ADDRESSES = {
    Channel.EMAIL: "paul.garnier@example.com",
    Channel.SMS: "+33612345678",
    Channel.PUSH: "device-1",
    Channel.IN_APP: "ops-FR",
}


@pytest.mark.parametrize(("channel", "to"), ADDRESSES.items())
def test_a_message_is_in_the_outbox(
    messaging: HttpMessaging, service: LocalMessaging, channel: Channel, to: str
) -> None:
    """Each channel has its own address form; template, language, words and purpose arrive as given."""
    receipt = messaging.send(replace(MESSAGE, channel=channel, to=to))
    [sent] = service.outbox
    assert (sent.message_id, sent.status) == (receipt.message_id, receipt.status) == (sent.message_id, "queued")
    assert (sent.channel, sent.to, sent.template) == (channel.value, to, "job-offer")
    assert (sent.locale, sent.purpose, sent.text) == ("fr", "transactional", "Bonjour Paul Garnier")
    assert sent.subject == ("" if channel is Channel.SMS else "Nouvelle mission")
    assert bool(sent.html) is (channel is Channel.EMAIL)


def test_a_repeat_is_answered_with_the_first_receipt(messaging: HttpMessaging, service: LocalMessaging) -> None:
    """A job that comes again sends nothing twice."""
    assert messaging.send(MESSAGE) == messaging.send(MESSAGE)
    assert len(service.outbox) == 1


def test_an_answer_that_got_lost_is_asked_for_again(service: LocalMessaging) -> None:
    """Time-out after the service accepted: the repeat finds the receipt, the customer gets one message."""
    service.faults.plan("POST /email", stalls(0.5), after=True)
    impatient = service.settings.model_copy(update={"timeout": timedelta(milliseconds=200)})
    with HttpMessaging(impatient) as messaging:
        with pytest.raises(Unavailable):
            messaging.send(MESSAGE)
        receipt = messaging.send(MESSAGE)
    assert [sent.message_id for sent in service.outbox] == [receipt.message_id]


def test_a_repeat_in_other_words_was_sent_already(messaging: HttpMessaging, service: LocalMessaging) -> None:
    """422: a former attempt got through and the order changed since; the first message counts, nothing is sent twice."""
    messaging.send(MESSAGE)
    with pytest.raises(AlreadySent):
        messaging.send(replace(MESSAGE, content=Content("Nouvelle mission", "changed meanwhile")))
    assert len(service.outbox) == 1


def test_a_request_that_still_runs_elsewhere_is_waited_for(messaging: HttpMessaging, service: LocalMessaging) -> None:
    """409 is a matter of seconds, not a refusal."""
    service.faults.plan("POST /email", answers(409, {"code": "IN_PROGRESS"}, Retry_After="2"))
    with pytest.raises(Unavailable) as refused:
        messaging.send(MESSAGE)
    assert refused.value.retry_after == timedelta(seconds=2)
    assert messaging.send(MESSAGE).status == "queued"


FAULTS = {
    "throttled": (answers(429, None, Retry_After="37"), Unavailable),
    "broken": (answers(500), Unavailable),
    "gateway": (answers(502), Unavailable),
    "maintenance": (answers(503), Unavailable),
    "redirected": (answers(302, None, Location="https://elsewhere.example.com"), Misconfigured),
    "forbidden": (answers(403), Misconfigured),
    "no receipt": (answers(202, {"status": "queued"}), Unavailable),
    "no JSON": (answers(202, "fine"), Unavailable),
    "refused": (answers(400, {"code": "CONTENT_REJECTED"}), Refused),
}


@pytest.mark.parametrize(("fault", "kind"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_one_kind_of_trouble(
    messaging: HttpMessaging, service: LocalMessaging, fault: object, kind: type[PortError]
) -> None:
    """The runtime retries, raises an incident or gives up by the kind; the reference is the key, never the address."""
    service.faults.plan("POST /email", fault)  # type: ignore[arg-type]
    with pytest.raises(PortError) as raised:
        messaging.send(MESSAGE)
    assert type(raised.value) is kind
    assert raised.value.reference == MESSAGE.idempotency_key
    assert "garnier" not in str(raised.value).lower()


def test_retry_after_reaches_the_caller(messaging: HttpMessaging, service: LocalMessaging) -> None:
    """The job's back-off is never shorter than what the service asks for."""
    service.faults.plan("POST /email", answers(429, None, Retry_After="37"))
    with pytest.raises(Unavailable) as refused:
        messaging.send(MESSAGE)
    assert refused.value.retry_after == timedelta(seconds=37)


def test_no_service_is_unavailable() -> None:
    """Connection refused may heal."""
    settings = MessagingSettings.model_validate({"base_url": f"http://127.0.0.1:{free_port()}", "api_key": "k"})
    with HttpMessaging(settings) as messaging, pytest.raises(Unavailable):
        messaging.send(MESSAGE)


def test_a_wrong_key_is_a_matter_for_an_operator(service: LocalMessaging) -> None:
    """401 is not retried until the job's retries are used up."""
    wrong = MessagingSettings.model_validate({**service.settings.model_dump(), "api_key": "wrong"})
    with HttpMessaging(wrong) as messaging, pytest.raises(Misconfigured):
        messaging.send(MESSAGE)


def test_a_replaced_key_is_read_again(service: LocalMessaging) -> None:
    """W14: the key was rotated while the process ran; it is read once, and one that is still wrong is told."""
    old = MessagingSettings.model_validate({**service.settings.model_dump(), "api_key": "yesterday"})
    keys = ["still wrong", service.api_key]
    with HttpMessaging(old, renew=lambda: keys.pop(0)) as messaging:
        with pytest.raises(Misconfigured):
            messaging.send(MESSAGE)
        assert messaging.send(MESSAGE).status == "queued"
        assert messaging.send(replace(MESSAGE, idempotency_key="next")).status == "queued"
    assert keys == []


BAD_ADDRESSES = {
    "no e-mail": (Channel.EMAIL, "paul.garnier"),
    "two e-mails": (Channel.EMAIL, "a@b.c, d@e.f"),
    "a number of nowhere": (Channel.SMS, "0612345678"),
    "only a name": (Channel.EMAIL, "Paul <paul>"),
    "a landline": (Channel.SMS, "+4930123456"),
    "too short a number": (Channel.SMS, "+49123"),
    "words": (Channel.SMS, "call me"),
}


@pytest.mark.parametrize(("channel", "to"), BAD_ADDRESSES.values(), ids=BAD_ADDRESSES)
def test_a_bad_address_is_refused_before_anything_is_sent(
    messaging: HttpMessaging, service: LocalMessaging, channel: Channel, to: str
) -> None:
    """The service is not asked, and the error does not tell the address."""
    before = dict(service.calls)
    with pytest.raises(Refused) as refused:
        messaging.send(replace(MESSAGE, channel=channel, to=to))
    assert to not in str(refused.value)
    assert service.calls == before


WRITTEN_DIFFERENTLY = {
    "blanks": (Channel.SMS, "+33 6 12 34 56 78", "+33612345678"),
    "a link": (Channel.SMS, "tel:+33612345678", "+33612345678"),
    "an extension": (Channel.SMS, "tel:+33612345678;ext=5", "+33612345678"),
    "wide digits": (Channel.SMS, "+33612345678", "+33612345678"),
    "national": (Channel.SMS, "06 12 34 56 78", "+33612345678"),
    "with two zeros": (Channel.SMS, "0033 6 12 34 56 78", "+33612345678"),
    "abroad": (Channel.SMS, "+48 512 345 678", "+48512345678"),
    "in brackets": (Channel.EMAIL, "<paul@example.com>", "paul@example.com"),
    "with a name": (Channel.EMAIL, "Paul Garnier <paul@example.com> ", "paul@example.com"),
}


@pytest.mark.parametrize(("channel", "told", "to"), WRITTEN_DIFFERENTLY.values(), ids=WRITTEN_DIFFERENTLY)
def test_an_address_is_sent_in_one_form(
    messaging: HttpMessaging, service: LocalMessaging, channel: Channel, told: str, to: str
) -> None:
    """W20: however people write it, the service gets E.164 or the bare address; a number without country is the order's."""
    messaging.send(replace(MESSAGE, channel=channel, to=told, country="FR"))
    assert [sent.to for sent in service.outbox] == [to]


def test_opted_out_recipients_are_refused(messaging: HttpMessaging, service: LocalMessaging) -> None:
    """A kind of its own: the channel is not asked again."""
    service.suppressed.add(MESSAGE.to)
    with pytest.raises(OptedOut):
        messaging.send(MESSAGE)


RECEIPTS = [
    ("queued", "sent", "sent"),
    ("sent", "queued", "sent"),
    ("delivered", "sent", "delivered"),
    ("delivered", "undelivered", "delivered"),
    ("expired", "delivered", "expired"),
    ("sent", "delivered", "delivered"),
    ("queued", "never heard of", "never heard of"),
    ("delivered", "never heard of", "delivered"),
]


@pytest.mark.parametrize(("known", "told", "status"), RECEIPTS)
def test_receipts_move_forward_only(known: str, told: str, status: str) -> None:
    """They come late, twice and out of order; the first final one counts."""
    assert later(known, told) == status


def test_a_delivery_receipt_shows_in_the_outbox(messaging: HttpMessaging, service: LocalMessaging) -> None:
    """The local service plays the carrier."""
    receipt = messaging.send(MESSAGE)
    service.report(receipt.message_id, "delivered")
    service.report(receipt.message_id, "sent")
    assert service.outbox[0].status == "delivered"


def test_the_outbox_over_http_tells_no_personal_data(messaging: HttpMessaging, service: LocalMessaging) -> None:
    """Whoever may look at the queue need not see addresses or contents."""
    messaging.send(MESSAGE)
    key = {"Authorization": f"Bearer {service.api_key}"}
    shown = httpx.get(f"{service.settings.base_url}/outbox", headers=key, timeout=5).text
    assert "job-offer" in shown
    assert "garnier" not in shown.lower()


def test_a_repr_tells_neither_key_nor_address(service: LocalMessaging) -> None:
    """Settings and messages get into logs."""
    assert service.api_key not in repr(service.settings)
    assert "garnier" not in repr(MESSAGE).lower()
