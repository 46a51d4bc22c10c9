"""Every way in which a call to Claude fails, over the real SDK and a real socket."""

import asyncio
import logging
import socket
import traceback

import pytest
from anthropic import AsyncAnthropic

from bot.ai.claude import ClaudeAnalyst, ClaudeCoach, make_client
from bot.errors import MindBusy, MindError, MindGarbled, MindRejected, MindUnavailable
from tests.ai.requests import CANARY, coaching, extraction
from tests.vendors import KEY, AnthropicServer, Fault, rate_limit, status

FAILURES = [
    (status(400, "invalid_request_error"), MindRejected),
    (status(401, "authentication_error"), MindRejected),
    (status(402, "billing_error"), MindRejected),
    (status(403, "permission_error"), MindRejected),
    (status(404, "not_found_error"), MindRejected),
    (status(413, "request_too_large"), MindRejected),
    (status(422, "invalid_request_error"), MindRejected),
    (status(408, "timeout_error", retry=False), MindUnavailable),
    (status(500, "api_error", retry=False), MindUnavailable),
    (status(504, "timeout_error", retry=False), MindUnavailable),
    (status(529, "overloaded_error", retry=False), MindUnavailable),
    (status(429, "rate_limit_error", retry=False), MindBusy),
    (
        Fault(kind="status", status=429, type="rate_limit_error", code="enforced_spend_limit_reached",
              headers={"x-should-retry": "false"}),
        MindRejected,
    ),
    (Fault(kind="cut_midway"), MindUnavailable),
    (Fault(kind="cut_midway", after=0), MindUnavailable),
    (Fault(kind="end_midway"), MindUnavailable),
    (Fault(kind="stall_midway"), MindUnavailable),
    (Fault(kind="error_midway", type="overloaded_error"), MindUnavailable),
    (Fault(kind="error_midway", type="api_error"), MindUnavailable),
    (Fault(kind="error_midway", type="a_newer_error"), MindUnavailable),
    (Fault(kind="error_midway", type="rate_limit_error"), MindBusy),
    (Fault(kind="error_midway", type="invalid_request_error"), MindRejected),
    (Fault(kind="html"), MindUnavailable),
    (Fault(kind="empty"), MindUnavailable),
    (Fault(kind="invalid_json"), MindGarbled),
    (Fault(kind="stop_reason", type="tool_use"), MindGarbled),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "error"), FAILURES, ids=lambda value: getattr(value, "kind", None))
async def test_each_failure_has_its_error(
    fault: Fault, error: type[MindError], anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.always = fault
    with pytest.raises(MindError) as coach:
        await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)
    assert type(coach.value) is error
    assert (coach.value.mind, coach.value.model) == ("coach", "claude-sonnet-5-5")
    with pytest.raises(MindError) as analyst:
        await ClaudeAnalyst(anthropic_client).extract(extraction(CANARY))
    assert type(analyst.value) is error
    assert (analyst.value.mind, analyst.value.model) == ("analyst", "claude-haiku-5-5")


async def test_a_rejection_names_the_vendors_type_and_the_request(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.next(status(400, "invalid_request_error"))
    with pytest.raises(MindRejected) as caught:
        await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)
    expected = "coach (claude-sonnet-5-5): HTTP 400, invalid_request_error, request req_000001"
    assert str(caught.value) == expected


async def test_a_passing_overload_is_retried(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.next(status(529, "overloaded_error", retry_after=0.01), status(500, retry_after=0.01))
    reply = await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)
    assert reply.ending == "whole"
    assert len(anthropic_server.requests) == 3


async def test_retries_end(anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic) -> None:
    anthropic_server.always = rate_limit(retry_after=0.01)
    with pytest.raises(MindBusy) as caught:
        await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)
    assert caught.value.retry_after == pytest.approx(0.01)
    assert len(anthropic_server.requests) == 3


