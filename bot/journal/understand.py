"""What an entry means and states: its vectors and its metrics. Neither holds up the reply."""

import asyncio
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
from db.queries.metrics import Reading

log = logging.getLogger(__name__)

PROMPT = "extract"
# What the analyst reads of one entry at most; longer ones are read up to there.
LONGEST = 12_000


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """A part is None where its mind gave nothing; `missing` names the minds to ask again later."""

    spans: list[tuple[int, int]]
    embeddings: Embeddings | None
    extraction: Extraction | None
    readings: list[Reading]
    missing: tuple[str, ...]


async def understand(entry: EntryRecord, embedder: Embedder, analyst: Analyst) -> Understanding:
    spans = chunks(entry.body)
    missing: list[str] = []
    embeddings, extraction = await asyncio.gather(
        _embed(entry, spans, embedder), _extract(entry, analyst, missing)
    )
    readings: list[Reading] = []
    if extraction and not extraction.asks_about_past:
        readings = metrics.check(extraction.metrics, entry.body, extraction.source)
    return Understanding(
        spans=spans,
        embeddings=embeddings,
        extraction=extraction,
        readings=readings,
        missing=tuple(missing),
    )


async def keep(
    session: AsyncSession, entry: EntryRecord, found: Understanding, *, model: str
) -> dict[str, Any]:
    """Store what was understood; the columns of the entry that tell of it. `model` names the vectors."""
    done: dict[str, Any] = {}
    now = datetime.now(UTC)
    owner, version = (entry.user_id, entry.id), entry.version
    if found.embeddings is not None:
        await keep_call(session, *owner, version, "embed", None, found.embeddings.usage)
        await vectors.keep_vectors(
            session, *owner, model=model, spans=found.spans, vectors=found.embeddings.vectors
        )
        done["embedded_at"] = now
    if found.extraction is not None:
        call = await keep_call(session, *owner, version, "extract", PROMPT, found.extraction.usage)
        await metric_rows.replace_read(session, *owner, found.readings, call_id=call)
        done["extracted_at"] = now
        done["language"] = found.extraction.language
        done["is_question"] = found.extraction.asks_about_past
    return done


async def _embed(entry: EntryRecord, spans: list[tuple[int, int]], embedder: Embedder) -> Embeddings | None:
    if entry.embedded_at is not None or not spans:
        return None
    try:
        return await embedder.embed([entry.body[start:stop] for start, stop in spans])
    except MindNotConfigured:
        return None
    except MindError as error:
        # `embed_earlier` fills it in.
        log.warning("%s: %s", type(error).__name__, error)
        return None


async def _extract(entry: EntryRecord, analyst: Analyst, missing: list[str]) -> Extraction | None:
    if entry.extracted_at is not None or not entry.body or entry.is_question:
        return None
    try:
        return await analyst.extract(extraction_request(entry))
    except MindError as error:
        log.warning("%s: %s", type(error).__name__, error)
        missing.append("analyst")
        return None


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
