"""`scripts/evaluate transcript FILE`: play the script and write the conversation down."""

import asyncio
import sys
from pathlib import Path

from evaluation.transcript.pictures import Album
from evaluation.transcript.script import FINDINGS, play
from evaluation.transcript.stage import stage

HEAD = """\
# A conversation

Made by `scripts/evaluate transcript docs/conversation.md`: the bot, its database, its HTTP client and a
local Bot API server are the real ones. No model was asked: the coach's sentences, what the analyst reads and
how it scores a day come from a local server that speaks the models' API, and were written by hand; the same
server's vectors know little of meaning, so a search here finds more by "near in meaning" than it would.
The screens, the pictures, the search, the history, the numbers and the card with help are Daybook's. Where it
says 127.0.0.1, it would name Anthropic and OpenAI. The bot goes by the clock of the machine on which the
program ran, whatever the hour of the story. What Mina wrote on the days between is not shown, but it is in
the diary.

"""


async def record(album: Album, *, database_url: str | None = None) -> str:
    async with stage(album, FINDINGS, database_url=database_url) as played:
        await play(played)
    return HEAD + played.text


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: scripts/evaluate transcript FILE", file=sys.stderr)
        return 2
    file = Path(arguments[0])
    album = Album(file.parent / "pictures")
    file.write_text(asyncio.run(record(album)), "utf-8")
    album.save()
    return 0
