from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Computed, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Big, Key, Made


class Outgoing(Base):
    """Something that a chat should show: its slot names it, so it is never shown twice.

    `message_ids` are the messages that show it so far (a long one is split); a new content edits
    them. `after_message_id` and `newest_message_id` are the newest messages of the chat and of any
    chat that were known when sending began: a message whose answer was lost has a higher id. What is
    not there by `stale_at` is not shown any more. The content is dropped once it is shown.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("slot"),
        CheckConstraint("state IN ('waiting', 'sending', 'shown', 'failed', 'unknown')", "state"),
        CheckConstraint(
            "purpose IN ('reply', 'transcript', 'notice', 'answer', 'summary', 'reminder')", "purpose"
        ),
        Index("ix_outbox_waiting", "chat_id", "id", postgresql_where=text("state IN ('waiting', 'sending')")),
        Index(
            "ix_outbox_open_chat",
            "id",
            postgresql_where=text(
                "state IN ('waiting', 'sending') AND (purpose NOT IN ('summary', 'reminder') OR is_seen)"
            ),
        ),
        Index("ix_outbox_seen", "id", postgresql_where=text("chat_id > 0 AND is_seen")),
        Index(
            "ix_outbox_bulk",
            "due_at",
            postgresql_where=text("state IN ('waiting', 'sending') AND purpose IN ('summary', 'reminder')"),
        ),
        Index(None, "chat_id", "id"),
        Index("ix_outbox_message_ids", "message_ids", postgresql_using="gin"),
        Index(None, "entry_id"),
        Index(None, "user_id"),
    )

    id: Mapped[Key]
    # What a person's transaction puts is theirs, see `db.owned`. Whose a group's messages are, nobody asks.
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"),
        server_default=text("(NULLIF(current_setting('daybook.user_id'::text, true), ''::text))::uuid"),
    )
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.id", ondelete="CASCADE"))
    chat_id: Mapped[Big]
    slot: Mapped[str]
    purpose: Mapped[str]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    revision: Mapped[int] = mapped_column(server_default="1")
    state: Mapped[str] = mapped_column(server_default="waiting")
    message_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    # How often that is so Postgres may know behind the wall, too. Of a comparison of arrays it may not: its
    # function is not leakproof.
    is_seen: Mapped[bool] = mapped_column(Computed("message_ids <> '{}'", persisted=True))
    after_message_id: Mapped[int | None]
    newest_message_id: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[Made]
    stale_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[Made]
    shown_at: Mapped[datetime | None]
