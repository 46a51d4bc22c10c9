import math

import pytest
from openai import AsyncOpenAI

from bot.ai.openai import OpenAIEmbedder, make_client
from bot.errors import MindGarbled, MindRejected
from tests.vendors import KEY, Fault, OpenAIServer, status


def likeness(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("only_floats", [False, True], ids=["base64", "floats"])
async def test_a_vector_for_each_text_in_order(only_floats: bool) -> None:
    async with (
        OpenAIServer(only_floats=only_floats) as server,
        make_client(KEY, server.url) as client,
    ):
        texts = ["I slept badly", "The plumber's invoice", "I slept so badly again"]
        found = await OpenAIEmbedder(client).embed(texts)
    assert [len(vector) for vector in found.vectors] == [1536] * 3
    slept, invoice, again = found.vectors
    assert likeness(slept, again) > 0.5 > likeness(slept, invoice) + 0.2
    assert all(type(value) is float and math.isfinite(value) for value in slept)
    assert found.usage.model == "text-embedding-3-small"
    assert found.usage.input_tokens > 5


async def test_request_asks_for_the_size_where_the_model_has_a_choice(
    openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    await OpenAIEmbedder(openai_client).embed(["a"])
    await OpenAIEmbedder(openai_client, model="text-embedding-ada-002").embed(["a"])
    small, ada = (request.body for request in openai_server.requests)
    assert small["dimensions"] == 1536
    assert "dimensions" not in ada
    assert ada["model"] == "text-embedding-ada-002"


async def test_order_is_that_of_the_index(openai_server: OpenAIServer, openai_client: AsyncOpenAI) -> None:
    embedder = OpenAIEmbedder(openai_client)
    expected = await embedder.embed(["one", "two", "three"])
    openai_server.next(Fault(kind="shuffled"))
    assert (await embedder.embed(["one", "two", "three"])).vectors == expected.vectors


async def test_many_texts_go_in_batches(openai_server: OpenAIServer, openai_client: AsyncOpenAI) -> None:
    texts = [f"entry {number}" for number in range(300)]
    found = await OpenAIEmbedder(openai_client).embed(texts)
    assert [len(request.body["input"]) for request in openai_server.requests] == [256, 44]
    assert len(found.vectors) == 300
    alone = await OpenAIEmbedder(openai_client).embed(["entry 299"])
    assert found.vectors[299] == alone.vectors[0]


async def test_no_request_exceeds_the_vendors_tokens_in_all(
    openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    found = await OpenAIEmbedder(openai_client).embed(["слово " * 2_500] * 40)
    assert len(found.vectors) == 40
    assert len(openai_server.requests) > 1


async def test_no_texts_are_no_call(openai_server: OpenAIServer, openai_client: AsyncOpenAI) -> None:
    assert (await OpenAIEmbedder(openai_client).embed([])).vectors == ()
    assert openai_server.requests == []


@pytest.mark.parametrize("text", ["word " * 8_000, "x " * 30_000, "😀" * 20_000, "я " * 9_000, "\ud83d half"])
async def test_a_text_too_long_is_cut_until_it_fits(
    text: str, openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    found = await OpenAIEmbedder(openai_client).embed(["short", text])
    assert len(found.vectors) == 2
    assert len(openai_server.requests) <= 2
    sent = openai_server.requests[-1].body["input"]
    assert sent[0] == "short"
    assert text.startswith(sent[1].replace("?", "\ud83d"))


@pytest.mark.parametrize("kind", ["wrong_size", "nan", "zero", "missing", "html", "empty", "invalid_json"])
@pytest.mark.parametrize("only_floats", [False, True], ids=["base64", "floats"])
async def test_what_is_no_vector_is_garbled(kind: str, only_floats: bool) -> None:
    async with (
        OpenAIServer(only_floats=only_floats) as server,
        make_client(KEY, server.url, max_retries=0) as client,
    ):
        server.next(Fault(kind=kind))  # type: ignore[arg-type]
        with pytest.raises(MindGarbled, match=r"^embedder \(text-embedding-3-small\): "):
            await OpenAIEmbedder(client).embed(["one", "two"])


async def test_a_model_with_vectors_of_another_size_is_garbled(openai_client: AsyncOpenAI) -> None:
    with pytest.raises(MindGarbled, match="1536 dimensions instead of 1024"):
        await OpenAIEmbedder(openai_client, model="text-embedding-ada-002", dimensions=1024).embed(["a"])


async def test_an_empty_text_is_the_vendors_to_refuse(openai_client: AsyncOpenAI) -> None:
    with pytest.raises(MindRejected, match="HTTP 400, invalid_request_error"):
        await OpenAIEmbedder(openai_client).embed([""])


async def test_a_refusal_that_is_not_about_length_is_not_tried_again(
    openai_server: OpenAIServer, openai_client: AsyncOpenAI
) -> None:
    openai_server.next(status(400, "invalid_request_error"))
    with pytest.raises(MindRejected):
        await OpenAIEmbedder(openai_client).embed(["a short text"])
    assert len(openai_server.requests) == 1
