"""the crowd: what thousands of summaries that wait for one minute must not be read for"""

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_outbox_open_chat": "state IN ('waiting', 'sending')"
    " AND (purpose NOT IN ('summary', 'reminder') OR is_seen)",
    "ix_outbox_seen": "chat_id > 0 AND is_seen",
}


def upgrade() -> None:
    made = sa.Computed("message_ids <> '{}'", persisted=True)
    op.add_column("outbox", sa.Column("is_seen", sa.Boolean, made, nullable=False))
    for name, rows in INDEXES.items():
        op.create_index(name, "outbox", ["id"], postgresql_where=sa.text(rows))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="outbox")
    op.drop_column("outbox", "is_seen")
