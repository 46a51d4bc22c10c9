"""The word index: which words a person's entries hold, and how often.

`term` is a hash of a person, a language and a word's stem, so two people's words never meet. It is
filled by `bot.journal.recall.words` in the transaction that writes an entry's text.
"""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Computed,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, OfEntry, Owner


class WordChunk(Base):
    """`body[start:stop]` of one version of an entry, in characters; `length` counts its words, without
    those that only hold a sentence together. An entry without any word has one chunk of length 0, which
    tells that it was read."""

    __tablename__ = "word_chunks"
    __table_args__ = (
        UniqueConstraint("entry_id", "chunk"),
        # How many chunks a person has, and how long they are, without touching the table.
        Index(None, "user_id", postgresql_include=["length"]),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    entry_id: Mapped[OfEntry]
    user_id: Mapped[Owner]
    version: Mapped[int]
    chunk: Mapped[int] = mapped_column(SmallInteger)
    start: Mapped[int]
    stop: Mapped[int]
    length: Mapped[int] = mapped_column(SmallInteger)
    language: Mapped[str]


class WordCount(Base):
    """How often a chunk has a term. Read from its primary key alone, which carries the counts too, and whose
    they are.

    There are as many rows as an entry has different words: they are kept narrow, and go with their
    chunk.
    """

    __tablename__ = "word_counts"
    __table_args__ = (
        PrimaryKeyConstraint("term", "chunk_id", postgresql_include=["count", "length", "user_id"]),
        Index(None, "chunk_id"),
    )

    user_id: Mapped[UUID]
    term: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    chunk_id: Mapped[int] = mapped_column(
        ForeignKey("word_chunks.id", ondelete="CASCADE"), autoincrement=False
    )
    count: Mapped[int] = mapped_column(SmallInteger)
    length: Mapped[int] = mapped_column(SmallInteger)


class KnownWord(Base):
    """A word as the person writes it, without case and accents, and its term: to find what a misspelt
    one means, and a name in every language it stands among.

    It belongs to a chunk that holds it and goes with it, so that no word outlives its text; the
    next entry that holds it brings it back. `letters` and `pairs` have a bit for each letter and each
    pair of letters, see `bot.journal.recall.typos`.
    """

    __tablename__ = "known_words"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "word", "term"),
        # Of whatever is near, one of the two finds it, and reads nothing else.
        Index(
            "ix_known_words_beginning",
            "user_id",
            "beginning",
            "length",
            postgresql_include=["letters", "pairs", "word", "term"],
        ),
        Index(
            "ix_known_words_ending",
            "user_id",
            "ending",
            "length",
            postgresql_include=["letters", "pairs", "word", "term"],
        ),
        Index(None, "chunk_id"),
    )

    user_id: Mapped[Owner]
    word: Mapped[str]
    term: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    length: Mapped[int] = mapped_column(SmallInteger)
    letters: Mapped[int]
    pairs: Mapped[int] = mapped_column(BigInteger)
    beginning: Mapped[str] = mapped_column(Computed("left(word, 1)", persisted=True))
    ending: Mapped[str] = mapped_column(Computed("right(word, 2)", persisted=True))
    chunk_id: Mapped[int] = mapped_column(ForeignKey("word_chunks.id", ondelete="CASCADE"))
