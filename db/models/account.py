"""How a person comes in by a door other than Telegram: who is signed in, and the links that open once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Made, Owner


class SignIn(Base):
    """A token that was handed out: its `jti` is the id here, and it is good while this row says so."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[Key]
    user_id: Mapped[Owner]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[Made]


class Link(Base):
    """A link that opens once: `secret_hash` is the SHA-256 of what it carries, which is kept nowhere.

    `purpose`: register or sign_in opens a page for the person who asked in the chat, password too; connect
    is the other way round, a link from an account to a chat. Where a chat asked, `telegram_id` says whose.
    `proposed_id` is the account that the other side named, until both have confirmed.
    """

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        CheckConstraint("purpose IN ('register', 'sign_in', 'password', 'connect')", "purpose"),
        Index(None, "user_id"),
        Index(None, "proposed_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    proposed_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    purpose: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[Made]
