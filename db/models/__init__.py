"""The tables, one file a noun."""

from .account import Link, SignIn
from .base import Base
from .bot import Bot
from .erasure import Erasure
from .evening import (
    DailyScore,
    Goal,
    GoalProgress,
    Reminder,
    ScoreMetric,
    Scoring,
    StoredPicture,
    Summary,
)
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
    "Erasure",
    "Goal",
    "GoalProgress",
    "Journey",
    "KnownWord",
    "Lease",
    "Link",
    "Metric",
    "ModelCall",
    "Outgoing",
    "Part",
    "Reminder",
    "ScoreMetric",
    "Scoring",
    "Search",
    "SignIn",
    "StoredPicture",
    "Summary",
    "TelegramIdentity",
    "Update",
    "User",
    "WordChunk",
    "WordCount",
]
