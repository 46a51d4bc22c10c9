"""One person and the bot on a local Bot API server, with everything that they say written down."""

import io
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import app
from bot.config import Settings
from bot.playground.chat import Message
from bot.playground.person import Person
from bot.playground.render import plain_text
from bot.playground.server import BotApiServer
from tests.recordings import recording
from tests.vendors import KEY, AnthropicServer, OpenAIServer

TOKEN = "123456:the-token-of-the-transcript"  # noqa: S105 - of a local server


class Stage:
    """Each step waits until the bot has nothing left to do, then writes down what the chat shows new."""

    def __init__(self, server: BotApiServer, bot: app.Daybook, claude: AnthropicServer) -> None:
        self._server, self._bot, self._claude = server, bot, claude
        self.person: Person = server.person("Mina", language_code="en")
        self._seen = 0
        self._out = io.StringIO()

    @property
    def text(self) -> str:
        return self._out.getvalue().rstrip() + "\n"

    def heading(self, text: str) -> None:
        self._out.write(f"## {text}\n\n")

    async def says(
        self, text: str, reply: str | None = None, *, to: Message | None = None, **reading: Any
    ) -> Message:
        """The person writes; `reply` and `reading` are what the local model server answers to that."""
        self._prepare(reply, reading)
        message = await self.person.writes(text, reply_to=to)
        who = "**Mina** answers that" if to else "**Mina**"
        await self._settle(f"{who}: {text}", message)
        return message

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

    @property
    def newest(self) -> Message:
        return self.person.chat.bot_messages[-1]

    def _prepare(self, reply: str | None, reading: dict[str, Any]) -> None:
        if reply is not None:
            self._claude.say(reply)
        if reading:
            usual = {"language": "en", "metrics": [], "asks_about_past": False, "concern": "none"}
            self._claude.give(usual | reading)

    async def _settle(self, line: str, message: Message | None = None) -> None:
        await self._server.delivered()
        await self._bot.idle()
        self._out.write(f"{line}\n\n")
        if message and message.bot_reactions:
            self._out.write(f"*Daybook marks it with* {' '.join(message.bot_reactions)}\n\n")
        news = [it for it in self.person.chat.bot_messages if it.revision > self._seen and not it.deleted]
        self._seen = max([self._seen, *(it.revision for it in self.person.chat.messages)])
        for one in sorted(news, key=lambda it: it.message_id):
            self._write(one)

    def _write(self, message: Message) -> None:
        changed = " *changes its message*" if message.edits else ""
        lines = [f"**Daybook**{changed}:", *plain_text(message.text, message.entities).splitlines()]
        self._out.write("\n".join(f"> {line}".rstrip() + "  " for line in lines).rstrip() + "\n")
        rows = [" ".join(f"`{button.text}`" for button in row) for row in message.keyboard]
        if rows:
            self._out.write(">\n" + "\n".join(f"> {row}  " for row in rows) + "\n")
        self._out.write("\n")


@asynccontextmanager
async def stage(clock: list[float]) -> AsyncIterator[Stage]:
    """The bot on a database of its own, with local model servers. `clock[0]` is the time that the Bot
    API server dates messages with, in Unix seconds."""
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="daybook-")))
        server = await stack.enter_async_context(BotApiServer(token=TOKEN, clock=lambda: clock[0]))
        claude = await stack.enter_async_context(AnthropicServer())
        openai = await stack.enter_async_context(OpenAIServer())
        settings = Settings(
            _env_file=None,
            daybook_home=home,
            telegram_api_url=server.url,
            anthropic_api_key=SecretStr(KEY),
            anthropic_base_url=claude.url,
            openai_api_key=SecretStr(KEY),
            openai_base_url=openai.url,
            default_time_zone="UTC",
        )
        engine = await stack.enter_async_context(app.database(settings))
        bot = await stack.enter_async_context(app.daybook(settings, engine, TOKEN, is_playground=True))
        yield Stage(server, bot, claude)


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
