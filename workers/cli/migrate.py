"""`fsm migrate`: brings the database to the schema this version expects."""

from __future__ import annotations

from typing import Annotated

import typer

from workers.cli.console import UsageError, out, print_json


def migrate(
    url: Annotated[
        str,
        typer.Option(
            envvar="FSM_MIGRATE_URL",
            help="Address with the schema's owner: postgresql://owner:password@host:5432/field_service.",
        ),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 when migrations are missing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The migrations as one JSON document.")] = False,
) -> None:
    """Runs the missing migrations, in one transaction; two that start together run one after the other.

    The workers' own users may not change the schema, so this needs the owner. It makes the group role `field_service_rw`, which
    Vault's database role gives to the workers.

    `FSM_MIGRATE_URL=postgresql://owner:secret@db:5432/field_service fsm migrate --check`
    """
    if not url:
        raise UsageError("Expected the owner's address. Give it with --url or FSM_MIGRATE_URL.")
    missing = _missing(url)
    if missing and not check:
        _run(url)
    if as_json:
        print_json({"missing" if check else "done": missing})
    elif not missing:
        out.print("The schema is up to date.")
    else:
        out.print(f"{'Missing' if check else 'Done'}: {', '.join(missing)}")
    if missing and check:
        raise typer.Exit(1)


def _missing(url: str) -> list[str]:
    import sqlalchemy as sa

    from adapters.postgres.client import engine_url
    from adapters.postgres.migrate import missing

    try:
        engine = sa.create_engine(engine_url(url), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return missing(connection)
    except (sa.exc.SQLAlchemyError, ValueError) as error:
        raise _told(error) from error


def _run(url: str) -> None:
    import sqlalchemy as sa

    from adapters.postgres.migrate import migrate as run

    try:
        run(url)
    except sa.exc.SQLAlchemyError as error:
        raise _told(error) from error


def _told(error: Exception) -> UsageError:
    """What the server said, without the address: it holds the password."""
    said = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
    return UsageError(f"PostgreSQL does not take the owner's address or what it is asked for: {said}")
