"""misspelt words are looked for by how they begin and end"""

import sqlalchemy as sa

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COVERED = ["letters", "pairs", "word", "term"]


def upgrade() -> None:
    op.create_index(
        "ix_known_words_beginning",
        "known_words",
        ["user_id", sa.text("left(word, 1)"), "length"],
        postgresql_include=COVERED,
    )
    op.create_index(
        "ix_known_words_ending",
        "known_words",
        ["user_id", sa.text("right(word, 2)"), "length"],
        postgresql_include=COVERED,
    )
    op.drop_index(op.f("ix_known_words_user_id_length"), table_name="known_words")


def downgrade() -> None:
    op.create_index(
        op.f("ix_known_words_user_id_length"),
        "known_words",
        ["user_id", "length"],
        postgresql_include=COVERED,
    )
    op.drop_index("ix_known_words_ending", table_name="known_words")
    op.drop_index("ix_known_words_beginning", table_name="known_words")
