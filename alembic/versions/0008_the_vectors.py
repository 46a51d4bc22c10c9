"""the vectors: a person's together, so that a scan reads half of the pages"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE, BEFORE = "entry_embeddings", "entry_embeddings_before"
KEY = ["entry_id", "chunk", "model"]
COLUMNS = "entry_id, chunk, model, user_id, start, stop, embedding, created_at"


def upgrade() -> None:
    _set_aside()
    op.execute(f"""
        CREATE TABLE {TABLE} (
            LIKE {BEFORE} INCLUDING DEFAULTS INCLUDING STORAGE, is_packed boolean DEFAULT false NOT NULL
        ) PARTITION BY LIST (is_packed)
    """)
    op.execute(f"CREATE TABLE {TABLE}_loose PARTITION OF {TABLE} FOR VALUES IN (false)")
    op.execute(f"CREATE TABLE {TABLE}_packed PARTITION OF {TABLE} FOR VALUES IN (true)")
    op.execute(
        f"INSERT INTO {TABLE} ({COLUMNS}, is_packed)"  # noqa: S608 - names alone
        f" SELECT {COLUMNS}, true FROM {BEFORE} ORDER BY user_id, entry_id, chunk"
    )
    _finish([*KEY, "is_packed"])


def downgrade() -> None:
    _set_aside()
    op.execute(f"CREATE TABLE {TABLE} (LIKE {BEFORE} INCLUDING DEFAULTS INCLUDING STORAGE)")
    op.drop_column(TABLE, "is_packed")
    op.execute(
        f"INSERT INTO {TABLE} ({COLUMNS}) SELECT {COLUMNS} FROM {BEFORE}"  # noqa: S608 - names alone
    )
    _finish(KEY)


def _set_aside() -> None:
    op.rename_table(TABLE, BEFORE)
    # The names of constraints are a table's own, but not those of indexes.
    op.execute(f"ALTER INDEX pk_{TABLE} RENAME TO pk_{BEFORE}")
    op.execute(f"ALTER INDEX ix_{TABLE}_user_id RENAME TO ix_{BEFORE}_user_id")


def _finish(key: list[str]) -> None:
    """What takes less time when the rows are there."""
    op.drop_table(BEFORE)
    op.create_primary_key(op.f(f"pk_{TABLE}"), TABLE, key)
    op.create_index(op.f(f"ix_{TABLE}_user_id"), TABLE, ["user_id"])
    for column, other in (("entry_id", "journal_entries"), ("user_id", "users")):
        op.create_foreign_key(
            op.f(f"fk_{TABLE}_{column}_{other}"), TABLE, other, [column], ["id"], ondelete="CASCADE"
        )
