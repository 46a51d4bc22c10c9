"""`scripts/evaluate transcript FILE`: play the script and write the conversation down."""

import argparse
import asyncio
from pathlib import Path

from evaluation.transcript.pictures import Album
from evaluation.transcript.script import FINDINGS, play
from evaluation.transcript.stage import stage

WHAT = "Play the script of a long conversation and write it down as Markdown."
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
    parser = argparse.ArgumentParser(prog="scripts/evaluate transcript", description=WHAT)
    parser.add_argument("file", type=Path, help="where to write it; its pictures go into pictures beside it")
    file: Path = parser.parse_args(arguments).file
    album = Album(file.parent / "pictures")
    file.write_text(asyncio.run(record(album)), "utf-8")
    album.save()
    return 0
