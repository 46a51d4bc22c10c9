"""The embedder and the transcriber, on OpenAI or on a server that speaks its API."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import PurePath

import httpx2
import openai
from openai import AsyncOpenAI
from openai.types import CreateEmbeddingResponse
from openai.types.audio import Transcription

from bot.ai.calls import count, field, label, refuse_long_waits, refused, sendable, timeouts, trusted
from bot.ai.protocols import AudioClip, Embeddings, Transcript, Usage
from bot.errors import MindGarbled, MindRejected, MindUnavailable

URL = "https://api.openai.com/v1"
EMBEDDING_MODEL = "text-embedding-3-small"
TRANSCRIBE_MODEL = "gpt-transcribe"

# The ends of a 16-bit float.
LARGEST, SMALLEST = 65_504.0, 6e-8

MOST_TEXTS = 256  # in one request
# The vendor's limit for a request is 300,000 tokens, and a token is never shorter than a byte.
MOST_BYTES = 300_000
# About 8,192 tokens of English; texts in other scripts have more tokens to the byte.
LIKELY_BYTES = 32_768
# 8,192 tokens at most, whatever the text.
CERTAIN_BYTES = 8_192

# Telegram's `.oga` and the `.opus` of others hold what the vendors know as `.ogg`.
SUFFIXES = {".oga": ".ogg", ".opus": ".ogg"}
MIME_TYPES = {
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "audio/mp4",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
}

# What the SDK and a reading of its unchecked values raise when an answer is not the API's.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


def make_client(
    api_key: str, base_url: str | None = None, *, max_retries: int = 2, silence: float = 30.0
) -> AsyncOpenAI:
    """A client that retries `max_retries` times, gives up on `silence` seconds without a byte, and
    never waits long inside a call. `base_url` ends with the version, as in `http://localhost:8000/v1`."""
    # Since 3.54 the SDK logs no bodies even at DEBUG, but an earlier one did.
    sdk_log = logging.getLogger("openai")
    sdk_log.setLevel(max(sdk_log.level, logging.INFO))
    return AsyncOpenAI(
        api_key=api_key,
        base_url=base_url or URL,
        timeout=timeouts(silence),
        max_retries=max_retries,
        http_client=openai.DefaultAsyncHttpxClient(
            timeout=timeouts(silence), verify=trusted(), event_hooks={"response": [refuse_long_waits]}
        ),
    )


class OpenAIEmbedder:
    """`seconds` bounds each request, retries included."""

    def __init__(
        self,
        client: AsyncOpenAI,
        *,
        model: str = EMBEDDING_MODEL,
        dimensions: int = 1536,
        seconds: float = 60.0,
    ):
        self._client = client
        self._model = model
        self._dimensions = dimensions
        self._calls = _Calls("embedder", model, seconds)

    @property
    def model(self) -> str:
        return self._model

    @property
    def dimensions(self) -> int:
        return self._dimensions

    async def check(self) -> None:
        await self._calls.check(self._client)

    async def close(self) -> None:
        await self._client.close()

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """One vector for each text. A text longer than 32,768 bytes of UTF-8 is cut there; if the
        vendor still refuses the batch, its texts are cut at 8,192 bytes, which always fit, and sent
        once more."""
        vectors: list[tuple[float, ...]] = []
        tokens, model = 0, self._model
        for batch in batches([cut(text, LIKELY_BYTES) for text in texts]):
            async with self._calls.failures():
                response = await self._request(batch)
                vectors += self._checked(response, len(batch))
            tokens += count(field(response, "usage", "prompt_tokens"))
            model = label(field(response, "model")) or model
        return Embeddings(vectors=tuple(vectors), usage=Usage(model=model, input_tokens=tokens))

    async def _request(self, texts: list[str]) -> CreateEmbeddingResponse:
        try:
            return await self._send(texts)
        except openai.BadRequestError:
            # Servers name this error in different ways, so its name is not asked.
            shorter = [cut(text, CERTAIN_BYTES) for text in texts]
            if shorter == texts:
                raise
            return await self._send(shorter)

    async def _send(self, texts: list[str]) -> CreateEmbeddingResponse:
        return await self._client.embeddings.create(
            model=self._model,
            input=texts,
            # Only this family can be asked for a size; the others have one of their own.
            dimensions=self._dimensions if "text-embedding-3" in self._model else openai.omit,
        )

    def _checked(self, response: CreateEmbeddingResponse, expected: int) -> list[tuple[float, ...]]:
        items = sorted(response.data, key=lambda item: item.index)
        if [item.index for item in items] != list(range(expected)):
            raise self._calls.garbled(f"{len(items)} vectors for {expected} texts, or misnumbered ones")
        vectors = [tuple(map(float, item.embedding)) for item in items]
        for vector in vectors:
            if len(vector) != self._dimensions:
                raise self._calls.garbled(f"{len(vector)} dimensions instead of {self._dimensions}")
            # Not a number compares false. Vectors are kept as 16-bit floats: what overflows them, or
            # rounds to nothing, is no vector to us.
            if not all(abs(value) <= LARGEST for value in vector) or max(map(abs, vector)) < SMALLEST:
                raise self._calls.garbled("a vector that is zero, not finite or out of range")
        return vectors


class OpenAITranscriber:
    """`seconds` bounds a whole call, retries included; a short clip gets less, in proportion."""

    def __init__(self, client: AsyncOpenAI, *, model: str = TRANSCRIBE_MODEL, seconds: float = 600.0):
        self._client = client
        self._model = model
        self._seconds = seconds

    @property
    def model(self) -> str:
        return self._model

    async def check(self) -> None:
        await _Calls("transcriber", self._model, self._seconds).check(self._client)

    async def close(self) -> None:
        await self._client.close()

    async def transcribe(self, clip: AudioClip) -> Transcript:
        """The words in the clip. The file's own name stays here; the vendor gets its extension."""
        suffix = PurePath(clip.filename).suffix.lower()
        suffix = SUFFIXES.get(suffix, suffix)
        # Two minutes for the queue, then a machine of ours may be four times slower than speech.
        seconds = self._seconds if clip.seconds is None else min(self._seconds, 120 + 4 * clip.seconds)
        calls = _Calls("transcriber", self._model, seconds)
        async with calls.failures():
            response = await self._client.audio.transcriptions.create(
                model=self._model,
                file=(f"recording{suffix}", clip.data, MIME_TYPES.get(suffix, clip.mime_type)),
                response_format="json",
                # Not a byte comes before the whole transcript.
                timeout=timeouts(seconds),
            )
            if not isinstance(response.text, str):
                raise calls.garbled("no transcript in the answer")
            return Transcript(text=response.text.strip(), usage=self._usage(response, clip))

    def _usage(self, response: Transcription, clip: AudioClip) -> Usage:
        heard = field(response, "usage", "seconds")
        return Usage(
            model=self._model,
            input_tokens=count(field(response, "usage", "input_tokens")),
            output_tokens=count(field(response, "usage", "output_tokens")),
            audio_seconds=float(heard if isinstance(heard, int | float) else clip.seconds or 0),
        )


