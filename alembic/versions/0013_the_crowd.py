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
    # The newest of one chat, without reading all of it, or the newest of everybody's.
    op.drop_index("ix_outbox_chat_id", table_name="outbox")
    op.create_index("ix_outbox_chat_id_id", "outbox", ["chat_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_chat_id_id", table_name="outbox")
    op.create_index("ix_outbox_chat_id", "outbox", ["chat_id"])
    for name in INDEXES:
        op.drop_index(name, table_name="outbox")
    op.drop_column("outbox", "is_seen")
