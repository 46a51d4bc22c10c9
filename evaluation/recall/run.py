"""How well recall finds: `scripts/evaluate recall [FILE]`, for a file of JSON lines (see `sets`), or
for the project's own diaries.

Meaning goes by a stand-in; with `--embedder openai` by the embedder of the bot's settings, which
costs what embedding the set costs.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot import making
from bot.ai.protocols import Embedder
from bot.config import load
from bot.errors import DaybookError
from bot.journal.recall import PATHS, Question, recall, words
from bot.journal.tokens import chunks
from db import migrate
from db.embedded import EmbeddedPostgres
from db.models import Entry, User
from db.queries import recall as vectors
from db.session import make_engine, make_sessions
from evaluation.recall import sets
from evaluation.recall.bm25 import Bm25, stemmed
from evaluation.recall.sets import Asked, Diary
from evaluation.recall.standin import StandIn

MOST = 10
AT_ONCE = 128
WAYS = {
    "words": frozenset({"words"}),
    "meaning": frozenset({"meaning"}),
    "words+meaning": frozenset({"words", "meaning"}),
    "all paths": PATHS,
}
Sessions = async_sessionmaker[AsyncSession]
Found = dict[str, list[str]]
"""The ids that each way found for a question, the best first."""


async def _main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/evaluate recall", description="Score recall on questions whose answers are known."
    )
    parser.add_argument("file", type=Path, nargs="?", help="JSON lines; the project's own diaries without")
    parser.add_argument("--embedder", choices=("stand-in", "openai"), default="stand-in")
    parser.add_argument("--export", type=Path, help="write the diaries as JSON lines, and stop")
    options = parser.parse_args(arguments)
    diaries = sets.read(options.file) if options.file else sets.own()
    if options.export:
        sets.write(diaries, options.export)
        return None
    if options.embedder == "stand-in":
        return report(await score(diaries), diaries)
    embedder = making.minds(load()).embedder
    try:
        await embedder.check()
        report(await score(diaries, embedder), diaries)
    finally:
        await embedder.close()


async def score(diaries: Sequence[Diary], embedder: Embedder | None = None) -> list[tuple[Asked, Found]]:
    """What each way finds for every question; meaning by `embedder`, or by each diary's own stand-in."""
    results: list[tuple[Asked, Found]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedPostgres(Path(folder) / "postgres") as server:
            engine = make_engine(server.url, command_seconds=None)
            await migrate.upgrade(engine)
            for diary in diaries:
                meant = embedder or StandIn([it.text for it in diary.entries])
                results += await _ask_all(make_sessions(engine), diary, meant)
            await engine.dispose()
    return results


async def _ask_all(sessions: Sessions, diary: Diary, embedder: Embedder) -> list[tuple[Asked, Found]]:
    user_id, ids = await _store(sessions, diary, embedder)
    texts = [it.text for it in diary.entries]
    plain, tough = Bm25(texts), Bm25(texts, stemmed)
    asked = [it.text for it in diary.questions]
    embedded = await _embed(embedder, asked)
    results = []
    for question, vector in zip(diary.questions, embedded, strict=True):
        known = {it.id for it in diary.entries if it.date <= question.date}
        found: Found = {}
        for name, ranking in (("BM25", plain), ("BM25 stemmed", tough)):
            ranked = (diary.entries[place].id for place in ranking.rank(question.text))
            found[name] = [it for it in ranked if it in known][:MOST]
        for name, paths in WAYS.items():
            about = Question(
                user_id=user_id,
                text=question.text,
                today=question.date,
                until=question.date,
                model=embedder.model,
                vector=vector,
                paths=paths,
            )
            async with sessions() as session:
                found[name] = [ids[it.entry_id] for it in await recall(session, about, most=MOST)]
        results.append((question, found))
    return results


async def _store(sessions: Sessions, diary: Diary, embedder: Embedder) -> tuple[UUID, dict[UUID, str]]:
    user = User(name=diary.name, time_zone="UTC")
    ids: dict[UUID, str] = {}
    async with sessions.begin() as session:
        session.add(user)
        await session.flush()
    spans = [chunks(it.text) for it in diary.entries]
    pieces = [it.text[a:b] for it, places in zip(diary.entries, spans, strict=True) for a, b in places]
    embedded = iter(await _embed(embedder, pieces))
    for told, places in zip(diary.entries, spans, strict=True):
        written = datetime.combine(told.date, time(20), UTC)
        entry = Entry(user_id=user.id, kind="text", body=told.text, local_date=told.date, written_at=written)
        async with sessions.begin() as session:
            session.add(entry)
            await session.flush()
            await words.index(session, user.id, entry.id)
            await vectors.keep_vectors(
                session,
                user.id,
                entry.id,
                model=embedder.model,
                spans=places,
                vectors=[next(embedded) for _ in places],
            )
        ids[entry.id] = told.id
    return user.id, ids


async def _embed(embedder: Embedder, texts: Sequence[str]) -> list[tuple[float, ...]]:
    found: list[tuple[float, ...]] = []
    for start in range(0, len(texts), AT_ONCE):
        found += (await embedder.embed(texts[start : start + AT_ONCE])).vectors
    return found


def report(results: Sequence[tuple[Asked, Found]], diaries: Sequence[Diary]) -> None:
    entries = sum(len(it.entries) for it in diaries)
    print(f"{len(diaries)} diaries, {entries} entries, {len(results)} questions")
    by_kind: dict[str, list[tuple[Asked, Found]]] = defaultdict(list)
    for question, found in results:
        by_kind[question.kind if question.relevant else "unanswerable"].append((question, found))
        if question.relevant:
            by_kind["ALL"].append((question, found))
    unanswerable = by_kind.pop("unanswerable", [])
    for kind, asked in sorted(by_kind.items()):
        print(f"\n{kind} ({len(asked)}){'':12}recall@5  recall@10     MRR")
        for name in asked[0][1]:
            at5, at10, mrr = measures([(it.relevant, found[name]) for it, found in asked])
            print(f"  {name:<20}{at5:>9.3f}{at10:>11.3f}{mrr:>8.3f}")
    # What is found for these ranks nothing right; whether the coach says so is for scripts/evaluate.
    print(f"\nunanswerable, not scored: {len(unanswerable)}")


def measures(found: Sequence[tuple[Sequence[str], Sequence[str]]]) -> tuple[float, float, float]:
    """Recall at 5 and at 10, and the mean reciprocal rank, of (relevant, found) pairs."""
    at5 = np.mean([len(set(wanted) & set(got[:5])) / len(wanted) for wanted, got in found])
    at10 = np.mean([len(set(wanted) & set(got[:10])) / len(wanted) for wanted, got in found])
    ranks = [next((1 / n for n, it in enumerate(got, 1) if it in wanted), 0.0) for wanted, got in found]
    return float(at5), float(at10), float(np.mean(ranks))


def main(arguments: Sequence[str]) -> int:
    """2 where the settings do not name an embedder that can be asked."""
    try:
        asyncio.run(_main(arguments))
    except DaybookError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    return 0
