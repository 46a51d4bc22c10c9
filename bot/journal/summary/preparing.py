"""Preparing a summary: the day is scored, the coach finds the words, each part is checked, and what the chat
is to show comes out. Nothing is sent here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from bot import prompts
from bot.ai.protocols import Coach, SummaryRequest, SummaryWords, Usage
from bot.errors import MindError, MindGarbled
from bot.journal import phrases_summary as phrases
from bot.journal.care import is_grave
from bot.journal.preferences import Preferences
from bot.journal.summary import day as days
from bot.journal.summary import review, screens
from bot.journal.summary.checking import Ground, Words, check
from bot.journal.summary.screens import Said
from bot.journal.summary.values import NOTHING, Claim, Prepared, Scorer
from bot.journal.summary.words_ahead import WordsAhead, key_of
from db.owned import Sessions
from db.queries import calls, people, summing
from db.queries.goals import Standing
from db.queries.people import Person

log = logging.getLogger(__name__)

NO_WORDS = Words()
WITH_WORDS = {"full", "plain"}
# Who comes back for the words later may take as long as the coach's own bound.
WITHIN = 40.0
SATURDAY = 5
# A line after so many days without an entry, to those who asked for one; then none.
SOFT_AFTER = (1, 3, 7, 14, 21, 28)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """`is_late`: the coach was away, and may have them yet."""

    words: Words = NO_WORDS
    is_late: bool = False
    note: str = ""


Find = Callable[[Claim, Person, SummaryRequest, Ground], Awaitable[_Found]]


class Summaries:
    """`ahead` holds the words that were asked for hours before, where that is in use; `within` is how many
    seconds the analyst has to read the day, and the coach for its words, while the hour draws near."""

    def __init__(
        self,
        sessions: Sessions,
        coach: Coach,
        scorer: Scorer,
        ahead: WordsAhead | None = None,
        within: float = WITHIN,
    ) -> None:
        self._sessions = sessions
        self._coach = coach
        self._scorer = scorer
        self._ahead = ahead
        self.within = within

    async def prepare(self, claim: Claim, patience: float | None = None) -> Prepared:
        """What the chat is to show, in time: where the coach is away, the numbers as they are stored. With
        `patience` each mind has so many seconds instead of `within`."""
        seconds = self.within if patience is None else patience

        async def find(claim: Claim, person: Person, asked: SummaryRequest, ground: Ground) -> _Found:
            try:
                async with asyncio.timeout(seconds):
                    return await self._words(claim, person, asked, ground)
            except TimeoutError:
                log.warning("the coach takes too long for a summary: its words follow")
                return _Found(is_late=True, note=phrases.WORDS_FOLLOW)

        return await self._prepare(claim, find, seconds)

    async def complete(self, claim: Claim, *, is_last: bool) -> Prepared:
        """The same once more, for one that waits for words; the `is_last` try promises none any more."""

        async def find(claim: Claim, person: Person, asked: SummaryRequest, ground: Ground) -> _Found:
            found = await self._words(claim, person, asked, ground)
            return _Found(note=phrases.NO_WORDS) if found.is_late and is_last else found

        return await self._prepare(claim, find, self.within, is_shown=True)

    async def question(self, claim: Claim) -> tuple[Person, SummaryRequest] | None:
        """What the coach would be asked if the summary were prepared now; None where it would not."""
        async with self._sessions.begin(claim.user_id) as session:
            person = await people.find(session, claim.user_id, people.NO_CHAT)
            last = await summing.last_day(session, person.user_id, claim.local_date)
        if last != claim.local_date or Preferences.of(person.settings).evening not in WITH_WORDS:
            return None
        scored = await self._scorer.bring_up_to_date(person.user_id, claim.local_date, patience=self.within)
        async with self._sessions.begin(claim.user_id) as session:
            day = await days.look_up(session, person, scored)
        return None if day.is_grave or not day.entries else (person, days.request(day))

    async def _prepare(
        self, claim: Claim, find: Find, patience: float, *, is_shown: bool = False
    ) -> Prepared:
        """With `is_shown` it is in the chat: what decides whether one comes at all has been decided."""
        async with self._sessions.begin(claim.user_id) as session:
            # Which chat it goes to is decided when it goes.
            person = await people.find(session, claim.user_id, people.NO_CHAT)
        if claim.kind == "day":
            return await self._day(claim, person, find, patience, is_shown=is_shown)
        return await self._review(claim, person, find, patience)

    async def _day(
        self, claim: Claim, person: Person, find: Find, patience: float, *, is_shown: bool
    ) -> Prepared:
        preferences = Preferences.of(person.settings)
        if preferences.evening == "weekdays" and claim.local_date.weekday() >= SATURDAY and not is_shown:
            return NOTHING
        if not await self._is_told(person, claim.local_date):
            return NOTHING if is_shown else await self._after_silence(person, claim.local_date)
        scored = await self._scorer.bring_up_to_date(person.user_id, claim.local_date, patience=patience)
        async with self._sessions.begin(claim.user_id) as session:
            day = await days.look_up(session, person, scored)
        if day.is_grave:
            return screens.concern(day.language)
        if not day.entries:
            return NOTHING
        found = _Found()
        if preferences.evening in WITH_WORDS:
            asked = days.request(day)
            found = await find(claim, person, asked, days.ground(asked, day.entries, day.goals, day.said))
            await self._keep(person, claim.local_date, found.words)
        too_little = phrases.LITTLE if scored.overall is None else ""
        said = _said(found, day.goals, too_little)
        return screens.day(days.card(day), said, preferences.evening)

    async def _is_told(self, person: Person, day: date) -> bool:
        """Whether there is anything to say of it; after words of crisis there is, also in a question."""
        async with self._sessions.begin(person.user_id) as session:
            if await summing.last_day(session, person.user_id, day) == day:
                return True
            said = await summing.concerns(session, person.user_id, day, day)
        return any(is_grave(it) for _, it in said)

    async def _after_silence(self, person: Person, day: date) -> Prepared:
        if not Preferences.of(person.settings).soft_line:
            return NOTHING
        async with self._sessions.begin(person.user_id) as session:
            last = await summing.last_day(session, person.user_id, day)
        # Who never wrote was greeted, and that is enough.
        if last is None or (day - last).days not in SOFT_AFTER:
            return NOTHING
        return screens.soft_line(day)

    async def _review(self, claim: Claim, person: Person, find: Find, patience: float) -> Prepared:
        level = Preferences.of(person.settings).evening
        await self._scorer.bring_up_to_date(person.user_id, claim.local_date, patience=patience)
        async with self._sessions.begin(claim.user_id) as session:
            span = await review.look_up(session, person, claim.kind, claim.local_date)
        if not span.entries or span.is_grave:
            return NOTHING
        found = _Found()
        if level in WITH_WORDS:
            asked = review.request(span)
            ground = days.ground(asked, span.entries, span.goals, span.said)
            found = await find(claim, person, asked, ground)
        has_picture = len(span.overall) >= review.LEAST_IN_PICTURE
        few = "" if has_picture else phrases.FEW_FOR_REVIEW
        picture = span.trend if has_picture else None
        said = _said(found, span.goals, few)
        return screens.review(review.title(span), said, review.facts(span), picture, level)

    async def _words(self, claim: Claim, person: Person, asked: SummaryRequest, ground: Ground) -> _Found:
        try:
            given = await self._ask(claim, person, asked)
        except MindGarbled as error:
            log.warning("a summary goes without words: %s", error)
            return _Found()
        except MindError as error:
            log.warning("the coach is away, a summary's words follow: %s", error)
            return _Found(is_late=True, note=phrases.WORDS_FOLLOW)
        await self._account(person, asked, given.usage)
        return _Found(words=check(given, ground))

    async def _ask(self, claim: Claim, person: Person, asked: SummaryRequest) -> SummaryWords:
        """A garbled answer is asked for once more."""
        if self._ahead and claim.batch_id:
            given = await self._ahead.find(claim.batch_id, key_of(person, asked))
            if given:
                return given
        try:
            return await self._coach.sum_up(asked)
        except MindGarbled:
            return await self._coach.sum_up(asked)

    async def _account(self, person: Person, asked: SummaryRequest, usage: Usage) -> None:
        prompt = "summary" if asked.kind == "day" else "review"
        async with self._sessions.begin(person.user_id) as session:
            await calls.keep(
                session,
                user_id=person.user_id,
                entry_id=None,
                entry_version=None,
                stage="summary",
                prompt=prompt,
                prompt_version=prompts.load(prompt).version,
                **asdict(usage),
            )

    async def _keep(self, person: Person, day: date, words: Words) -> None:
        """With the day's score: the days after are not to repeat them."""
        if words.is_empty:
            return
        async with self._sessions.begin(person.user_id) as session:
            await summing.keep_words(
                session,
                person.user_id,
                day,
                summary=words.story,
                advice=words.suggestion,
                question=words.question,
                helped=words.helped,
                helped_quote=words.quote,
                helped_entry_id=words.quote_entry_id,
            )


def _said(found: _Found, standings: Sequence[Standing], note: str) -> Said:
    return Said(
        words=found.words,
        goals=[it.goal.title for it in standings],
        note="\n".join(filter(None, [note, found.note])),
        waits_for_words=found.is_late,
    )
