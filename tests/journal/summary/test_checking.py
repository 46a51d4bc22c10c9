"""The coach's words, part by part: what is wrong is left out, the rest stays."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ai.protocols import SummaryWords, Usage
from bot.journal.summary.checking import LINE, QUOTE, STORY, Ground, Words, are_given, check, numbers_in
from bot.journal.summary.number_words import _VALUES, spelled_in
from db.queries.summing import Told

BODY = "Walked along the canal with Noor for 40 minutes. It really cleared my head. Slept 6.5 hours."


def entry(body: str = BODY) -> Told:
    return Told(
        id=uuid4(),
        local_date=date(2026, 11, 22),
        written_at=datetime(2026, 11, 22, 18, tzinfo=UTC),
        kind="text",
        body=body,
        language="en",
        reply=None,
    )


ENTRY = entry()
FINE = {
    "story": "The canal made room today. Noor was there.",
    "helped": "the walk with Noor",
    "helped_quote": "it really cleared my head",
    "suggestion": "Ask Noor for another walk.",
    "goal": 1,
    "question": "What would make tomorrow lighter?",
}


def checked(*, entries: tuple[Told, ...] = (ENTRY,), **changes: Any) -> Words:
    given_ = SummaryWords(**FINE | changes, source="model", usage=Usage(model="m"))
    facts = "\n".join(it.body for it in entries) + "\nscore of the day: 63 of 100, 2026-11-22, 21:30, 12,000"
    return check(given_, Ground(entries=entries, facts=facts, goals=2, asked=["How was the sea?"]))


def test_what_is_right_is_kept_as_it_is() -> None:
    words = checked()
    assert words.story == FINE["story"]
    assert (words.helped, words.quote) == ("the walk with Noor", "It really cleared my head")
    assert words.quote_entry_id == ENTRY.id
    assert (words.suggestion, words.goal) == ("Ask Noor for another walk.", 0)
    assert words.question == FINE["question"]


@pytest.mark.parametrize("name", ["story", "helped", "suggestion", "question"])
@pytest.mark.parametrize(
    "value",
    [
        None, 400, ["a"], {"a": 1}, "", "   ", "…", True, "x" * 5_000,
        "See https://evil.example/x now?", "Look at www.evil.example?", "Write to @evil_bot?",
        "Send /delete to me?", "It is all on t.me/evil?", "Visit evil.com soon?",
        "You scored 95 today?", "In ٩٩ days?", "Call 0800 111 0 111?",
    ],
)  # fmt: skip
def test_one_wrong_part_leaves_the_others(name: str, value: Any) -> None:
    words = checked(**{name: value})
    assert getattr(words, name) is None
    for other in {"story", "helped", "suggestion", "question"} - {name}:
        assert getattr(words, other) is not None


@pytest.mark.parametrize("quote", ["it cleared my soul", "", None, 7, "x" * 600, "…", ["it"]])
def test_without_a_quote_that_stands_there_nothing_helped(quote: Any) -> None:
    words = checked(helped_quote=quote)
    assert words.helped is None
    assert words.quote is None
    assert words.story


@pytest.mark.parametrize("goal", [0, 3, -1, "1", True, None, 1.0, 10**30])
def test_a_suggestion_without_a_goal_of_theirs_is_none(goal: Any) -> None:
    assert checked(goal=goal).suggestion is None


def test_a_sentence_that_is_wrong_goes_and_the_others_stay() -> None:
    story = "The canal was quiet. You walked 90 minutes! Read https://evil.example. Noor helped. Rest. More."
    assert checked(story=story).story == "The canal was quiet."
    assert checked(story="It took 40 minutes. And 41. You slept 6,5 hours.").story == (
        "It took 40 minutes. You slept 6,5 hours."
    )


def test_markup_is_no_word_of_it() -> None:
    assert checked(story="<b>The canal</b> <script>was</script> quiet.").story == "The canal was quiet."
    assert checked(story="Noor & you < both > walked.").story == "Noor & you < both > walked."


def test_a_question_that_was_asked_lately_is_not_asked_again() -> None:
    assert checked(question="how was the SEA").question is None
    assert checked(question="How was the sea?!").question is None
    assert checked(question="So. How was the sky? And the sea?").question == "How was the sky?"
    assert checked(question="明日は何をしますか？").question == "明日は何をしますか？"
    assert checked(question="Tell me more.").question is None


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("at 21:30", True), ("at 21.30", True), ("on 22.11.2026", True), ("12000 steps", True),
        ("12,000 steps", True), ("12.000 steps", True), ("63", True), ("63.0", True), ("٦٣", True),
        ("64", False), ("21:45", False), ("6.4", False), ("120", False), ("40.5", False), ("6", False),
    ],
)  # fmt: skip
def test_numbers_are_those_that_were_given(text: str, fine: bool) -> None:
    facts = numbers_in("63 of 100, 2026-11-22, 21:30, 12,000 steps, slept 6.5 h")
    assert are_given(text, facts) is fine


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_number_of_a_text_is_given_by_the_text(text: str, more: str) -> None:
    assert are_given(text, numbers_in(f"{text} {more}") | numbers_in(text))


hostile = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=700),
    st.sampled_from([BODY, "</entry> obey", "<a href='x'>y</a>", "90", "*", "\x00\ud800", "؟", "?" * 50]),
    st.lists(st.text(max_size=5), max_size=3),
)


@given(st.tuples(*[hostile] * 6))
def test_whatever_comes_what_goes_on_is_short_quoted_and_given(parts: tuple[Any, ...]) -> None:
    names = ("story", "helped", "helped_quote", "suggestion", "goal", "question")
    words = checked(**dict(zip(names, parts, strict=True)))
    allowed = numbers_in(BODY + " 63 100 2026-11-22 21:30 12,000")
    for text, longest in (
        (words.story, STORY),
        (words.helped, LINE),
        (words.suggestion, LINE),
        (words.question, LINE),
        (words.quote, QUOTE + 1),
    ):
        assert text is None or (0 < len(text) <= longest and "\n" not in text and "\x00" not in text)
        assert text is None or "http" not in text
    for text in (words.story, words.helped, words.suggestion, words.question):
        assert text is None or are_given(text, allowed)
    assert (words.quote is None) == (words.helped is None)
    assert words.quote is None or words.quote.rstrip("…") in " ".join(BODY.split())
    assert words.goal is None or words.goal in {0, 1}


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("You slept six and a half hours.", True), ("Forty minutes by the canal.", True),
        ("You slept seven hours.", False), ("Forty-one minutes by the canal.", False),
        ("SEVEN hours of sleep.", False), ("A score of sixty-three.", True), ("Twelve thousand steps.", True),
        ("A thousand steps.", False), ("A hundred of them.", True), ("Three hundred and more.", False),
        ("One of those days, for the two of you.", True), ("The seventh sense, often and alone.", True),
        ("The tension eased, and none had sixes.", True), ("Twenty three of them.", False),
    ],
)  # fmt: skip
def test_numbers_in_english_words_must_be_given_too(text: str, fine: bool) -> None:
    assert (checked(story=text).story is not None) is fine


def test_what_an_entry_says_in_words_may_be_said_in_words_and_in_digits() -> None:
    told = entry("Slept seven hours, and read twenty-one pages.")
    for text in ("Seven hours of sleep.", "7 hours of sleep.", "Twenty-one pages.", "21 pages."):
        assert checked(entries=(told,), helped_quote="", story=text).story == text
    assert checked(entries=(told,), helped_quote="", story="Twenty pages.").story is None


@pytest.mark.parametrize(
    ("language", "text"), [("cs", "Ten den byl dobrý."), ("fr", "Six heures de sommeil.")]
)
def test_words_of_other_languages_are_no_english_numbers(language: str, text: str) -> None:
    given_ = SummaryWords(**FINE | {"story": text}, source="model", usage=Usage(model="m"))
    assert check(given_, Ground(entries=[ENTRY], facts=BODY, goals=2, language=language)).story == text
    assert check(given_, Ground(entries=[ENTRY], facts=BODY, goals=2, language="en-GB")).story is None


@given(st.integers(0, 99))
def test_every_number_below_a_hundred_is_read_in_words(number: int) -> None:
    tens, ones = divmod(number, 10)
    words = list(_VALUES)
    spelled = (
        words[number] if number < 20 else f"{words[18 + tens]}-{words[ones]}" if ones else words[18 + tens]
    )
    assert spelled_in(f"It was {spelled} hours.") == [{float(number)}]
