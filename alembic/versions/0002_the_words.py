"""the words

`bot.journal.index_earlier` fills the tables for the entries that are there already, in batches,
while the bot runs: no long transaction here.
"""

import sqlalchemy as sa

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "word_chunks",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chunk", sa.SmallInteger(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("length", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
            name=op.f("fk_word_chunks_entry_id_journal_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_word_chunks_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_chunks")),
        sa.UniqueConstraint("entry_id", "chunk", name=op.f("uq_word_chunks_entry_id_chunk")),
    )
    op.create_index(op.f("ix_word_chunks_user_id"), "word_chunks", ["user_id"], postgresql_include=["length"])
    op.create_table(
        "word_counts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chunk_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.SmallInteger(), nullable=False),
        sa.Column("length", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"],
            ["word_chunks.id"],
            name=op.f("fk_word_counts_chunk_id_word_chunks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "term", "chunk_id", name=op.f("pk_word_counts"), postgresql_include=["count", "length"]
        ),
    )
    op.create_index(op.f("ix_word_counts_chunk_id"), "word_counts", ["chunk_id"])
    op.create_table(
        "known_words",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("length", sa.SmallInteger(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.BigInteger(), nullable=False),
        sa.Column("chunk_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"],
            ["word_chunks.id"],
            name=op.f("fk_known_words_chunk_id_word_chunks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_known_words_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "word", "term", name=op.f("pk_known_words")),
    )
    op.create_index(
        op.f("ix_known_words_user_id_length"),
        "known_words",
        ["user_id", "length"],
        postgresql_include=["letters", "pairs", "word", "term"],
    )
    op.create_index(op.f("ix_known_words_chunk_id"), "known_words", ["chunk_id"])
    # The ranking reads indexes alone, which asks for pages that a vacuum has seen; by default one
    # would come only after a fifth of the table is new.
    for table in ("word_chunks", "word_counts", "known_words"):
        op.execute(f"ALTER TABLE {table} SET (autovacuum_vacuum_insert_scale_factor = 0.02)")


def downgrade() -> None:
    op.drop_table("known_words")
    op.drop_table("word_counts")
    op.drop_table("word_chunks")
