"""gRPC channels, made by pyzeebe, with options that keep a worker from stalling."""

from __future__ import annotations

from pathlib import Path

import grpc
from pyzeebe import create_insecure_channel, create_oauth2_client_credentials_channel, create_secure_channel
from pyzeebe.channel.channel_options import get_channel_options
from pyzeebe.credentials.oauth import Oauth2ClientCredentialsMetadataPlugin

from adapters.camunda.settings import CamundaSettings

OPTIONS = (
    # A peer that answers no ping for ten seconds is gone; without this a half-open stream looks healthy for ever.
    ("grpc.keepalive_timeout_ms", 10_000),
    # gRPC's own pause between connection attempts grows to two minutes: a worker would sleep long after an outage.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # Channels with equal options share one connection: intake and delivery must not wait for each other.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    # Commands are retried by the runtime, until the job's deadline and not only when gRPC finds it transparent.
    ("grpc.enable_retries", 0),
)


def asyncio_channel(settings: CamundaSettings) -> grpc.aio.Channel:
    """A channel for the running event loop."""
    if settings.authenticated:
        return create_oauth2_client_credentials_channel(
            grpc_address=settings.grpc_address,
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            authorization_server=settings.token_url,
            scope=settings.scope or None,
            audience=settings.audience,
            channel_credentials=_tls(settings),
            channel_options=OPTIONS,
        )
    if settings.tls:
        return create_secure_channel(settings.grpc_address, OPTIONS, channel_credentials=_tls(settings))
    return create_insecure_channel(settings.grpc_address, OPTIONS)


def blocking_channel(settings: CamundaSettings) -> grpc.Channel:
    """A channel for threads: the same addresses, options and credentials."""
    options = get_channel_options(OPTIONS)
    if not settings.tls:
        return grpc.insecure_channel(settings.grpc_address, options)
    credentials = _tls(settings)
    if settings.authenticated:
        credentials = grpc.composite_channel_credentials(credentials, grpc.metadata_call_credentials(_plugin(settings)))
    return grpc.secure_channel(settings.grpc_address, credentials, options)


def _plugin(settings: CamundaSettings) -> Oauth2ClientCredentialsMetadataPlugin:
    return Oauth2ClientCredentialsMetadataPlugin(
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value(),
        authorization_server=settings.token_url,
        scope=settings.scope or None,
        audience=settings.audience,
    )


def _tls(settings: CamundaSettings) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(Path(settings.ca_file).read_bytes() if settings.ca_file else None)
