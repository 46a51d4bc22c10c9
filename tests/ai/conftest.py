from collections.abc import AsyncIterator

import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from bot.ai import claude
from bot.ai import openai as openai_minds
from tests.vendors import KEY, AnthropicServer, OpenAIServer


@pytest.fixture
async def anthropic_server() -> AsyncIterator[AnthropicServer]:
    async with AnthropicServer() as server:
        yield server


@pytest.fixture
async def anthropic_client(anthropic_server: AnthropicServer) -> AsyncIterator[AsyncAnthropic]:
    async with claude.make_client(KEY, anthropic_server.url, silence=0.5) as client:
        yield client


@pytest.fixture
async def openai_server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def openai_client(openai_server: OpenAIServer) -> AsyncIterator[AsyncOpenAI]:
    async with openai_minds.make_client(KEY, openai_server.url, silence=0.5) as client:
        yield client
