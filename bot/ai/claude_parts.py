"""What a call to Claude and a batch of calls have in common."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import anthropic
import httpx2
from anthropic.types import OutputConfigParam, TextBlockParam

from bot.ai.calls import count, field, label, refused, sendable
from bot.ai.families import family_of
from bot.ai.protocols import Usage
from bot.errors import MindGarbled, MindUnavailable

MAX_TOKENS = 8_192  # thinking counts towards it on the models that always think
CACHE_BREAKPOINTS = 4  # the most that a request may carry


@asynccontextmanager
async def failures(*, mind: str, model: str, seconds: float) -> AsyncIterator[None]:
    """Bounds what happens inside and turns every failure of it into a `MindError`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise MindUnavailable(f"no whole answer in {seconds:g} s", mind=mind, model=model) from None
    except anthropic.APIStatusError as error:
        raise refused(
            mind=mind,
            model=model,
            status=error.status_code,
            kind=error.error_code or error.type,
            headers=error.response.headers,
        ) from None
    except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
        # Once a stream has begun the SDK lets the errors of its HTTP client through.
        raise MindUnavailable(type(error.__cause__ or error).__name__, mind=mind, model=model) from error
    except anthropic.AnthropicError as error:
        raise MindGarbled(type(error).__name__, mind=mind, model=model) from None


def output_config(model: str, schema: dict[str, Any] | None) -> OutputConfigParam:
    output: OutputConfigParam = {}
    if family_of(model).effort:
        output["effort"] = "low"
    if schema:
        output["format"] = {"type": "json_schema", "schema": schema}
    return output


def cached_blocks(system: Sequence[str]) -> list[TextBlockParam]:
    """System blocks with a cache breakpoint after each, so that a change in one leaves the prefix
    before it cached. Of more than four, the first (which everybody shares) and the last three."""
    blocks: list[TextBlockParam] = [
        {"type": "text", "text": sendable(block)} for block in system if block.strip()
    ]
    for position, block in enumerate(blocks):
        if position == 0 or position > len(blocks) - CACHE_BREAKPOINTS:
            block["cache_control"] = {"type": "ephemeral"}
    return blocks


def usage_of(message: object, model: str) -> Usage:
    return Usage(
        model=label(field(message, "model")) or model,
        input_tokens=count(field(message, "usage", "input_tokens")),
        output_tokens=count(field(message, "usage", "output_tokens")),
        cache_read_tokens=count(field(message, "usage", "cache_read_input_tokens")),
        cache_write_tokens=count(field(message, "usage", "cache_creation_input_tokens")),
    )


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object in `text`, also inside the prose or the code fence that a server without
    structured output may put around it."""
    try:
        value = json.loads(text[text.find("{") : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None
