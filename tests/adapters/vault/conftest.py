"""One OpenBao and one PostgreSQL for all tests of the Vault adapter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import hvac
import pytest

from adapters.postgres.local import LocalPostgres
from adapters.vault.client import VaultSecrets
from adapters.vault.local import LocalVault
from adapters.vault.settings import VaultSettings


class MovedClock:
    """The present, plus what a test moved it by."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def move(self, **span: float) -> None:
        self.moved += timedelta(**span)


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    with LocalPostgres() as running:
        yield running


@pytest.fixture(scope="session")
def vault(postgres: LocalPostgres) -> Iterator[LocalVault]:
    with LocalVault() as running:
        running.configure(postgres.admin_url)
        yield running


@pytest.fixture
def root(vault: LocalVault) -> Iterator[hvac.Client]:
    client = hvac.Client(url=vault.address, token=vault.token)
    with client.adapter.session:
        yield client


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def settings(vault: LocalVault) -> VaultSettings:
    return vault.settings


@pytest.fixture
def secrets(settings: VaultSettings, clock: MovedClock) -> Iterator[VaultSecrets]:
    with VaultSecrets(settings, now=clock) as client:
        yield client
