from typing import Any

import pytest
from anthropic import AsyncAnthropic

from bot.ai.claude import ClaudeAnalyst
from bot.ai.offline import OfflineAnalyst
from bot.ai.protocols import ProposedScore, ScoreRequest
from bot.errors import MindGarbled
from tests.vendors import AnthropicServer, Fault

REQUEST = ScoreRequest(
    system="Score the day.",
    message='<day date="Monday 2026-05-04">\n<entry n="1">\nI felt great\n</entry>\n</day>',
    categories=("mood", "sleep"),
)
MOOD = {"category": "mood", "score": 85, "reason": "You felt great.", "quote": "I felt great"}


async def test_scores_come_with_their_reasons_and_quotes(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give({"scores": [MOOD, "sleep", None, {"score": "high"}]})
    found = await ClaudeAnalyst(anthropic_client).score(REQUEST)
    assert found.scores == (
        ProposedScore(category="mood", score=85, reason="You felt great.", quote="I felt great"),
        ProposedScore(category=None, score="high", reason=None, quote=None),
    )
    assert found.source == "model"
    assert found.usage.output_tokens > 0


async def test_the_request_asks_for_the_categories_and_nothing_else(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    found = await ClaudeAnalyst(anthropic_client).score(REQUEST)
    assert found.scores == ()
    sent = anthropic_server.requests[-1].body
    schema = sent["output_config"]["format"]["schema"]
    item = schema["properties"]["scores"]["items"]
    assert item["properties"]["category"]["enum"] == ["mood", "sleep"]
    assert set(schema["properties"]) == {"scores"}
    assert sent["thinking"] == {"type": "disabled"}
    assert sent["messages"] == [{"role": "user", "content": REQUEST.message}]


@pytest.mark.parametrize("given", ["no", {"scores": None}, {"scores": MOOD}, {}, [MOOD]])
async def test_what_is_no_list_of_scores_is_garbled(
    given: Any, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give(given)
    with pytest.raises(MindGarbled, match="not the JSON"):
        await ClaudeAnalyst(anthropic_client).score(REQUEST)


@pytest.mark.parametrize(("kind", "reason"), [("max_tokens", "cut"), ("refusal", "refused")])
async def test_a_cut_answer_and_a_refusal_are_garbled(
    kind: Any, reason: str, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give({"scores": [MOOD]})
    anthropic_server.next(Fault(kind=kind))
    with pytest.raises(MindGarbled, match=reason):
        await ClaudeAnalyst(anthropic_client).score(REQUEST)


async def test_the_offline_analyst_leaves_the_day_to_its_numbers() -> None:
    found = await OfflineAnalyst().score(REQUEST)
    assert (found.scores, found.source, found.usage.model) == ((), "rule", "offline")
