"""The passes of links: nobody can make, change or keep one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from workers.domain.links import Links
from workers.domain.passes import LASTS, Opens, Passes, PassRefused, read

NOW, KEY, ME, ANOTHER = datetime(2027, 1, 11, 9, tzinfo=UTC), UUID(int=7), UUID(int=1), UUID(int=2)
PASSES = Passes([b"new", b"old"])


def made(**more: object) -> str:
    return PASSES.make(**{"opens": Opens.VISIT, "key": KEY, "since": NOW, "owner": ME} | more)  # type: ignore[arg-type]


@pytest.mark.parametrize("opens", Opens)
def test_a_pass_opens_what_it_was_made_for(opens: Opens) -> None:
    """For its owner, until its time is over; the same arguments make the same pass."""
    shown = read(made(opens=opens))
    assert (shown.opens, shown.key, shown.until) == (opens, KEY, NOW + LASTS[opens])
    assert made(opens=opens) == made(opens=opens)
    PASSES.check(shown, owner=ME, now=NOW)
    with pytest.raises(PassRefused, match="its time is over"):
        PASSES.check(shown, owner=ME, now=NOW + LASTS[opens])


def test_another_owner_is_refused() -> None:
    """A visit that was given to another provider: the first one's link opens nothing."""
    with pytest.raises(PassRefused):
        PASSES.check(read(made()), owner=ANOTHER, now=NOW)


@pytest.mark.parametrize("position", range(33))
def test_every_byte_is_sealed(position: int) -> None:
    """One bit changed anywhere, kind and end included, and it is none of ours."""
    raw = bytearray(base64.urlsafe_b64decode(made()))
    raw[position] ^= 1
    changed = base64.urlsafe_b64encode(bytes(raw)).decode()
    with pytest.raises(PassRefused):
        PASSES.check(read(changed), owner=ME, now=NOW)


@pytest.mark.parametrize("text", ["", "x", "é" * 44, "A" * 44, "=" * 44, "A" * 4000, "../" * 15])
def test_what_is_no_pass_is_refused(text: str) -> None:
    """Whatever stands in an address."""
    with pytest.raises(PassRefused):
        read(text)


def test_passes_of_the_key_before_still_open() -> None:
    """So that a key can be replaced; one that is gone opens nothing."""
    before = read(Passes([b"old"]).make(Opens.VISIT, KEY, since=NOW, owner=ME))
    PASSES.check(before, owner=ME, now=NOW + timedelta(days=1))
    with pytest.raises(PassRefused):
        Passes([b"new"]).check(before, owner=ME, now=NOW)


def test_without_a_key_links_lead_into_portals() -> None:
    """By ids, as before: the portal knows its users. The key shows in no text."""
    plain = Links(customer="https://c.example", provider="https://p.example/", tasklist="https://t.example")
    assert plain.to(Opens.OFFER, KEY, "accept", since=NOW) == f"https://p.example/offers/{KEY}/accept"
    assert plain.to(Opens.WORK, None, since=NOW) == "https://p.example/documents"
    sealed = Links(customer="https://c.example", provider="https://p.example", tasklist="t", passes=PASSES)
    assert sealed.to(Opens.OFFER, KEY, "accept", since=NOW, owner=ME) == (
        f"https://p.example/{made(opens=Opens.OFFER)}/accept"
    )
    assert "old" not in repr(sealed)
