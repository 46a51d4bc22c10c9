"""Bringing a day's score up to date, top to bottom: look, ask, check, keep.

A short transaction looks at the day. Where its rows are those that it was scored from, it stays as it is
and nobody is asked. Else the analyst reads it with no session open, and a second short transaction looks
again: what was read counts only if the day is still the same. So the same rows always give the same score,
whoever asks, and doing it twice does nothing twice. The overall is counted here and by no model.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from bot import prompts
from bot.ai.protocols import Analyst, DayReading
from bot.errors import MindError, MindUnavailable
from bot.journal.care import is_grave
from bot.journal.quotes import find_quote
from bot.journal.scoring import asking
from bot.journal.scoring.checks import check
from bot.journal.scoring.rule import by_rule, standing, totals
from bot.journal.scoring.values import ScoredDay, State
from bot.journal.scoring.weights import overall
from db.owned import Sessions
from db.queries import calls, scores, scorings, summing
from db.queries.scores import CategoryReading, CategoryRecord, DayRecord, Material

log = logging.getLogger(__name__)

# How often the day may change while it is read before its numbers alone must do for now.
ROUNDS = 3
# When the analyst is asked again that did not answer.
SOON = timedelta(minutes=1)
# What marks a day that the analyst should still read.
WANTING = "wanting"


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What came of asking the analyst about the rows with this fingerprint."""

    fingerprint: str
    reading: DayReading | None = None
    trouble: MindError | None = None


