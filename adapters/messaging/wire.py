"""Our messages as the service's requests, one row per channel, and its receipts as ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from typing import Any

import phonenumbers

from adapters.messaging.settings import MessagingSettings
from workers.ports.errors import Refused
from workers.ports.messaging import Channel, OutgoingMessage, Receipt

SYSTEM = "messaging"
OPTED_OUT = frozenset({"RECIPIENT_OPTED_OUT", "RECIPIENT_BLACKLISTED"})
EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
MOBILE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
# Mobile numbers that a regulator keeps for films and examples (France): no subscriber, but no mistake either.
FICTION = re.compile(r"\+3363998\d{4}")
E164 = phonenumbers.PhoneNumberFormat.E164

# Receipts may come late, twice and out of order: a status never falls back to an earlier one.
RANK = {"queued": 0, "sent": 1, "unknown": 1, "delivered": 2, "undelivered": 2, "expired": 2, "rejected": 2}


def path_of(channel: Channel) -> str:
    """Where messages of this channel are posted."""
    return _CHANNELS[channel][0]


def body_of(message: OutgoingMessage, settings: MessagingSettings) -> dict[str, Any]:
    """The request of a message. `Refused` when the address cannot be one of the channel."""
    body: dict[str, Any] = {
        "locale": message.locale,
        "purpose": message.purpose,
        "metadata": {"template": message.template, "about": message.about},
    }
    if settings.callback_url:
        body["callbackUrl"] = settings.callback_url
    return body | _CHANNELS[message.channel][1](message, settings)


def receipt_of(answer: Mapping[str, Any]) -> Receipt:
    """The receipt the service answered."""
    return Receipt(message_id=str(answer["id"]), status=str(answer["status"]))


def later(known: str, told: str) -> str:
    """The status after a receipt: the one further on its way; of two final ones the first."""
    return told if RANK.get(told, 1) > RANK.get(known, 1) else known


def bare_email(told: str) -> str:
    """The address alone: `Paul <paul@example.com>` is `paul@example.com`."""
    address = parseaddr(told)[1].strip() if "<" in told else told.strip()
    if not EMAIL.fullmatch(address):
        raise Refused("Expected an e-mail address, but the recipient has none that can be one", system=SYSTEM)
    return address


def canonical(channel: Channel, address: str, country: str) -> str:
    """An address in the one form it is sent to. `Refused` when it cannot be one of the channel."""
    if channel is Channel.EMAIL:
        return bare_email(address)
    return phonenumbers.format_number(mobile(address, country), E164) if channel is Channel.SMS else address.strip()


def mobile(told: str, country: str) -> phonenumbers.PhoneNumber:
    """The mobile number, however it is written (`06 39 98 12 34` in its country, `tel:+33...`, an extension left out).

    "Possible" numbers (right length) are not enough: an SMS to them would be lost without a word.
    """
    try:
        number = phonenumbers.parse(told, country or None)
    except phonenumbers.NumberParseException as error:
        message = "Expected a phone number with its country (+33...), but it cannot be read as one"
        raise Refused(message, system=SYSTEM) from error
    if phonenumbers.number_type(number) not in MOBILE and not FICTION.fullmatch(
        phonenumbers.format_number(number, E164)
    ):
        raise Refused("Expected a mobile number for an SMS, but it is none", system=SYSTEM)
    return number


def _email(message: OutgoingMessage, settings: MessagingSettings) -> dict[str, Any]:
    content = message.content
    return {"to": bare_email(message.to), "subject": content.subject, "html": content.html, "text": content.text}


def _sms(message: OutgoingMessage, settings: MessagingSettings) -> dict[str, Any]:
    number = mobile(message.to, message.country)
    return {
        "to": phonenumbers.format_number(number, E164),
        "message": message.content.text,
        "country": phonenumbers.region_code_for_number(number)
        or phonenumbers.region_code_for_country_code(number.country_code or 0),
        "sender": settings.sender,
    }


def _user(message: OutgoingMessage, settings: MessagingSettings) -> dict[str, Any]:
    return {"userId": message.to, "title": message.content.subject, "body": message.content.text}


_CHANNELS: dict[Channel, tuple[str, Callable[[OutgoingMessage, MessagingSettings], dict[str, Any]]]] = {
    Channel.EMAIL: ("/email", _email),
    Channel.SMS: ("/sms", _sms),
    Channel.PUSH: ("/push", _user),
    Channel.IN_APP: ("/in-app", _user),
}
