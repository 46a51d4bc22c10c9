"""the talk: threads, questions, concern, corrections, deletion with a way back"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("telegram_identities", sa.Column("dialog", postgresql.JSONB(), nullable=True))
    op.add_column("extracted_metrics", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    for column in (
        sa.Column("continues_id", sa.Uuid(), nullable=True),
        sa.Column("concern", sa.String(), nullable=True),
        sa.Column("is_question", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("day_is_chosen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reply_sources", postgresql.JSONB(), nullable=True),
        sa.Column("reply_check_in", sa.String(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("journal_entries", column)
    op.create_foreign_key(
        op.f("fk_journal_entries_continues_id_journal_entries"),
        "journal_entries",
        "journal_entries",
        ["continues_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_journal_entries_deleted_at",
        "journal_entries",
        ["deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_journal_entries_continues_id",
        "journal_entries",
        ["continues_id"],
        postgresql_where=sa.text("continues_id IS NOT NULL"),
    )
    op.create_index(
        "ix_journal_entries_apart",
        "journal_entries",
        ["user_id"],
        postgresql_where=sa.text("is_question OR deleted_at IS NOT NULL"),
    )
    # The word index of 0002 has taken its place.
    op.drop_index("ix_journal_entries_words", table_name="journal_entries")
    op.drop_column("journal_entries", "words")


def downgrade() -> None:
    words = sa.Computed("to_tsvector('simple', left(body, 200000))", persisted=True)
    op.add_column("journal_entries", sa.Column("words", postgresql.TSVECTOR(), words, nullable=False))
    op.create_index("ix_journal_entries_words", "journal_entries", ["words"], postgresql_using="gin")
    op.drop_index("ix_journal_entries_apart", table_name="journal_entries")
    op.drop_index("ix_journal_entries_continues_id", table_name="journal_entries")
    op.drop_index("ix_journal_entries_deleted_at", table_name="journal_entries")
    for name in (
        "deleted_at",
        "reply_check_in",
        "reply_sources",
        "day_is_chosen",
        "is_question",
        "concern",
        "continues_id",
    ):
        op.drop_column("journal_entries", name)
    op.drop_column("extracted_metrics", "removed_at")
    op.drop_column("telegram_identities", "dialog")
