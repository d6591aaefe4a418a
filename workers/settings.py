"""All settings of a process, read once: from the environment (`FSM_...`), else from the stack that `fsm up` left running.

`FSM_CAMUNDA__GRPC_ADDRESS=zeebe:26500` sets `camunda.grpc_address`; structured values may be JSON. When nothing is said about
a system, the file a running `fsm up` writes (`.fsm/stack.json`) fills in, so that a second terminal needs no settings at all.
A system the environment speaks of is taken from the environment alone: half of one and half of the other would be neither.
Secrets are never read from here but for the one that opens Vault, and never shown.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from adapters.adobe_sign.settings import AdobeSignSettings, OAuth
from adapters.camunda.settings import CamundaSettings
from adapters.documents.settings import DocumentSettings
from adapters.kafka.settings import KafkaSettings, SchemaRegistrySettings
from adapters.messaging.settings import MessagingSettings
from adapters.oracle_fusion.settings import OracleFusionSettings
from adapters.ping.settings import PingSettings
from adapters.postgres.settings import PostgresSettings
from adapters.redis.settings import RedisSettings
from adapters.storage.settings import StorageSettings
from adapters.vault.settings import VaultSettings
from workers.ports.errors import Misconfigured

T = TypeVar("T")
STACK_FILE = Path(os.environ.get("FSM_STACK_FILE", ".fsm/stack.json"))
CHECKOUT, INSTALLED = Path(__file__).resolve().parents[1], Path(sys.prefix) / "share" / "fsm-platform"
# Where bpmn/, dmn/ and forms/ are: a checkout's top level, else what came with the wheel.
MODELS = CHECKOUT if (CHECKOUT / "bpmn").is_dir() else INSTALLED


class ApiSettings(BaseModel):
    """Where our own API listens: webhooks and answers of customers and providers."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    host: str = "127.0.0.1"
    port: int = 8090
    # The one key of a laptop, for every route. Where an identity provider is set (`FSM_OIDC__...`) it opens nothing.
    token: str = Field(default="", repr=False)
    # Whether the API describes itself under `/docs` and `/openapi.json`.
    docs: bool = False
    # Only on a laptop: whom of the local identity provider's people anybody may sign in as on the desk's pages.
    people: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The base URL as seen from this machine."""
        return f"http://{self.host}:{self.port}"


class WorkSettings(BaseModel):
    """How workers treat the systems behind their tasks.

    `limits`: jobs of one process that may talk to a system at a time (`{"adobe-sign": 8}`). `middleware`: functions around every
    job, as `package.module:function`, the first one outermost. `keep_effects` must outlive every process instance: an incident
    may be resolved months later, and its job must still find its stored result.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    limits: Mapping[str, Annotated[int, Field(ge=1)]] = {"adobe-sign": 8, "messaging": 16, "oracle-fusion": 4}
    middleware: tuple[Annotated[str, Field(pattern=r"^[\w.]+:\w+$")], ...] = ()
    keep_effects: timedelta = Field(default=timedelta(days=180), ge=timedelta(days=1))


class AdobeSignPlace(BaseModel):
    """Acrobat Sign without its credentials, which are the secret `secret` in Vault (client_id, client_secret, refresh_token)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    secret: str = "adobe-sign"  # noqa: S105 - a path, not a secret
    discovery_url: str = "https://api.adobesign.com/"
    api_user: str | None = None
    client_ids: frozenset[str] = frozenset()

    def settings(self, secret: dict[str, str]) -> AdobeSignSettings:
        """With the credentials of the secret."""
        return AdobeSignSettings(auth=OAuth.model_validate(secret), **self.model_dump(exclude={"secret"}))


class MessagingPlace(BaseModel):
    """The messaging service without its keys: `api_key` and `webhook_secret` of the secret `secret` in Vault."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    secret: str = "messaging"  # noqa: S105 - a path, not a secret
    base_url: str
    sender: str = "FSO"
    # Where the service tells what became of a message: our API's `/webhooks/messaging` as the service reaches it.
    callback_url: str | None = None

    def settings(self, secret: dict[str, str]) -> MessagingSettings:
        """With the key of the secret."""
        return MessagingSettings.model_validate(self.model_dump(exclude={"secret"}) | {"api_key": secret["api_key"]})


class SalesPlace(BaseModel):
    """What a sales system beyond its topics has here. Its keys are the Vault secret `sales-<system>`: `api_key` opens our REST
    side to it, `webhook_secret` signs what we call it with.

    `webhooks`: tenant (`FR/FR-HOME`) -> address that wants to be called with outcomes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    webhooks: Mapping[str, Annotated[str, Field(pattern=r"^https?://")]] = {}


class LinkSettings(BaseModel):
    """Where links lead: the pages of customers and of providers, Tasklist (`<tasklist>/<task>`), Operate
    (`<operate>/<process instance>`; without it the desk shows no links to instances). `desk`: our own API, where forms lead to.

    `secret`: the Vault secret whose `key` (and `previous`) seals the passes of links to our own pages, `/c` and `/p` of our API.
    Without it the pages are somebody's portal, which knows its users itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    customer: str = Field(pattern=r"^https?://")
    provider: str = Field(pattern=r"^https?://")
    tasklist: str = Field(pattern=r"^https?://")
    operate: str | None = Field(default=None, pattern=r"^https?://")
    desk: str | None = Field(default=None, pattern=r"^https?://")
    secret: str | None = None


