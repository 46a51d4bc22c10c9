"""A server for embeddings and transcriptions that behaves as the vendor's."""

import base64
import hashlib
import io
import json
import math
import re
import struct
from collections import deque
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import soundfile
from aiohttp import BodyPartReader, web

from tests.vendors.rules import estimate_tokens
from tests.vendors.server import Fault, Recorded, Refusal, Upload, VendorServer

EMBEDDING_MODELS = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
FORMATS = {
    "gpt-transcribe": {"json", "text"},
    "gpt-4o-transcribe": {"json"},
    "gpt-4o-mini-transcribe": {"json"},
    "whisper-1": {"json", "text", "srt", "verbose_json", "vtt"},
}
LISTED = {
    "object": "list",
    "data": [{"id": name, "object": "model"} for name in [*EMBEDDING_MODELS, *FORMATS]],
}
SUFFIXES = {".flac", ".mp3", ".mp4", ".mpeg", ".mpga", ".m4a", ".ogg", ".wav", ".webm"}
LARGEST = 25 * 1024 * 1024
SHORTEST = 0.1  # seconds
MOST_TOKENS = 8_192
MOST_TOKENS_IN_ALL = 300_000
MOST_INPUTS = 2_048
SIGNS = 24  # how many of a vector's dimensions one word touches


