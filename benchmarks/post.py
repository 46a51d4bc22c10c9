"""What a crowd gets by post: when it came to whom, and what the Bot API server does not keep of it."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.figures import Figure, Target
from bot.playground.chat import Chat, Event
from bot.playground.errors import ApiRefused
from bot.playground.files import FileStore, StoredFile
from bot.playground.limits import RateLimits

ONCE = Target(statistic="people", limit=0)


class CountedLimits(RateLimits):
    """Telegram's limits, and how many messages to each chat they refused."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: Counter[int | str | None] = Counter()

    def check(self, method: str, chat_id: int | str | None) -> None:
        try:
            super().check(method, chat_id)
        except ApiRefused:
            self.refused[chat_id] += 1
            raise


class Forgetful(FileStore):
    """Nobody fetches the pictures of a crowd, and together they would fill this machine's memory."""

    def add(self, data: bytes, *, folder: str, suffix: str, size: int | None = None) -> StoredFile:
        return super().add(b"", folder=folder, suffix=suffix, size=len(data) if size is None else size)


@dataclass(kw_only=True)
class Post:
    """When a message of the bot came to each of these chats, in Unix seconds."""

    arrived: dict[int, list[float]]
    latest: float = field(default_factory=time.time)
    count: int = 0

    @classmethod
    def of(cls, chats: Sequence[Chat]) -> "Post":
        post = cls(arrived={it.id: [] for it in chats})
        for chat in chats:
            chat.follow(post.hear)
        return post

    def hear(self, event: Event) -> None:
        if event.kind == "message" and event.message is not None and event.message.from_bot:
            self.latest = time.time()
            self.arrived[event.chat.id].append(self.latest)
            self.count += 1


def delivered(post: Post, refused: Counter[int | str | None], takes: Target | None) -> list[Figure]:
    """Raises ValueError where none came at all."""
    times = sorted(it for ones in post.arrived.values() for it in ones)
    if not times:
        raise ValueError("no summary was ever delivered")
    took = times[-1] - times[0]
    of_crowd = sum(count for chat_id, count in refused.items() if chat_id in post.arrived)
    return [
        _count("people whose summary never came", sum(not ones for ones in post.arrived.values())),
        _count("people to whom it came more than once", sum(len(it) > 1 for it in post.arrived.values())),
        Figure(
            name=f"{len(times):,} summaries, from the first to the last",
            unit="s",
            statistics={"took": took},
            target=takes,
        ),
        Figure(
            name="summaries delivered a second",
            unit="/s",
            statistics={"mean": (len(times) - 1) / took if took else 0.0},
        ),
        Figure(name="summaries refused as too many", unit="calls", statistics={"calls": of_crowd}),
        Figure(
            name="other messages refused as too many",
            unit="calls",
            statistics={"calls": refused.total() - of_crowd},
        ),
    ]


def _count(name: str, people: int) -> Figure:
    return Figure(name=name, unit="people", statistics={"people": people}, target=ONCE)
