"""The servers that the tests trust refuse what the vendors refuse."""

import json
import sys
from asyncio import create_subprocess_exec, subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.vendors import KEY, AnthropicServer

ROOT = Path(__file__).parents[2]

FINE: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "hello"}],
}
TOOLS = {"tools": [{"name": "t", "input_schema": {"type": "object"}}]}
MARKED = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}


def schema(**parts: Any) -> dict[str, Any]:
    whole = {"type": "object", "additionalProperties": False, **parts}
    return {"output_config": {"format": {"type": "json_schema", "schema": whole}}}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield session


async def post(http: aiohttp.ClientSession, server: AnthropicServer, body: Any, **headers: str) -> int:
    async with http.post(f"{server.url}/v1/messages", json=body, headers=headers) as answer:
        if answer.status != 200:
            assert (await answer.json())["type"] == "error"
        return answer.status


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.5},
        {"top_p": 0.9},
        {"top_k": 5},
        {"thinking": {"type": "disabled"}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        {"thinking": {"type": "between_tools"}, "output_config": {"effort": "max"}},
        {"model": "claude-haiku-5-5", "thinking": {"type": "between_tools"}},
        {"model": "claude-haiku-4-5", "output_config": {"effort": "low"}},
        {"messages": [*FINE["messages"], {"role": "assistant", "content": "Well,"}]},
        {**TOOLS, "tool_choice": {"type": "any"}},
        {**TOOLS, "tool_choice": {"type": "tool", "name": "t"}},
        {"prompt": "hello"},
        {"max_tokens": 0},
        {"messages": []},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": " "}]}]},
        {"messages": [{"role": "system", "content": "hello"}]},
        {"system": [{"type": "text", "text": ""}]},
        {"system": [MARKED] * 5},
        {"output_config": {"effort": "tiny"}},
        {"output_config": {"speed": 3}},
        schema(additionalProperties=True),
        schema(properties={"n": {"type": "number", "minimum": 1}}),
        schema(properties={"n": {"type": "string", "enum": []}}),
    ],
)
async def test_claude_refuses(
    change: dict[str, Any], anthropic_server: AnthropicServer, http: aiohttp.ClientSession
) -> None:
    assert await post(http, anthropic_server, FINE) == 200
    assert await post(http, anthropic_server, {**FINE, **change}) == 400


@pytest.mark.parametrize("field", ["model", "max_tokens", "messages"])
async def test_claude_misses_a_field(
    field: str, anthropic_server: AnthropicServer, http: aiohttp.ClientSession
) -> None:
    body = {key: value for key, value in FINE.items() if key != field}
    assert await post(http, anthropic_server, body) == 400


async def test_claude_checks_the_key_the_version_and_the_model(
    anthropic_server: AnthropicServer, http: aiohttp.ClientSession
) -> None:
    assert await post(http, anthropic_server, FINE, **{"x-api-key": "sk-other"}) == 401
    assert await post(http, anthropic_server, FINE, **{"anthropic-version": "1"}) == 400
    assert await post(http, anthropic_server, {**FINE, "model": "claude-3-5-sonnet-latest"}) == 404
    assert await post(http, anthropic_server, [1]) == 400


async def test_claude_answers_without_a_stream_too(
    anthropic_server: AnthropicServer, http: aiohttp.ClientSession
) -> None:
    async with http.post(f"{anthropic_server.url}/v1/messages", json=FINE) as answer:
        message = await answer.json()
    assert [block["type"] for block in message["content"]] == ["thinking", "text"]
    assert message["stop_reason"] == "end_turn"


@pytest.mark.parametrize(("vendor", "path"), [("anthropic", "/v1/messages"), ("openai", "/embeddings")])
async def test_a_server_of_its_own_process(vendor: str, path: str, http: aiohttp.ClientSession) -> None:
    process = await create_subprocess_exec(
        sys.executable, "-m", "tests.vendors", vendor, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout
    try:
        url = (await process.stdout.readline()).decode().strip()
        root = url.removesuffix("/v1")
        async with http.post(f"{root}/_next", json={"kind": "status", "status": 503}) as answer:
            assert answer.status == 204
        async with http.post(url + path, json=FINE) as answer:
            assert answer.status == 503
        async with http.get(f"{root}/_requests") as answer:
            assert json.loads(await answer.text())[0]["body"] == FINE
    finally:
        process.terminate()
        await process.wait()