class OpenAIServer(VendorServer):
    """A transcript is the next of `hear`'s texts, else `heard` if set, else the title that the test
    wrote into the recording."""

    def __init__(self, *, heard: str | None = None, only_floats: bool = False, **settings: Any):
        super().__init__(**settings)
        self.heard = heard
        self.only_floats = only_floats  # as some compatible servers, which know no base64
        self._transcripts: deque[str] = deque()

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def hear(self, *transcripts: str) -> None:
        self._transcripts.extend(transcripts)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_post("/v1/audio/transcriptions", self._transcriptions)

    async def _models(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, {}, lambda _body, _fault: LISTED)

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        return await self._answer(request, body, self._embed)

    async def _transcriptions(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, await form_of(request), self._transcribe)

    async def _answer(self, request: web.Request, body: Any, work: Any) -> web.StreamResponse:
        request_id = self.request_id()
        record = Recorded(path=request.path, headers=dict(request.headers), body=body or {})
        self.requests.append(record)
        fault = self.take_fault()
        await self.wait()
        try:
            if fault and (answered := await self._fail_at_once(request, fault, body)):
                return answered
            if request.headers.get("authorization") != f"Bearer {self._key}":
                raise Refusal(401, "invalid_request_error", "Incorrect API key provided", "invalid_api_key")
            if not isinstance(body, dict):
                raise invalid("We could not parse the JSON body of your request.")
            return web.json_response(work(body, fault), headers={"x-request-id": request_id})
        except Refusal as refusal:
            return error_response(refusal, request_id, fault)

    async def _fail_at_once(self, request: web.Request, fault: Fault, body: Any) -> web.Response | None:
        if fault.kind == "status":
            message = str(body) if fault.echo else "scripted"
            raise Refusal(fault.status, fault.type, message, fault.code)
        if fault.kind == "stall":
            await self.hold()
        if fault.kind == "html":
            return web.Response(text="<html>Log in to this network</html>", content_type="text/html")
        if fault.kind == "empty":
            return web.Response(body=b"", content_type="application/json")
        if fault.kind == "invalid_json":
            return web.Response(text='{"data": [', content_type="application/json")
        if fault.kind == "cut_midway" and request.transport:
            request.transport.abort()
        return None

    def _embed(self, body: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        texts, size = check_embedding(body)
        vectors = [vector_of(text, size) for text in texts]
        floats = self.only_floats or body.get("encoding_format") != "base64"
        items = [
            {"object": "embedding", "index": index, "embedding": vector if floats else encode(vector)}
            for index, vector in enumerate(spoil(vectors, fault))
        ]
        if fault and fault.kind == "missing":
            items.pop()
        if fault and fault.kind == "shuffled":
            items.reverse()
        tokens = sum(estimate_tokens(text) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return {"object": "list", "data": items, "model": body["model"], "usage": usage}

    def _transcribe(self, form: dict[str, Any], _: Fault | None) -> dict[str, Any]:
        upload = check_transcription(form)
        seconds, title = listen(upload.data)
        if seconds is not None and seconds < SHORTEST:
            raise invalid("Audio file is too short. Minimum audio length is 0.1 seconds.", "audio_too_short")
        text = self._transcripts.popleft() if self._transcripts else self.heard
        if text is None and seconds is None:
            raise invalid("Audio file might be corrupted or unsupported", "invalid_value")
        usage = {"type": "duration", "seconds": math.ceil(seconds)} if seconds else None
        return {"text": title if text is None else text, "usage": usage}


def check_embedding(body: dict[str, Any]) -> tuple[list[str], int]:
    """The texts and the size of their vectors, or the vendor's refusal."""
    for field in sorted(set(body) - {"model", "input", "dimensions", "encoding_format", "user"}):
        raise invalid(f"Unknown parameter: '{field}'", "unknown_parameter")
    size = EMBEDDING_MODELS.get(body.get("model", ""))
    if size is None:
        raise Refusal(404, "invalid_request_error", "The model does not exist", "model_not_found")
    if "dimensions" in body:
        if not body["model"].startswith("text-embedding-3") or not 1 <= body["dimensions"] <= size:
            raise invalid("This model does not support specifying dimensions.")
        size = body["dimensions"]
    texts = [body["input"]] if isinstance(body.get("input"), str) else body.get("input")
    if not isinstance(texts, list) or not texts or len(texts) > MOST_INPUTS:
        raise invalid("'$.input' is invalid.")
    if any(not isinstance(text, str) or not text for text in texts):
        raise invalid("'$.input' is invalid.")
    tokens = [estimate_tokens(text) for text in texts]
    if max(tokens) > MOST_TOKENS:
        raise invalid(f"This model's maximum context length is 8192 tokens, you requested {max(tokens)}.")
    if sum(tokens) > MOST_TOKENS_IN_ALL:
        raise invalid("Requested too many tokens in all.", "max_tokens_per_request")
    return texts, int(size)


def check_transcription(form: dict[str, Any]) -> Upload:
    upload = form.get("file")
    if not isinstance(upload, Upload):
        raise invalid("file: Field required")
    formats = FORMATS.get(form.get("model", ""))
    if formats is None:
        raise Refusal(404, "invalid_request_error", "The model does not exist", "model_not_found")
    if form.get("response_format", "json") not in formats:
        raise invalid("response_format is not compatible with this model", "unsupported_value")
    if len(upload.data) > LARGEST:
        raise Refusal(413, "server_error", "Maximum content size limit (26214400) exceeded")
    if PurePath(upload.filename).suffix not in SUFFIXES:
        raise invalid("Invalid file format.", "unsupported_file")
    return upload


def listen(data: bytes) -> tuple[float | None, str]:
    """Length in seconds, None when it is no recording, and the title that stands in its comments."""
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            return sound.frames / sound.samplerate, sound.copy_metadata().get("title", "")
    except soundfile.LibsndfileError:
        return None, ""


async def form_of(request: web.Request) -> dict[str, Any]:
    form: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue  # a form within a form: nobody sends one
        if part.filename is None:
            form[str(part.name)] = await part.text()
        else:
            content_type = part.headers.get("content-type", "")
            data = bytes(await part.read())
            form[str(part.name)] = Upload(filename=part.filename, content_type=content_type, data=data)
    return form


def vector_of(text: str, size: int) -> list[float]:
    """A unit vector: the sum of one fixed direction for each word and for each word's beginning, so
    that texts with the same words are near each other and others are not."""
    vector = [0.0] * size
    for word in re.findall(r"\w+", text.lower()) or [text]:
        for weight, form in ((1.0, word), (0.5, word[:4])):
            for place, sign in direction(form):
                vector[place % size] += weight * sign
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]


@lru_cache(maxsize=10_000)
def direction(word: str) -> tuple[tuple[int, int], ...]:
    digest = hashlib.shake_256(word.encode()).digest(3 * SIGNS)
    pieces = [digest[at : at + 3] for at in range(0, len(digest), 3)]
    return tuple((high << 8 | low, 1 if sign & 1 else -1) for high, low, sign in pieces)


def spoil(vectors: list[list[float]], fault: Fault | None) -> list[list[float]]:
    match fault.kind if fault else None:
        case "wrong_size":
            vectors[-1] = vectors[-1][:-1]
        case "nan":
            vectors[-1][7] = math.nan
        case "zero":
            vectors[-1] = [0.0] * len(vectors[-1])
    return vectors


def encode(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def error_response(refusal: Refusal, request_id: str, fault: Fault | None) -> web.Response:
    error = {"message": refusal.message, "type": refusal.type, "param": None, "code": refusal.code}
    headers = {"x-request-id": request_id, **(fault.headers if fault else {})}
    if fault and fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    return web.json_response({"error": error}, status=refusal.status, headers=headers)


def invalid(message: str, code: str | None = None) -> Refusal:
    return Refusal(400, "invalid_request_error", message, code)
