"""What an entry means and states: its vectors and its metrics. Neither holds up the reply."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot import prompts
from bot.ai.protocols import Analyst, Embedder, Embeddings, Extraction, ExtractionRequest
from bot.errors import MindError, MindNotConfigured
from bot.journal import metrics
from bot.journal.calls import keep_call
from bot.journal.care import concern_of, graver, is_grave
from bot.journal.goals import reading as goal_reading
from bot.journal.tokens import chunks, fit
from db.queries import goal_progress
from db.queries import metrics as metric_rows
from db.queries import recall as vectors
from db.queries.entries import EntryRecord
from db.queries.goal_progress import Step
from db.queries.goals import GoalRecord

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
    """What the analyst read in an entry; `readings` are its metrics that stood the check, `steps` how far
    it moves which of the goals that were `asked` about."""

    extraction: Extraction
    readings: list[metric_rows.Reading]
    steps: Mapping[UUID, Step] = field(default_factory=dict)
    asked: Sequence[UUID] = ()


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


async def read(entry: EntryRecord, analyst: Analyst, goals: Sequence[GoalRecord] = ()) -> Reading | None:
    """None where there is nothing to read, or it was read. Raises `MindError`."""
    if not is_unread(entry):
        return None
    found = await analyst.extract(extraction_request(entry, goals))
    if found.asks_about_past and is_grave(graver(await concern_of(entry.body), found.concern)):
        # Whoever is in danger tells that, however they put it: it is an entry, with all that hangs on it.
        found = replace(found, asks_about_past=False)
    asked = [goal.id for goal in goals[: goal_reading.MOST_ASKED]]
    if found.asks_about_past:
        return Reading(extraction=found, readings=[], asked=asked)
    return Reading(
        extraction=found,
        readings=metrics.check(found.metrics, entry.body, found.source),
        steps=goal_reading.check(found.progress, goals, entry.body, found.source),
        asked=asked,
    )


async def keep_reading(session: AsyncSession, entry: EntryRecord, found: Reading) -> dict[str, Any]:
    """Store what was read; the columns of the entry that tell of it."""
    owner = (entry.user_id, entry.id)
    call = await keep_call(session, *owner, entry.version, "extract", PROMPT, found.extraction.usage)
    await metric_rows.replace_read(session, *owner, found.readings, body=entry.body, call_id=call)
    if found.asked:
        await goal_progress.replace_read(
            session, *owner, found.steps, asked=found.asked, day=entry.local_date
        )
    return {
        "extracted_at": datetime.now(UTC),
        "language": found.extraction.language,
        "is_question": found.extraction.asks_about_past,
    }


def extraction_request(entry: EntryRecord, goals: Sequence[GoalRecord] = ()) -> ExtractionRequest:
    words = [
        f"- {kind.name}, {kind.unit}, {kind.minimum:g} to {kind.maximum:g}: {kind.meaning}"
        for kind in metrics.VOCABULARY
    ]
    text = fit(entry.body, LONGEST)
    date = f"{entry.local_date:%A %Y-%m-%d}"
    asked = goal_reading.asked_about(goals)
    return ExtractionRequest(
        system=prompts.load(PROMPT).render(vocabulary="\n".join(words)),
        message=f'{goal_reading.block(asked)}<entry date="{date}">\n{escape(text, quote=False)}\n</entry>',
        text=text,
        vocabulary=metrics.VOCABULARY,
        goals=asked,
    )
