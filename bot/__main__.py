"""The commands: run (the default), chat, migrate, check."""

import argparse
import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable

MISSING = "daybook: the package {} is missing: start with scripts/run, which installs what is needed"
try:
    from bot import logs
    from bot.config import Settings, load, misspelt
    from bot.errors import ConfigurationError, DaybookError
except ModuleNotFoundError as missing:
    sys.exit(MISSING.format(missing.name))

COMMANDS = {
    "run": "serve Telegram where TELEGRAM_BOT_TOKEN is set, else open the chat (the default)",
    "chat": "talk to the bot in this terminal, without Telegram",
    "migrate": "bring the database up to date and stop",
    "check": "tell in one screen what is configured, reachable and missing",
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="A diary to talk to. Settings come from the environment and from .env.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:8} {what}" for name, what in COMMANDS.items()),
    )
    parser.add_argument("command", nargs="?", default="run", choices=COMMANDS, metavar="command")
    command = parser.parse_args().command
    # Nearly all that a start makes stays, and little of what an update makes lies in cycles: at its usual
    # zeal the search for them takes a seventh of the start.
    gc.set_threshold(50_000, 20, 20)
    try:
        settings = load()
        if command == "run" and settings.token is None:
            command = "chat"
        # A chat has the terminal for itself.
        file = settings.home / "chat.log" if command == "chat" else None
        logs.configure(settings.log_level, settings.log_format, settings.secrets(), file)
        return asyncio.run(_run(command, settings))
    except ConfigurationError as error:
        print(f"daybook: {error}", file=sys.stderr)
        return 2
    except DaybookError as error:
        print(f"daybook: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        print(MISSING.format(error.name), file=sys.stderr)
        return 1
    except Exception:
        # The log leaves out what the text of foreign errors may repeat.
        logging.getLogger("bot").critical("Daybook stops: this should not happen", exc_info=True)
        if command == "chat":
            print("daybook: this should not happen; chat.log in DAYBOOK_HOME tells more", file=sys.stderr)
        return 1


async def _run(command: str, settings: Settings) -> int:
    if command == "check":
        return await _check(settings)
    if command == "chat":
        return await _chat(settings)
    for line in misspelt():
        logging.getLogger("bot").warning("%s", line)
    if command == "migrate":
        from bot import app

        async with app.database(settings):
            return 0
    if settings.token is None:
        raise ConfigurationError("TELEGRAM_BOT_TOKEN: set it, or run `python -m bot chat`")
    return await _serve(settings, settings.token)


async def _check(settings: Settings) -> int:
    from bot import making
    from bot.check import screen

    # Where `run` would keep things: without a token it is the chat's folder.
    kept = settings if settings.token else making.for_chat(settings)
    return await screen.report(kept, making.minds(kept), making.database(kept), making.audio_store(kept))


async def _chat(settings: Settings) -> int:
    from bot import chat, making

    for line in [*misspelt(), *making.missing(settings)]:
        print(f"· {line}", file=sys.stderr)
    return await chat.talk(settings)


async def _serve(settings: Settings, token: str) -> int:
    """Serve until SIGTERM or SIGINT, then stop in order."""
    from bot import app

    loop, serving = asyncio.get_running_loop(), asyncio.ensure_future(app.serve(settings, token))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _cancel_once(serving))
    try:
        await serving
    except asyncio.CancelledError:
        return 0
    return 1


def _cancel_once(task: "asyncio.Future[None]") -> Callable[[], None]:
    """A second signal must not cut short the orderly stop that the first one began."""
    waiting = [task]

    def cancel() -> None:
        if waiting:
            waiting.pop().cancel()

    return cancel


if __name__ == "__main__":
    sys.exit(main())
