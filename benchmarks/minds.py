"""The vendors' servers as a process of its own, with minds that take a known time.

    python -m benchmarks.minds --coach 0.3 --analyst 0.15 --embedder 0.05

The first line printed tells the addresses as JSON. `GET /_marks` of either tells since when and until
when each call was with it, and forgets it.
"""

import argparse
import asyncio
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.vendors import AnthropicServer, Fault, OpenAIServer
from tests.vendors.anthropic import events_of, last_message, write
from tests.vendors.server import VendorServer

COACH, ANALYST, EMBEDDER = "coach", "analyst", "embedder"
REPLY = (
    "Thank you for writing that down. A day that begins early and still leaves room for a walk is "
    "worth a note, and you noticed it yourself. You said that the meeting took more out of you than "
    "you had thought. What would make the next one a little lighter?"
)

SUMMARY = {
    "story": "The morning came early and you were up before it. The plan cost you more than it looked, and "
    "still you found the way to the river in the evening.",
    "helped": "the walk by the river",
    "suggestion": "Put the walk before the meeting once this week.",
    "question": "What made the evening lighter than the noon?",
    "goal": 1,
}


class Marks:
    """[mind, begun, ended] of every call, in Unix seconds, since they were last asked for."""

    def __init__(self) -> None:
        self._marks: list[tuple[str, float, float]] = []

    def add_to(self, app: web.Application) -> None:
        app.middlewares.append(self._mark)
        app.router.add_get("/_marks", self._tell)

    @web.middleware
    async def _mark(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request["begun"] = time.time()
        answer = await handler(request)
        if "mind" in request:
            self._marks.append((request["mind"], request["begun"], time.time()))
        return answer

    async def _tell(self, _: web.Request) -> web.Response:
        told, self._marks = self._marks, []
        return web.json_response(told)


class Claude(AnthropicServer):
    """Every answer is spread evenly over the seconds that its mind takes from the request's arrival on."""

    def __init__(self, *, seconds: Mapping[str, float], marks: Marks) -> None:
        super().__init__(answer=reply)
        self._seconds = seconds
        self._marks = marks

    def add_routes(self, app: web.Application) -> None:
        super().add_routes(app)
        self._marks.add_to(app)

    async def _stream(
        self, request: web.Request, message: dict[str, Any], fault: Fault | None, request_id: str
    ) -> web.StreamResponse:
        request["mind"] = mind = ANALYST if "haiku" in message["model"] else COACH
        # What a test looks at would only grow here.
        self.requests.clear()
        response = web.StreamResponse(
            headers={"content-type": "text/event-stream; charset=utf-8", "request-id": request_id}
        )
        await response.prepare(request)
        events = events_of(message)
        for event, due in zip(
            events, spread(request["begun"], self._seconds[mind], len(events)), strict=True
        ):
            if (wait := due - time.time()) > 0:
                await asyncio.sleep(wait)
            await write(response, event)
        await response.write_eof()
        return response


class OpenAI(OpenAIServer):
    def __init__(self, *, seconds: Mapping[str, float], marks: Marks) -> None:
        super().__init__(delay=seconds[EMBEDDER])
        self._marks = marks

    def add_routes(self, app: web.Application) -> None:
        super().add_routes(app)
        self._marks.add_to(app)

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        request["mind"] = EMBEDDER
        self.requests.clear()
        return await super()._embeddings(request)


def spread(begun: float, seconds: float, events: int) -> list[float]:
    """When each is due, in Unix seconds: evenly, the last one at the end."""
    return [begun + seconds * place / events for place in range(1, events + 1)]


def reply(body: dict[str, Any]) -> str | None:
    """The coach's words, those of a summary in their form; what the analyst answers follows from its
    schema."""
    form = body.get("output_config", {}).get("format")
    if form is None:
        return REPLY
    if "story" not in form["schema"].get("properties", {}):
        return None
    told = re.findall(r"<entry [^<>]*>([^<>.]+)", last_message(body))
    return json.dumps(SUMMARY | {"helped_quote": told[-1] if told else ""})


async def serve(seconds: Mapping[str, float]) -> None:
    marks = Marks()
    servers: tuple[VendorServer, VendorServer] = (
        Claude(seconds=seconds, marks=marks),
        OpenAI(seconds=seconds, marks=marks),
    )
    async with servers[0] as claude, servers[1] as openai:
        print(json.dumps({"anthropic": claude.url, "openai": openai.url}), flush=True)
        await asyncio.Event().wait()


def arguments(seconds: Mapping[str, float]) -> list[str]:
    return [it for mind in (COACH, ANALYST, EMBEDDER) for it in (f"--{mind}", str(seconds[mind]))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.minds")
    for name in (COACH, ANALYST, EMBEDDER):
        parser.add_argument(f"--{name}", type=float, default=0.0, help="seconds")
    asyncio.run(serve(vars(parser.parse_args())))
