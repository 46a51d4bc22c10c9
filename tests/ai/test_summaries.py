"""The words of an evening from each coach: as Claude gives them, unchecked, and by rule without a key."""

import pytest
from anthropic import AsyncAnthropic

from bot.ai.claude import ClaudeCoach
from bot.ai.lexicon import LANGUAGES
from bot.ai.offline import OfflineCoach
from bot.ai.protocols import KnownMetric, SummaryRequest
from bot.errors import MindGarbled, MindUnavailable
from tests.vendors import AnthropicServer, Fault, overloaded

MOOD = KnownMetric(name="mood", value=7.0, unit="points")
SLEEP = KnownMetric(name="sleep_hours", value=6.5, unit="hours")


def request(language: str | None = "en", *metrics: KnownMetric) -> SummaryRequest:
    return SummaryRequest(
        system=("Sum it up.",),
        message="<entries>none</entries>",
        kind="day",
        language=language,
        metrics=metrics,
    )


async def test_what_claude_gives_comes_through_whatever_its_types(
    anthropic_client: AsyncAnthropic, anthropic_server: AnthropicServer
) -> None:
    anthropic_server.give({"story": 7, "helped": ["x"], "goal": "one", "more": "than was asked"})
    words = await ClaudeCoach(anthropic_client).sum_up(request())
    assert (words.story, words.helped, words.goal, words.question) == (7, ["x"], "one", None)
    assert words.source == "model"
    [asked] = anthropic_server.requests
    schema = asked.body["output_config"]["format"]["schema"]
    assert set(schema["required"]) == set(schema["properties"])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind="refusal"), MindGarbled),
        (Fault(kind="max_tokens"), MindGarbled),
        (overloaded(), MindUnavailable),
    ],
)
async def test_no_words_is_an_error(
    anthropic_client: AsyncAnthropic, anthropic_server: AnthropicServer, fault: Fault, error: type[Exception]
) -> None:
    anthropic_server.always = fault
    with pytest.raises(error):
        await ClaudeCoach(anthropic_client, seconds=5).sum_up(request())


@pytest.mark.parametrize("language", [it for it in LANGUAGES if it != "en"])
async def test_offline_the_day_is_one_sentence_of_its_numbers(language: str) -> None:
    words = await OfflineCoach().sum_up(request(language, MOOD, SLEEP))
    assert "7" in words.story
    assert "6.5" in words.story or "6,5" in words.story or "6٫5" in words.story
    assert "{" not in words.story
    assert (words.source, words.question, words.helped, words.suggestion) == ("rule", None, None, None)
    kept = await OfflineCoach().sum_up(request(language))
    assert kept.story
    assert not any(it.isdigit() for it in kept.story)


@pytest.mark.parametrize("language", ["en", "xx", None])
async def test_offline_english_leaves_the_numbers_to_the_caption(language: str | None) -> None:
    words = await OfflineCoach().sum_up(request(language, MOOD))
    assert words.story == "Your words from today are kept."


async def test_offline_there_are_no_words_for_longer_times() -> None:
    asked = SummaryRequest(system=(), message="", kind="week", language="en", metrics=(MOOD,))
    assert (await OfflineCoach().sum_up(asked)).story == ""
