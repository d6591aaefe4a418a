"""All settings of a process, read once: from the environment (`FSM_...`), else from the stack that `fsm up` left running.

`FSM_CAMUNDA__GRPC_ADDRESS=zeebe:26500` sets `camunda.grpc_address`; structured values may be JSON. When nothing is said about
a system, the file a running `fsm up` writes (`.fsm/stack.json`) fills in, so that a second terminal needs no settings at all.
Secrets are never read from here but for the one that opens Vault, and never shown.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from adapters.adobe_sign.settings import AdobeSignSettings, OAuth
from adapters.camunda.settings import CamundaSettings
from adapters.documents.settings import DocumentSettings
from adapters.kafka.settings import KafkaSettings
from adapters.messaging.settings import MessagingSettings
from adapters.postgres.settings import PostgresSettings
from adapters.vault.settings import VaultSettings
from workers.ports.errors import Misconfigured

T = TypeVar("T")
STACK_FILE = Path(os.environ.get("FSM_STACK_FILE", ".fsm/stack.json"))
MODELS = Path(__file__).resolve().parents[1]


class ApiSettings(BaseModel):
    """Where our own API listens: webhooks and answers of customers and providers."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    host: str = "127.0.0.1"
    port: int = 8090
    # Who may answer for a provider or a visit; in production the gateway in front checks OIDC tokens.
    token: str = Field(default="", repr=False)

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
    limits: Mapping[str, Annotated[int, Field(ge=1)]] = {"adobe-sign": 8, "messaging": 16}
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
    """The messaging service without its key, which is `api_key` of the secret `secret` in Vault."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    secret: str = "messaging"  # noqa: S105 - a path, not a secret
    base_url: str
    sender: str = "FSO"

    def settings(self, secret: dict[str, str]) -> MessagingSettings:
        """With the key of the secret."""
        return MessagingSettings.model_validate(self.model_dump(exclude={"secret"}) | {"api_key": secret["api_key"]})


class Settings(BaseSettings):
    """The settings tree. A system nobody needs here may be absent: asking for it names what to set."""

    model_config = SettingsConfigDict(env_prefix="FSM_", env_nested_delimiter="__", frozen=True, extra="ignore")

    camunda: CamundaSettings = CamundaSettings()
    vault: VaultSettings | None = None
    postgres: PostgresSettings | None = None
    kafka: KafkaSettings | None = None
    adobe_sign: AdobeSignPlace | None = None
    messaging: MessagingPlace | None = None
    documents: DocumentSettings | None = None
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


class StackFile(PydanticBaseSettingsSource):
    """The addresses a running `fsm up` wrote down."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """One field of the file."""
        return self._read().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The whole file; empty when no stack is running."""
        return self._read()

    def _read(self) -> dict[str, Any]:
        if not STACK_FILE.is_file():
            return {}
        content = json.loads(STACK_FILE.read_text())
        return dict(content["settings"])


def read(**given: Any) -> Settings:
    """The settings of this process. Raises `Misconfigured` that lists every mistake at once, without values."""
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = [
            f"FSM_{'__'.join(str(part).upper() for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors()
        ]
        raise Misconfigured("Expected valid settings, but: " + "; ".join(wrong)) from None


def required(value: T | None, name: str) -> T:
    """A part of the settings that this command cannot do without."""
    if value is None:
        raise Misconfigured(
            f"Expected settings for {name}, but there are none."
            f" Start `fsm up` in another terminal, or set FSM_{name.upper()}__..."
        )
    return value
