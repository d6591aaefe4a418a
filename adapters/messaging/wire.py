"""Our messages as the service's requests, one row per channel, and its receipts as ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers

from adapters.messaging.settings import MessagingSettings
from workers.ports.errors import Refused
from workers.ports.messaging import Channel, OutgoingMessage, Receipt

SYSTEM = "messaging"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
MOBILE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
# Mobile numbers that a regulator keeps for films and examples (France): no subscriber, but no mistake either.
FICTION = re.compile(r"\+3363998\d{4}")

# Receipts may come late, twice and out of order: a status never falls back to an earlier one.
RANK = {"queued": 0, "sent": 1, "unknown": 1, "delivered": 2, "undelivered": 2, "expired": 2, "rejected": 2}


def path_of(channel: Channel) -> str:
    """Where messages of this channel are posted."""
    return _CHANNELS[channel][0]


def body_of(message: OutgoingMessage, settings: MessagingSettings) -> dict[str, Any]:
    """The request of a message. `Refused` when the address cannot be one of the channel."""
    body: dict[str, Any] = {
        "template": message.template,
        "locale": message.locale,
        "variables": dict(message.variables),
        "purpose": message.purpose,
    }
    if settings.callback_url:
        body["callbackUrl"] = settings.callback_url
    return body | _CHANNELS[message.channel][1](message.to, settings)


def receipt_of(answer: Mapping[str, Any]) -> Receipt:
    """The receipt the service answered."""
    return Receipt(message_id=str(answer["id"]), status=str(answer["status"]))


def later(known: str, told: str) -> str:
    """The status after a receipt: the one further on its way; of two final ones the first."""
    return told if RANK.get(told, 1) > RANK.get(known, 1) else known


def _email(to: str, settings: MessagingSettings) -> dict[str, Any]:
    if not EMAIL.fullmatch(to):
        raise Refused("Expected an e-mail address, but the recipient has none that can be one", system=SYSTEM)
    return {"to": to}


def _sms(to: str, settings: MessagingSettings) -> dict[str, Any]:
    """SMS reach valid mobile numbers only; "possible" numbers (right length) are not enough."""
    try:
        number = phonenumbers.parse(to, None)
    except phonenumbers.NumberParseException as error:
        raise Refused("Expected a phone number in E.164 form (+33...), but it is none", system=SYSTEM) from error
    if phonenumbers.number_type(number) not in MOBILE and not FICTION.fullmatch(to):
        raise Refused("Expected a mobile number for an SMS, but it is none", system=SYSTEM)
    return {
        "to": to,
        "country": phonenumbers.region_code_for_country_code(number.country_code or 0),
        "sender": settings.sender,
    }


def _user(to: str, settings: MessagingSettings) -> dict[str, Any]:
    return {"userId": to}


_CHANNELS: dict[Channel, tuple[str, Callable[[str, MessagingSettings], dict[str, Any]]]] = {
    Channel.EMAIL: ("/email", _email),
    Channel.SMS: ("/sms", _sms),
    Channel.PUSH: ("/push", _user),
    Channel.IN_APP: ("/in-app", _user),
}
