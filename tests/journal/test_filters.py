"""The filters of a search, as people type them."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.filters import MEANT, Condition, Filters, Sign, narrowed, period, read
from bot.journal.metrics import KINDS

TODAY = date(2026, 11, 23)
MAY = (date(2026, 5, 1), date(2026, 5, 31))


def typed(text: str, language: str = "en") -> str:
    return read(text, TODAY, language).typed()


def problems(text: str) -> list[tuple[str, str]]:
    return [(str(kind), words) for kind, words in read(text, TODAY, "en").problems]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kayak", '"kayak"'),
        ("from:2026-05-01 to:2026-05-31", "from:2026-05-01 to:2026-05-31"),
        ("kayak from: 2026-05-01", '"kayak" from:2026-05-01'),
        ("in:may lake", '"lake" from:2026-05-01 to:2026-05-31'),
        ("in:may 2025 lake", '"lake" from:2025-05-01 to:2025-05-31'),
        ("in:2025", "from:2025-01-01 to:2025-12-31"),
        ("in:2025-02", "from:2025-02-01 to:2025-02-28"),
        ("in:last-week", "from:2026-11-16 to:2026-11-22"),
        ('in:"last week"', "from:2026-11-16 to:2026-11-22"),
        ("on:2026-05-03", "from:2026-05-03 to:2026-05-03"),
        ("after:2026-05 before:2026-07", "from:2026-06-01 to:2026-06-30"),
        ("since:yesterday", "from:2026-11-22"),
        ("from:june to:may", "from:2026-05-01 to:2026-06-30"),
        ("in:may from:2026-05-10", "from:2026-05-10 to:2026-05-31"),
        ("kayak in May", '"kayak" from:2026-05-01 to:2026-05-31'),
        ("in June the lake", '"the lake" from:2026-06-01 to:2026-06-30'),
        ("walk on 3 May", '"walk" from:2026-05-03 to:2026-05-03'),
        ("run last week", '"run" from:2026-11-16 to:2026-11-22'),
        ("mood>=7", "mood>=7"),
        ("mood >= 7", "mood>=7"),
        ("Mood ≥ 7", "mood>=7"),
        ("mood=7", "mood=7"),
        ("mood<3 energy<=4", "mood<3 energy<=4"),
        ("sleep>6,5", "sleep_hours>6.5"),
        ("sleep hours > 6", "sleep_hours>6"),
        ("sleep_quality<5", "sleep_quality<5"),
        ("coffee>2 tired", '"tired" coffee_cups>2'),
        ("good mood >= 7", '"good" mood>=7'),
        ("kind:voice", "kind:voice"),
        ("kind:Photos kind:text", "kind:photo kind:text"),
        ("is:good tea", '"tea" is:good'),
        ("kayak mood>=7 in:may kind:voice", '"kayak" from:2026-05-01 to:2026-05-31 kind:voice mood>=7'),
    ],
)
def test_filters_are_read(text: str, meant: str) -> None:
    assert typed(text) == meant
    assert not problems(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("i <3 you", "i <3 you"),
        ("may", "may"),
        ("summer house", "summer house"),
        ("christmas", "christmas"),
        ("yesterday", "yesterday"),
        ('"in May" cake', "in May cake"),
        ("“mood>=7”", "mood>=7"),
        ("what I said to: Bob", "what I said to: Bob"),
        ("2 + 2 = 4", "2 + 2 = 4"),
        ("half a quote “ here", "half a quote here"),
        ("😀 <b>&amp;</b>", "😀 <b>&amp;</b>"),
        ("בית ליד הים", "בית ליד הים"),
    ],
)
def test_what_is_no_filter_stays_words(text: str, words: str) -> None:
    assert read(text, TODAY, "en") == Filters(words=words)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("from:2026-99-01", ("day", "2026-99-01")),
        ("from:someday", ("day", "someday")),
        ("to:9999-12-31", ("day", "9999-12-31")),
        ("in:nonsense", ("day", "nonsense")),
        ("kind:smell", ("kind", "smell")),
        ("is:bad", ("is", "bad")),
        ("joy>=7", ("metric", "joy")),
        ("mood>=70", ("value", "mood")),
        ("mood>-1", ("value", "mood")),
        ("in:may in:june", ("apart", "")),
    ],
)
def test_what_cannot_be_read_is_named_and_filters_nothing(text: str, problem: tuple[str, str]) -> None:
    found = read(f"tea {text}", TODAY, "en")
    assert found.problems == (problem,)
    assert (found.words, found.narrow) == ("tea", False)


def test_dates_are_read_in_the_persons_language_and_in_english() -> None:
    assert typed("kajak im Mai", "de") == '"kajak" from:2026-05-01 to:2026-05-31'
    assert typed("kajak in May", "de") == '"kajak" from:2026-05-01 to:2026-05-31'
    assert typed("in:mai", "de") == "from:2026-05-01 to:2026-05-31"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2026-05", MAY),
        ("may 2026", MAY),
        ("in may", MAY),
        ("May", MAY),
        ("2025", (date(2025, 1, 1), date(2025, 12, 31))),
        ("3 May", (date(2026, 5, 3), date(2026, 5, 3))),
        ("2024-02-29", (date(2024, 2, 29), date(2024, 2, 29))),
        ("last_week", (date(2026, 11, 16), date(2026, 11, 22))),
        ("2026-02-29", None),
        ("2026-13", None),
        ("0001-01", None),
        ("purple", None),
        ("two purple days in may", None),
        ("", None),
    ],
)
def test_a_period(text: str, span: tuple[date, date] | None) -> None:
    assert period(text, TODAY, "en") == span


NARROWINGS = st.sampled_from("myvgx")
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    kind = draw(st.sampled_from(sorted(KINDS.values(), key=lambda it: it.name)))
    thousandths = st.integers(int(kind.minimum * 1000), int(kind.maximum * 1000))
    sign: Sign = draw(st.sampled_from(get_args(Sign)))
    return Condition(name=kind.name, sign=sign, value=draw(thousandths) / 1000)


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    since, until = draw(st.none() | DAYS), draw(st.none() | DAYS)
    if since and until and since > until:
        since, until = until, since
    return Filters(
        words=" ".join(draw(st.text()).translate(dict.fromkeys(map(ord, '"“”„«»'), " ")).split()),
        since=since,
        until=until,
        kinds=tuple(draw(st.lists(st.sampled_from(sorted(MEANT)), unique=True))),
        conditions=tuple(draw(st.lists(conditions(), unique=True, max_size=4))),
        good_days=draw(st.booleans()),
    )


@given(filters())
def test_what_is_written_down_is_read_as_the_same(wanted: Filters) -> None:
    assert read(wanted.typed(), TODAY, "en") == wanted


PIECES = (
    "from: to: in: kind: is: mood sleep >= < = 7 2026-05-01 May in last week voice good : - <b> kayak 2026 to"
)
LIKE_FILTERS = st.lists(st.sampled_from([*PIECES.split(), '"', "“", " ", "\n"])).map("".join)


@given(st.text() | LIKE_FILTERS, st.sampled_from(["en", "de", "ru", "ja", "xx", "en-GB", None]), DAYS)
def test_any_text_is_read_and_comes_to_rest(text: str, language: str | None, today: date) -> None:
    found = read(text, today, language)
    assert not (found.since and found.until and found.since > found.until)
    assert all(KINDS[it.name].minimum <= it.value <= KINDS[it.name].maximum for it in found.conditions)
    later = read(found.typed(), today + timedelta(days=400), "en")
    assert later == Filters(**(vars(found) | {"problems": ()}))


@given(filters(), NARROWINGS)
def test_a_button_tapped_twice_is_tapped_once(wanted: Filters, how: str) -> None:
    once = narrowed(wanted, how, TODAY)
    assert narrowed(once, how, TODAY) == once
    assert once.words == wanted.words
    assert once.narrow is (how != "x")
