from itertools import pairwise
from typing import Any

import pytest
from anthropic import AsyncAnthropic

from bot.ai.claude import ClaudeCoach, up_to_last_sentence
from bot.ai.claude_parts import cached_blocks
from bot.ai.families import family_of
from bot.errors import MindGarbled
from tests.ai.requests import CANARY, coaching
from tests.vendors import AnthropicServer, Fault


def body(server: AnthropicServer) -> dict[str, Any]:
    return server.requests[-1].body


async def test_reply_is_whole_and_heard_growing(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.say("Six hours is short. 🌧️ Rest well, and tell me how tomorrow goes.")
    heard: list[str] = []
    reply = await ClaudeCoach(anthropic_client).reply(coaching(), heard.append)
    assert reply.text == "Six hours is short. 🌧️ Rest well, and tell me how tomorrow goes."
    assert reply.ending == "whole"
    assert heard[-1] == reply.text
    assert len(heard) > 2
    assert all(later.startswith(sooner) and later != sooner for sooner, later in pairwise(heard))


async def test_request_is_what_the_default_model_accepts(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)
    sent = body(anthropic_server)
    assert sent["model"] == "claude-sonnet-5-5"
    assert sent["thinking"] == {"type": "between_tools"}
    assert sent["output_config"] == {"effort": "low"}
    assert sent["stream"] is True
    assert sent["max_tokens"] >= 1024
    assert [message["role"] for message in sent["messages"]] == ["user"]
    assert CANARY in sent["messages"][0]["content"]
    assert sent.keys() == {
        "model", "max_tokens", "messages", "system", "thinking", "output_config", "stream",
    }  # fmt: skip


async def test_usage_is_the_vendors_and_a_stable_prefix_is_read_from_the_cache(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    coach = ClaudeCoach(anthropic_client)
    instructions = "Be kind, be brief, invent nothing. " * 200
    first = await coach.reply(coaching("one", instructions, "Ann runs."), lambda _: None)
    second = await coach.reply(coaching("two", instructions, "Ben swims."), lambda _: None)
    assert first.usage.model == "claude-sonnet-5-5"
    assert first.usage.cache_write_tokens > 1000
    assert first.usage.cache_read_tokens == 0
    assert second.usage.cache_read_tokens > 1000
    assert second.usage.cache_write_tokens < 20
    assert second.usage.input_tokens > 0
    assert second.usage.output_tokens > 0


@pytest.mark.parametrize(
    ("blocks", "marked"), [(1, [0]), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (6, [0, 3, 4, 5])]
)
def test_cache_breakpoints_are_four_at_most(blocks: int, marked: list[int]) -> None:
    made = cached_blocks([f"block {number}" for number in range(blocks)])
    assert [number for number, block in enumerate(made) if "cache_control" in block] == marked


async def test_blank_system_blocks_are_left_out(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    await ClaudeCoach(anthropic_client).reply(coaching("hello", "Be kind.", " \n"), lambda _: None)
    assert [block["text"] for block in body(anthropic_server)["system"]] == ["Be kind."]


@pytest.mark.parametrize(
    "model",
    ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5", "claude-haiku-4-5"],
)
async def test_every_family_is_asked_for_what_it_accepts_and_read_by_block_type(
    model: str, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.say("Good to hear from you.")
    reply = await ClaudeCoach(anthropic_client, model=model).reply(coaching(), lambda _: None)
    assert reply.text == "Good to hear from you."
    assert reply.usage.model == model


def test_a_model_of_another_maker_gets_nothing_special() -> None:
    assert family_of("qwen3-30b") == family_of("")
    assert not family_of("qwen3-30b").effort
    assert family_of("claude-sonnet-7").effort


async def test_a_retiring_model_is_announced_once_and_works(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic, caplog: pytest.LogCaptureFixture
) -> None:
    coach = ClaudeCoach(anthropic_client, model="claude-sonnet-4-5")
    for _ in range(2):
        assert (await coach.reply(coaching(), lambda _: None)).ending == "whole"
    assert [record.getMessage() for record in caplog.records if "retires" in record.getMessage()] == [
        "coach (claude-sonnet-4-5): the model retires on November 30th, 2026"
    ]


async def test_events_of_a_newer_api_are_passed_over(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.say("Noted.")
    anthropic_server.next(Fault(kind="newer_events"))
    heard: list[str] = []
    reply = await ClaudeCoach(anthropic_client).reply(coaching(), heard.append)
    assert (reply.text, heard) == ("Noted.", ["Noted."])


async def test_a_slow_stream_is_waited_for(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.say("Slow but whole.")
    anthropic_server.next(Fault(kind="slow", seconds=0.1))
    assert (await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)).text == "Slow but whole."


@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded"])
async def test_a_cut_reply_ends_with_a_whole_sentence(
    reason: str, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.say("You slept six hours. That is less than you wanted. Tomorrow you mi")
    anthropic_server.next(Fault(kind="stop_reason", type=reason))
    reply = await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)
    assert reply.ending == "cut"
    assert reply.text == "You slept six hours. That is less than you wanted."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Yes. And then a very long sentence that never", "Yes. And then a very long sentence that never"),
        ("You ran 7.5 km today", "You ran 7.5 km today"),
        ("هل نمت جيدا اليوم؟ أتمنى", "هل نمت جيدا اليوم؟"),
        ("今日はよく眠れましたね。明日も", "今日はよく眠れましたね。"),
        ("She said “rest.” And th", "She said “rest.”"),
        ("", ""),
    ],
)
def test_last_sentence(text: str, kept: str) -> None:
    assert up_to_last_sentence(text) == kept


async def test_a_refusal_has_no_text_even_after_some_was_heard(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.next(Fault(kind="refusal"))
    heard: list[str] = []
    reply = await ClaudeCoach(anthropic_client).reply(coaching(), heard.append)
    assert heard
    assert (reply.text, reply.ending) == ("", "refused")
    assert reply.usage.input_tokens > 0


@pytest.mark.parametrize("reason", ["end_turn", "max_tokens"])
async def test_a_reply_without_words_is_garbled(
    reason: str, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.say(" \n ")
    anthropic_server.next(Fault(kind="stop_reason", type=reason))
    with pytest.raises(MindGarbled, match="without words"):
        await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)


async def test_an_error_of_the_listener_is_its_own(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    def listen(_: str) -> None:
        raise ValueError("a mistake of ours")

    with pytest.raises(ValueError, match="a mistake of ours"):
        await ClaudeCoach(anthropic_client).reply(coaching(), listen)


async def test_a_lone_surrogate_is_sent_as_a_question_mark(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    await ClaudeCoach(anthropic_client).reply(coaching("half an emoji \ud83d here"), lambda _: None)
    assert "half an emoji ? here" in body(anthropic_server)["messages"][0]["content"]
