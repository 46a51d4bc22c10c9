"""A row of every table, whatever its columns are: what a new table needs is read from its own description."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import CheckConstraint, Column, Table, TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from uuid_utils.compat import uuid7

from db.models import DIMENSIONS, Base
from db.owned import Across

# Whose rows they are, nobody asks: the owner's policies say nothing of them, and a person may not ask them.
OWNERLESS = {"bots", "inbox", "leases"}
OWNED = sorted(Base.metadata.tables.keys() - OWNERLESS)

OF_TYPE: dict[type, Any] = {
    bool: False,
    float: 1.0,
    datetime: datetime(2026, 11, 23, tzinfo=UTC),
    date: date(2026, 11, 23),
    time: time(21, 0),
    # JSON, of which an empty list is a value as any.
    object: [],
    dict: [],
    list: [],
}


class Rows:
    """Of one person; `number` tells them from the next."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._made: dict[str, dict[str, Any]] = {}

    @property
    def user_id(self) -> UUID:
        found: UUID = self._made["users"]["id"]
        return found

    async def add(self, connection: AsyncConnection) -> None:
        # Some name their person, and outlive them.
        users_first = sorted(Base.metadata.sorted_tables, key=lambda it: it.name != "users")
        for table in users_first:
            if table.name not in OWNERLESS:
                await connection.execute(table.insert().values(self.another(table)))

    def another(self, table: Table) -> dict[str, Any]:
        """The values of a new row, with what it refers to already there."""
        row = {column.name: self._value(column) for column in table.columns if _is_needed(column)}
        self._made[table.name] = row
        return row

    def _value(self, column: Column[Any]) -> Any:
        kind = column.type.python_type
        # Small enough for a smallint, and nobody else's.
        self._number += 2
        unlike = {UUID: uuid7(), int: self._number, str: str(self._number), bytes: b"%d" % self._number}
        for key in column.foreign_keys:
            return self._made[key.column.table.name][key.column.name]
        if column.name == "user_id":
            return self.user_id
        if column.name == "embedding":
            return [1.0] * DIMENSIONS
        return _allowed(column) or unlike.get(kind, OF_TYPE.get(kind))


def _is_needed(column: Column[Any]) -> bool:
    """The owner of what may have none is named, too."""
    if column.name == "user_id":
        return True
    given = column.server_default is not None or column.identity is not None or column.computed is not None
    return (not column.nullable and not given) or (column.name == "id" and column.identity is not None)


def _allowed(column: Column[Any]) -> str | None:
    """The first of what a constraint lists."""
    for constraint in column.table.constraints:
        if isinstance(constraint, CheckConstraint):
            listed = re.match(rf"{column.name} IN \('([a-z_]+)'", str(constraint.sqltext))
            if listed:
                return listed[1]
    return None


def of(statement: str, table: str) -> TextClause:
    """The statement about this table, with the column that says whose its rows are."""
    whose = "id" if table == "users" else "user_id"
    return text(statement.replace("TABLE", table).replace("WHOSE", whose))


@dataclass(frozen=True, kw_only=True)
class Two:
    """Ann and Ben, who have a row in every table each."""

    across: Across
    ann: Rows
    ben: Rows

    async def counted(self, session: AsyncSession | AsyncConnection, table: str) -> dict[Any, int]:
        """How many rows of each person there are, for whoever sees them."""
        rows = await session.execute(of("SELECT WHOSE, count(*) FROM TABLE GROUP BY 1", table))
        return {row[0]: row[1] for row in rows}

    async def there(self, table: str) -> dict[Any, int]:
        async with self.across() as session:
            return await self.counted(session, table)


def refused(error: pytest.ExceptionInfo[DBAPIError]) -> bool:
    return getattr(error.value.orig, "sqlstate", None) == "42501"
