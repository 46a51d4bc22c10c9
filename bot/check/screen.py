"""`python -m bot check`: what is configured, what is reachable, what is missing, in one screen."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.check import minds as vendors
from bot.check import parts, web
from bot.check.line import Line
from bot.config import Settings, misspelt
from bot.journal.journey import Minds

MARKS = {"ok": "✓", "off": "–", "doubt": "!", "wrong": "✗"}


async def report(settings: Settings, minds: Minds, database: tuple[str | None, Path], audio: str) -> int:
    """Print the screen; 0 if everything that is configured works, else 1. `database` is its address, if
    one is set, and the embedded one's folder; `audio` the audio store's address."""
    found = await asyncio.gather(
        parts.telegram(settings),
        parts.database(*database),
        vendors.claude("Coach", minds.coach, settings),
        vendors.claude("Analyst", minds.analyst, settings),
        vendors.openai("Embeddings", minds.embedder, settings),
        vendors.openai("Transcription", minds.transcriber, settings),
        parts.audio_store(audio),
        parts.redis(settings),
        parts.secret_key(settings),
        web.port(settings),
    )
    lines = [*found, *(Line(part="Settings", state="doubt", what=it) for it in misspelt())]
    for line in lines:
        print(f"{MARKS[line.state]} {line.part:14} {line.what}")
    print(f"\n{_summary(lines)}")
    return 1 if any(line.state == "wrong" for line in lines) else 0


def _summary(lines: Sequence[Line]) -> str:
    wrong = sum(line.state == "wrong" for line in lines)
    if wrong:
        return f"{wrong} of {len(lines)} lines need attention: those with {MARKS['wrong']}."
    if any(line.state == "doubt" for line in lines):
        return f"All that is configured works; look at the lines with {MARKS['doubt']}."
    return "All that is configured works."
