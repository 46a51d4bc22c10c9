"""what databases made by the first 0001 lack

Columns and indexes were once added to 0001 in place, so a database has them or not by when it was made.
Nothing here minds.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE journeys ADD COLUMN IF NOT EXISTS waits integer DEFAULT 0 NOT NULL")
    op.execute("CREATE INDEX IF NOT EXISTS ix_extracted_metrics_call_id ON extracted_metrics (call_id)")
    op.execute(
        "CREATE INDEX IF NOT EXISTS ix_journal_entries_lacking ON journal_entries (id)"
        " WHERE embedded_at IS NULL AND coached_at IS NOT NULL AND body <> ''"
    )
    # A bot's message is looked up by its id at every tap and every reply.
    op.create_index("ix_outbox_message_ids", "outbox", ["message_ids"], postgresql_using="gin")


def downgrade() -> None:
    # What 0001 makes today stays: going down to it must meet it as it is.
    op.drop_index("ix_outbox_message_ids", table_name="outbox")
