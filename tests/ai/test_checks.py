"""Whether a model is there for us, asked without cost."""

import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from bot.ai import claude
from bot.ai import openai as openai_minds
from bot.ai.protocols import Mind
from bot.errors import MindError, MindGarbled, MindRejected, MindUnavailable
from tests.vendors import AnthropicServer, Fault, OpenAIServer, status


@pytest.mark.parametrize("kind", [claude.ClaudeCoach, claude.ClaudeAnalyst])
async def test_a_model_of_claude_is_there(
    kind: type[claude.ClaudeCoach] | type[claude.ClaudeAnalyst],
    anthropic_server: AnthropicServer,
    anthropic_client: AsyncAnthropic,
) -> None:
    await kind(anthropic_client).check()
    assert [request.path.rpartition("/")[0] for request in anthropic_server.requests] == ["/v1/models"]


@pytest.mark.parametrize("kind", [openai_minds.OpenAIEmbedder, openai_minds.OpenAITranscriber])
async def test_a_model_of_openai_is_there(
    kind: type[openai_minds.OpenAIEmbedder] | type[openai_minds.OpenAITranscriber],
    openai_server: OpenAIServer,
    openai_client: AsyncOpenAI,
) -> None:
    await kind(openai_client).check()
    assert [request.path for request in openai_server.requests] == ["/v1/models"]


async def test_a_model_that_is_not_there(
    anthropic_client: AsyncAnthropic, openai_client: AsyncOpenAI
) -> None:
    minds: list[Mind] = [
        claude.ClaudeCoach(anthropic_client, model="claude-9"),
        openai_minds.OpenAITranscriber(openai_client, model="whisper-9"),
    ]
    for mind in minds:
        with pytest.raises(MindRejected):
            await mind.check()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (status(401, "authentication_error"), MindRejected),
        (status(500, retry=False), MindUnavailable),
        (Fault(kind="html"), MindGarbled),
        (Fault(kind="empty"), MindGarbled),
    ],
)
async def test_a_check_that_fails(
    fault: Fault,
    error: type[MindError],
    anthropic_server: AnthropicServer,
    anthropic_client: AsyncAnthropic,
    openai_server: OpenAIServer,
    openai_client: AsyncOpenAI,
) -> None:
    anthropic_server.next(fault)
    openai_server.next(fault)
    with pytest.raises(error):
        await claude.ClaudeCoach(anthropic_client).check()
    with pytest.raises(error):
        await openai_minds.OpenAIEmbedder(openai_client).check()
