"""Every row of a database as JSON Lines, and back: how a PostgreSQL database is backed up."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, LargeBinary, MetaData, Table, bindparam, select, text

from models.base import UtcDateTime

_ROWS_PER_INSERT = 500
_ROWS_PER_FETCH = 200
_VERSION_TABLE = "alembic_version"


def read_tables(connection: Connection) -> Iterator[str]:
    """Yield every row as `[table, {column: value}]`; tables that others refer to come first."""
    for table in _tables(connection):
        rows = connection.execution_options(yield_per=_ROWS_PER_FETCH).execute(select(table))
        for row in rows.mappings():
            yield json.dumps([table.name, {name: _plain(value) for name, value in row.items()}])


def write_tables(connection: Connection, lines: Iterable[str]) -> None:
    """Insert rows that `read_tables` gave into an empty database of the same schema.

    Raises:
        KeyError: a table that this schema does not have.
    """
    tables = {table.name: table for table in _tables(connection)}
    rows = (json.loads(line) for line in lines)
    for name, group in groupby(rows, key=lambda row: row[0]):
        _insert(connection, tables[name], (row[1] for row in group))
    for table in tables.values():
        _restart_counter(connection, table)


def _tables(connection: Connection) -> list[Table]:
    # As the database has them, not as the models do: a backup may be of an older schema.
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.tables.values():
        for column in table.columns:
            if getattr(column.type, "timezone", False):
                column.type = UtcDateTime()
    return [table for table in metadata.sorted_tables if table.name != _VERSION_TABLE]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows; references to rows of the same table, which may come later, are set at the end."""
    own = [
        column.name
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]
    later: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    for row in rows:
        read = {name: _read(table, name, value) for name, value in row.items()}
        if any(read[name] is not None for name in own):
            later.append({"_id": read["id"], **{f"_{name}": read[name] for name in own}})
            read |= dict.fromkeys(own)
        batch.append(read)
        if len(batch) == _ROWS_PER_INSERT:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)
    if later:
        update = table.update().where(table.c.id == bindparam("_id"))
        connection.execute(update.values({name: bindparam(f"_{name}") for name in own}), later)


def _read(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _restart_counter(connection: Connection, table: Table) -> None:
    """Let the next id follow the highest one there is."""
    if "id" not in table.c:
        return
    highest = connection.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1))
    if highest is not None:
        statement = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :highest)")
        connection.execute(statement, {"table": table.name, "highest": highest})
