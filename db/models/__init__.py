"""The tables, one file a noun (DESIGN §5)."""

from .base import Base
from .bot import Bot
from .evening import DailyScore, Goal, ScoreMetric
from .inbox import Update
from .journal import DIMENSIONS, Embedding, Entry, Journey, Metric, ModelCall, Part
from .lease import Lease
from .outbox import Outgoing
from .people import TelegramIdentity, User
from .search import Search
from .words import KnownWord, WordChunk, WordCount

__all__ = [
    "DIMENSIONS",
    "Base",
    "Bot",
    "DailyScore",
    "Embedding",
    "Entry",
    "Goal",
    "Journey",
    "KnownWord",
    "Lease",
    "Metric",
    "ModelCall",
    "Outgoing",
    "Part",
    "ScoreMetric",
    "Search",
    "TelegramIdentity",
    "Update",
    "User",
    "WordChunk",
    "WordCount",
]
