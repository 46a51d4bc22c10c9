"""`scripts/evaluate transcript FILE`: play the script and write the conversation down."""

import asyncio
import sys
from pathlib import Path

from evaluation.transcript.script import play
from evaluation.transcript.stage import moment, stage

HEAD = """\
# A conversation

Made by `scripts/evaluate transcript docs/conversation.md`: the bot, its database, its HTTP client and a
local Bot API server are the real ones. No model was asked: the coach's sentences and the numbers that the
analyst reads come from a local server that speaks the models' API, and were written by hand; the same
server's vectors know little of meaning, so a search here finds more by "near in meaning" than it would.
The screens, the search, the history and the card with help are Daybook's. Where it says 127.0.0.1, it
would name Anthropic and OpenAI; "now" is when the program ran.

"""


async def record() -> str:
    clock = [moment("2026-10-05T18:40")]
    async with stage(clock) as played:
        await play(played, clock)
    return HEAD + played.text


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: scripts/evaluate transcript FILE", file=sys.stderr)
        return 2
    Path(arguments[0]).write_text(asyncio.run(record()), "utf-8")
    return 0