class OracleFusionPlace(BaseModel):
    """Oracle Fusion without its credentials, which are the secret `secret` in Vault.

    That is `username` and `password` of a service user, or `token_url`, `client_id`, `client_secret` and `scope` of the identity
    domain, with `user` and `private_key` where the application speaks for a user.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    secret: str = "oracle-fusion"  # noqa: S105 - a path, not a secret
    base_url: str
    business_units: Mapping[str, str] = {}
    hold_name: str = "Field service claim"
    release_name: str = "Field service claim settled"

    def settings(self, secret: dict[str, str]) -> OracleFusionSettings:
        """With the credentials of the secret."""
        method = "basic" if "username" in secret else "oauth"
        plain = self.model_dump(exclude={"secret"})
        return OracleFusionSettings.model_validate(plain | {"auth": {"method": method, **secret}})


class Settings(BaseSettings):
    """The settings tree. A system nobody needs here may be absent: asking for it names what to set."""

    model_config = SettingsConfigDict(env_prefix="FSM_", env_nested_delimiter="__", frozen=True, extra="ignore")

    camunda: CamundaSettings = CamundaSettings()
    vault: VaultSettings | None = None
    postgres: PostgresSettings | None = None
    kafka: KafkaSettings | None = None
    # Without one, events are JSON.
    schema_registry: SchemaRegistrySettings | None = None
    # Without one, each process counts and remembers alone.
    redis: RedisSettings | None = None
    adobe_sign: AdobeSignPlace | None = None
    messaging: MessagingPlace | None = None
    documents: DocumentSettings | None = None
    # A bucket; without one, documents are files of the folder above.
    storage: StorageSettings | None = None
    sales: Mapping[str, SalesPlace] = {}
    links: LinkSettings | None = None
    oracle_fusion: OracleFusionPlace | None = None
    oidc: PingSettings | None = None
    # Groups of operators (`ops-FR`) and where else than in their task list they are reached: `{"ops-FR": {"email": "..."}}`.
    operators: Mapping[str, Mapping[str, str]] = {}
    api: ApiSettings = ApiSettings()
    work: WorkSettings = WorkSettings()
    # Spans to the Datadog agent (DD_AGENT_HOST, DD_ENV ... are its library's own settings).
    tracing: bool = False
    log_format: str = Field(default="text", pattern="^(text|json)$")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    # "system": this machine's clock. "camunda": the embedded engine's movable one, for the laptop and tests.
    clock: str = Field(default="system", pattern="^(system|camunda)$")
    models: Path = MODELS

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller says wins over the environment, the environment over the running stack."""
        return init_settings, env_settings, StackFile(settings_cls)


class OwnSettings(Settings):
    """The same tree from the environment alone: who starts a stack asks no other one."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Without the file of a running stack."""
        return named["init_settings"], named["env_settings"]


class StackFile(PydanticBaseSettingsSource):
    """What a running `fsm up` wrote down; nothing when it does not run any more."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """One field of the file."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """What the file may say here: a part of the settings that the environment speaks of is not asked for."""
        found = read_stack(STACK_FILE)
        if found is None or not is_alive(found.pid):
            return {}
        said = {name.upper().removeprefix("FSM_").split("__")[0].lower() for name in _said()}
        # The movable clock is the laptop engine's own: beside another Camunda it would stand still.
        said |= {"clock"} if "camunda" in said else set()
        return {name: part for name, part in found.settings.items() if name not in said}


class Stack(BaseModel):
    """The content of a stack file: the process whose stack it is, and the settings that lead to it."""

    pid: int = Field(gt=0)
    settings: dict[str, Any]


def read_stack(path: Path) -> Stack | None:
    """The content of a stack file, None without one. Raises `Misconfigured` when it is none or cannot be read."""
    try:
        return Stack.model_validate(json.loads(path.read_text())) if path.is_file() else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _wrong_stack(path) from error


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs."""
    try:
        os.kill(pid, 0)
    except PermissionError:  # somebody else's, but alive
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def read(**given: Any) -> Settings:
    """The settings of this process. Raises `Misconfigured` that lists every mistake at once, without values."""
    try:
        return Settings(**given)
    except (ValidationError, SettingsError):
        read_own(**given)  # tells what is wrong with the environment
        raise _wrong_stack(STACK_FILE) from None


def read_own(**given: Any) -> Settings:
    """The settings of this process without those of a running stack; wrong ones are told as by `read`."""
    try:
        return OwnSettings(**given)
    except ValidationError as error:
        wrong = [
            f"FSM_{'__'.join(str(part).upper() for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors()
        ]
    except SettingsError:
        wrong = [f"{name}: Input should be valid JSON" for name in _said() if not _readable(name)]
    raise Misconfigured("Expected valid settings, but: " + "; ".join(wrong))


def _said() -> list[str]:
    """The settings the environment speaks of."""
    return [name for name in os.environ if name.upper().startswith("FSM_")]


def _readable(name: str) -> bool:
    """Whether a variable has the form of its setting: one that is structured must be JSON."""
    source = EnvSettingsSource(OwnSettings)
    source.env_vars = {name.lower(): os.environ[name]}
    try:
        source()
    except SettingsError:
        return False
    return True


def _wrong_stack(path: Path) -> Misconfigured:
    return Misconfigured(
        f"Expected {path} to be what `fsm up` wrote, but it is not: delete it, or start `fsm up` anew."
    )


def required(value: T | None, name: str) -> T:
    """A part of the settings that this command cannot do without."""
    if value is None:
        raise Misconfigured(
            f"Expected settings for {name}, but there are none."
            f" Start `fsm up` in another terminal, or set FSM_{name.upper()}__..."
        )
    return value
