"""Bearer tokens on both transports, and where an engine without them may listen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import grpc
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from zeebelet.errors import Misconfigured
from zeebelet.gateway.security import InvalidTokenError, Verify
from zeebelet.server import EngineThread, ServerOptions
from zeebelet.tokens import issuer_verifier

ISSUER = "https://id.example"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "two"})


class Issuer:
    """An issuer's published documents; `fetched` counts how often its keys were asked for."""

    def __init__(self) -> None:
        self.keys = [KEY]
        self.fetched = 0

    def __call__(self, url: str) -> Any:
        if url.endswith("/.well-known/openid-configuration"):
            return {"jwks_uri": f"{ISSUER}/keys"}
        self.fetched += 1
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def token(*, key: RSAKey = KEY, **claims: Any) -> str:
    """A signed token."""
    body = {"iss": ISSUER, "aud": "zeebe", "sub": "ann", "exp": int(time.time()) + 60, **claims}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, body, key)


@pytest.fixture
def verify() -> Verify:
    """A verifier of the issuer's tokens for this audience."""
    return issuer_verifier(ISSUER, audience="zeebe", fetch=Issuer())


def test_a_good_token_has_claims(verify: Verify) -> None:
    """Signed by the issuer, for us, not expired."""
    assert verify(token())["sub"] == "ann"


@pytest.mark.parametrize(
    "bad",
    [
        "no token at all",
        token(key=OTHER),
        token(iss="https://else.example"),
        token(aud="other"),
        token(exp=int(time.time()) - 120),
        jwt.encode({"alg": "HS256"}, {"iss": ISSUER, "aud": "zeebe"}, OctKey.generate_key()),
    ],
)
def test_a_bad_token_is_refused(verify: Verify, bad: str) -> None:
    """Malformed, of another key, issuer or audience, expired, or of another algorithm."""
    with pytest.raises(InvalidTokenError):
        verify(bad)


def test_a_new_key_of_the_issuer_is_fetched_once_needed() -> None:
    """Keys are kept; a token that none of them signed makes them be asked for again."""
    issuer = Issuer()
    verify = issuer_verifier(ISSUER, fetch=issuer)
    for _ in range(3):
        verify(token())
    assert issuer.fetched == 1

    issuer.keys = [OTHER]
    verify(token(key=OTHER))

    assert issuer.fetched == 2


@pytest.fixture(scope="module")
def guarded() -> Iterator[EngineThread]:
    """An engine that asks for tokens."""
    verify = issuer_verifier(ISSUER, audience="zeebe", fetch=Issuer())
    with EngineThread(ServerOptions(grpc_port=0, http_port=0, verify=verify)) as engine:
        yield engine


def test_grpc_asks_for_a_token(guarded: EngineThread) -> None:
    """UNAUTHENTICATED without one, or with a bad one."""
    with grpc.insecure_channel(guarded.addresses.grpc) as channel:
        stub = GatewayStub(channel)
        for metadata in ((), (("authorization", "Bearer nonsense"),), (("authorization", "Basic abc"),)):
            with pytest.raises(grpc.RpcError) as refused:
                stub.Topology(pb.TopologyRequest(), metadata=metadata)
            assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED

        answer = stub.Topology(pb.TopologyRequest(), metadata=(("authorization", f"Bearer {token()}"),))
        assert answer.clusterSize == 1


def test_rest_asks_for_a_token(guarded: EngineThread) -> None:
    """401 as a problem detail; with a token the caller is known; health needs none."""
    with httpx.Client(base_url=guarded.addresses.http) as client:
        for path in ("/v2/topology", "/actuator/clock"):
            refused = client.get(path)
            assert (refused.status_code, refused.json()["title"]) == (401, "UNAUTHENTICATED")

        me = client.get("/v2/authentication/me", headers={"Authorization": f"Bearer {token()}"})
        assert me.json()["username"] == "ann"
        assert client.get("/health").status_code == 200


def test_without_tokens_only_this_machine_may_call() -> None:
    """An address others can reach is refused before anything listens."""
    with (
        pytest.raises(Misconfigured, match="Expected an issuer of tokens"),
        EngineThread(ServerOptions(host="0.0.0.0", grpc_port=0, http_port=0)),
    ):
        pass


def test_the_clock_can_be_fixed() -> None:
    """Without clock control nobody moves it: 403 on both ways."""
    options = ServerOptions(grpc_port=0, http_port=0, clock_control=False)
    with EngineThread(options) as engine, httpx.Client(base_url=engine.addresses.http) as client:
        assert client.put("/v2/clock", json={"timestamp": 1}).status_code == 403
        assert client.post("/v2/clock/reset").status_code == 403
        assert client.post("/actuator/clock/add", json={"offsetMilli": 1}).status_code == 403
        assert client.get("/actuator/clock").status_code == 200
