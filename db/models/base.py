"""What every table shares: keys, times, names of constraints."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, MetaData, Table, func
from sqlalchemy.orm import DeclarativeBase, mapped_column
from uuid_utils.compat import uuid7

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
Owner = Annotated[UUID, mapped_column(ForeignKey("users.id", ondelete="CASCADE"))]
OfEntry = Annotated[UUID, mapped_column(ForeignKey("journal_entries.id", ondelete="CASCADE"))]
Made = Annotated[datetime, mapped_column(server_default=func.now())]
Big = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's own form


def owned() -> list[Table]:
    """Every table whose rows are somebody's, those first that others refer to."""
    return [
        it
        for it in Base.metadata.sorted_tables
        if "user_id" in it.c and any(key.target_fullname == "users.id" for key in it.c.user_id.foreign_keys)
    ]


def table(model: type[Base]) -> Table:
    """For statements that are built once and run with every message: half of what one takes is its
    building, and of the rest a third is looking for objects that it might change, of which there are
    none."""
    return cast("Table", model.__table__)
