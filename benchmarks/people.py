"""People who write to a bot, and when what they wrote was delivered, marked as saved and answered."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.playground.chat import Event
from bot.playground.person import Person
from bot.playground.server import BotApiServer, Call

PATIENCE = 60.0
# What a person leaves between an answer and their next line: the bot has come to rest by then.
REST = 0.05


@dataclass(frozen=True, kw_only=True)
class Moments:
    """What happened to one message, in Unix seconds: the person sent it, the bot was handed it, the
    saved mark and the reply arrived at the server. None where nothing did, or it was not waited for."""

    sent: float
    chat_id: int
    message_id: int
    delivered: float | None = None
    saved: float | None = None
    replied: float | None = None


class Writer:
    """One person with the bot. Where `marks` is false, the bot is one that marks nothing."""

    def __init__(self, person: Person, texts: Iterator[str], *, marks: bool = True) -> None:
        self._person = person
        self._texts = texts
        self._awaited = {"saved", "replied"} if marks else {"replied"}
        self._seen: dict[str, float] = {}
        self._changed = asyncio.Event()
        person.chat.follow(self._hear)

    def _hear(self, event: Event) -> None:
        now, message = time.time(), event.message
        if event.kind == "reaction" and message is not None and message.bot_reactions:
            self._seen.setdefault("saved", now)
        elif event.kind == "message" and message is not None and message.from_bot:
            self._seen.setdefault("replied", now)
        self._changed.set()

    async def writes(self) -> Moments:
        """Write the next text and wait for all that the bot does about it. Raises TimeoutError."""
        self._seen.clear()
        sent = time.time()
        message = await self._person.writes(next(self._texts))
        async with asyncio.timeout(PATIENCE):
            while not self._awaited <= self._seen.keys():
                self._changed.clear()
                await self._changed.wait()
        return Moments(sent=sent, chat_id=self._person.id, message_id=message.message_id, **self._seen)


async def one_by_one(writer: Writer, times: int) -> list[Moments]:
    found = []
    for _ in range(times):
        found.append(await writer.writes())
        await asyncio.sleep(REST)
    return found


async def at_once(writers: Sequence[Writer]) -> list[Moments]:
    """All of them write in the same moment, and wait for their answers."""
    found = await asyncio.gather(*(writer.writes() for writer in writers))
    await asyncio.sleep(REST)
    return list(found)


def delivered(moments: Iterable[Moments], server: BotApiServer) -> list[Moments]:
    """The same with when the server handed each message to the bot."""
    known = deliveries(server.calls)
    return [replace(it, delivered=known.get((it.chat_id, it.message_id))) for it in moments]


def deliveries(calls: Iterable[Call]) -> dict[tuple[int, int], float]:
    """By chat and message id: when the first answer to a getUpdates that held it was given."""
    found: dict[tuple[int, int], float] = {}
    for call in calls:
        if call.method != "getUpdates" or call.error is not None:
            continue
        for update in call.result:
            message = update.get("message")
            if message:
                found.setdefault((message["chat"]["id"], message["message_id"]), call.at)
    return found


def spans(moments: Iterable[Moments], start: str, stop: str) -> list[float]:
    """Seconds from one moment to another, of each. Raises ValueError where one never came."""
    found = []
    for it in moments:
        begun, ended = getattr(it, start), getattr(it, stop)
        if begun is None or ended is None:
            raise ValueError(f"a message was never {start if begun is None else stop}")
        found.append(ended - begun)
    return found
