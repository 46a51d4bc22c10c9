"""Many summaries asked for at once: what is sent, what comes back, and what goes wrong."""

from collections.abc import Mapping

import pytest
from anthropic import AsyncAnthropic

from bot.ai.claude import ClaudeCoach
from bot.ai.claude_batches import ClaudeBatches
from bot.ai.protocols import SummaryRequest
from bot.errors import MindBusy, MindGarbled, MindRejected, MindUnavailable
from tests.vendors import AnthropicServer, Fault, overloaded, rate_limit, status

MODEL = "claude-sonnet-5-5"


def request(text: str = "I slept well", kind: str = "day") -> SummaryRequest:
    message = f"<entries>\n<entry>{text}</entry>\n</entries>"
    return SummaryRequest(system=("Sum it up.",), message=message, kind="week" if kind == "week" else "day")


def words(**changes: object) -> dict[str, object]:
    empty = dict.fromkeys(("story", "helped", "helped_quote", "suggestion", "question"), "")
    return {**empty, "goal": 0, "story": "A day.", **changes}


@pytest.fixture
def batches(anthropic_client: AsyncAnthropic) -> ClaudeBatches:
    return ClaudeBatches(anthropic_client, model=MODEL, seconds=5)


async def submitted(batches: ClaudeBatches, *names: str) -> tuple[str, Mapping[str, SummaryRequest]]:
    asked = {name: request(f"I am {name}") for name in names}
    return await batches.submit(asked), asked


async def test_each_comes_back_under_its_name_once_the_batch_is_done(
    batches: ClaudeBatches, anthropic_server: AnthropicServer
) -> None:
    anthropic_server.answer = lambda body: (
        '{"story": "' + body["messages"][0]["content"].split("<entry>")[1].split("<")[0] + '", "goal": 2}'
    )
    batch_id, _ = await submitted(batches, "a", "b", "c")
    assert await batches.fetch(batch_id) is None
    anthropic_server.batches.end()
    found = await batches.fetch(batch_id)
    assert found is not None
    assert {name: it.story for name, it in found.items()} == {"a": "I am a", "b": "I am b", "c": "I am c"}
    assert (found["a"].source, found["a"].goal, found["a"].usage.model) == ("model", 2, MODEL)
    assert found["a"].usage.output_tokens > 0


async def test_a_batch_asks_just_what_a_call_asks(
    batches: ClaudeBatches, anthropic_client: AsyncAnthropic, anthropic_server: AnthropicServer
) -> None:
    await ClaudeCoach(anthropic_client, model=MODEL).sum_up(request())
    await batches.submit({"one": request()})
    called, batched = (it.body for it in anthropic_server.requests)
    [params] = [it["params"] for it in batched["requests"]]
    called.pop("stream")
    assert params == called


async def test_what_failed_is_missing_and_the_others_are_there(
    batches: ClaudeBatches, anthropic_server: AnthropicServer
) -> None:
    anthropic_server.give(words(), "no JSON at all")
    anthropic_server.batches.errored = {"b"}
    anthropic_server.batches.expired = {"c"}
    batch_id, _ = await submitted(batches, "a", "b", "c", "d")
    anthropic_server.batches.end()
    found = await batches.fetch(batch_id)
    # They are answered in the opposite order.
    assert found is not None
    assert {name: it.story for name, it in found.items()} == {"d": "A day."}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (overloaded(), MindUnavailable),
        (rate_limit(600), MindBusy),
        (status(400, "invalid_request_error"), MindRejected),
        (status(404, "not_found_error"), MindRejected),
        (Fault(kind="html"), MindGarbled),
    ],
)
async def test_every_failure_is_an_error_of_a_mind(
    batches: ClaudeBatches, anthropic_server: AnthropicServer, fault: Fault, error: type[Exception]
) -> None:
    anthropic_server.always = fault
    with pytest.raises(error):
        await batches.submit({"one": request()})


@pytest.mark.parametrize("lines", [b"{no json\n", b"\xff\xfe\n"])
async def test_unreadable_results_are_garbled(
    batches: ClaudeBatches, anthropic_server: AnthropicServer, lines: bytes
) -> None:
    batch_id, _ = await submitted(batches, "a")
    anthropic_server.batches.end()
    anthropic_server.batches.lines = lines
    with pytest.raises(MindGarbled):
        await batches.fetch(batch_id)


@pytest.mark.parametrize("line", [b'{"custom_id": 7}', b"[1]", b'{"custom_id": "a", "result": []}'])
async def test_odd_lines_bring_nothing(
    batches: ClaudeBatches, anthropic_server: AnthropicServer, line: bytes
) -> None:
    batch_id, _ = await submitted(batches, "a")
    anthropic_server.batches.end()
    anthropic_server.batches.lines = line + b"\n"
    assert await batches.fetch(batch_id) == {}


async def test_a_batch_that_nobody_knows(batches: ClaudeBatches) -> None:
    with pytest.raises(MindRejected):
        await batches.fetch("msgbatch_999999")


async def test_no_words_of_a_person_in_the_errors(
    batches: ClaudeBatches, anthropic_server: AnthropicServer
) -> None:
    anthropic_server.always = Fault(kind="status", status=400, type="invalid_request_error", echo=True)
    with pytest.raises(MindRejected) as caught:
        await batches.submit({"one": request("the heron stood in the fog")})
    assert "heron" not in str(caught.value)