class _Calls:
    """Bounds calls and turns every failure of one into a `MindError`."""

    def __init__(self, mind: str, model: str, seconds: float):
        self._mind = mind
        self._model = model
        self._seconds = seconds

    async def check(self, client: AsyncOpenAI) -> None:
        """Look for the model in the list of all: compatible servers have it, where many of them don't
        describe a single model."""
        async with self.failures():
            names = {model.id for model in (await client.models.list()).data}
            if self._model not in names:
                raise MindRejected("no model of this name", mind=self._mind, model=self._model)

    @asynccontextmanager
    async def failures(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except TimeoutError:
            raise self._unavailable(f"no answer in {self._seconds:g} s") from None
        except openai.APIStatusError as error:
            raise refused(
                mind=self._mind,
                model=self._model,
                status=error.status_code,
                kind=error.code or error.type,
                headers=error.response.headers,
            ) from None
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            raise self._unavailable(type(error.__cause__ or error).__name__) from error
        except (openai.OpenAIError, *UNREADABLE) as error:
            # Not chained: such an error may quote what it could not read.
            raise self.garbled(f"an unreadable answer ({type(error).__name__})") from None

    def _unavailable(self, reason: str) -> MindUnavailable:
        return MindUnavailable(reason, mind=self._mind, model=self._model)

    def garbled(self, reason: str) -> MindGarbled:
        return MindGarbled(reason, mind=self._mind, model=self._model)


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, in as few requests as the vendor's limits surely allow."""
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode())
        if batch and (len(batch) == MOST_TEXTS or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def cut(text: str, most_bytes: int) -> str:
    return sendable(text).encode()[:most_bytes].decode("utf-8", "ignore")
