"""An OIDC provider for a laptop and the tests, in the shapes of PingFederate and of PingOne: discovery, keys, tokens.

It knows a few clients and people; anybody who reaches it may have their tokens: it listens on this machine alone.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.responses import JSONResponse, Response

from adapters.emulator import Call, Emulator, Faults, LocalServer
from adapters.ping.settings import PingSettings

AUDIENCE = "field-service"
KEY_BITS = 2048
Shape = Literal["pingfederate", "pingone"]
ALL = ("FR", "ES", "IT", "PL", "PT")

# Who there is on a laptop: client id -> its claims. People are in groups, machines have scopes and countries.
KNOWN: Mapping[str, Mapping[str, Any]] = {
    "provider-app": {"scope": ["fsm.provider-app"], "country": list(ALL)},
    "customer-pages": {"scope": ["fsm.customer-pages"], "country": list(ALL)},
    "erp": {"scope": ["fsm.erp"], "country": list(ALL)},
    "engine": {"scope": ["fsm.engine"]},
    "ops": {"groups": [f"ops-{country}" for country in ALL], "sub": "olga.operator"},
    "ops-FR": {"groups": ["ops-FR"], "sub": "odile.operator"},
    "ops-ES": {"groups": ["ops-ES"], "sub": "oscar.operator"},
    "ops-supervisor": {
        "groups": [f"{role}-{c}" for c in ALL for role in ("ops", "ops-supervisor")],
        "sub": "sam.supervisor",
    },
    "capacity": {"groups": [f"capacity-{country}" for country in ALL], "sub": "carla.capacity"},
    "finance": {"groups": [f"finance-{country}" for country in ALL], "sub": "fred.finance"},
    "quality": {"groups": [f"quality-{country}" for country in ALL], "sub": "quentin.quality"},
    "support": {"groups": [f"support-{country}" for country in ALL], "sub": "sue.support"},
}
# Those of them who are people of the back office.
PEOPLE = tuple(name for name, claims in KNOWN.items() if "groups" in claims)
DISCOVERY, KEYS = "/.well-known/openid-configuration", {"pingfederate": "/pf/JWKS", "pingone": "/as/jwks"}


class Mint:
    """The keys of the provider, and the tokens it signs with the newest."""

    def __init__(self, shape: Shape, clock: Callable[[], float], seconds: int) -> None:
        self.issuer = ""
        self.seconds = seconds
        self._shape, self._clock = shape, clock
        self._lock = threading.Lock()
        self._key = _new_key()
        self._published = [self._key]

    def published(self) -> Mapping[str, Any]:
        """The public keys, as a JWKS."""
        return KeySet(list(self._published)).as_dict(private=False)

    def rotate(self, *, keep: bool = True) -> None:
        """Signs with a new key from now on; the old one stays published, or goes."""
        with self._lock:
            self._key = _new_key()
            self._published = [*(self._published if keep else []), self._key]

    def token(self, client: str, /, **claims: Any) -> str:
        """A token of a known client, or of a new one with these claims; a claim given here wins, None takes it away."""
        now = int(self._clock())
        times = {"iat": now, "exp": now + self.seconds}
        content: dict[str, Any] = {"iss": self.issuer, "aud": AUDIENCE, **times, "client_id": client}
        content |= {**KNOWN.get(client, {}), **claims}
        return self._signed({name: value for name, value in content.items() if value is not None})

    def _signed(self, claims: dict[str, Any]) -> str:
        if self._shape == "pingone" and isinstance(claims.get("scope"), list):
            claims["scope"] = " ".join(claims["scope"])
        kind = {"typ": "at+jwt"} if self._shape == "pingone" else {}
        return jwt.encode({"alg": "RS256", "kid": self._key.kid, **kind}, claims, self._key)


class LocalPing:
    """`with LocalPing() as ping:` `ping.settings` is what our API needs, `ping.token("ops-FR")` somebody's token."""

    def __init__(
        self,
        *,
        shape: Shape = "pingfederate",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        seconds: int = 7200,
    ) -> None:
        self._mint = Mint(shape, clock, seconds)
        self.token, self.rotate = self._mint.token, self._mint.rotate
        self._keys = KEYS[shape]
        self._devices: dict[str, str] = {}
        table = {
            f"GET {DISCOVERY}": self._discovery,
            f"GET {self._keys}": lambda _: JSONResponse(self._mint.published()),
            "POST /as/token.oauth2": self._token,
            "POST /as/device_authz.oauth2": self._device,
        }
        self._emulator = Emulator(table)
        self._server = LocalServer(self._emulator.app, port=port)
        self.issuer = self._mint.issuer = self._server.address
        self.faults: Faults = self._emulator.faults
        self.calls: Mapping[str, int] = self._emulator.calls

    def __enter__(self) -> Self:
        """Starts."""
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self._server.stop()

    @property
    def settings(self) -> PingSettings:
        """What leads to it."""
        return PingSettings(issuer=self.issuer, audiences=frozenset({AUDIENCE}))

    def _discovery(self, _: Call) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "jwks_uri": self.issuer + self._keys,
                "token_endpoint": f"{self.issuer}/as/token.oauth2",
                "device_authorization_endpoint": f"{self.issuer}/as/device_authz.oauth2",
            }
        )

    def _token(self, call: Call) -> Response:
        asked = _form(call)
        if asked["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code":
            person = self._devices.pop(asked["device_code"], None)
            return self._answer(person) if person else JSONResponse({"error": "expired_token"}, status_code=400)
        if asked["grant_type"] != "client_credentials" or asked.get("client_id") not in KNOWN:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        return self._answer(asked["client_id"])

    def _answer(self, client: str) -> Response:
        token = self._mint.token(client)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": self._mint.seconds})

    def _device(self, call: Call) -> Response:
        """On a laptop nobody has to confirm: the person is the client id that asks."""
        asked = _form(call)
        code = secrets.token_urlsafe(16)
        self._devices[code] = asked["client_id"] if asked["client_id"] in KNOWN else "support"
        page = f"{self.issuer}/as/user_authz.oauth2"
        told = {"device_code": code, "user_code": "LAPTOP", "verification_uri": page, "expires_in": 600, "interval": 1}
        return JSONResponse(told)


def _form(call: Call) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(call.body.decode()).items()}


def _new_key() -> RSAKey:
    return RSAKey.generate_key(KEY_BITS, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"}, auto_kid=False)
