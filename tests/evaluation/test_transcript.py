"""docs/conversation.md: it is played on the real bot, and what stands in docs/ is what the bot says."""

import re
from html import unescape
from pathlib import Path

from bot.journal import phrases
from bot.journal.phrases_meeting import help_text
from bot.playground.samples import png
from bot.telegram.application import COMMANDS
from evaluation.transcript.pictures import Album
from evaluation.transcript.run import HEAD, record

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = (DOCS / "conversation.md").read_text("utf-8")


def used(text: str) -> set[str]:
    return set(re.findall(r"^\*\*Mina\*\*: /(\w+)", text, re.MULTILINE))


def linked(text: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)


def test_the_conversation_uses_every_command() -> None:
    assert used(WRITTEN) == {name for name, _ in COMMANDS}


def test_its_help_is_that_of_now() -> None:
    told = WRITTEN[WRITTEN.index("**Mina**: /help") :].splitlines()[2:]
    shown = [line.removeprefix(">").strip() for line in told if line.startswith(">")]
    lines = re.sub(r"<[^<>]+>", "", unescape(help_text(COMMANDS))).splitlines()
    assert shown[1 : 1 + len(lines)] == lines


def test_its_pictures_are_there_and_no_others() -> None:
    kept = sorted(f"pictures/{it.name}" for it in (DOCS / "pictures").iterdir())
    assert sorted(linked(WRITTEN)) == kept
    assert all((DOCS / it).stat().st_size < 40_000 for it in kept)


async def test_it_can_be_played(tmp_path: Path, database_url: str) -> None:
    album = Album(tmp_path / "pictures")
    text = await record(album, database_url=database_url)
    album.save()
    assert text.startswith(HEAD)
    assert used(text) == {name for name, _ in COMMANDS}
    assert linked(text) == [f"pictures/{number}.png" for number in range(1, len(linked(text)) + 1)]
    assert len(list((tmp_path / "pictures").glob("*.png"))) == len(linked(text)) >= 5
    # The goal moves, the day is scored from its words, and the answer rests on entries.
    for told in (
        "🎯 Walk by the water +1",
        "of 100 = (",
        "telefonseelsorge.de",
        "“the best night since I moved”",
    ):
        assert told in text
    assert phrases.UNKNOWN_COMMAND not in text


def test_a_picture_that_was_there_is_kept_once_and_an_older_album_goes(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for shown in ([png(30, 20), png(20, 30), png(30, 20)], [png(30, 20)]):
        album = Album(folder)
        links = [album.keep(it) for it in shown]
        album.save()
        assert [bool(it) for it in links] == [True, True, False][: len(shown)]
        assert sorted(it.name for it in folder.iterdir()) == [f"{it}.png" for it in range(1, 3)][: len(shown)]
