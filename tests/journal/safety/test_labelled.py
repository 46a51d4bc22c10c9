from collections import Counter

import pytest

from bot.journal.safety import look
from tests.ai.sentences import STATED
from tests.journal.safety.labelled import HARMLESS, PARTS, Labelled, labelled, wrong

ENTRIES = labelled()
LANGUAGES = sorted({entry.language for entry in ENTRIES})


def of_kind(*kinds: str, language: str | None = None) -> list[Labelled]:
    return [it for it in ENTRIES if it.kind in kinds and language in {it.language, None}]


def test_the_set_is_as_large_as_its_figures_need() -> None:
    assert len(LANGUAGES) >= 14
    for language in LANGUAGES:
        crisis, harmless = (60, 120) if language == "en" else (25, 40)
        in_crisis = of_kind("explicit", "indirect", "past", "other_person", language=language)
        assert len(in_crisis) >= crisis, language
        assert len(of_kind(*HARMLESS, language=language)) >= harmless, language
    assert len({(it.language, it.text) for it in ENTRIES}) == len(ENTRIES)
    assert {it.part for it in ENTRIES} == set(PARTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_explicit_entry_gets_help(language: str) -> None:
    assert wrong(of_kind("explicit", language=language)) == []


def test_indirect_entries_get_help() -> None:
    indirect = of_kind("indirect")
    assert len(wrong(indirect)) <= len(indirect) * 0.05, wrong(indirect)


def test_ordinary_entries_are_left_in_peace() -> None:
    ordinary = of_kind("ordinary")
    assert len(wrong(ordinary)) <= len(ordinary) * 0.02, wrong(ordinary)


def test_turns_of_phrase_songs_films_and_games_are_left_in_peace() -> None:
    others = of_kind("idiom", "fiction")
    assert len(wrong(others)) <= len(others) * 0.02, wrong(others)


def test_what_is_past_or_about_others_has_its_own_card() -> None:
    softer = of_kind("past", "other_person", "danger")
    assert len(wrong(softer)) <= len(softer) * 0.05, wrong(softer)


def test_no_language_is_left_behind() -> None:
    missed = Counter(it.language for it in wrong(of_kind("indirect")))
    assert all(missed[it] <= max(1, 0.1 * len(of_kind("indirect", language=it))) for it in LANGUAGES), missed


def test_the_other_tests_ordinary_entries_are_left_in_peace() -> None:
    assert [text for text, _ in STATED if look(text)] == []
