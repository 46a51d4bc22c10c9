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
from dataclasses import dataclass, field

from bot.ai.protocols import Batches, SummaryRequest, SummaryWords
from bot.errors import MindError
from db.queries.people import Person

log = logging.getLogger(__name__)

# Batches held at a time: those of one crowd, whose summaries come in any order. And seconds until one that
# was not ready is asked for again.
HELD, AGAIN = 32, 60.0


def key_of(person: Person, asked: SummaryRequest) -> str:
    """Another one for any other question: 57 letters and digits."""
    told = hashlib.sha256("\0".join([*asked.system, asked.message]).encode(errors="replace")).hexdigest()
    return f"{person.user_id.hex}_{told[:24]}"


@dataclass
class _Batch:
    """What is known of one: `words` once it is done, and until then when it was asked for last."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    words: Mapping[str, SummaryWords] | None = None
    asked_at: float = -AGAIN


class WordsAhead:
    def __init__(self, batches: Batches) -> None:
        self.batches = batches
        self._held: dict[str, _Batch] = {}

    async def find(self, batch_id: str, key: str) -> SummaryWords | None:
        """The words for just this question, where they are there."""
        batch = self._held.setdefault(batch_id, _Batch())
        self._let_go()
        # Thousands of one batch come within a minute: one of them asks.
        async with batch.lock:
            if batch.words is None and time.monotonic() - batch.asked_at >= AGAIN:
                batch.asked_at = time.monotonic()
                batch.words = await self._fetch(batch_id)
        return (batch.words or {}).get(key)

    async def _fetch(self, batch_id: str) -> Mapping[str, SummaryWords] | None:
        try:
            found = await self.batches.fetch(batch_id)
        except MindError as error:
            log.warning("a batch of summaries cannot be looked into: %s", error)
            return None
        if found is None:
            log.info("a batch of summaries is late: they are asked for one by one")
        return found

    def _let_go(self) -> None:
        for old in list(self._held)[:-HELD]:
            del self._held[old]
