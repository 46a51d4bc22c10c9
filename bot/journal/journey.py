"""The journey of one entry, top to bottom.

Each stage is a short read, the slow call with no session open, and a short write. Every write
holds the journey's row: when the lease is lost or the person has edited the entry meanwhile, it
stops there, and nothing of the old version is kept or shown.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ai.protocols import Analyst, Coach, Embedder, Transcriber, Transcript, Usage
from bot.errors import AudioError, MindError, TokenRefused
from bot.journal import coach, phrases, replies, understand
from bot.journal.calls import keep_call
from bot.journal.care import concern_of, graver, heed, look_after
from bot.journal.citations import cited, without_marks
from bot.journal.days import day_of
from bot.journal.hold import hold, look
from bot.journal.message import Draft, Incoming, Reply, Sender
from bot.journal.recall import words
from bot.journal.receive import receive, reply_slot, transcript_slot, with_caption
from bot.journal.transcribe import keep_original, problem_code, transcribe
from bot.journal.wordless import forget_words
from bot.journal.writing import Written, write
from bot.work import pause
from db.audio import AudioStore
from db.beside import both
from db.models import Metric
from db.owned import Across, Sessions
from db.queries import entries, goals, journeys, metrics, outbox, people, scorings
from db.queries.entries import EntryRecord
from db.queries.goals import GoalRecord
from db.queries.journeys import ClaimedJourney
from db.queries.people import Person
from db.session import make_single

log = logging.getLogger(__name__)

# Recordings that are in memory at once, several times 20 MB each.
EARS = 4
# Entries of a crowd that are written at once: in turn each is safe sooner than all of them together.
PENS = 6
WAKE = 3
# How often a mind that gave nothing is asked again for what an answered entry still lacks.
MOST_WAITS = 8


@dataclass(frozen=True, kw_only=True)
class Minds:
    transcriber: Transcriber
    embedder: Embedder
    analyst: Analyst
    coach: Coach


class Journey:
    """`nudge` is called whenever an entry is set on its way. `across` is for whoever waits for a mind."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        across: Across,
        minds: Minds,
        sender: Sender,
        store: AudioStore,
        nudge: Callable[[], None],
        default_time_zone: str,
    ) -> None:
        self._sessions = sessions
        self._across = make_single(across)
        self._minds = minds
        self._sender = sender
        self._store = store
        self.nudge = nudge
        self._default_time_zone = default_time_zone
        self._started_at = datetime.now(UTC)
        # Whether entries may wait for the coach, also such as an earlier process left.
        self._coach_was_down = True
        self._ears = asyncio.Semaphore(EARS)
        self._pens = asyncio.Semaphore(PENS)

    async def take(self, incoming: Incoming, user_id: UUID | None = None) -> None:
        """Store what came in and set it on its way. From here on nothing of it can be lost. `user_id` is
        whose it is, where that is known."""
        async with self._pens, self._begin(incoming, user_id) as session:
            await self.take_in(session, incoming)
        self._sender.saved(incoming.identity.chat_id, incoming.message_id)
        self.nudge()

    def _begin(self, incoming: Incoming, user_id: UUID | None) -> AbstractAsyncContextManager[AsyncSession]:
        if user_id is not None:
            return self._sessions.begin(user_id)
        return self._sessions.meet(incoming.identity.telegram_id)

    async def take_in(self, session: AsyncSession, incoming: Incoming) -> None:
        """As `take`, within a transaction of the caller's, who nudges after it."""
        await receive(session, incoming, self._default_time_zone)

    async def take_written(self, user_id: UUID, written: Written) -> UUID:
        """As `take`, of what came by another door than a chat; the entry's id. Raises `Refusal`."""
        async with self._pens, self._sessions.begin(user_id) as session:
            person = await people.of_user(session, user_id, stays=True)
            if person is None:
                raise TokenRefused("the account was erased")
            entry_id = await write(session, person, written)
        self.nudge()
        # A card with help may wait there.
        self._sender.nudge()
        return entry_id

    async def run(self, claim: ClaimedJourney) -> None:
        """Take the entry through every stage that its version has not behind it."""
        found = await look(self._sessions, claim)
        entry, person = found.entry, found.person
        if entry.coached_at is not None:
            await self._catch_up(claim, entry, person, has_goals=found.has_goals)
            return
        self._mark_what_others_left(entry)
        async with self._thinking(person) as draft:
            entry = await self._transcribe(claim, entry, person, draft)
            if entry.coached_at is None and not entry.body:
                async with hold(self._sessions, claim) as session:
                    await forget_words(session, entry, model=self._minds.embedder.model)
                    await journeys.finish(session, claim)
            elif entry.coached_at is None:
                # A recording that was heard just now has other words than its caption, which may be indexed.
                is_indexed = found.is_indexed and entry.body == found.entry.body
                (entry, known), reading = await both(
                    self._look_back(claim, entry, person, is_indexed=is_indexed),
                    self._read(entry, has_goals=found.has_goals),
                )
                await self._coach(claim, entry, person, draft, known, reading)
                return
        self._sender.nudge()

    def _thinking(self, person: Person) -> AbstractAsyncContextManager[Draft]:
        chat_id = person.open_chat
        return nullcontext(_Unseen()) if chat_id is None else self._sender.thinking(chat_id)

    def _mark_what_others_left(self, entry: EntryRecord) -> None:
        """A process that died after it stored the entry may not have said so."""
        if entry.created_at < self._started_at and entry.chat_id and entry.message_id:
            self._sender.saved(entry.chat_id, entry.message_id)

    async def _transcribe(
        self, claim: ClaimedJourney, entry: EntryRecord, person: Person, draft: Draft
    ) -> EntryRecord:
        if entry.kind not in {"voice", "audio"} or entry.transcribed_at is not None:
            return entry
        try:
            async with self._ears:
                heard, seconds = await self._listen(claim, entry, draft)
        except AudioError as error:
            return await self._explain(claim, entry, error)
        body = with_caption(entry.caption, heard.text)
        done: dict[str, Any] = {"body": body, "transcribed_at": datetime.now(UTC), "transcript": heard.text}
        async with hold(self._sessions, claim) as session:
            await self._keep_call(session, entry, "transcribe", None, heard.usage)
            length = {"audio_seconds": seconds or entry.audio_seconds}
            is_watched = await entries.write_read(session, entry.user_id, entry.id, **done, **length)
            done["concern"] = await look_after(session, person, entry.id, body, entry.concern)
            if is_watched:
                await scorings.mark(session, entry.user_id, entry.local_date)
            await self._put(session, entry, "transcript", replies.transcript(entry.id, heard.text))
        self._sender.nudge()
        return replace(entry, **done)

    async def _listen(
        self, claim: ClaimedJourney, entry: EntryRecord, draft: Draft
    ) -> tuple[Transcript, float | None]:
        url = entry.audio_file_url
        if url is None:
            url = await keep_original(entry, self._sender, self._store)
            async with hold(self._sessions, claim) as session:
                await entries.write(session, entry.user_id, entry.id, audio_file_url=url)
        data = await self._store.get(url)
        return await transcribe(data, entry.audio_mime_type or "", self._minds.transcriber, draft)

    async def _explain(self, claim: ClaimedJourney, entry: EntryRecord, error: AudioError) -> EntryRecord:
        """Say why the recording stays without words. A caption is still an entry to answer."""
        now = datetime.now(UTC)
        done: dict[str, Any] = {"problem": problem_code(error), "transcribed_at": now}
        if not entry.body:
            done["coached_at"] = now
        async with hold(self._sessions, claim) as session:
            await entries.write(session, entry.user_id, entry.id, **done)
            purpose = "transcript" if entry.body else "reply"
            await self._put(session, entry, purpose, Reply(html=phrases.cannot_hear(error)))
            if not entry.body:
                await journeys.finish(session, claim)
        return replace(entry, **done)

    async def _look_back(
        self, claim: ClaimedJourney, entry: EntryRecord, person: Person, *, is_indexed: bool
    ) -> tuple[EntryRecord, coach.Known]:
        """The entry with its words and its meaning stored, and what the coach should know beside it."""
        if not is_indexed:
            await self._index(claim, entry, person)
        entry = await self._keep_meaning(claim, entry)
        if coach.stays_silent(entry, person):
            return entry, coach.Known()
        return entry, await self._look_up(entry)

    async def _index(self, claim: ClaimedJourney, entry: EntryRecord, person: Person) -> None:
        try:
            async with hold(self._sessions, claim) as session:
                await words.index(session, entry.user_id, entry.id, hint=person.locale)
        except SQLAlchemyError as error:
            # `index_earlier` makes up for it; what a person waits for is the reply.
            log.error("words could not be indexed: %s", type(error).__name__)

    async def _keep_meaning(self, claim: ClaimedJourney, entry: EntryRecord) -> EntryRecord:
        found = await understand.embed(entry, self._minds.embedder)
        if found is None:
            return entry
        model = self._minds.embedder.model
        try:
            async with hold(self._sessions, claim) as session:
                done = await understand.keep_meaning(session, entry, found, model=model)
                await entries.write(session, entry.user_id, entry.id, **done)
        except SQLAlchemyError as error:
            log.error("vectors could not be stored: %s", type(error).__name__)
            return entry
        return replace(entry, **done)

    async def _look_up(self, entry: EntryRecord) -> coach.Known:
        async with self._sessions.begin(entry.user_id) as session:
            return await coach.look_up(
                session, entry, model=self._minds.embedder.model, now=datetime.now(UTC)
            )

    async def _count(self, entry: EntryRecord) -> list[Metric]:
        async with self._sessions.begin(entry.user_id) as session:
            return await metrics.of_entry(session, entry.user_id, entry.id)

    async def _aim(self, entry: EntryRecord, person: Person, known: coach.Known) -> coach.Known:
        async with self._sessions.begin(entry.user_id) as session:
            today = day_of(person, datetime.now(UTC))
            return replace(known, goals=await goals.active(session, entry.user_id, today))

    async def _read(self, entry: EntryRecord, *, has_goals: bool) -> understand.Reading | None:
        if not understand.is_unread(entry):
            return None
        known: list[GoalRecord] = []
        if has_goals:
            async with self._sessions.begin(entry.user_id) as session:
                known = await goals.for_entry(session, entry.user_id, entry.id)
        try:
            return await understand.read(entry, self._minds.analyst, known)
        except MindError as error:
            log.warning("%s: %s", type(error).__name__, error)
            return None

    async def _keep_reading(
        self, claim: ClaimedJourney, entry: EntryRecord, person: Person, found: understand.Reading | None
    ) -> EntryRecord:
        """The entry with what the analyst read stored. Without, it is read again later: what a person
        waits for is the reply."""
        if found is None:
            return entry
        # Long words take a while, in which nothing is to be locked.
        concern = graver(await concern_of(entry.body), found.extraction.concern)
        try:
            async with hold(self._sessions, claim) as session:
                done = await understand.keep_reading(session, entry, found)
                done |= await heed(session, person, entry, concern)
                if await entries.write_read(session, entry.user_id, entry.id, **done):
                    await scorings.mark(session, entry.user_id, entry.local_date)
        except SQLAlchemyError as error:
            log.error("what was read could not be stored: %s", type(error).__name__)
            return entry
        return replace(entry, **done)

    async def _coach(
        self,
        claim: ClaimedJourney,
        entry: EntryRecord,
        person: Person,
        draft: Draft,
        known: coach.Known,
        reading: understand.Reading | None,
    ) -> None:
        before = entry
        entry = await self._keep_reading(claim, entry, person, reading)
        if coach.stays_silent(entry, person):
            async with hold(self._sessions, claim) as session:
                kept: dict[str, Any] = {"coached_at": datetime.now(UTC), "reply_sources": None}
                if entry.reply_message_id:
                    # What was said to an earlier version must not stand beside this one.
                    kept |= {"reply": phrases.KEPT, "reply_check_in": None, "problem": None}
                await entries.write(session, entry.user_id, entry.id, **kept)
                await replies.show(session, replace(entry, **kept))
                await self._end(session, claim, entry)
            self._sender.nudge()
            return
        if coach.stays_silent(before, person) or (entry.is_question and not before.is_question):
            # Nothing was looked up for what was only to be kept, and too little for a question.
            known = await self._look_up(entry)
        numbers = await self._count(entry)
        known = coach.counted(known, numbers)
        # An edited entry's reply is edited in place: a draft below it would come to nothing.
        show = _Unseen().show if entry.reply_message_id else draft.show
        if reading is None or reading.asked:
            known = await self._aim(entry, person, known)
        request = coach.request(entry, person, known, datetime.now(UTC))
        try:
            answer = await self._minds.coach.reply(request, lambda text: show(without_marks(text)))
        except MindError:
            self._coach_was_down = True
            raise
        done: dict[str, Any] = {
            "reply": coach.words(entry, answer),
            "reply_sources": [it.hex for it in cited(answer.text, known.sources.entry_ids)],
            "reply_check_in": None if entry.concern else answer.check_in,
            "coached_at": datetime.now(UTC),
        }
        if entry.problem == journeys.SET_ASIDE:
            done["problem"] = None
        async with hold(self._sessions, claim) as session:
            await self._keep_call(session, entry, "coach", coach.PROMPT, answer.usage)
            await entries.write(session, entry.user_id, entry.id, **done)
            # Under a reply that was never shown nobody can have changed a number.
            its = numbers if entry.reply_message_id is None else None
            await replies.show(session, replace(entry, **done), numbers=its)
            await self._end(session, claim, entry)
        self._sender.nudge()
        if self._coach_was_down:
            await self._wake()

    async def _wake(self) -> None:
        """The coach answers: a few of those that waited for it are tried at once, and each brings on more."""
        async with self._across.begin() as session:
            self._coach_was_down = await journeys.wake(session, "coach", most=WAKE)
        if self._coach_was_down:
            self.nudge()

    async def _catch_up(
        self, claim: ClaimedJourney, entry: EntryRecord, person: Person, *, has_goals: bool
    ) -> None:
        """The reply is given; what a mind that was down left undone is done now."""
        entry, reading = await both(self._keep_meaning(claim, entry), self._read(entry, has_goals=has_goals))
        entry = await self._keep_reading(claim, entry, person, reading)
        async with hold(self._sessions, claim) as session:
            if entry.extracted_at is not None:
                await replies.show(session, entry)
            await self._end(session, claim, entry)

    async def _end(self, session: AsyncSession, claim: ClaimedJourney, entry: EntryRecord) -> None:
        """Ask again later for what the analyst did not give, a few times."""
        if understand.is_unread(entry) and claim.waits < MOST_WAITS:
            after = pause(claim.waits + 1)
            await journeys.park(session, claim, waiting_for="analyst", after=after)
        else:
            await journeys.finish(session, claim)

    async def _put(self, session: AsyncSession, entry: EntryRecord, purpose: str, shown: Reply) -> None:
        if entry.chat_id is None:
            return
        await outbox.put(
            session,
            slot=reply_slot(entry.id) if purpose == "reply" else transcript_slot(entry.id),
            purpose=purpose,
            chat_id=entry.chat_id,
            content=shown.as_content(),
            user_id=entry.user_id,
            entry_id=entry.id,
            replace=True,
        )

    async def _keep_call(
        self, session: AsyncSession, entry: EntryRecord, stage: str, prompt: str | None, usage: Usage
    ) -> UUID:
        return await keep_call(session, entry.user_id, entry.id, entry.version, stage, prompt, usage)


class _Unseen:
    """For a reply that nobody watches grow."""

    def show(self, _text: str) -> None:
        pass
