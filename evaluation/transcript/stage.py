"""One person and the bot on a local Bot API server, with everything that they say written down."""

import io
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import app
from bot.config import Settings
from bot.journal.scoring.over import mark_days_that_are_over
from bot.playground.chat import Message
from bot.playground.person import Person
from bot.playground.render import plain_text
from bot.playground.server import BotApiServer
from db.queries import people, summaries
from db.queries.summaries import Planned
from evaluation.transcript import days
from evaluation.transcript.minds import Json, Minds
from evaluation.transcript.pictures import Album
from tests.recordings import recording
from tests.vendors import KEY, AnthropicServer, OpenAIServer

TOKEN = "123456:the-token-of-the-transcript"  # noqa: S105 - of a local server


class Clock:
    """What the Bot API server dates messages with, in Unix seconds."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def __call__(self) -> float:
        return self.moment.timestamp()


class Stage:
    """Each step waits until the bot has nothing left to do, then writes down what the chat shows new."""

    def __init__(
        self, server: BotApiServer, bot: app.Daybook, minds: Minds, clock: Clock, album: Album
    ) -> None:
        self._server, self._bot, self.minds, self._clock, self._album = server, bot, minds, clock, album
        self.person: Person = server.person("Mina", language_code="en")
        self._seen = 0
        self._out = io.StringIO()

    @property
    def text(self) -> str:
        return self._out.getvalue().rstrip() + "\n"

    def heading(self, text: str) -> None:
        self._out.write(f"## {text}\n\n")

    def note(self, text: str) -> None:
        self._out.write(f"*{text}*\n\n")

    def set_clock(self, moment: datetime) -> None:
        """What is written from now on is written at that moment, or now if it is still to come."""
        self._clock.moment = min(moment, datetime.now(UTC))

    async def says(
        self, text: str, reply: str | None = None, *, to: Message | None = None, **reading: Any
    ) -> Message:
        """The person writes; `reply` and `reading` are what the local model server answers to that."""
        self._prepare(reply, reading)
        message = await self.person.writes(text, reply_to=to)
        who = "**Mina** answers that" if to else "**Mina**"
        await self._settle(f"{who}: {text}", message)
        return message

    async def says_unseen(self, text: str, reply: str, **reading: Any) -> None:
        """As `says`, but it is not written down."""
        self._prepare(reply, reading)
        await self.person.writes(text)
        await self._wait()
        self._seen = self._newest_revision()

    async def speaks(self, text: str, reply: str, **reading: Any) -> None:
        self._prepare(reply, reading)
        message = await self.person.speaks(recording(3, says=text))
        await self._settle("**Mina**: 🎙 *a voice note*", message)

    async def edits(self, message: Message, text: str, reply: str, **reading: Any) -> None:
        self._prepare(reply, reading)
        await self.person.edits(message, text)
        await self._settle(f"**Mina** changes that message to: {text}")

    async def taps(self, button: str) -> None:
        """Tap the newest button with that label."""
        for message in reversed(self.person.chat.bot_messages):
            if any(it.text == button for it in message.buttons):
                await self.person.taps(message, button)
                await self._settle(f"*Mina taps* [{button}]")
                return
        raise LookupError(f"no message has a button {button!r}")

    async def lets_the_day_end(self) -> None:
        """As the clock does on the day after."""
        await mark_days_that_are_over(self._bot.sessions, self._clock.moment + timedelta(days=1))
        await self._wait()

    async def evening(self, words: Json) -> None:
        """Let it be the hour of today's summary, whatever the machine's clock says."""
        self.minds.summary, now = words, datetime.now(UTC)
        async with self._bot.sessions.begin() as session:
            user_id = await people.by_identity(session, self.person.id)
            if user_id is None:
                raise LookupError("nobody has met the bot yet")
            row = Planned(
                user_id=user_id,
                kind="day",
                local_date=days.today(),
                state="waiting",
                shown_at=now,
                stale_at=now + timedelta(hours=4),
                due_at=now,
            )
            # The bot may have planned it already, for its own minute.
            await summaries.take_back(session, user_id, now)
            await summaries.plan(session, [(user_id, now + timedelta(days=1))], [row])
        await self._settle("*It is half past nine in the evening.*")

    @property
    def newest(self) -> Message:
        return self.person.chat.bot_messages[-1]

    def _prepare(self, reply: str | None, reading: Json) -> None:
        self.minds.reading = reading
        if reply is not None:
            self.minds.reply = reply

    async def _wait(self) -> None:
        await self._server.delivered()
        await self._bot.idle()

    def _newest_revision(self) -> int:
        return max([self._seen, *(it.revision for it in self.person.chat.messages)])

    async def _settle(self, line: str, message: Message | None = None) -> None:
        await self._wait()
        self._out.write(f"{line}\n\n")
        if message and message.bot_reactions:
            self._out.write(f"*Daybook marks it with* {' '.join(message.bot_reactions)}\n\n")
        news = [it for it in self.person.chat.bot_messages if it.revision > self._seen and not it.deleted]
        self._seen = self._newest_revision()
        for one in sorted(news, key=lambda it: it.message_id):
            self._write(one)

    def _write(self, message: Message) -> None:
        changed, picture = " *changes its message*" if message.edits else "", ""
        if photos := message.payload.get("photo"):
            picture = self._album.keep(self._server.world.files.by_id(photos[-1]["file_id"]).data)
            changed = changed if picture else " *changes the words below the picture*"
        lines = [f"**Daybook**{changed}:", *([picture, ""] if picture else [])]
        lines += plain_text(message.text, message.entities).splitlines()
        self._out.write("\n".join(f"> {line}".rstrip() + "  " for line in lines).rstrip() + "\n")
        rows = [" ".join(f"`{button.text}`" for button in row) for row in message.keyboard]
        if rows:
            self._out.write(">\n" + "\n".join(f"> {row}  " for row in rows) + "\n")
        self._out.write("\n")


@asynccontextmanager
async def stage(
    album: Album, findings: list[Json], *, database_url: str | None = None
) -> AsyncIterator[Stage]:
    """The bot with local model servers; without `database_url` on a database of its own. `findings` are
    what the analyst scores days by."""
    async with AsyncExitStack() as stack:
        home, clock = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="daybook-"))), Clock()
        server = await stack.enter_async_context(BotApiServer(token=TOKEN, clock=clock))
        claude = await stack.enter_async_context(AnthropicServer())
        openai = await stack.enter_async_context(OpenAIServer())
        settings = Settings(
            _env_file=None,
            daybook_home=home,
            telegram_api_url=server.url,
            database_url=database_url,
            anthropic_api_key=SecretStr(KEY),
            anthropic_base_url=claude.url,
            openai_api_key=SecretStr(KEY),
            openai_base_url=openai.url,
            default_time_zone="UTC",
        )
        engine = await stack.enter_async_context(app.database(settings))
        bot = await stack.enter_async_context(app.daybook(settings, engine, TOKEN, is_playground=True))
        yield Stage(server, bot, Minds(claude, findings), clock, album)
