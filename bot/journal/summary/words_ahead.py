"""Words that were asked for hours before their evening, in a batch at half the price.

They count only where the coach would be asked just the same now: whoever wrote more since, or changed
anything that it is told, is answered at once as ever. The summary's row keeps which batch to look into; what
came of that is looked up once, and held until the next ones come.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Mapping

from bot.ai.protocols import Batches, SummaryRequest, SummaryWords
from bot.errors import MindError
from db.queries.people import Person

log = logging.getLogger(__name__)

# Batches held at a time, and seconds until one that was not ready is asked for again.
HELD, AGAIN = 8, 60.0


def key_of(person: Person, asked: SummaryRequest) -> str:
    """Another one for any other question: 57 letters and digits."""
    told = hashlib.sha256("\0".join([*asked.system, asked.message]).encode(errors="replace")).hexdigest()
    return f"{person.user_id.hex}_{told[:24]}"


class WordsAhead:
    def __init__(self, batches: Batches) -> None:
        self.batches = batches
        self._words: dict[str, Mapping[str, SummaryWords]] = {}
        self._asked_at: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def find(self, batch_id: str, key: str) -> SummaryWords | None:
        """The words for just this question, where they are there."""
        # Thousands of one batch come within a minute: one of them asks.
        async with self._locks.setdefault(batch_id, asyncio.Lock()):
            words = await self._of(batch_id)
        return words.get(key)

    async def _of(self, batch_id: str) -> Mapping[str, SummaryWords]:
        if batch_id in self._words:
            return self._words[batch_id]
        if time.monotonic() - self._asked_at.get(batch_id, -AGAIN) < AGAIN:
            return {}
        self._asked_at[batch_id] = time.monotonic()
        try:
            found = await self.batches.fetch(batch_id)
        except MindError as error:
            log.warning("a batch of summaries cannot be looked into: %s", error)
            return {}
        if found is None:
            log.info("a batch of summaries is late: they are asked for one by one")
            return {}
        self._hold(batch_id, found)
        return found

    def _hold(self, batch_id: str, found: Mapping[str, SummaryWords]) -> None:
        self._words[batch_id] = found
        for old in list(self._words)[:-HELD]:
            for held in (self._words, self._asked_at, self._locks):
                held.pop(old, None)
