"""entries that come by HTTP: a request that is sent again stores nothing again"""

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal_entries", sa.Column("request_key", sa.LargeBinary(), nullable=True))
    op.add_column("journal_entries", sa.Column("request_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        op.f("uq_journal_entries_request_key"),
        "journal_entries",
        ["request_key"],
        unique=True,
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("uq_journal_entries_request_key"), table_name="journal_entries")
    op.drop_column("journal_entries", "request_hash")
    op.drop_column("journal_entries", "request_key")
