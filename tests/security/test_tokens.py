"""Tokens of the identity provider: what gets in, what does not, and what happens when the provider is away or turns its keys."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from adapters.emulator import answers, stalls
from adapters.ping import wire
from adapters.ping.client import AGAIN_SECONDS, PingIdentity
from adapters.ping.local import AUDIENCE, LocalPing
from adapters.ping.settings import PingSettings
from workers.domain.callers import Role
from workers.ports.errors import Misconfigured, Unavailable
from workers.ports.identity import InvalidTokenError


class Watch:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture(scope="module", params=["pingfederate", "pingone"])
def ping(request: pytest.FixtureRequest) -> Iterator[LocalPing]:
    with LocalPing(shape=request.param) as server:
        yield server


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def identity(ping: LocalPing, watch: Watch) -> Iterator[PingIdentity]:
    found = PingIdentity(ping.settings, clock=watch)
    yield found
    found.close()


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_person_has_the_roles_of_the_groups(ping: LocalPing, identity: PingIdentity) -> None:
    """A group is a role in one country."""
    caller = identity.caller(ping.token("ops-FR"))
    assert (caller.subject, caller.groups) == ("odile.operator", {(Role.OPS, "FR")})


def test_a_machine_has_the_roles_of_its_scopes(ping: LocalPing, identity: PingIdentity) -> None:
    """PingOne writes scopes as one text, PingFederate as a list; a machine without `sub` is its client id."""
    caller = identity.caller(ping.token("erp"))
    assert (caller.subject, caller.roles, "FR" in caller.countries) == ("erp", {Role.ERP}, True)


def test_a_scope_makes_nobody_a_supervisor(ping: LocalPing, identity: PingIdentity) -> None:
    """A scope is asked for by a client; what people may do is given to them as a group."""
    caller = identity.caller(ping.token("somebody", scope=["fsm.ops-supervisor", "fsm.everything"], country=["FR"]))
    assert caller.roles == frozenset()


def test_no_token_opens_everything(ping: LocalPing, identity: PingIdentity) -> None:
    """The laptop's own role cannot be had from an identity provider."""
    assert identity.caller(ping.token("somebody", groups=["everything-FR"])).roles == frozenset()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"nbf": 9_000_000_000},
        {"sub": None, "client_id": None},
        {"exp": "tomorrow"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_is_refused(ping: LocalPing, identity: PingIdentity, claims: dict[str, Any]) -> None:
    """Issuer, audience and time are checked, and that it is somebody's."""
    with pytest.raises(InvalidTokenError):
        identity.caller(ping.token("nobody-known", **claims))


def test_a_little_time_apart_is_no_matter(ping: LocalPing, identity: PingIdentity) -> None:
    """Clocks differ: a token that ended half a minute ago is still one."""
    assert identity.caller(ping.token("erp", exp=int(time.time()) - 30)).subject == "erp"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256", "kid": "x"},
        {"alg": "RS256", "kid": "x"},
        {"alg": "RS256", "typ": "id+jwt"},
        {"typ": "JWT"},
    ],
    ids=str,
)
def test_a_forged_token_is_refused(ping: LocalPing, identity: PingIdentity, header: dict[str, Any]) -> None:
    """No other algorithm, no unsigned token, no token of another type, no signature of somebody else."""
    claims = {"iss": ping.issuer, "aud": AUDIENCE, "exp": int(time.time()) + 60, "sub": "mallory", "groups": ["ops-FR"]}
    with pytest.raises(InvalidTokenError):
        identity.caller(unsigned(header, claims, b"x" * 256))


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "..", "é.é.é", "x" * 100_000, "\x00", "eyJ.eyJ.eyJ"])
def test_what_is_no_token_is_refused(identity: PingIdentity, token: str) -> None:
    """Whatever is sent, it is one kind of error."""
    with pytest.raises(InvalidTokenError):
        identity.caller(token)


def test_a_new_key_is_fetched_when_a_token_names_it(ping: LocalPing, identity: PingIdentity, watch: Watch) -> None:
    """The provider turns its keys without telling us."""
    identity.caller(ping.token("erp"))
    ping.rotate()
    watch.at += AGAIN_SECONDS
    assert identity.caller(ping.token("erp")).subject == "erp"


def test_strangers_cannot_make_us_ask_for_keys(ping: LocalPing, identity: PingIdentity, watch: Watch) -> None:
    """Invented key ids lead to one question a minute."""
    identity.caller(ping.token("erp"))
    watch.at += AGAIN_SECONDS
    before = sum(ping.calls.values())
    for number in range(50):
        with pytest.raises(InvalidTokenError):
            identity.caller(unsigned({"alg": "RS256", "kid": f"invented-{number}"}, {"sub": "m"}, b"x" * 256))
    assert sum(ping.calls.values()) - before <= 2


def test_keys_go_on_serving_while_the_provider_is_away(ping: LocalPing, watch: Watch) -> None:
    """An outage of the identity provider is none of ours as long as we have its keys."""
    identity = PingIdentity(ping.settings, clock=watch)
    identity.caller(ping.token("erp"))
    watch.at += 10_000
    ping.faults.plan("GET /.well-known/openid-configuration", answers(503))
    assert identity.caller(ping.token("erp")).subject == "erp"
    ping.faults.show("GET /.well-known/openid-configuration")


def test_an_outage_is_told_as_one(ping: LocalPing) -> None:
    """Without keys nobody can be let in, but that is no mistake of the caller: 503, not 401."""
    ping.faults.plan("GET /.well-known/openid-configuration", answers(503))
    identity = PingIdentity(ping.settings)
    with pytest.raises(Unavailable):
        identity.caller(ping.token("erp"))
    assert identity.caller(ping.token("erp")).subject == "erp"  # it heals by itself


def test_a_provider_that_never_answers_is_waited_for_a_while(ping: LocalPing) -> None:
    """It takes the connection and says nothing: bounded (W13)."""
    ping.faults.plan("GET /.well-known/openid-configuration", stalls(2.0))
    identity = PingIdentity(ping.settings.model_copy(update={"timeout_seconds": 0.2}))
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        identity.caller(ping.token("erp"))
    assert time.monotonic() - begun < 1.5


def test_a_wrong_issuer_in_the_settings_is_told_as_that(ping: LocalPing) -> None:
    """The configuration must be of the issuer that we trust: a mistake of ours, no outage."""
    settings = PingSettings(issuer=f"{ping.issuer}/other", audiences=frozenset({AUDIENCE}))
    with pytest.raises(Misconfigured):
        PingIdentity(settings, fetch=lambda _: {"issuer": ping.issuer, "jwks_uri": ping.issuer}).caller(
            ping.token("erp")
        )


@pytest.mark.parametrize("claim", [None, 5, True, {}, [], [5, None], "", "a b", ["a", "b"], "\ud800"])
def test_a_claim_is_read_whatever_it_holds(claim: Any) -> None:
    """Claims are the identity provider's: no shape of theirs raises."""
    settings = PingSettings(issuer="https://ping.example", audiences=frozenset({"a"}))
    names = ("groups", "country", "bu", "store", "provider_id", "scope", "scp", "sub", "client_id")
    assert wire.caller(dict.fromkeys(names, claim), settings).roles == frozenset()


def test_a_provider_is_one_provider(ping: LocalPing, identity: PingIdentity) -> None:
    """The claim names which; an id that is none names nobody."""
    key = UUID(int=7)
    assert identity.caller(ping.token("p", scope=["fsm.provider"], provider_id=str(key))).provider_id == key
    assert identity.caller(ping.token("p", scope=["fsm.provider"], provider_id="7")).provider_id is None
