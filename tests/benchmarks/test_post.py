from collections import Counter

import pytest

from benchmarks.figures import Figure, Target
from benchmarks.post import CountedLimits, Forgetful, Post, delivered
from bot.playground.errors import ApiRefused
from bot.playground.server import BotApiServer

TOKEN = "123456:test-token"


def by_name(found: list[Figure], part: str) -> Figure:
    [figure] = [it for it in found if part in it.name]
    return figure


def post(*arrived: list[float]) -> Post:
    return Post(arrived=dict(enumerate(arrived)))


def test_an_evening_lasts_from_the_first_summary_to_the_last() -> None:
    found = delivered(post([20.0], [10.0], [710.5]), Counter(), Target(statistic="took", limit=690))
    took = by_name(found, "from the first to the last")
    assert took.name.startswith("3 summaries")
    assert took.statistics["took"] == pytest.approx(700.5)
    assert took.verdict == "over"
    assert by_name(found, "a second").statistics["mean"] == pytest.approx(2 / 700.5)
    assert by_name(found, "never came").verdict == "ok"
    assert by_name(found, "more than once").verdict == "ok"


def test_who_got_none_and_who_got_two_are_counted_as_people() -> None:
    found = delivered(post([], [1.0, 2.0], [], [], [1.5]), Counter({1: 3, 4: 1, 99: 2}), None)
    missing, twice = by_name(found, "never came"), by_name(found, "more than once")
    assert (missing.statistics["people"], missing.verdict) == (3, "over")
    assert (twice.statistics["people"], twice.verdict) == (1, "over")
    assert by_name(found, "summaries refused").statistics["calls"] == 4
    assert by_name(found, "other messages refused").statistics["calls"] == 2
    assert by_name(found, "from the first").verdict is None


def test_an_evening_without_any_summary_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="no summary"):
        delivered(post([], []), Counter(), None)


async def test_the_post_counts_what_the_bot_sends_and_not_what_people_write() -> None:
    server = BotApiServer(token=TOKEN)
    people = [server.person() for _ in range(3)]
    found = Post.of([it.chat for it in people])
    await people[0].writes("Hello")
    for person in (people[1], people[1], people[2]):
        server.world.say(person.chat, {"text": "How the day went"})
    assert [len(found.arrived[it.id]) for it in people] == [0, 2, 1]
    assert found.count == 3
    assert found.latest == found.arrived[people[2].id][0]


def test_who_is_refused_is_counted() -> None:
    limits = CountedLimits()
    for _ in range(3):
        limits.check("sendMessage", 7)
    with pytest.raises(ApiRefused):
        limits.check("sendMessage", 7)
    limits.check("sendMessage", 8)
    assert limits.refused == {7: 1}


def test_a_picture_is_described_and_not_kept() -> None:
    stored = Forgetful().add(b"12345", folder="photos", suffix=".jpg")
    assert (stored.size, stored.data) == (5, b"")
