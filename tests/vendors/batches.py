"""The Message Batches of the vendor: kept, worked on when a test says so, and given back line by line."""

import json
import re
from typing import Any, Protocol

from aiohttp import web

from tests.vendors.rules import check, invalid
from tests.vendors.server import Refusal

MOST = 100_000
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
AT = "2026-11-22T12:00:00Z"


class Answering(Protocol):
    async def answered_with_error(
        self, request: web.Request, check_body: Any = ...
    ) -> web.Response | None: ...

    def message(self, body: dict[str, Any]) -> dict[str, Any]: ...


class Batches:
    """`end` lets all that were submitted be answered, those whose `custom_id` is in `errored` or `expired`
    without an answer. `lines` overrides the results."""

    def __init__(self, server: Answering) -> None:
        self._server = server
        self.submitted: dict[str, list[dict[str, Any]]] = {}
        self.ended = False
        self.errored: set[str] = set()
        self.expired: set[str] = set()
        self.lines: bytes | None = None

    def end(self) -> None:
        self.ended = True

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/v1/messages/batches", self._create)
        app.router.add_get("/v1/messages/batches/{id}", self._retrieve)
        app.router.add_get("/v1/messages/batches/{id}/results", self._results)

    async def _create(self, request: web.Request) -> web.Response:
        if refused := await self._server.answered_with_error(request, check_batch):
            return refused
        batch_id = f"msgbatch_{len(self.submitted):06}"
        self.submitted[batch_id] = (await request.json())["requests"]
        return web.json_response(self._state(request, batch_id))

    async def _retrieve(self, request: web.Request) -> web.Response:
        if refused := await self._server.answered_with_error(request):
            return refused
        if request.match_info["id"] not in self.submitted:
            return web.json_response(
                {"type": "error", "error": {"type": "not_found_error", "message": "none"}}, status=404
            )
        return web.json_response(self._state(request, request.match_info["id"]))

    def _state(self, request: web.Request, batch_id: str) -> dict[str, Any]:
        count = len(self.submitted[batch_id])
        tally = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
        return {
            "id": batch_id,
            "type": "message_batch",
            "processing_status": "ended" if self.ended else "in_progress",
            "request_counts": tally | {"succeeded" if self.ended else "processing": count},
            "created_at": AT,
            "expires_at": "2026-11-23T12:00:00Z",
            "ended_at": AT if self.ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{request.url.origin()}/v1/messages/batches/{batch_id}/results"
            if self.ended
            else None,
        }

    async def _results(self, request: web.Request) -> web.Response:
        if refused := await self._server.answered_with_error(request):
            return refused
        asked = self.submitted[request.match_info["id"]]
        # The vendor promises no order.
        lines = [json.dumps(self._line(it), ensure_ascii=False) for it in reversed(asked)]
        made = "".join(f"{line}\n" for line in lines).encode()
        return web.Response(body=self.lines or made, content_type="application/x-jsonl")

    def _line(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["custom_id"]
        if name in self.errored:
            error = {"type": "error", "error": {"type": "invalid_request_error", "message": "scripted"}}
            return {"custom_id": name, "result": {"type": "errored", "error": error}}
        if name in self.expired:
            return {"custom_id": name, "result": {"type": "expired"}}
        message = self._server.message(asked["params"])
        return {"custom_id": name, "result": {"type": "succeeded", "message": message}}


def check_batch(body: Any) -> None:
    """Raises the `Refusal` that the vendor would answer with."""
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not 0 < len(requests) <= MOST:
        raise invalid("requests: List should have at least 1 item and at most 100000")
    names = [it.get("custom_id") for it in requests]
    if any(not isinstance(it, str) or not NAME.fullmatch(it) for it in names):
        raise invalid("requests.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'")
    if len(set(names)) < len(names):
        raise invalid("requests.custom_id: must be unique")
    for it in requests:
        if it.get("params", {}).get("stream"):
            raise Refusal(400, "invalid_request_error", "stream is not supported in batches")
        check(it.get("params"))