async def test_no_retry_when_the_vendor_says_so(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.always = status(529, "overloaded_error", retry=False)
    with pytest.raises(MindUnavailable):
        await ClaudeCoach(anthropic_client).reply(coaching(), lambda _: None)
    assert len(anthropic_server.requests) == 1


@pytest.mark.parametrize(
    ("asked", "told"), [("209", 209.0), ("99999999", 86_400.0), ("inf", 86_400.0), ("nonsense", None)]
)
async def test_a_long_wait_is_handed_back_at_once(
    asked: str, told: float | None, anthropic_server: AnthropicServer
) -> None:
    anthropic_server.always = Fault(
        kind="status", status=429, type="rate_limit_error", headers={"retry-after": asked}
    )
    retries = 0 if told is None else 2
    async with make_client(KEY, anthropic_server.url, max_retries=retries) as client:
        with pytest.raises(MindBusy) as caught:
            await ClaudeCoach(client).reply(coaching(), lambda _: None)
    assert caught.value.retry_after == told
    assert len(anthropic_server.requests) == 1


async def test_a_wait_may_be_given_as_a_date(anthropic_server: AnthropicServer) -> None:
    anthropic_server.always = Fault(
        kind="status", status=429, headers={"retry-after": "Fri, 31 Dec 2399 23:59:59 GMT"}
    )
    async with make_client(KEY, anthropic_server.url) as client:
        with pytest.raises(MindBusy) as caught:
            await ClaudeCoach(client).reply(coaching(), lambda _: None)
    assert caught.value.retry_after == 86_400.0


async def test_silence_ends_the_call(anthropic_server: AnthropicServer) -> None:
    anthropic_server.next(Fault(kind="stall"))
    async with make_client(KEY, anthropic_server.url, max_retries=0, silence=0.1) as client:
        with pytest.raises(MindUnavailable, match="ReadTimeout"):
            await ClaudeCoach(client).reply(coaching(), lambda _: None)


@pytest.mark.parametrize("kind", ["stall", "slow", "status"])
async def test_a_call_is_bounded_as_a_whole(kind: str, anthropic_server: AnthropicServer) -> None:
    # A stall within the silence allowed, pieces that keep coming, and the pauses between retries.
    anthropic_server.always = (
        status(500, retry_after=5) if kind == "status" else Fault(kind=kind, seconds=0.2)  # type: ignore[arg-type]
    )
    anthropic_server.say("word " * 100)
    async with make_client(KEY, anthropic_server.url) as client:
        with pytest.raises(MindUnavailable, match=r"in 0\.3 s"):
            await ClaudeCoach(client, seconds=0.3).reply(coaching(), lambda _: None)
        with pytest.raises(MindUnavailable, match=r"in 0\.3 s"):
            await ClaudeAnalyst(client, seconds=0.3).extract(extraction(CANARY))


async def test_nobody_listens_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: every connection is refused
        async with make_client(KEY, f"http://127.0.0.1:{taken.getsockname()[1]}", max_retries=0) as client:
            with pytest.raises(MindUnavailable, match="ConnectError"):
                await ClaudeCoach(client).reply(coaching(), lambda _: None)


async def test_a_cancelled_call_stays_cancelled(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.say("word " * 100)
    anthropic_server.next(Fault(kind="slow"))
    heard = asyncio.Event()
    call = asyncio.create_task(ClaudeCoach(anthropic_client).reply(coaching(), lambda _: heard.set()))
    await heard.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_wrong_key_and_unknown_model(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    async with make_client("sk-another", anthropic_server.url) as client:
        with pytest.raises(MindRejected, match="HTTP 401, authentication_error"):
            await ClaudeCoach(client).reply(coaching(), lambda _: None)
    with pytest.raises(MindRejected, match="HTTP 404, not_found_error"):
        await ClaudeCoach(anthropic_client, model="claude-9").reply(coaching(), lambda _: None)


async def test_no_word_of_the_entry_or_of_the_key_is_logged_or_raised(
    anthropic_server: AnthropicServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("anthropic").setLevel(logging.DEBUG)  # as its own setting would
    async with make_client("sk-canary", anthropic_server.url, max_retries=0, silence=0.2) as client:
        for fault, _ in FAILURES:
            echoing = {f: getattr(fault, f) for f in ("kind", "status", "type", "code", "headers", "after")}
            anthropic_server.always = Fault(**echoing, echo=True)
            anthropic_server.say(CANARY)
            with pytest.raises(MindError) as caught:
                await ClaudeCoach(client).reply(coaching(), lambda _: None)
            told = "".join(traceback.format_exception(caught.value))
            assert CANARY not in told
            assert "sk-canary" not in told
    assert CANARY not in caplog.text
    assert "sk-canary" not in caplog.text
    assert caplog.records
