"""What the real Messages API refuses, as its documentation and its error answers say (2026-11)."""

import re
from typing import Any

from tests.vendors.server import Refusal

VERSIONS = {"2023-06-01", "2026-10-21"}

FIELDS = {
    "cache_control", "container", "diagnostics", "inference_geo", "max_tokens", "messages", "metadata",
    "model", "output_config", "service_tier", "speed", "stop_sequences", "stream", "system",
    "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
}  # fmt: skip

# model -> the kinds of thinking it accepts; a model that is not here does not exist
THINKING = {
    "claude-sonnet-5-5": {"adaptive", "between_tools"},
    "claude-haiku-5-5": {"adaptive", "disabled"},
    "claude-opus-5-5": {"adaptive"},
    "claude-haiku-4-5": {"enabled", "disabled"},
    "claude-sonnet-4-5": {"enabled", "disabled"},
}
WITHOUT_EFFORT = {"claude-haiku-4-5", "claude-sonnet-4-5"}
EFFORTS = {"low", "medium", "high", "xhigh", "max"}
LIMITS_IN_SCHEMA = {"minimum", "maximum", "multipleOf", "minLength", "maxLength", "maxItems", "pattern"}


def check(body: Any) -> None:
    """Raises the `Refusal` that the vendor would answer with."""
    if not isinstance(body, dict):
        raise invalid("the body must be an object")
    for field in sorted(set(body) - FIELDS):
        raise invalid(f"{field}: Extra inputs are not permitted")
    for field in ("model", "max_tokens", "messages"):
        if field not in body:
            raise invalid(f"{field}: Field required")
    if body["model"] not in THINKING:
        raise Refusal(404, "not_found_error", f"model: {body['model']}")
    if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 1:
        raise invalid("max_tokens: must be a positive integer")
    new = body["model"].endswith("5-5")
    check_messages(body["messages"], prefill=not new)
    check_system(body.get("system", []))
    check_thinking(body)
    check_output(body)
    if new and body.keys() & {"temperature", "top_p", "top_k"}:
        raise invalid("sampling parameters are not supported for this model")
    if new and body.get("tool_choice", {}).get("type") in {"any", "tool"}:
        raise invalid("forced tool use is not supported for this model")
    if count_breakpoints(body) > 4:
        raise invalid("A maximum of 4 blocks with cache_control may be provided.")


def check_messages(messages: Any, *, prefill: bool) -> None:
    if not isinstance(messages, list) or not messages:
        raise invalid("messages: at least one message is required")
    if messages[0].get("role") != "user":
        raise invalid("messages: first message must use the user role")
    for message in messages:
        if message.get("role") not in {"user", "assistant"}:
            raise invalid("messages: unknown role")
        check_blocks("messages", message.get("content"))
    if messages[-1]["role"] == "assistant" and not prefill:
        raise invalid("This model does not support assistant message prefill.")


def check_system(system: Any) -> None:
    if system:
        check_blocks("system", system)


def check_blocks(where: str, content: Any) -> None:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list) or not blocks:
        raise invalid(f"{where}: content must not be empty")
    for block in blocks:
        if block.get("type") == "text" and not str(block.get("text", "")).strip():
            raise invalid(f"{where}: text content blocks must contain non-whitespace text")


def check_thinking(body: dict[str, Any]) -> None:
    if "thinking" not in body:
        return
    thinking = body["thinking"]
    kind = thinking.get("type")
    if kind not in THINKING[body["model"]]:
        raise invalid(f'"thinking.type.{kind}" is not supported for this model.')
    if kind != "enabled" and "budget_tokens" in thinking:
        raise invalid("thinking.budget_tokens: Extra inputs are not permitted")
    if kind == "enabled" and not 1024 <= thinking.get("budget_tokens", 0) < body["max_tokens"]:
        raise invalid("thinking.budget_tokens: out of range")
    if kind in {"disabled", "between_tools"} and body.get("output_config", {}).get("effort") in {
        "xhigh",
        "max",
    }:
        raise invalid("thinking cannot be turned off at this effort")


def check_output(body: dict[str, Any]) -> None:
    output = body.get("output_config", {})
    for field in sorted(set(output) - {"effort", "format"}):
        raise invalid(f"output_config.{field}: Extra inputs are not permitted")
    if "effort" in output:
        if body["model"] in WITHOUT_EFFORT:
            raise invalid("This model does not support the effort parameter.")
        if output["effort"] not in EFFORTS:
            raise invalid("output_config.effort: unknown level")
    if "format" in output:
        if output["format"].get("type") != "json_schema":
            raise invalid("output_config.format.type: must be json_schema")
        check_schema(output["format"].get("schema"))


def check_schema(schema: Any) -> None:
    if not isinstance(schema, dict):
        raise invalid("output_config.format.schema: must be an object")
    for word in sorted(LIMITS_IN_SCHEMA & set(schema)):
        raise invalid(f"output_config.format.schema: {word} is not supported")
    if schema.get("enum") == []:
        raise invalid("output_config.format.schema: enum must not be empty")
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            raise invalid("output_config.format.schema: additionalProperties must be false")
        for part in schema.get("properties", {}).values():
            check_schema(part)
    if schema.get("type") == "array":
        check_schema(schema.get("items"))


def count_breakpoints(value: Any) -> int:
    if isinstance(value, list):
        return sum(count_breakpoints(item) for item in value)
    if isinstance(value, dict):
        own = 1 if "cache_control" in value else 0
        return own + sum(count_breakpoints(item) for item in value.values() if not isinstance(item, str))
    return 0


def estimate_tokens(text: str) -> int:
    """About as many as the vendors' tokenizers count: one for four letters, more in other scripts."""
    return sum(max(1, len(word.encode()) // 4) for word in re.findall(r"\w+|[^\w\s]", text))


def invalid(message: str) -> Refusal:
    return Refusal(400, "invalid_request_error", message)
