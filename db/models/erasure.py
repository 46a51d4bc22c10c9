from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Made


class Erasure(Base):
    """Somebody who wants everything of theirs gone, until it is. `user_id` refers to nobody after that.

    `recordings` are how the paths of those recordings begin that lie in no folder of their own. `erased_at`
    is when the rows went; recordings that a stage was just storing are looked for a while longer.
    """

    __tablename__ = "erasures"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    chat_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    recordings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    began_at: Mapped[Made]
    due_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
