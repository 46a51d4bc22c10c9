"""Words that follow: a summary that went out as numbers gets them by an edit of its message, once the coach
is back. It is asked for them for `FOLLOWS` long, less and less often; after that the message says that they
did not come, and promises nothing any more."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal import phrases_summary as phrases
from bot.journal.message import Reply
from bot.journal.summary.preparing import Summaries
from bot.turns import unhurried
from bot.work import pause
from db import owned
from db.queries import outbox, summary_words
from db.queries.summaries import slot_of
from db.queries.summary_words import Wordless

log = logging.getLogger(__name__)

FOLLOWS = timedelta(hours=6)
# At a time, and of them side by side: people who write now wait for the coach, too.
SOME, TOGETHER = 16, 8
ON_ITS_WAY = ("waiting", "sending")
SHORTLY = timedelta(seconds=30)


class Following:
    """`bring` is called by a tick, in every replica."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], summaries: Summaries) -> None:
        self._sessions = sessions
        self._summaries = summaries
        self._turns = asyncio.Semaphore(TOGETHER)

    async def bring(self) -> int:
        """Bring the words that have come, until there are none or the coach is still away; how many
        summaries are settled."""
        settled = 0
        while True:
            async with self._sessions.begin() as session:
                found = await summary_words.claim(session, SOME)
            some = sum(await asyncio.gather(*(self._one(it) for it in found)))
            settled += some
            if not some:
                return settled

    async def _one(self, one: Wordless) -> bool:
        """Whether it is settled."""
        try:
            async with self._turns:
                with unhurried():
                    return await self._bring(one)
        except Exception:
            log.exception("the words of a summary could not be brought: later again")
            async with self._sessions.begin() as session:
                await summary_words.again(session, one, pause(one.attempts))
            return False

    async def _bring(self, one: Wordless) -> bool:
        if one.shown_in in ON_ITS_WAY:
            async with self._sessions.begin() as session:
                await summary_words.again(session, one, SHORTLY)
            return False
        is_last = datetime.now(UTC) - one.shown_at >= FOLLOWS
        prepared = None
        if one.shown_in == "shown":
            prepared = await self._summaries.complete(one, is_last=is_last)
        async with owned.begin(self._sessions, one.user_id) as session:
            if not await summary_words.hold(session, one):
                return False
            if prepared and prepared.waits_for_words:
                await summary_words.again(session, one, pause(one.attempts))
                return False
            await summary_words.done(session, one)
            # Of a day that is grave by now the message says that. Where nothing is left to say, as of one
            # that was emptied, it promises nothing.
            if prepared and one.chat_id is not None:
                reply = Reply(html=prepared.html or phrases.NOTHING_FOLLOWS, buttons=prepared.buttons)
                await outbox.put(
                    session,
                    slot=slot_of(one.id),
                    purpose="summary",
                    chat_id=one.chat_id,
                    content=reply.as_content(),
                    user_id=one.user_id,
                    replace=True,
                )
        return True
