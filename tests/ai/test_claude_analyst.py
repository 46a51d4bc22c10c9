import json
from typing import Any

import pytest
from anthropic import AsyncAnthropic

from bot.ai.claude import ClaudeAnalyst
from bot.ai.protocols import ProposedMetric
from bot.errors import MindGarbled
from tests.ai.requests import extraction
from tests.vendors import AnthropicServer, Fault

MOOD = {"name": "mood", "value": 7, "quote": "mood 7"}


async def test_metrics_come_with_their_quotes(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    found = await ClaudeAnalyst(anthropic_client).extract(extraction("Mood 7, sleep hours: 6.5"))
    assert found.metrics == (
        ProposedMetric(name="mood", value=7.0, quote="Mood 7"),
        ProposedMetric(name="sleep_hours", value=6.5, quote="sleep hours: 6.5"),
    )
    assert found.source == "model"
    assert found.language is None
    assert found.usage.model == "claude-haiku-5-5"
    assert found.usage.output_tokens > 0


async def test_request_asks_for_the_vocabulary_and_nothing_else(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    await ClaudeAnalyst(anthropic_client).extract(extraction("Hello"))
    sent = anthropic_server.requests[-1].body
    schema = sent["output_config"]["format"]["schema"]
    item = schema["properties"]["metrics"]["items"]
    assert sent["thinking"] == {"type": "disabled"}
    assert sent["output_config"]["effort"] == "low"
    assert item["properties"]["name"]["enum"] == ["mood", "sleep_hours"]
    assert item["additionalProperties"] is schema["additionalProperties"] is False
    assert sent["system"][0]["cache_control"] == {"type": "ephemeral"}


async def test_one_bad_item_never_loses_the_others(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give(
        {"language": "pt-BR", "metrics": ["mood", None, MOOD, [1], {"name": 5, "value": "six"}]}
    )
    found = await ClaudeAnalyst(anthropic_client).extract(extraction("Mood 7"))
    assert found.metrics == (
        ProposedMetric(name="mood", value=7, quote="mood 7"),
        ProposedMetric(name=5, value="six", quote=None),
    )
    assert found.language == "pt-BR"


@pytest.mark.parametrize("language", ["und", "", "English, I think", None, 5, "x"])
async def test_a_language_that_is_no_tag_is_unknown(
    language: object, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give({"language": language, "metrics": [MOOD]})
    found = await ClaudeAnalyst(anthropic_client).extract(extraction("Mood 7"))
    assert found.language is None
    assert len(found.metrics) == 1


async def test_prose_around_the_json_is_forgiven(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give(f"Here you are:\n```json\n{json.dumps({'metrics': [MOOD]})}\n```")
    found = await ClaudeAnalyst(anthropic_client).extract(extraction("Mood 7"))
    assert [metric.name for metric in found.metrics] == ["mood"]


@pytest.mark.parametrize(
    "given",
    [
        "I found nothing.",
        "",
        "[1, 2]",
        '{"metrics": [',
        {"language": "en"},
        {"metrics": {"mood": 7}},
        {"metrics": None},
        '{"metrics": ' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
async def test_what_is_not_the_json_asked_for_is_garbled(
    given: Any, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give(given)
    with pytest.raises(MindGarbled, match="not the JSON"):
        await ClaudeAnalyst(anthropic_client).extract(extraction("Mood 7"))


@pytest.mark.parametrize(("kind", "reason"), [("max_tokens", "cut"), ("refusal", "refused")])
async def test_a_cut_answer_and_a_refusal_are_garbled(
    kind: Any, reason: str, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give({"metrics": [MOOD]})
    anthropic_server.next(Fault(kind=kind))
    with pytest.raises(MindGarbled, match=reason):
        await ClaudeAnalyst(anthropic_client).extract(extraction("Mood 7"))
