"""the wall between people: each person's transactions see that person's rows alone"""

import sqlalchemy as sa

from alembic import op
from db import wall

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MINE = sa.text("NULLIF(current_setting('daybook.user_id', true), '')::uuid")


COVERED = ["letters", "pairs", "word", "term"]
# How a word begins and ends, by the index that is read by it.
BY = {"beginning": "left(word, 1)", "ending": "right(word, 2)"}


def upgrade() -> None:
    # What a person's transaction puts is theirs; what was put before is the person's whose chat it is in.
    op.alter_column("outbox", "user_id", server_default=MINE)
    op.execute("""
        UPDATE outbox SET user_id = i.user_id FROM telegram_identities i
        WHERE outbox.user_id IS NULL AND outbox.chat_id = i.chat_id
    """)
    # Postings are read from the index alone, and each is asked whose it is.
    _carry("count, length, user_id")
    # Behind the wall no index serves a condition on what a function makes of a column.
    for name, made in BY.items():
        op.drop_index(f"ix_known_words_{name}", table_name="known_words")
        op.add_column(
            "known_words", sa.Column(name, sa.String(), sa.Computed(made, persisted=True), nullable=False)
        )
        _index(name, name)
    wall.try_to_put_up(op.get_bind())


def downgrade() -> None:
    wall.take_down(op.get_bind())
    for name, made in BY.items():
        op.drop_column("known_words", name)
        _index(name, sa.text(made))
    _carry("count, length")
    op.alter_column("outbox", "user_id", server_default=None)


def _carry(columns: str) -> None:
    key = "ADD CONSTRAINT pk_word_counts PRIMARY KEY (term, chunk_id)"
    op.execute(f"ALTER TABLE word_counts DROP CONSTRAINT pk_word_counts, {key} INCLUDE ({columns})")


def _index(name: str, by: str | sa.TextClause) -> None:
    columns = ["user_id", by, "length"]
    op.create_index(f"ix_known_words_{name}", "known_words", columns, postgresql_include=COVERED)
