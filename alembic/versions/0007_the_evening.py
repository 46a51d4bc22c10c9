"""the evening: goals that move, days that are scored again, summaries, reminders, pictures"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
PURPOSES = "'reply', 'transcript', 'notice', 'answer'"


def upgrade() -> None:
    _goals()
    _scores()
    _clock()
    _outbox()


def _owned(name: str, column: str = "user_id", table: str = "users") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}_{table}"), ondelete="CASCADE"
    )


def _lease() -> list[sa.Column[object]]:
    return [
        sa.Column("due_at", TIME, server_default=NOW, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
    ]


def _goals() -> None:
    op.add_column("user_goals", sa.Column("unit", sa.String(), nullable=True))
    op.add_column("user_goals", sa.Column("category", sa.String(), nullable=True))
    op.add_column("user_goals", sa.Column("finished_at", TIME, nullable=True))
    op.create_table(
        "goal_progress",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("removed_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("source IN ('model', 'rule', 'person')", name=op.f("ck_goal_progress_source")),
        _owned("goal_progress"),
        _owned("goal_progress", "goal_id", "user_goals"),
        _owned("goal_progress", "entry_id", "journal_entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_progress")),
        sa.UniqueConstraint("goal_id", "entry_id", name=op.f("uq_goal_progress_goal_id_entry_id")),
    )
    op.create_index("ix_goal_progress_user_id_local_date", "goal_progress", ["user_id", "local_date"])
    op.create_index("ix_goal_progress_entry_id", "goal_progress", ["entry_id"])


def _scores() -> None:
    for column in (
        sa.Column("state", sa.String(), server_default="scored", nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("scored_at", TIME, nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("helped", sa.String(), nullable=True),
        sa.Column("helped_quote", sa.String(), nullable=True),
        sa.Column("helped_entry_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("daily_scores", column)
    op.create_check_constraint(
        op.f("ck_daily_scores_state"), "daily_scores", "state IN ('scored', 'too_little', 'concern', 'empty')"
    )
    op.create_foreign_key(
        op.f("fk_daily_scores_helped_entry_id_journal_entries"),
        "daily_scores",
        "journal_entries",
        ["helped_entry_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_daily_scores_helped_entry_id", "daily_scores", ["helped_entry_id"])
    op.add_column("score_metrics", sa.Column("source", sa.String(), server_default="model", nullable=False))
    op.add_column("score_metrics", sa.Column("model_score", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_score_metrics_source"), "score_metrics", "source IN ('model', 'rule', 'person')"
    )
    # What a person says of a category needs no words to rest on, and may be that it has no score.
    for name in ("score", "reason", "quote", "entry_id"):
        op.alter_column("score_metrics", name, nullable=True)
    op.create_table(
        "scorings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_lease(),
        _owned("scorings"),
        sa.PrimaryKeyConstraint("user_id", "local_date", name=op.f("pk_scorings")),
    )
    op.create_index("ix_scorings_due_at", "scorings", ["due_at"])


def _clock() -> None:
    op.add_column("users", sa.Column("silent_until", TIME, nullable=True))
    op.create_table(
        "summaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("shown_at", TIME, nullable=False),
        sa.Column("stale_at", TIME, nullable=False),
        *_lease(),
        sa.Column("waits_for_words", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("kind IN ('day', 'week', 'month')", name=op.f("ck_summaries_kind")),
        sa.CheckConstraint("state IN ('waiting', 'prepared', 'skipped')", name=op.f("ck_summaries_state")),
        _owned("summaries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summaries")),
        sa.UniqueConstraint(
            "user_id", "kind", "local_date", name=op.f("uq_summaries_user_id_kind_local_date")
        ),
    )
    op.create_index(
        "ix_summaries_open", "summaries", ["due_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "ix_summaries_wordless", "summaries", ["due_at"], postgresql_where=sa.text("waits_for_words")
    )
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("once_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), server_default="active", nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'done')", name=op.f("ck_reminders_state")),
        _owned("reminders"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_user_id", "reminders", ["user_id"])
    op.create_index(
        "ix_reminders_next_at", "reminders", ["next_at"], postgresql_where=sa.text("state = 'active'")
    )


def _outbox() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        _owned("pictures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
    )
    op.create_index("ix_pictures_user_id", "pictures", ["user_id"])
    op.create_index("ix_pictures_created_at", "pictures", ["created_at"])
    op.add_column("outbox", sa.Column("stale_at", TIME, nullable=True))
    _purposes(f"{PURPOSES}, 'summary', 'reminder'")
    # Those of `ix_outbox_waiting` that nobody waits for, and that come by the thousand.
    op.create_index(
        "ix_outbox_bulk",
        "outbox",
        ["due_at"],
        postgresql_where=sa.text("state IN ('waiting', 'sending') AND purpose IN ('summary', 'reminder')"),
    )


def _purposes(purposes: str) -> None:
    op.drop_constraint(op.f("ck_outbox_purpose"), "outbox", type_="check")
    op.create_check_constraint(op.f("ck_outbox_purpose"), "outbox", f"purpose IN ({purposes})")


def downgrade() -> None:
    op.drop_index("ix_outbox_bulk", table_name="outbox")
    op.execute("DELETE FROM outbox WHERE purpose IN ('summary', 'reminder')")
    _purposes(PURPOSES)
    op.drop_column("outbox", "stale_at")
    for table in ("pictures", "reminders", "summaries", "scorings", "goal_progress"):
        op.drop_table(table)
    op.drop_column("users", "silent_until")
    op.execute("DELETE FROM score_metrics WHERE num_nulls(score, reason, quote, entry_id) > 0")
    for name in ("entry_id", "quote", "reason", "score"):
        op.alter_column("score_metrics", name, nullable=False)
    op.drop_constraint(op.f("ck_score_metrics_source"), "score_metrics", type_="check")
    op.drop_column("score_metrics", "model_score")
    op.drop_column("score_metrics", "source")
    op.drop_constraint(op.f("ck_daily_scores_state"), "daily_scores", type_="check")
    for name in (
        "helped_entry_id",
        "helped_quote",
        "helped",
        "question",
        "scored_at",
        "fingerprint",
        "source",
        "state",
    ):
        op.drop_column("daily_scores", name)
    for name in ("finished_at", "category", "unit"):
        op.drop_column("user_goals", name)
