"""What the evening rests on: goals, scored days, and what waits for its hour."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Made, Owner


class Goal(Base):
    """Something that a person wants, in a title of their own. `target` of `unit` is counted per
    `cadence` (day, week, month; none for once), as `measure` says in words; `category` is the one of a
    day's score that it belongs to."""

    __tablename__ = "user_goals"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'active', 'paused', 'finished')", "state"),
        Index(None, "user_id", "state"),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    title: Mapped[str]
    why: Mapped[str | None]
    measure: Mapped[str | None]
    cadence: Mapped[str | None]
    target: Mapped[float | None]
    unit: Mapped[str | None]
    category: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="proposed")
    progress: Mapped[float] = mapped_column(server_default="0")
    finished_at: Mapped[datetime | None]
    created_at: Mapped[Made]


class GoalProgress(Base):
    """How far one entry, or the person by a tap, moved a goal. One that they took back stays, marked,
    so that it is not read again."""

    __tablename__ = "goal_progress"
    __table_args__ = (
        UniqueConstraint("goal_id", "entry_id"),
        CheckConstraint("source IN ('model', 'rule', 'person')", "source"),
        Index(None, "user_id", "local_date"),
        Index(None, "entry_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("user_goals.id", ondelete="CASCADE"))
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.id", ondelete="CASCADE"))
    local_date: Mapped[date]
    amount: Mapped[float]
    quote: Mapped[str | None]
    source: Mapped[str]
    removed_at: Mapped[datetime | None]
    created_at: Mapped[Made]


class DailyScore(Base):
    """How one local day went, and whether and where the person was told.

    `state`: scored; too_little to go on; a day with a grave concern, which has no score; empty, all its
    entries being gone. `fingerprint` tells what it was scored from.
    """

    __tablename__ = "daily_scores"
    __table_args__ = (
        UniqueConstraint("user_id", "local_date"),
        CheckConstraint("state IN ('scored', 'too_little', 'concern', 'empty')", "state"),
        Index(None, "helped_entry_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    local_date: Mapped[date]
    overall: Mapped[int | None]
    summary: Mapped[str | None]
    advice: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="scored")
    source: Mapped[str | None]
    fingerprint: Mapped[str | None]
    scored_at: Mapped[datetime | None]
    question: Mapped[str | None]
    helped: Mapped[str | None]
    helped_quote: Mapped[str | None]
    helped_entry_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("journal_entries.id", ondelete="SET NULL")
    )
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    created_at: Mapped[Made]


class ScoreMetric(Base):
    """One category of a day's score, with the words it rests on. `model_score` keeps what was read when
    a person says another, or none at all; what they say needs no words."""

    __tablename__ = "score_metrics"
    __table_args__ = (
        UniqueConstraint("daily_score_id", "category"),
        CheckConstraint("score BETWEEN 0 AND 100", "score"),
        CheckConstraint("source IN ('model', 'rule', 'person')", "source"),
        Index(None, "user_id"),
        Index(None, "entry_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    daily_score_id: Mapped[UUID] = mapped_column(ForeignKey("daily_scores.id", ondelete="CASCADE"))
    category: Mapped[str]
    score: Mapped[int | None]
    model_score: Mapped[int | None]
    source: Mapped[str] = mapped_column(server_default="model")
    reason: Mapped[str | None]
    quote: Mapped[str | None]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("journal_entries.id", ondelete="CASCADE"))


class Scoring(Base):
    """A local day that is to be scored, or scored again: its row goes when that is done. `version` grows
    with every change of the day, so that a scoring under way knows that it is of yesterday's news."""

    __tablename__ = "scorings"
    __table_args__ = (Index(None, "due_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    local_date: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default="1")
    due_at: Mapped[Made]
    attempts: Mapped[int] = mapped_column(server_default="0")
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]


class Summary(Base):
    """The message about one local day, or about the week or month that ends with it: one, whatever
    happens. It is prepared from `due_at` on, shown at `shown_at`, and no more from `stale_at` on."""

    __tablename__ = "summaries"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "local_date"),
        CheckConstraint("kind IN ('day', 'week', 'month')", "kind"),
        CheckConstraint("state IN ('waiting', 'prepared', 'skipped')", "state"),
        Index("ix_summaries_open", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_summaries_wordless", "due_at", postgresql_where=text("waits_for_words")),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    kind: Mapped[str]
    local_date: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="waiting")
    shown_at: Mapped[datetime]
    stale_at: Mapped[datetime]
    due_at: Mapped[Made]
    attempts: Mapped[int] = mapped_column(server_default="0")
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    waits_for_words: Mapped[bool] = mapped_column(server_default=text("false"))
    batch_id: Mapped[str | None]
    created_at: Mapped[Made]


class Reminder(Base):
    """A nudge that a person asked for: at an hour of theirs, on these weekdays (0 is Monday), or on one
    day only."""

    __tablename__ = "reminders"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'paused', 'done')", "state"),
        Index(None, "user_id"),
        Index("ix_reminders_next_at", "next_at", postgresql_where=text("state = 'active'")),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    text: Mapped[str]
    at: Mapped[time]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    once_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(server_default="active")
    next_at: Mapped[datetime | None]
    created_at: Mapped[Made]


class StoredPicture(Base):
    """A picture on its way to a chat, drawn ahead of its minute. It goes when it is there."""

    __tablename__ = "pictures"
    __table_args__ = (Index(None, "user_id"), Index(None, "created_at"))

    id: Mapped[Key]
    user_id: Mapped[Owner]
    png: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Made]
