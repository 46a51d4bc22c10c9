"""the journal"""

import pgvector.sqlalchemy
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False, comment="0 where the update has no chat"),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_done_at", "inbox", ["done_at"], unique=False)
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["chat_id", "update_id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("day_starts_at", sa.Time(), server_default="04:00", nullable=False),
        sa.Column("summary_time", sa.Time(), server_default="21:00", nullable=False),
        sa.Column("next_summary_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("ix_users_next_summary_at", "users", ["next_summary_at"], unique=False)
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "daily_scores",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("overall", sa.Integer(), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("advice", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_daily_scores_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_scores")),
        sa.UniqueConstraint("user_id", "local_date", name=op.f("uq_daily_scores_user_id_local_date")),
    )
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("caption", sa.String(), nullable=True),
        sa.Column("transcript", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("audio_file_id", sa.String(), nullable=True),
        sa.Column("audio_file_url", sa.String(), nullable=True),
        sa.Column("audio_mime_type", sa.String(), nullable=True),
        sa.Column("audio_bytes", sa.BigInteger(), nullable=True),
        sa.Column("audio_seconds", sa.Double(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("transcribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("embedded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("reply_message_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple', left(body, 200000))", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('text', 'voice', 'audio', 'photo', 'video', 'document')",
            name=op.f("ck_journal_entries_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_journal_entries_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_journal_entries_chat_id_message_id")),
    )
    op.create_index(
        "ix_journal_entries_lacking",
        "journal_entries",
        ["id"],
        unique=False,
        postgresql_where=sa.text("embedded_at IS NULL AND coached_at IS NOT NULL AND body <> ''"),
    )
    op.create_index(
        op.f("ix_journal_entries_user_id_local_date"),
        "journal_entries",
        ["user_id", "local_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_journal_entries_user_id_written_at"),
        "journal_entries",
        ["user_id", "written_at"],
        unique=False,
    )
    op.create_index(
        "ix_journal_entries_words", "journal_entries", ["words"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "telegram_identities",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=True),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("language_code", sa.String(), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_telegram_identities_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_telegram_identities")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_telegram_identities_chat_id")),
    )
    op.create_index(op.f("ix_telegram_identities_user_id"), "telegram_identities", ["user_id"], unique=False)
    op.create_table(
        "user_goals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("measure", sa.String(), nullable=True),
        sa.Column("cadence", sa.String(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        sa.Column("progress", sa.Double(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'active', 'paused', 'finished')", name=op.f("ck_user_goals_state")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_goals_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_goals")),
    )
    op.create_index(op.f("ix_user_goals_user_id_state"), "user_goals", ["user_id", "state"], unique=False)
    op.create_table(
        "entry_embeddings",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("chunk", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("embedding", pgvector.sqlalchemy.halfvec.HALFVEC(dim=1536), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_entry_embeddings_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_entry_embeddings_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "chunk", "model", name=op.f("pk_entry_embeddings")),
    )
    op.create_index(op.f("ix_entry_embeddings_user_id"), "entry_embeddings", ["user_id"], unique=False)
    op.create_table(
        "entry_parts",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_entry_parts_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_entry_parts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_entry_parts")),
    )
    op.create_index(op.f("ix_entry_parts_entry_id"), "entry_parts", ["entry_id"], unique=False)
    op.create_index(op.f("ix_entry_parts_user_id"), "entry_parts", ["user_id"], unique=False)
    op.create_table(
        "journeys",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting_for", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_journeys_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_journeys_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_journeys")),
    )
    op.create_index(op.f("ix_journeys_chat_id_entry_id"), "journeys", ["chat_id", "entry_id"], unique=False)
    op.create_index(op.f("ix_journeys_due_at"), "journeys", ["due_at"], unique=False)
    op.create_index(op.f("ix_journeys_user_id"), "journeys", ["user_id"], unique=False)
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("entry_version", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=True),
        sa.Column("prompt_version", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cache_read_tokens", sa.Integer(), nullable=False),
        sa.Column("cache_write_tokens", sa.Integer(), nullable=False),
        sa.Column("audio_seconds", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_model_calls_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_model_calls_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_calls")),
    )
    op.create_index(op.f("ix_model_calls_entry_id"), "model_calls", ["entry_id"], unique=False)
    op.create_index(
        op.f("ix_model_calls_user_id_created_at"), "model_calls", ["user_id", "created_at"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("message_ids", sa.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("after_message_id", sa.Integer(), nullable=True),
        sa.Column("newest_message_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('reply', 'transcript', 'notice', 'answer')", name=op.f("ck_outbox_purpose")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'shown', 'failed', 'unknown')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_outbox_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outbox_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("slot", name=op.f("uq_outbox_slot")),
    )
    op.create_index(op.f("ix_outbox_chat_id"), "outbox", ["chat_id"], unique=False)
    op.create_index(op.f("ix_outbox_entry_id"), "outbox", ["entry_id"], unique=False)
    op.create_index(op.f("ix_outbox_user_id"), "outbox", ["user_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["chat_id", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_table(
        "score_metrics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("daily_score_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_score_metrics_score")),
        sa.ForeignKeyConstraint(
            ["daily_score_id"],
            ["daily_scores.id"],
            name=op.f("fk_score_metrics_daily_score_id_daily_scores"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_score_metrics_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_score_metrics_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_metrics")),
        sa.UniqueConstraint(
            "daily_score_id", "category", name=op.f("uq_score_metrics_daily_score_id_category")
        ),
    )
    op.create_index(op.f("ix_score_metrics_entry_id"), "score_metrics", ["entry_id"], unique=False)
    op.create_index(op.f("ix_score_metrics_user_id"), "score_metrics", ["user_id"], unique=False)
    op.create_table(
        "extracted_metrics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), server_default="0", nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("model_value", sa.Double(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('model', 'rule', 'person')", name=op.f("ck_extracted_metrics_source")),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["model_calls.id"],
            name=op.f("fk_extracted_metrics_call_id_model_calls"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_extracted_metrics_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_extracted_metrics_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extracted_metrics")),
        sa.UniqueConstraint(
            "entry_id", "name", "ordinal", name=op.f("uq_extracted_metrics_entry_id_name_ordinal")
        ),
    )
    op.create_index(op.f("ix_extracted_metrics_call_id"), "extracted_metrics", ["call_id"], unique=False)
    op.create_index(
        op.f("ix_extracted_metrics_user_id_name"), "extracted_metrics", ["user_id", "name"], unique=False
    )
    # A row of 3 KB stays whole in its page, which makes the exact scan three times as fast.
    op.execute("ALTER TABLE entry_embeddings ALTER COLUMN embedding SET STORAGE PLAIN")


def downgrade() -> None:
    op.drop_index(op.f("ix_extracted_metrics_user_id_name"), table_name="extracted_metrics")
    op.drop_index(op.f("ix_extracted_metrics_call_id"), table_name="extracted_metrics")
    op.drop_table("extracted_metrics")
    op.drop_index(op.f("ix_score_metrics_user_id"), table_name="score_metrics")
    op.drop_index(op.f("ix_score_metrics_entry_id"), table_name="score_metrics")
    op.drop_table("score_metrics")
    op.drop_index(
        "ix_outbox_waiting", table_name="outbox", postgresql_where=sa.text("state IN ('waiting', 'sending')")
    )
    op.drop_index(op.f("ix_outbox_user_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_entry_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_chat_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_model_calls_user_id_created_at"), table_name="model_calls")
    op.drop_index(op.f("ix_model_calls_entry_id"), table_name="model_calls")
    op.drop_table("model_calls")
    op.drop_index(op.f("ix_journeys_user_id"), table_name="journeys")
    op.drop_index(op.f("ix_journeys_due_at"), table_name="journeys")
    op.drop_index(op.f("ix_journeys_chat_id_entry_id"), table_name="journeys")
    op.drop_table("journeys")
    op.drop_index(op.f("ix_entry_parts_user_id"), table_name="entry_parts")
    op.drop_index(op.f("ix_entry_parts_entry_id"), table_name="entry_parts")
    op.drop_table("entry_parts")
    op.drop_index(op.f("ix_entry_embeddings_user_id"), table_name="entry_embeddings")
    op.drop_table("entry_embeddings")
    op.drop_index(op.f("ix_user_goals_user_id_state"), table_name="user_goals")
    op.drop_table("user_goals")
    op.drop_index(op.f("ix_telegram_identities_user_id"), table_name="telegram_identities")
    op.drop_table("telegram_identities")
    op.drop_index("ix_journal_entries_words", table_name="journal_entries", postgresql_using="gin")
    op.drop_index(op.f("ix_journal_entries_user_id_written_at"), table_name="journal_entries")
    op.drop_index(op.f("ix_journal_entries_user_id_local_date"), table_name="journal_entries")
    op.drop_index(
        "ix_journal_entries_lacking",
        table_name="journal_entries",
        postgresql_where=sa.text("embedded_at IS NULL AND coached_at IS NOT NULL AND body <> ''"),
    )
    op.drop_table("journal_entries")
    op.drop_table("daily_scores")
    op.drop_index("uq_users_email", table_name="users")
    op.drop_index("ix_users_next_summary_at", table_name="users")
    op.drop_table("users")
    op.drop_table("leases")
    op.drop_index("ix_inbox_waiting", table_name="inbox", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_index("ix_inbox_done_at", table_name="inbox")
    op.drop_table("inbox")
