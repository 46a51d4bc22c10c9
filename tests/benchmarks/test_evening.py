from typing import Any, cast

import pytest

from benchmarks.evening import BEFORE, DELIVERING, PREPARING, Ready, preparing, spent
from benchmarks.figures import Figure, Target
from benchmarks.meanwhile import Meanwhile
from benchmarks.people import Moments
from benchmarks.usage import Usage

BOT = "processor time of the bot"


def chatted(times: int) -> list[Moments]:
    return [Moments(sent=100.0, saved=100.02, replied=100.5, chat_id=1, message_id=1)] * times


def evening() -> Meanwhile:
    """One entry while they are prepared, two before and four while they go out, of 5 s each."""
    seconds = {PREPARING: 40.0, BEFORE: 10.0, DELIVERING: 23.0}
    return Meanwhile(
        ground=cast("Any", None),
        writer=cast("Any", None),
        pace=1.0,
        moments={PREPARING: chatted(1), BEFORE: chatted(2), DELIVERING: chatted(4)},
        used={name: Usage(seconds=100.0, computed={BOT: it}) for name, it in seconds.items()},
    )


def by_name(found: list[Figure], part: str) -> Figure:
    [figure] = [it for it in found if part in it.name]
    return figure


def test_preparing_may_take_as_long_as_the_bot_begins_before_the_minute() -> None:
    found = preparing(600, Ready(planned=3.0, prepared=500.0), evening())
    took = by_name(found, "planned and prepared")
    # Five minutes, and 0.3 s for each.
    assert took.target == Target(statistic="took", limit=480)
    assert took.verdict == "over"
    assert by_name(found, BOT).statistics["mean"] == pytest.approx(35_000 / 600)


def test_a_summarys_cost_is_without_what_the_chat_costs() -> None:
    [figure] = spent("a summary delivered", 100, DELIVERING, evening())
    assert figure.name == f"{BOT}, a summary delivered"
    assert figure.statistics["mean"] == pytest.approx(30)
