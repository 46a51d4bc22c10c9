from datetime import datetime, time
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Big, Key, Made, Owner


class User(Base):
    """One person, whichever doors they come in by."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", func.lower(text("email")), unique=True),
        Index("ix_users_next_summary_at", "next_summary_at"),
    )

    id: Mapped[Key]
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    name: Mapped[str]
    time_zone: Mapped[str]
    locale: Mapped[str | None]
    day_starts_at: Mapped[time] = mapped_column(server_default="04:00")
    summary_time: Mapped[time] = mapped_column(server_default="21:00")
    next_summary_at: Mapped[datetime | None]
    silent_until: Mapped[datetime | None]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[Made]


class TelegramIdentity(Base):
    """A door: who Telegram says is writing, and the private chat to answer in. `dialog` is what the
    bot asked there last and waits to hear. Of a person's several chats the one `chosen_at` last gets
    what comes by itself: summaries and reminders."""

    __tablename__ = "telegram_identities"
    __table_args__ = (UniqueConstraint("chat_id"), Index(None, "user_id"))

    telegram_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[Owner]
    chat_id: Mapped[Big]
    first_name: Mapped[str]
    last_name: Mapped[str | None]
    username: Mapped[str | None]
    language_code: Mapped[str | None]
    blocked_at: Mapped[datetime | None]
    chosen_at: Mapped[datetime | None]
    dialog: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[Made]
