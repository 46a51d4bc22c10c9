"""The playground's chat: a person at a terminal talks to the bot behind a local Bot API server.

On a terminal it is a conversation that shows drafts as they grow; fed from a pipe or a file it is a
plain transcript. What is typed is kept in memory only: a diary must not end up in a history file.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout

from bot.playground.conversation import Conversation
from bot.playground.lines import understood
from bot.playground.live import LiveScreen
from bot.playground.person import Person
from bot.playground.piped import chat_piped
from bot.playground.server import BotApiServer

LEAVING = 5.0
Idle = Callable[[], Awaitable[object]]
News = Callable[[], Awaitable[str]]
_GREETING = (
    "Daybook in this terminal: nothing here goes to Telegram.\n"
    "Write a line about your day. A button is pressed by its name: /1.\n"
    "/help is the bot's, /keys is the terminal's."
)


async def chat(
    server: BotApiServer, person: Person, idle: Idle, news: News, *, folder: Path, patience: float = 120.0
) -> int:
    """Talk until the person leaves or the input ends; the exit code for the process.

    `idle` returns once the bot has nothing left to do about the updates that it has confirmed; that it
    has confirmed all of them is waited for here. It is used only where lines come from a pipe: each is
    sent when the bot is done with the one before, or the chat ends with 1 after `patience` seconds.
    `news` comes once, when there is something to say about the bot itself, and is shown on a terminal only.
    Files from the bot are saved in `folder`, which is made when the first one comes.
    """
    if _is_terminal():
        code = await _chat_live(server, person, news, folder)
        # What was typed last is safe once the bot has confirmed it.
        try:
            async with asyncio.timeout(LEAVING):
                await server.delivered()
        except TimeoutError:
            print("daybook: the bot did not take what you wrote last: it is not kept", file=sys.stderr)
            return 1
        return code
    return await chat_piped(server, person, idle, folder=folder, patience=patience)


async def _chat_live(server: BotApiServer, person: Person, news: News, folder: Path) -> int:
    """One prompt that never ends, so that nothing typed falls between two; lines are obeyed in order, also
    those that were still waiting when the person left. What the bot says while it stops is shown too."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    session: PromptSession[str] = PromptSession(
        history=InMemoryHistory(),
        multiline=True,
        key_bindings=_keys(lines),
        prompt_continuation="  ",
        erase_when_done=True,
        refresh_interval=0.5,  # drafts and "typing…" go by time
    )
    screen = LiveScreen(session, person.chat)
    conversation = Conversation(person, server.world.files, screen, folder)
    conversation.begin()
    stop_refreshing = person.chat.follow(lambda _: screen.refresh())
    screen.aside(_GREETING)
    telling = asyncio.create_task(_tell(news, screen))
    obeying = asyncio.create_task(_obey(lines, conversation, session.app))
    try:
        with patch_stdout(raw=True):
            await session.prompt_async(screen.live)
    except EOFError:
        pass
    finally:
        stop_refreshing()
        telling.cancel()
        lines.put_nowait(None)
    await obeying
    screen.settle()
    return 0


async def _tell(news: News, screen: LiveScreen) -> None:
    screen.aside(await news())


async def _obey(lines: asyncio.Queue[str | None], conversation: Conversation, app: Application[str]) -> None:
    """Until the person leaves, or something goes wrong that `_chat_live` raises."""
    try:
        while (line := await lines.get()) is not None:
            if not await conversation.obey(understood(line)):
                break
    finally:
        if app.is_running:
            app.exit(exception=EOFError())


def _keys(lines: asyncio.Queue[str | None]) -> KeyBindings:
    """Enter sends, unless a backslash stands before it; Alt-Enter starts a line; Ctrl-C clears, then
    leaves; an empty line sends nothing."""
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.char_before_cursor == "\\":
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        elif buffer.text.strip():
            lines.put_nowait(buffer.text)
            buffer.reset(append_to_history=True)

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=EOFError())

    return keys


def _is_terminal() -> bool:
    dumb = os.environ.get("TERM", "dumb") in {"dumb", "unknown", ""}
    return sys.stdin.isatty() and sys.stdout.isatty() and not dumb
