from datetime import date, datetime
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Made, OfEntry, Owner

DIMENSIONS = 1536


class Entry(Base):
    """What a person told, once. The `…_at` columns of the stages tell what is finished for
    `version`; `problem` names what kept a recording from becoming text. `continues_id` is the
    earlier entry that this one answers, `answers_score_id` the scored day whose summary it answers (no
    foreign key: whoever answers waits for no day that is being scored), `reply_sources` the ids of those that
    the reply rests on.
    A deleted entry stays a day, to be brought back, and nothing shows or reads it meanwhile.

    One that did not come as a message has no `message_id`, and a `chat_id` where its reply is shown in a
    chat. `request_key` is a hash of its person and of the key that they sent along, so that a request that
    is sent again stores nothing again, and `request_hash` one of what they asked for."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        CheckConstraint("kind IN ('text', 'voice', 'audio', 'photo', 'video', 'document')", "kind"),
        Index(None, "user_id", "written_at"),
        Index(None, "user_id", "local_date"),
        Index(
            "ix_journal_entries_lacking",
            "id",
            postgresql_where=text("embedded_at IS NULL AND coached_at IS NOT NULL AND body <> ''"),
        ),
        Index("ix_journal_entries_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index(
            "ix_journal_entries_apart",
            "user_id",
            postgresql_where=text("is_question OR deleted_at IS NOT NULL"),
        ),
        Index(
            "uq_journal_entries_request_key",
            "request_key",
            unique=True,
            postgresql_where=text("request_key IS NOT NULL"),
        ),
        Index(
            "ix_journal_entries_continues_id",
            "continues_id",
            postgresql_where=text("continues_id IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None]
    kind: Mapped[str]
    body: Mapped[str]
    caption: Mapped[str | None]
    transcript: Mapped[str | None]
    language: Mapped[str | None]
    local_date: Mapped[date]
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")

    audio_file_id: Mapped[str | None]
    audio_file_url: Mapped[str | None]
    audio_mime_type: Mapped[str | None]
    audio_bytes: Mapped[int | None] = mapped_column(BigInteger)
    audio_seconds: Mapped[float | None]
    problem: Mapped[str | None]

    transcribed_at: Mapped[datetime | None]
    embedded_at: Mapped[datetime | None]
    extracted_at: Mapped[datetime | None]
    coached_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]

    # What the person and the checks decided of it.
    continues_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.id", ondelete="SET NULL"))
    answers_score_id: Mapped[UUID | None]
    concern: Mapped[str | None]
    is_question: Mapped[bool] = mapped_column(server_default=text("false"))
    day_is_chosen: Mapped[bool] = mapped_column(server_default=text("false"))
    deleted_at: Mapped[datetime | None]

    reply: Mapped[str | None]
    reply_sources: Mapped[list[str] | None] = mapped_column(JSONB)
    reply_check_in: Mapped[str | None]
    reply_message_id: Mapped[int | None]
    request_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    request_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Made]


class Part(Base):
    """One message of a paste that the client split; the first one carries the entry's own ids."""

    __tablename__ = "entry_parts"
    __table_args__ = (Index(None, "entry_id"), Index(None, "user_id"))

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[OfEntry]
    user_id: Mapped[Owner]
    body: Mapped[str]
    written_at: Mapped[datetime]


class Journey(Base):
    """An entry on its way: the row is there while a stage is unfinished, and no longer. `attempts`
    counts the tries that failed or never ended, `waits` those that met a mind that was away."""

    __tablename__ = "journeys"
    __table_args__ = (
        Index(None, "chat_id", "entry_id"),
        Index(None, "due_at"),
        Index(None, "user_id"),
    )

    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("journal_entries.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[Owner]
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int]
    due_at: Mapped[Made]
    attempts: Mapped[int] = mapped_column(server_default="0")
    waits: Mapped[int] = mapped_column(server_default="0")
    waiting_for: Mapped[str | None]
    told_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[Made]


class Metric(Base):
    """A number that an entry states. `model_value` keeps what was read when a person corrects it;
    one that they removed stays, marked, so that it is not read again."""

    __tablename__ = "extracted_metrics"
    __table_args__ = (
        UniqueConstraint("entry_id", "name", "ordinal"),
        CheckConstraint("source IN ('model', 'rule', 'person')", "source"),
        Index(None, "user_id", "name"),
        Index(None, "call_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    entry_id: Mapped[OfEntry]
    name: Mapped[str]
    ordinal: Mapped[int] = mapped_column(server_default="0")
    value: Mapped[float]
    unit: Mapped[str]
    quote: Mapped[str | None]
    source: Mapped[str]
    model_value: Mapped[float | None]
    removed_at: Mapped[datetime | None]
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_calls.id", ondelete="SET NULL"))
    created_at: Mapped[Made]


class Embedding(Base):
    """The vector of one chunk: `body[start:stop]` of its entry, in characters.

    A new one lies among everybody's, in a partition of its own, until it `is_packed`: put beside others of
    the same person, see `db.queries.packing`. Whoever changes or removes one has the entry locked.
    """

    __tablename__ = "entry_embeddings"
    __table_args__ = (Index(None, "user_id"), {"postgresql_partition_by": "LIST (is_packed)"})

    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("journal_entries.id", ondelete="CASCADE"), primary_key=True
    )
    chunk: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(primary_key=True)
    is_packed: Mapped[bool] = mapped_column(primary_key=True, server_default=false())
    user_id: Mapped[Owner]
    start: Mapped[int]
    stop: Mapped[int]
    embedding: Mapped[list[float]] = mapped_column(HALFVEC(DIMENSIONS))
    created_at: Mapped[Made]


class ModelCall(Base):
    """What a mind was asked for and what it cost: the prompt by name and version, never its text."""

    __tablename__ = "model_calls"
    __table_args__ = (Index(None, "user_id", "created_at"), Index(None, "entry_id"))

    id: Mapped[Key]
    user_id: Mapped[Owner]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.id", ondelete="CASCADE"))
    entry_version: Mapped[int | None]
    stage: Mapped[str]
    prompt: Mapped[str | None]
    prompt_version: Mapped[str | None]
    model: Mapped[str]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cache_read_tokens: Mapped[int]
    cache_write_tokens: Mapped[int]
    audio_seconds: Mapped[float]
    created_at: Mapped[Made]
