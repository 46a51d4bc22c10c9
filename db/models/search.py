from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Key, Made, Owner


class Search(Base):
    """A search that a chat shows page by page. `asked` is what was asked, as `Filters.typed` writes it;
    `found` the entries, the best first, each as [id in hex, where in its text, by meaning only].
    `meaning` says whether they were also looked for by meaning, or why not."""

    __tablename__ = "searches"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    id: Mapped[Key]
    user_id: Mapped[Owner]
    asked: Mapped[str]
    found: Mapped[list[Any]] = mapped_column(JSONB)
    meaning: Mapped[str]
    created_at: Mapped[Made]
