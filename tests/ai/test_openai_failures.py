"""Every way in which a call to OpenAI fails, over the real SDK and a real socket."""

import logging
import traceback

import pytest
from openai import AsyncOpenAI

from bot.ai.openai import OpenAIEmbedder, OpenAITranscriber, make_client
from bot.ai.protocols import AudioClip
from bot.errors import MindBusy, MindError, MindRejected, MindUnavailable
from tests.ai.requests import CANARY
from tests.vendors import KEY, Fault, OpenAIServer, rate_limit, status

CLIP = AudioClip(data=CANARY.encode(), filename="note.oga", mime_type="audio/ogg", seconds=3.0)

FAILURES = [
    (status(400, "invalid_request_error"), MindRejected),
    (status(401, "invalid_request_error"), MindRejected),
    (status(403, "invalid_request_error"), MindRejected),
    (status(404, "invalid_request_error"), MindRejected),
    (status(413, "server_error"), MindRejected),
    (status(422, "invalid_request_error"), MindRejected),
    (status(409, "conflict", retry=False), MindUnavailable),
    (status(500, "server_error", retry=False), MindUnavailable),
    (status(503, "server_error", retry=False), MindUnavailable),
    (status(429, "requests", retry=False), MindBusy),
    (
        Fault(kind="status", status=429, type="insufficient_quota", code="insufficient_quota",
              headers={"x-should-retry": "false"}),
        MindRejected,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "error"), FAILURES)
async def test_each_failure_has_its_error(
    fault: Fault, error: type[MindError], openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    openai_server.always = fault
    with pytest.raises(MindError) as embedder:
        await OpenAIEmbedder(openai_client).embed([CANARY])
    assert type(embedder.value) is error
    assert (embedder.value.mind, embedder.value.model) == ("embedder", "text-embedding-3-small")
    with pytest.raises(MindError) as transcriber:
        await OpenAITranscriber(openai_client).transcribe(CLIP)
    assert type(transcriber.value) is error
    assert (transcriber.value.mind, transcriber.value.model) == ("transcriber", "gpt-transcribe")


async def test_a_passing_error_is_retried_with_the_whole_file(
    openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    openai_server.hear("hello")
    openai_server.next(rate_limit(retry_after=0.01), status(500, retry_after=0.01))
    assert (await OpenAITranscriber(openai_client).transcribe(CLIP)).text == "hello"
    assert [request.body["file"].data for request in openai_server.requests] == [CLIP.data] * 3


async def test_a_long_wait_is_handed_back_at_once(
    openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    # Below two minutes the SDK would sleep through it.
    openai_server.always = rate_limit(retry_after=100)
    with pytest.raises(MindBusy) as caught:
        await OpenAIEmbedder(openai_client).embed(["a"])
    assert caught.value.retry_after == 100.0
    assert len(openai_server.requests) == 1


async def test_a_cut_connection_is_unavailable(openai_server: OpenAIServer) -> None:
    openai_server.next(Fault(kind="cut_midway"))
    async with make_client(KEY, openai_server.url, max_retries=0) as client:
        with pytest.raises(MindUnavailable, match=r"RemoteProtocolError|ReadError"):
            await OpenAIEmbedder(client).embed(["a"])


async def test_silence_ends_an_embedding_but_not_a_transcription(openai_server: OpenAIServer) -> None:
    openai_server.heard = "hello"
    async with make_client(KEY, openai_server.url, max_retries=0, silence=0.1) as client:
        openai_server.delay = 0.5
        with pytest.raises(MindUnavailable, match="ReadTimeout"):
            await OpenAIEmbedder(client).embed(["a"])
        assert (await OpenAITranscriber(client).transcribe(CLIP)).text == "hello"


async def test_calls_are_bounded_as_a_whole(openai_server: OpenAIServer) -> None:
    openai_server.always = Fault(kind="stall")
    async with make_client(KEY, openai_server.url) as client:
        with pytest.raises(MindUnavailable, match=r"in 0\.2 s"):
            await OpenAIEmbedder(client, seconds=0.2).embed(["a"])
        with pytest.raises(MindUnavailable, match=r"in 0\.2 s|ReadTimeout"):
            await OpenAITranscriber(client, seconds=0.2).transcribe(CLIP)


async def test_no_word_of_the_entry_or_of_the_key_is_logged_or_raised(
    openai_server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with make_client("sk-canary", openai_server.url, max_retries=0) as client:
        for fault, _ in FAILURES:
            openai_server.always = Fault(
                kind="status", status=fault.status, type=CANARY, headers=fault.headers, echo=True
            )
            with pytest.raises(MindError) as embedder:
                await OpenAIEmbedder(client).embed([CANARY])
            with pytest.raises(MindError) as transcriber:
                await OpenAITranscriber(client).transcribe(CLIP)
            for caught in (embedder, transcriber):
                told = "".join(traceback.format_exception(caught.value))
                assert CANARY not in told
                assert "sk-canary" not in told
    assert CANARY not in caplog.text
    assert "sk-canary" not in caplog.text
    assert caplog.records
