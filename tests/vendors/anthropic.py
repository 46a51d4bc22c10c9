"""A Messages API server, as strict as the vendor's and as unreliable as a test asks."""

import asyncio
import hashlib
import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.vendors.batches import Batches
from tests.vendors.rules import THINKING, VERSIONS, check, estimate_tokens
from tests.vendors.server import Fault, Recorded, Refusal, VendorServer

PIECE = 12  # characters of text in one delta
LEAST_CACHED = 512  # tokens; a shorter prefix is silently not cached
SIGNATURE = "c2lnbmF0dXJl"
NEWER_BLOCK = {"type": "newer_block", "newer": "not for the reader"}

Answer = Callable[[dict[str, Any]], str | None]


class AnthropicServer(VendorServer):
    """Answers plain requests with `say`'s texts and structured ones with `give`'s objects, in order,
    each kind of its own; then with what `answer` makes of the request; then by a simple rule."""

    def __init__(self, *, answer: Answer | None = None, **settings: Any):
        super().__init__(**settings)
        self.answer = answer
        self._texts: deque[str] = deque()
        self._objects: deque[Any] = deque()
        self._cached: set[str] = set()
        self.batches = Batches(self)

    def say(self, *texts: str) -> None:
        self._texts.extend(texts)

    def give(self, *objects: Any) -> None:
        """What is not a string goes out as JSON; a string goes out as it is."""
        self._objects.extend(objects)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_get("/v1/models/{model}", self._model)
        self.batches.add_routes(app)

    async def _model(self, request: web.Request) -> web.StreamResponse:
        request_id = self.request_id()
        self.requests.append(Recorded(path=request.path, headers=dict(request.headers), body={}))
        fault = self.take_fault()
        model = request.match_info["model"]
        try:
            if fault and (answered := await self._fail_at_once(fault, b"")):
                return answered
            self._check_headers(request)
            if model not in THINKING:
                raise Refusal(404, "not_found_error", f"model: {model}")
        except Refusal as refusal:
            return error_response(refusal, request_id, fault)
        return web.json_response({"type": "model", "id": model}, headers={"request-id": request_id})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        request_id = self.request_id()
        raw = await request.read()
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        self.requests.append(
            Recorded(path=request.path, headers=dict(request.headers), body=body if body is not None else {})
        )
        fault = self.take_fault()
        await self.wait()
        try:
            if fault and (answered := await self._fail_at_once(fault, raw)):
                return answered
            self._check_headers(request)
            check(body)
        except Refusal as refusal:
            return error_response(refusal, request_id, fault)
        message = self._message(body, fault)
        if body.get("stream"):
            return await self._stream(request, message, fault, request_id)
        return web.json_response(message, headers={"request-id": request_id})

    async def _fail_at_once(self, fault: Fault, raw: bytes) -> web.Response | None:
        if fault.kind == "status":
            message = raw.decode(errors="replace") if fault.echo else "scripted"
            raise Refusal(fault.status, fault.type, message, fault.code)
        if fault.kind == "stall":
            await self.hold()
        if fault.kind == "html":
            return web.Response(text="<html>Log in to this network</html>", content_type="text/html")
        if fault.kind == "empty":
            return web.Response(body=b"", content_type="text/event-stream")
        return None

    async def answered_with_error(
        self, request: web.Request, check_body: Callable[[Any], None] = lambda _: None
    ) -> web.Response | None:
        """What the vendor answers before it does anything; the request is recorded."""
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = None
        self.requests.append(Recorded(path=request.path, headers=dict(request.headers), body=body or {}))
        fault = self.take_fault()
        await self.wait()
        try:
            if fault and (answered := await self._fail_at_once(fault, raw)):
                return answered
            self._check_headers(request)
            check_body(body)
        except Refusal as refusal:
            return error_response(refusal, self.request_id(), fault)
        return None

    def message(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request."""
        return self._message(body, None)

    def _check_headers(self, request: web.Request) -> None:
        key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix(
            "Bearer "
        )
        if key != self._key:
            raise Refusal(401, "authentication_error", "invalid api key")
        if request.headers.get("anthropic-version") not in VERSIONS:
            raise Refusal(400, "invalid_request_error", "anthropic-version: header is required")

    def _message(self, body: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        text = self._text(body)
        reasons = {"refusal": "refusal", "max_tokens": "max_tokens"}
        stop = reasons.get(fault.kind, "end_turn") if fault else "end_turn"
        if fault and fault.kind == "stop_reason":
            stop = fault.type
        if fault and fault.kind == "max_tokens":
            text = text[: len(text) * 2 // 3]
        content: list[dict[str, Any]] = [{"type": "text", "text": text}]
        if thinks(body):
            content.insert(0, {"type": "thinking", "thinking": "", "signature": SIGNATURE})
        return {
            "id": f"msg_{len(self.requests):06}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "stop_details": {"type": "refusal", "category": None} if stop == "refusal" else None,
            "usage": self._usage(body, text),
        }

    def _text(self, body: dict[str, Any]) -> str:
        schema = body.get("output_config", {}).get("format", {}).get("schema")
        if schema and self._objects:
            given = self._objects.popleft()
            return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        if not schema and self._texts:
            return self._texts.popleft()
        if self.answer and (made := self.answer(body)) is not None:
            return made
        if schema:
            return json.dumps(fill(schema, last_message(body)), ensure_ascii=False)
        return f"I read: “{' '.join(entry_words(last_message(body))[:6])}”. Thank you for telling me."

    def _usage(self, body: dict[str, Any], text: str) -> dict[str, int]:
        """Counts with a prompt cache that works as the vendor's: by prefix, and not for short ones."""
        read = written = 0
        prefix, tokens = body["model"], 0
        for block in body["system"] if isinstance(body.get("system"), list) else []:
            prefix += block["text"]
            tokens += estimate_tokens(block["text"])
            if "cache_control" in block and tokens >= LEAST_CACHED:
                digest = hashlib.sha256(prefix.encode()).hexdigest()
                if digest in self._cached:
                    read, written = tokens, 0
                else:
                    self._cached.add(digest)
                    written = tokens - read
        everything = json.dumps([body.get("system"), body["messages"]], ensure_ascii=False)
        return {
            "input_tokens": max(estimate_tokens(everything) - read - written, 1),
            "cache_read_input_tokens": read,
            "cache_creation_input_tokens": written,
            "output_tokens": max(estimate_tokens(text), 1),
        }

    async def _stream(
        self, request: web.Request, message: dict[str, Any], fault: Fault | None, request_id: str
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"content-type": "text/event-stream; charset=utf-8", "request-id": request_id}
        )
        await response.prepare(request)
        sent = 0
        newer = fault is not None and fault.kind == "newer_events"
        for event in events_of(message, NEWER_BLOCK if newer else None):
            if fault and fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            if event["type"] == "content_block_delta":
                sent += 1
            if fault and sent > fault.after and fault.kind.endswith(("midway", "json")):
                await self._fail_midway(request, response, fault)
                return response
            await write(response, event)
        await response.write_eof()
        return response

    async def _fail_midway(self, request: web.Request, response: web.StreamResponse, fault: Fault) -> None:
        if fault.kind == "stall_midway":
            await self.hold()
        if fault.kind == "cut_midway" and request.transport:
            request.transport.abort()
        if fault.kind == "error_midway":
            await write(response, {"type": "error", "error": {"type": fault.type, "message": "scripted"}})
        if fault.kind == "invalid_json":
            await response.write(b'event: content_block_delta\ndata: {"type": "content_block_del\n\n')


