"""What an entry means and states: its vectors and its metrics. Neither holds up the reply."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import prompts
from bot.ai.protocols import Analyst, Embedder, Embeddings, Extraction, ExtractionRequest
from bot.errors import MindError, MindNotConfigured
from bot.journal import metrics
from bot.journal.calls import keep_call
from bot.journal.tokens import chunks, fit
from db.queries import metrics as metric_rows
from db.queries import recall as vectors
from db.queries.entries import EntryRecord

log = logging.getLogger(__name__)

PROMPT = "extract"
# What the analyst reads of one entry at most; longer ones are read up to there.
LONGEST = 12_000


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """The vectors of an entry: one for each of `spans`, in characters of its body."""

    spans: list[tuple[int, int]]
    embeddings: Embeddings


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the analyst read in an entry; `readings` are its metrics that stood the check."""

    extraction: Extraction
    readings: list[metric_rows.Reading]


async def embed(entry: EntryRecord, embedder: Embedder) -> Meaning | None:
    """None where it has its vectors, or the embedder gave none: `embed_earlier` makes up for that."""
    if entry.embedded_at is not None or not (spans := chunks(entry.body)):
        return None
    try:
        found = await embedder.embed([entry.body[start:stop] for start, stop in spans])
    except MindNotConfigured:
        return None
    except MindError as error:
        log.warning("%s: %s", type(error).__name__, error)
        return None
    return Meaning(spans=spans, embeddings=found)


async def keep_meaning(
    session: AsyncSession, entry: EntryRecord, found: Meaning, *, model: str
) -> dict[str, Any]:
    """Store the vectors; the columns of the entry that tell of it. `model` names them."""
    owner = (entry.user_id, entry.id)
    await keep_call(session, *owner, entry.version, "embed", None, found.embeddings.usage)
    await vectors.keep_vectors(
        session, *owner, model=model, spans=found.spans, vectors=found.embeddings.vectors
    )
    return {"embedded_at": datetime.now(UTC)}


def is_unread(entry: EntryRecord) -> bool:
    """Whether the analyst has not read it, and should."""
    return entry.extracted_at is None and bool(entry.body) and not entry.is_question


async def read(entry: EntryRecord, analyst: Analyst) -> Reading | None:
    """None where there is nothing to read, or it was read. Raises `MindError`."""
    if not is_unread(entry):
        return None
    found = await analyst.extract(extraction_request(entry))
    readings: list[metric_rows.Reading] = []
    if not found.asks_about_past:
        readings = metrics.check(found.metrics, entry.body, found.source)
    return Reading(extraction=found, readings=readings)


async def keep_reading(session: AsyncSession, entry: EntryRecord, found: Reading) -> dict[str, Any]:
    """Store what was read; the columns of the entry that tell of it."""
    owner = (entry.user_id, entry.id)
    call = await keep_call(session, *owner, entry.version, "extract", PROMPT, found.extraction.usage)
    await metric_rows.replace_read(session, *owner, found.readings, body=entry.body, call_id=call)
    return {
        "extracted_at": datetime.now(UTC),
        "language": found.extraction.language,
        "is_question": found.extraction.asks_about_past,
    }


def extraction_request(entry: EntryRecord) -> ExtractionRequest:
    words = [
        f"- {kind.name}, {kind.unit}, {kind.minimum:g} to {kind.maximum:g}: {kind.meaning}"
        for kind in metrics.VOCABULARY
    ]
    text = fit(entry.body, LONGEST)
    date = f"{entry.local_date:%A %Y-%m-%d}"
    return ExtractionRequest(
        system=prompts.load(PROMPT).render(vocabulary="\n".join(words)),
        message=f'<entry date="{date}">\n{escape(text, quote=False)}\n</entry>',
        text=text,
        vocabulary=metrics.VOCABULARY,
    )
