from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Made, Owner


class Goal(Base):
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
    state: Mapped[str] = mapped_column(server_default="proposed")
    progress: Mapped[float] = mapped_column(server_default="0")
    created_at: Mapped[Made]


class DailyScore(Base):
    """How one local day went, and whether and where the person was told."""

    __tablename__ = "daily_scores"
    __table_args__ = (UniqueConstraint("user_id", "local_date"),)

    id: Mapped[Key]
    user_id: Mapped[Owner]
    local_date: Mapped[date]
    overall: Mapped[int | None]
    summary: Mapped[str | None]
    advice: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[int | None]
    created_at: Mapped[Made]


class ScoreMetric(Base):
    """One category of a day's score, with the words it rests on."""

    __tablename__ = "score_metrics"
    __table_args__ = (
        UniqueConstraint("daily_score_id", "category"),
        CheckConstraint("score BETWEEN 0 AND 100", "score"),
        Index(None, "user_id"),
        Index(None, "entry_id"),
    )

    id: Mapped[Key]
    user_id: Mapped[Owner]
    daily_score_id: Mapped[UUID] = mapped_column(ForeignKey("daily_scores.id", ondelete="CASCADE"))
    category: Mapped[str]
    score: Mapped[int]
    reason: Mapped[str]
    quote: Mapped[str]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entries.id", ondelete="CASCADE"))