class DayScorer:
    def __init__(self, sessions: Sessions, analyst: Analyst) -> None:
        self._sessions = sessions
        self._analyst = analyst
        self._turns: WeakValueDictionary[tuple[UUID, date], asyncio.Lock] = WeakValueDictionary()

    async def bring_up_to_date(
        self, user_id: UUID, local_date: date, *, patience: float | None = None, again: bool = True
    ) -> ScoredDay:
        """The day as it is scored now. The analyst is given `patience` seconds; where it does not answer,
        the day's numbers are scored by rule, and the day is marked to be read later. Unless `again`, it is
        not asked once more about the very rows that it did not answer for."""
        key = (user_id, local_date)
        # Two who want the same day at once ask once.
        async with self._turns.setdefault(key, asyncio.Lock()):
            answer = None
            for left in range(ROUNDS, -1, -1):
                async with self._sessions.begin(user_id) as session:
                    found = await self._settle(
                        session, user_id, local_date, answer, again=again, is_last=left == 0
                    )
                if isinstance(found, ScoredDay):
                    return found
                answer = await self._ask(found, local_date, patience)
        raise AssertionError("the last round settles the day")

    async def _settle(
        self,
        session: AsyncSession,
        user_id: UUID,
        day: date,
        answer: _Answer | None,
        *,
        again: bool,
        is_last: bool,
    ) -> ScoredDay | Material:
        """The day with its score kept, or what the analyst must read before it can be."""
        if answer and answer.reading:
            await _keep_call(session, user_id, answer.reading)
        known = await scores.material(session, user_id, day)
        row = await scores.find(session, user_id, day, lock=True)
        if row is None and (known.entries or any(is_grave(it) for it in known.concerns)):
            await scores.begin(session, user_id, day)
            row = await scores.find(session, user_id, day, lock=True)
        if row is None:
            return ScoredDay(user_id=user_id, local_date=day, state="empty")
        # Looked for under the lock: words that came since the look at the day took its score, and whoever
        # says some now takes it after this.
        told = await summing.concerns(session, user_id, day, day)
        if any(is_grave(concern) for _, concern in told):
            return await self._clear(session, user_id, day, row, "concern")
        if not known.entries:
            return await self._clear(session, user_id, day, row, "empty")
        mark = asking.fingerprint(known)
        if row.fingerprint in self._settled(mark) or (
            not again and answer is None and row.fingerprint == f"{mark}:{WANTING}"
        ):
            return await self._keep(session, user_id, day, known, None, row)
        if not is_last and (answer is None or answer.fingerprint != mark):
            return await scores.with_goals(session, user_id, known)
        if answer is None or answer.fingerprint != mark:
            answer = _Answer(fingerprint=mark, trouble=self._late("the day kept changing"))
        return await self._keep(session, user_id, day, known, answer, row)

    def _settled(self, mark: str) -> set[str]:
        """The fingerprints of a day that is scored from these rows already: what a model read stays, also
        when another analyst is set, and an analyst that cannot read is asked once."""
        return {mark, f"{mark}:{self._analyst.model}"}

    async def _ask(self, known: Material, day: date, patience: float | None) -> _Answer:
        mark = asking.fingerprint(known)
        try:
            async with asyncio.timeout(patience):
                reading = await self._analyst.score(asking.request(known, day))
        except TimeoutError:
            return _Answer(fingerprint=mark, trouble=self._late("no answer in time"))
        except MindError as error:
            log.warning("%s: %s", type(error).__name__, error)
            return _Answer(fingerprint=mark, trouble=error)
        return _Answer(fingerprint=mark, reading=reading)

    def _late(self, reason: str) -> MindUnavailable:
        return MindUnavailable(reason, mind="analyst", model=self._analyst.model)

    async def _clear(
        self, session: AsyncSession, user_id: UUID, day: date, row: DayRecord, state: State
    ) -> ScoredDay:
        await scores.clear(session, user_id, row.id, state)
        return ScoredDay(user_id=user_id, local_date=day, state=state, id=row.id)

    async def _keep(
        self,
        session: AsyncSession,
        user_id: UUID,
        day: date,
        known: Material,
        answer: _Answer | None,
        row: DayRecord,
    ) -> ScoredDay:
        """Count the day together, with what was read just now, if anything was. What of it a person said
        otherwise stays as they said."""
        counted = totals(standing(known.entries, known.numbers))
        values: dict[str, str | None] = {}
        if answer is not None:
            read = check(answer.reading.scores, known.entries) if answer.reading else []
            await scores.replace_read(session, user_id, row.id, _filled(read, by_rule(counted)))
            source = answer.reading.source if answer.reading else "rule"
            values = {"source": source, "fingerprint": self._mark_of(answer)}
        if answer and answer.trouble:
            await scorings.want(session, user_id, day, SOON)
        found = await scores.find(session, user_id, day) if answer else row
        assert found is not None  # noqa: S101 - its row is locked
        state, total = count(found.categories)
        forget = () if _still_helped(row, known) else scores.HELPED
        if answer or forget or (state, total) != (row.state, row.overall):
            await scores.keep(session, user_id, row.id, forget=forget, state=state, overall=total, **values)
        return ScoredDay(
            user_id=user_id,
            local_date=day,
            state=state,
            id=row.id,
            overall=total,
            source=values.get("source", found.source),
            categories=found.categories,
            totals=counted,
            trouble=answer.trouble if answer else self._still_wanting(row),
        )

    def _still_wanting(self, row: DayRecord) -> MindError | None:
        wants = (row.fingerprint or "").endswith(f":{WANTING}")
        return self._late("it did not answer when it was asked") if wants else None

    def _mark_of(self, answer: _Answer) -> str:
        if answer.trouble:
            return f"{answer.fingerprint}:{WANTING}"
        if answer.reading and answer.reading.source == "rule":
            return f"{answer.fingerprint}:{self._analyst.model}"
        return answer.fingerprint


def count(categories: Sequence[CategoryRecord]) -> tuple[State, int | None]:
    """What the categories of a day come to, and whether that is enough for a score."""
    total = overall({it.category: it.score for it in categories if it.score is not None})
    return ("too_little" if total is None else "scored"), total


def _filled(read: Sequence[CategoryReading], counted: Sequence[CategoryReading]) -> list[CategoryReading]:
    """What was read; where a category was not, what the day's numbers say of it."""
    known = {it.category for it in read}
    return [*read, *(it for it in counted if it.category not in known)]


def _still_helped(row: DayRecord, known: Material) -> bool:
    """Whether what the summary quoted still stands in the day."""
    quote = row.helped_quote
    return quote is None or any(find_quote(quote, entry.body) for entry in known.entries)


async def _keep_call(session: AsyncSession, user_id: UUID, reading: DayReading) -> None:
    await calls.keep(
        session,
        user_id=user_id,
        entry_id=None,
        entry_version=None,
        stage="score",
        prompt=asking.PROMPT,
        prompt_version=prompts.load(asking.PROMPT).version,
        **asdict(reading.usage),
    )
