"""What is kept of batches that were asked for: a crowd's, and no more than that."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ai.protocols import SummaryRequest, SummaryWords, Usage
from bot.journal.summary.words_ahead import HELD, WordsAhead

KEY = "somebody"
WORDS = SummaryWords(story="A quiet day.", source="model", usage=Usage(model="made-up"))


@dataclass
class Vendor:
    """Whose batches are done, or late."""

    are_late: bool = False
    asked: list[str] = field(default_factory=list)

    async def submit(self, requests: Mapping[str, SummaryRequest]) -> str:
        raise NotImplementedError

    async def fetch(self, batch_id: str) -> Mapping[str, SummaryWords] | None:
        self.asked.append(batch_id)
        return None if self.are_late else {KEY: WORDS}

    async def close(self) -> None:
        pass


async def test_the_batches_of_a_crowd_are_fetched_once_in_whatever_order_its_people_come() -> None:
    vendor = Vendor()
    ahead = WordsAhead(vendor)
    for _ in range(3):
        for number in range(HELD):
            assert await ahead.find(f"batch {number}", KEY) == WORDS
    assert len(vendor.asked) == HELD


async def test_the_oldest_is_let_go_and_fetched_again_when_somebody_comes_late() -> None:
    vendor = Vendor()
    ahead = WordsAhead(vendor)
    for number in [*range(HELD + 1), HELD, 0]:
        await ahead.find(f"batch {number}", KEY)
    assert vendor.asked[-2:] == [f"batch {HELD}", "batch 0"]


async def test_a_late_batch_is_asked_for_once_a_minute_and_many_take_no_room() -> None:
    vendor = Vendor(are_late=True)
    ahead = WordsAhead(vendor)
    for _ in range(3):
        assert await ahead.find("batch", KEY) is None
    assert vendor.asked == ["batch"]
    for number in range(10 * HELD):
        await ahead.find(f"batch {number}", KEY)
    await ahead.find("batch", KEY)
    assert vendor.asked[-1] == "batch"
