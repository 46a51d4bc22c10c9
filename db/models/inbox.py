from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Made


class Update(Base):
    """A raw update, as Telegram sent it. `done_at` with `error` means set aside.

    The payload is json and not jsonb: only json takes every string that Telegram can send (NUL,
    lone surrogates).
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_waiting", "chat_id", "update_id", postgresql_where=text("done_at IS NULL")),
        Index("ix_inbox_done_at", "done_at"),
    )

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger, comment="0 where the update has no chat")
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    received_at: Mapped[Made]
    attempts: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[Made]
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]
