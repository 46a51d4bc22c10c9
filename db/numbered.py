"""Statements that are long and asked often, given to the driver as they are.

SQLAlchemy works through the named values of a `text()` anew with each execution, which takes the processor as
long as a small statement takes the server. Errors, time limits and whose it is are the same as with `text()`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Result
from sqlalchemy.ext.asyncio import AsyncConnection

from db.beside import Reader

# A name after one colon: the second of two begins a cast.
NAMED = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


async def rows(reader: Reader, statement: str, bind: Mapping[str, Any]) -> Result[*tuple[Any, ...]]:
    """What a statement with `:names` gives. The server must be told the type of each, as by a CAST."""
    numbered, names = _numbered(statement)
    connection = reader if isinstance(reader, AsyncConnection) else await reader.connection()
    return await connection.exec_driver_sql(numbered, tuple(bind[name] for name in names))


# There are few combinations of paths and filters.
@lru_cache(maxsize=64)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with `$1`, `$2` in place of its names, and the names in that order."""
    names = {name: place for place, name in enumerate(dict.fromkeys(NAMED.findall(statement)), 1)}
    return NAMED.sub(lambda found: f"${names[found[1]]}", statement), tuple(names)