def thinks(body: dict[str, Any]) -> bool:
    kind: str = body.get("thinking", {}).get("type", "adaptive")
    return kind == "adaptive" and str(body["model"]).endswith("5-5")


def events_of(message: dict[str, Any], newer: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The vendor's order of events for one message, with a block of a kind not yet known if asked."""
    usage = message["usage"]
    begun = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    if newer:
        events.append({"type": "newer_event", "newer": newer})
    for index, block in enumerate([newer, *message["content"]] if newer else message["content"]):
        empty = {**block, "text": ""} if block["type"] == "text" else {**block, "signature": ""}
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": d} for d in deltas_of(block)]
        events.append({"type": "content_block_stop", "index": index})
    stop = {key: message[key] for key in ("stop_reason", "stop_sequence", "stop_details")}
    events.append(
        {"type": "message_delta", "delta": stop, "usage": {"output_tokens": usage["output_tokens"]}}
    )
    events.append({"type": "message_stop"})
    return events


def deltas_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    if block["type"] == "thinking":
        return [{"type": "signature_delta", "signature": block["signature"]}]
    if block["type"] != "text":
        return [{"type": "newer_delta", "text": block["newer"]}]
    text = block["text"]
    return [{"type": "text_delta", "text": text[at : at + PIECE]} for at in range(0, len(text), PIECE)]


async def write(response: web.StreamResponse, event: dict[str, Any]) -> None:
    """In two writes, as a network may deliver it."""
    data = f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
    await response.write(data[:25])
    await response.write(data[25:])


def error_response(refusal: Refusal, request_id: str, fault: Fault | None) -> web.Response:
    error: dict[str, Any] = {"type": refusal.type, "message": refusal.message}
    if refusal.code:
        error["details"] = {"error_code": refusal.code}
    headers = {"request-id": request_id, **(fault.headers if fault else {})}
    if fault and fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    return web.json_response(
        {"type": "error", "error": error, "request_id": request_id}, status=refusal.status, headers=headers
    )


def last_message(body: dict[str, Any]) -> str:
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else "\n".join(block.get("text", "") for block in content)


def entry_words(message: str) -> list[str]:
    """The words of what stands last in the message: of the last tagged part, else of the last line."""
    parts = re.findall(r"<(\w+)[^<>]*>([^<>]+)</\1>", message)
    lines = [line for line in message.splitlines() if line.strip()]
    return str(parts[-1][1] if parts else lines[-1]).split()


def fill(schema: dict[str, Any], message: str) -> Any:
    """The least value that fits the schema; metrics are those that stand in the message as their
    name, in words, with a number behind it."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        parts = schema.get("properties", {})
        return {
            name: find_metrics(part, message) if name == "metrics" else fill(part, message)
            for name, part in parts.items()
        }
    least: dict[Any, Any] = {"array": [], "number": 0, "integer": 0, "boolean": False, "string": "und"}
    return least.get(kind)


def find_metrics(schema: dict[str, Any], message: str) -> list[dict[str, Any]]:
    found = []
    for name in schema["items"]["properties"]["name"]["enum"]:
        said = re.search(rf"{name.replace('_', ' ')}\W{{1,3}}(\d+(?:\.\d+)?)", message, re.IGNORECASE)
        if said:
            found.append({"name": name, "value": float(said.group(1)), "quote": said.group()})
    return found
