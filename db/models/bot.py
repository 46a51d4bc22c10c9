from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Made


class Bot(Base):
    """A bot that served this database, by Telegram's own id; the one that was met last does so now.
    Messages and updates are numbered by each bot for itself."""

    __tablename__ = "bots"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    met_at: Mapped[Made]
