"""Goals without a chat: what is checked of a model's words, what minds are told, how far bars go."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ai.protocols import ProposedGoal, ProposedProgress, Usage
from bot.journal import phrases_goals
from bot.journal.charts import CATEGORIES, caption, draw
from bot.journal.goals import changes, proposing, reading, screens, telling
from bot.journal.goals.proposing import LONGEST_TITLE, columns, cut_title, problem_with
from bot.journal.quotes import find_quote
from bot.journal.tokens import estimate_tokens
from bot.journal.understand import extraction_request
from db.queries.goals import GoalRecord, Standing
from evaluation.coach.cases import Case
from tests.journal.test_injection import HOSTILE

RUN = GoalRecord(
    id=uuid4(),
    user_id=uuid4(),
    title="Run three times a week",
    why=None,
    measure=None,
    cadence="week",
    target=3.0,
    unit="times",
    category="body",
    state="active",
    progress=0.0,
    finished_at=None,
    created_at=datetime(2026, 5, 4, tzinfo=UTC),
)
TEXT = "Ran in the park. Ran home from work, and read 20 pages."
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=400)),
    lambda it: st.lists(it, max_size=2) | st.dictionaries(st.text(max_size=3), it, max_size=2),
    max_leaves=3,
)


def goal(**values: Any) -> GoalRecord:
    return replace(RUN, id=uuid4(), **values)


def step(goal: Any = 1, amount: Any = 1, quote: Any = "Ran in the park") -> ProposedProgress:
    return ProposedProgress(goal=goal, amount=amount, quote=quote)


def proposal(**values: Any) -> ProposedGoal:
    whole = {"title": "Run", "measure": None, "unit": "times", "target": 3, "cadence": "week"}
    return ProposedGoal(**(whole | {"category": "body"} | values), source="model", usage=Usage(model="none"))


@given(
    st.dictionaries(
        st.sampled_from(["title", "why", "measure", "unit", "target", "cadence", "category"]), anything
    )
)
def test_whatever_a_model_proposes_the_columns_are_sound(values: dict[str, Any]) -> None:
    found = columns(proposal(**values), "Run in the forest")
    assert any(it.isalpha() for it in found["title"])
    assert 0 < len(found["title"]) <= LONGEST_TITLE
    assert "\n" not in found["title"] + found["unit"] + (found["measure"] or "")
    assert 0 < len(found["unit"]) <= proposing.LONGEST_UNIT
    assert found["target"] is None or 0 < found["target"] <= proposing.MOST_TARGET
    assert found["cadence"] in {"day", "week", "month", None}
    assert found["category"] is None or found["category"] in CATEGORIES


@pytest.mark.parametrize("cadence", ["day", "week", "month"])
def test_what_is_right_in_a_proposal_is_kept(cadence: str) -> None:
    found = columns(proposal(measure=" a run ", cadence=cadence, target=2.5), "run")
    assert found == {
        "title": "Run",
        "why": None,
        "measure": "a run",
        "unit": "times",
        "target": 2.5,
        "cadence": cadence,
        "category": "body",
    }
    assert columns(proposal(cadence="once"), "run")["cadence"] is None


@pytest.mark.parametrize(
    ("why", "kept"),
    [
        ("My back hurts.", "my back hurts"),
        ("It is healthy", None),
        ("", None),
        (7, None),
        (["my back"], None),
    ],
)
def test_a_reason_is_kept_in_their_own_words(why: Any, kept: str | None) -> None:
    assert columns(proposal(why=why), "Run three times a week, as my back hurts")["why"] == kept


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x" * 301, "long"),
        ("🏃", "wordless"),
        ("12 34", "wordless"),
        ("", "wordless"),
        ("走る", None),
        ("x" * 300, None),
    ],
)
def test_what_can_be_a_goal(text: str, problem: str | None) -> None:
    assert problem_with(text) == problem


@given(st.text(min_size=1, max_size=400))
def test_a_title_is_cut_and_marked(text: str) -> None:
    title = cut_title(text)
    assert len(title) <= LONGEST_TITLE
    assert title == text or title.endswith("…")


def test_steps_with_quotes_of_their_own_add_up() -> None:
    pages = goal(title="Read", unit="pages", target=20.0, cadence="day")
    found = reading.check(
        [step(), step(quote="ran home from work"), step(), step(2, 20, "read 20 pages")],
        [RUN, pages],
        TEXT,
        "model",
    )
    assert found[RUN.id].amount == 2
    assert found[RUN.id].quote == "Ran in the park"
    assert (found[pages.id].amount, found[pages.id].source) == (20, "model")


def test_the_same_words_count_once() -> None:
    found = reading.check(
        [step(amount=1), step(amount=2), step(quote="RAN in the park", amount=4)], [RUN], TEXT, "model"
    )
    assert found[RUN.id].amount == 1


@pytest.mark.parametrize("quote", ["I ran to the moon", RUN.title, "an in the par", "", None, 5])
def test_words_that_are_not_in_the_entry_move_nothing(quote: Any) -> None:
    assert reading.check([step(quote=quote)], [RUN], TEXT, "model") == {}


def test_parts_that_are_too_much_together_are_left_out() -> None:
    found = reading.check([step(amount=60), step(amount=60, quote="ran home")], [RUN], TEXT, "model")
    assert found[RUN.id].amount == 60


@given(
    st.lists(
        st.builds(
            ProposedProgress,
            goal=anything | st.integers(0, 3),
            amount=anything,
            quote=anything | st.just("Ran"),
        )
    )
)
def test_whatever_a_model_reads_every_step_is_possible_and_quoted(proposed: list[ProposedProgress]) -> None:
    goals = [RUN, goal(target=None), goal(target=10_000.0)]
    for goal_id, found in reading.check(proposed, goals, TEXT, "model").items():
        [of] = [it for it in goals if it.id == goal_id]
        assert 0 < found.amount <= reading.bound(of)
        assert find_quote(found.quote, TEXT) == found.quote


def tags(text: str) -> list[str]:
    return re.findall(r"</?[a-z_]+[^<>]*>", text)


@given(words, words, words)
def test_the_words_of_a_goal_end_no_quotation(title: str, measure: str, unit: str) -> None:
    entry = Case(id="one", text="I ran").entry()
    told = extraction_request(entry, [goal(title=title, measure=measure, unit=unit), RUN])
    skeleton = [re.sub(r'"[^"]*"', '""', it) for it in tags(told.message)]
    assert skeleton == [
        "<goals>",
        '<goal n="" unit="">',
        "</goal>",
        '<goal n="" unit="">',
        "</goal>",
        "</goals>",
        '<entry date="">',
        "</entry>",
    ]
    assert told.system == extraction_request(entry).system
    sentence = proposing.request(title).message
    assert tags(sentence) == ["<sentence>", "</sentence>"]


@given(words, words, words)
def test_the_coach_is_told_of_goals_as_of_quoted_lines(title: str, why: str, unit: str) -> None:
    block = telling.for_coach([Standing(goal=goal(title=title, why=why, unit=unit), done=1.0)])
    assert block is not None
    assert tags(block) == ["<goals>", "</goals>"]
    assert len(block.partition("<goals>\n")[2].partition("\n</goals>")[0].splitlines()) == 1


def test_the_coach_is_told_so_much_and_no_more() -> None:
    many = [Standing(goal=goal(title="Wörter " * 20, why="Gründe " * 60), done=1.0)] * 40
    block = telling.for_coach(many)
    assert block is not None
    assert estimate_tokens(block) < telling.BUDGET + 200
    assert telling.for_coach([]) is None


@given(amount=st.floats(0, 1e9), target=st.floats(0.01, 1e6))
def test_a_bar_is_full_only_when_all_is_done_and_empty_only_when_nothing_is(
    amount: float, target: float
) -> None:
    shown = screens.bar(amount, target)
    assert len(shown) == screens.CELLS
    assert (screens.EMPTY not in shown) == (amount >= target)
    assert (screens.FULL not in shown) == (amount == 0)


def test_no_bar_without_a_target() -> None:
    assert screens.bar(5, None) == ""


@pytest.mark.parametrize(
    ("target", "step"), [(None, 1), (1, 1), (3, 1), (20, 5), (30, 5), (100, 10), (10_000, 1_000), (0.5, 1)]
)
def test_a_tap_adds_a_handy_part_of_the_target(target: float | None, step: float) -> None:
    assert screens.tap_step(target) == step


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("3", 3, None),
        (" 20 pages. ", 20, "pages"),
        ("7,5 km", 7.5, "km"),
        ("5.125 km", 5.125, "km"),
        ("10,000 steps", 10_000, "steps"),
        ("10.000 Schritte", 10_000, "Schritte"),
        ("٣", 3, None),
        ("5km", 5, "km"),
        ("None", None, None),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, number: float | None, unit: str | None) -> None:
    assert changes.typed(text) == changes.Amount(number=number, unit=unit)


@pytest.mark.parametrize(
    "text", ["", "three", "3 of my best friends", "7 things went well", "3 + 4", "1e9", "NaN"]
)
def test_what_is_no_number_is_something_else(text: str) -> None:
    assert changes.typed(text) is None


@pytest.mark.parametrize("text", ["0", "0.001", "-3", "1000001", "999999999999"])
def test_numbers_that_cannot_be_are_told_from_words(text: str) -> None:
    assert changes.typed(text) == "out of range"


@given(st.text(max_size=200))
def test_any_text_may_be_typed(text: str) -> None:
    found = changes.typed(text)
    assert found is None or isinstance(found, str) or found.number is None or found.number > 0


def test_standings_are_fit_for_a_picture() -> None:
    monday = date(2026, 5, 4)
    shown = telling.picture(
        [
            Standing(goal=RUN, done=2.0, weeks=[(monday, 2.0)]),
            Standing(goal=goal(target=None, cadence=None, unit=None, title="🏃 </b>"), done=5e9),
        ],
        title="Your goals",
    )
    assert "2 of 3 times this week" in caption(shown)
    assert draw(shown).startswith(b"\x89PNG")


def test_a_list_item_says_it_in_words_before_the_bar() -> None:
    told = screens.told(Standing(goal=RUN, done=2.0))
    assert told == "2 of 3 times this week, 66 %"
    assert screens.told(Standing(goal=goal(target=None, cadence=None), done=2.0)) == "2 times so far"


@pytest.mark.parametrize(
    ("target", "unit", "cadence", "told"),
    [
        ("1", "times", "day", "once a day"),
        ("1", "times", None, "once, in all"),
        (None, "times", "week", "how often a week, without a target"),
        (None, "times", None, "how often in all, without a target"),
        ("3", "times", "week", "3 times a week"),
        (None, "pages", "week", "pages a week, without a target"),
        ("1", "km", "day", "1 km a day"),
    ],
)
def test_what_is_counted_reads_as_a_sentence(
    target: str | None, unit: str, cadence: str | None, told: str
) -> None:
    assert phrases_goals.counted_as(target, unit, cadence) == f"{'Aim' if target else 'Counted'}: {told}"
