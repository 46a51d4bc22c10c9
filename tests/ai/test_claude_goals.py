import pytest
from anthropic import AsyncAnthropic

from bot.ai.claude import ClaudeAnalyst
from bot.ai.offline import OfflineAnalyst
from bot.ai.protocols import ExtractionRequest, GoalRequest, KnownGoal, ProposedProgress
from bot.errors import MindGarbled
from bot.journal.goals.proposing import Proposer
from tests.ai.requests import VOCABULARY
from tests.vendors import AnthropicServer, Fault

REQUEST = GoalRequest(
    system="Propose a goal.", message="<sentence>\nrun three times a week\n</sentence>", text="not for models"
)
RUN = KnownGoal(number=1, title="Run", measure=None, target=3.0, unit="times", cadence="week")


def extraction(*goals: KnownGoal) -> ExtractionRequest:
    return ExtractionRequest(
        system="Read.", message="<entry>I ran</entry>", text="I ran", vocabulary=VOCABULARY, goals=goals
    )


async def test_a_proposal_comes_field_by_field_and_unchecked(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give({"title": 5, "unit": "times", "target": "three", "is_goal": True, "more": 1})
    found = await ClaudeAnalyst(anthropic_client).propose_goal(REQUEST)
    assert (found.title, found.unit, found.target, found.measure) == (5, "times", "three", None)
    assert (found.is_goal, found.source, found.usage.model) == (True, "model", "claude-haiku-5-5")
    sent = anthropic_server.requests[-1].body
    schema = sent["output_config"]["format"]["schema"]
    assert set(schema["required"]) == set(schema["properties"])
    assert schema["properties"]["cadence"]["enum"] == ["day", "week", "month", "once"]
    assert sent["messages"][-1]["content"] == REQUEST.message
    assert "not for models" not in str(sent)


@pytest.mark.parametrize(("said", "is_goal"), [(False, False), (True, True), (None, True), ("no", True)])
async def test_only_a_plain_no_says_that_it_is_no_goal(
    said: object, is_goal: bool, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.give({"title": "Run", "is_goal": said})
    found = await ClaudeAnalyst(anthropic_client).propose_goal(REQUEST)
    assert found.is_goal is is_goal


@pytest.mark.parametrize("fault", [Fault(kind="refusal"), Fault(kind="max_tokens")])
async def test_a_proposal_that_is_refused_or_cut_is_garbled(
    fault: Fault, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.next(fault)
    with pytest.raises(MindGarbled):
        await ClaudeAnalyst(anthropic_client).propose_goal(REQUEST)


@pytest.mark.parametrize("fault", [Fault(kind="stall"), Fault(kind="status", status=529), Fault(kind="html")])
async def test_the_rules_propose_where_the_analyst_cannot(
    fault: Fault, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    anthropic_server.always = fault
    analyst = ClaudeAnalyst(anthropic_client.with_options(max_retries=0, timeout=30))
    patience = 0.3 if fault.kind == "stall" else 30.0
    proposer = Proposer(analyst=analyst, rules=OfflineAnalyst(), patience=patience)
    found = await proposer.propose("run three times a week")
    assert (found.source, found.target, found.cadence) == ("rule", 3, "week")


async def test_progress_is_asked_for_only_where_there_are_goals(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    analyst = ClaudeAnalyst(anthropic_client)
    schemas = []
    for request in (extraction(), extraction(RUN)):
        await analyst.extract(request)
        schemas.append(anthropic_server.requests[-1].body["output_config"]["format"]["schema"])
    assert "progress" not in schemas[0]["properties"]
    assert schemas[1]["required"] == [*schemas[0]["required"], "progress"]


@pytest.mark.parametrize("wrong", [None, "ran", 5, {"goal": 1}, ["ran", None, [1]]])
async def test_progress_of_the_wrong_shape_loses_nothing_else(
    wrong: object, anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    mood = {"name": "mood", "value": 7, "quote": "mood 7"}
    anthropic_server.give({"metrics": [mood], "progress": wrong})
    found = await ClaudeAnalyst(anthropic_client).extract(extraction(RUN))
    assert found.progress == ()
    assert len(found.metrics) == 1


async def test_one_bad_step_never_loses_the_others(
    anthropic_server: AnthropicServer, anthropic_client: AsyncAnthropic
) -> None:
    step = {"goal": 1, "amount": 1, "quote": "I ran"}
    anthropic_server.give({"metrics": [], "progress": ["ran", {"goal": "x"}, step]})
    found = await ClaudeAnalyst(anthropic_client).extract(extraction(RUN))
    assert found.progress == (
        ProposedProgress(goal="x", amount=None, quote=None),
        ProposedProgress(goal=1, amount=1, quote="I ran"),
    )
