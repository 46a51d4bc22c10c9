import math

import aiohttp
import pytest

from benchmarks.minds import ANALYST, COACH, EMBEDDER, REPLY, Claude, Marks, OpenAI, arguments, spread
from benchmarks.stage import Minds
from bot.ai import claude, openai
from bot.ai.protocols import CoachRequest, ExtractionRequest
from bot.journal.metrics import VOCABULARY
from tests.vendors import KEY

SECONDS = {COACH: 0.02, ANALYST: 0.01, EMBEDDER: 0.005}


async def test_the_bots_own_clients_are_answered_and_each_call_is_marked() -> None:
    marks = Marks()
    heard: list[str] = []
    async with (
        Claude(seconds=SECONDS, marks=marks) as vendor,
        OpenAI(seconds=SECONDS, marks=marks) as other,
        claude.make_client(KEY, vendor.url) as client,
        openai.make_client(KEY, other.url) as embedding,
    ):
        coach = await claude.ClaudeCoach(client).reply(
            CoachRequest(system=("Be kind.",), message="A good day.", metrics=(), language="en"),
            heard.append,
        )
        extraction = await claude.ClaudeAnalyst(client).extract(
            ExtractionRequest(
                system="Read.", message="<entry>Mood 7.</entry>", text="Mood 7.", vocabulary=VOCABULARY
            )
        )
        found = await openai.OpenAIEmbedder(embedding).embed(["A good day."])
        minds = Minds(seconds=SECONDS, addresses={"anthropic": vendor.url})
        told, again = await minds.marks(), await minds.marks()
    assert coach.text == REPLY
    assert len(heard) > 10
    assert [(it.name, it.value) for it in extraction.metrics] == [("mood", 7.0)]
    assert math.isclose(sum(it * it for it in found.vectors[0]), 1.0, rel_tol=1e-3)
    assert [it.mind for it in told] == [COACH, ANALYST, EMBEDDER]
    moments = [moment for it in told for moment in (it.begun, it.ended)]
    assert moments == sorted(moments)
    assert again == []


async def test_both_addresses_tell_the_same_marks() -> None:
    marks = Marks()
    async with (
        Claude(seconds=SECONDS, marks=marks) as vendor,
        OpenAI(seconds=SECONDS, marks=marks) as other,
        openai.make_client(KEY, other.url) as client,
        aiohttp.ClientSession() as session,
    ):
        await openai.OpenAIEmbedder(client).embed(["x"])
        async with session.get(f"{vendor.root}/_marks") as answer:
            told = await answer.json()
    assert [it[0] for it in told] == [EMBEDDER]


def test_the_program_is_told_each_minds_seconds() -> None:
    assert arguments(SECONDS) == ["--coach", "0.02", "--analyst", "0.01", "--embedder", "0.005"]


def test_an_answer_is_spread_over_its_minds_time() -> None:
    assert spread(100.0, 0.3, 3) == pytest.approx([100.1, 100.2, 100.3])
