"""Changes of reference data, before a scenario begins or while it goes on: providers leave, teams fall ill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from workers.workshop.scenarios.format import Reference
from workers.workshop.scenarios.sales import Sale


def change(url: str, wanted: Reference, sale: Sale) -> None:
    """Changes the reference data of the scenario's country. `ValueError` for what no table has."""
    try:
        _change(url, wanted, sale)
    except psycopg.Error as error:
        raise ValueError(f"Expected reference data that can be changed so, but {error}") from error


def _change(url: str, wanted: Reference, sale: Sale) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        if wanted.no_providers or wanted.only_providers:
            kept = [f"{name}%" for name in wanted.only_providers]
            connection.execute(
                "UPDATE providers SET status = 'DEACTIVATED' WHERE country_code = %s AND NOT name LIKE ANY(%s)",
                (sale.country.code, kept),
            )
        for table, changes in (("providers", wanted.providers), ("work_teams", wanted.teams)):
            for name, columns in changes.items():
                _set(connection, table, columns, sql.SQL("name LIKE {}").format(f"{name}%"))
        for change in wanted.rows:
            where = sql.SQL(" AND ").join(
                sql.SQL("{} = {}").format(sql.Identifier(n), v) for n, v in change.where.items()
            )
            _set(connection, change.table, change.set_, where)


def _set(connection: psycopg.Connection[Any], table: str, columns: Mapping[str, Any], where: sql.Composable) -> None:
    """Objects are merged into what is there."""
    sets = [
        sql.SQL("{0} = {0} || {1}").format(sql.Identifier(name), Jsonb(value))
        if isinstance(value, Mapping)
        else sql.SQL("{} = {}").format(sql.Identifier(name), Jsonb(value) if isinstance(value, list) else value)
        for name, value in columns.items()
    ]
    statement = sql.SQL("UPDATE {} SET {} WHERE {}").format(sql.Identifier(table), sql.SQL(", ").join(sets), where)
    if connection.execute(statement).rowcount == 0:
        raise ValueError(f"Expected rows of {table} to change, but none was meant by {where.as_string(connection)}")
