"""Brings a database to the newest schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from adapters.postgres.client import engine_url
from adapters.postgres.rights import settle

# Two processes that start together migrate one after the other.
_LOCK = 4_611_686_018_427


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "adapters.postgres:migrations")
    config.set_main_option("path_separator", "os")
    return config


def migrate(url: str) -> None:
    """Runs the missing migrations as the owner that `url` names; does nothing when there are none."""
    engine = sa.create_engine(engine_url(url), poolclass=sa.NullPool)
    config = _config()
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        settle(connection)


def missing(connection: sa.Connection) -> list[str]:
    """The migrations this database has not seen; empty when the schema is what the code expects."""
    seen = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.iterate_revisions("head", seen or "base")][::-1]
