import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.ai.language import language_of
from bot.ai.lexicon import LANGUAGES, lexicon
from bot.ai.pieces import pieces_of
from bot.ai.protocols import ProposedMetric
from bot.ai.stated import TOPICS, stated_metrics
from bot.journal.metrics import KINDS, VOCABULARY, check
from tests.ai.sentences import NOT_STATED, STATED


def read(text: str) -> list[ProposedMetric]:
    return stated_metrics(text, VOCABULARY, language_of(text, pieces_of(text)))


def totals(text: str) -> dict[str, float]:
    """As a day would add them up."""
    found: dict[str, float] = {}
    for metric in read(text):
        found[metric.name] = found.get(metric.name, 0) + metric.value
    return found


@pytest.mark.parametrize(("text", "expected"), STATED)
def test_what_is_plainly_stated_is_read(text: str, expected: dict[str, float]) -> None:
    assert totals(text) == expected


@pytest.mark.parametrize("text", [text for text, _ in STATED])
def test_the_journal_takes_every_one_of_them(text: str) -> None:
    proposed = read(text)
    assert len(check(proposed, text, "rule")) == len(proposed)


@pytest.mark.parametrize("text", NOT_STATED)
def test_what_is_not_plainly_stated_is_left_alone(text: str) -> None:
    assert totals(text) == {}


def test_quotes_are_the_words_that_say_it() -> None:
    text = "Long day. I ran 5 km in 30 minutes, then had two coffees. Mood: 7/10!"
    assert [(metric.name, metric.quote) for metric in read(text)] == [
        ("distance_km", "ran 5 km"),
        ("exercise_minutes", "ran 5 km in 30 minutes"),
        ("coffee_cups", "two coffees"),
        ("mood", "Mood: 7/10"),
    ]


def test_only_the_vocabulary_asked_for_is_proposed() -> None:
    text = "mood 7, energy 5"
    assert [m.name for m in stated_metrics(text, [KINDS["energy"]], "en")] == ["energy"]


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(STATED) + len(NOT_STATED) >= 200
    assert len(NOT_STATED) >= 90
    assert {name for topic in TOPICS.values() for name in topic.values()} <= KINDS.keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_every_part(code: str) -> None:
    one = lexicon(code)
    assert one.terms.keys() == TOPICS.keys()
    assert one.names.keys() == KINDS.keys()
    assert one.coach.keys() == lexicon("en").coach.keys()
    assert one.units.keys() == lexicon("en").units.keys()
    assert "{metrics}" in one.coach["read"]
    assert one.speaker
    assert len(one.common) > 30


SCRAPS = (
    "mood|Mood:|7|7/10|6.5|hours|slept|from|23:30|to|ran|km|and|a half|not|I|she|,|.|?|-|–|½|8,000|steps|"
    "Stimmung|geschlafen|dormí|y media|humeur|h|настроение|спал|часов|enerjim|buçuk|saat|مزاجي|ونصف|٧|من|10|"
    "out of|or|\"|“|”|>|glasses of|water|two|coffees|🙂|'|üzerinden|İyi|ß|k|m|30m|7th|1.2.3|"
    "99999999999999999999|²|①|\n|\ud83d"
)
PILES = st.lists(st.sampled_from(SCRAPS.split("|")), max_size=25)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), PILES.map(" ".join), PILES.map("".join)))
@example("slept from 24 to 24 hours")
@example("mood ７/10")
@example("mood " + "9" * 5000)
def test_any_text_is_read_without_harm(text: str) -> None:
    for metric in read(text):
        kind = KINDS[metric.name]
        assert metric.quote in text
        assert any(character.isdigit() or character.isalpha() for character in metric.quote)
        assert kind.minimum <= metric.value <= kind.maximum


@pytest.mark.parametrize("scrap", ["mood 7. ", "mood 7, ", "mood 7 ", "ran 5 km and ", "“a ", "7-", "she "])
def test_the_longest_entries_take_no_longer_than_their_length(scrap: str) -> None:
    # 12,000 words are the most that an analyst is given; time that grew with their square would
    # run into the time limit of a test.
    totals(scrap * 12_000)
