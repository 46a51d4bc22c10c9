import re
from html import unescape

import pytest

from bot.journal.safety import Concern, card
from bot.journal.safety.grammar import language_files
from bot.journal.safety.helplines import helplines

LANGUAGES = [path.stem for path in language_files()]
TAGS = re.compile(r"<(/?)([a-z]+)([^<>]*)>")


@pytest.mark.parametrize("language", [*LANGUAGES, "xx", None])
@pytest.mark.parametrize("country", [None, "HR", "ZZ", *helplines().lines])
def test_a_card_is_short_telegram_html_with_somewhere_to_turn(
    country: str | None, language: str | None
) -> None:
    for concern in Concern:
        text = card(country, language, concern)
        opened: list[str] = []
        for closing, tag, attributes in TAGS.findall(text):
            assert tag in {"b", "a"}
            assert not attributes or re.fullmatch(r' href="https?://[^"]+"', attributes)
            if closing:
                assert opened.pop() == tag
            else:
                opened.append(tag)
        assert opened == []
        assert "{" not in text
        assert "findahelpline.com" in text
        assert any(char.isdigit() for char in TAGS.sub("", text))
        assert len(unescape(TAGS.sub("", text)).encode("utf-16-le")) // 2 < 1500


def test_shows_the_country_s_own_lines_and_emergency_number() -> None:
    text = card("DE", "de")
    assert "TelefonSeelsorge" in text
    assert "0800 111 0 111" in text
    assert "112" in text
    assert "Du musst das nicht allein tragen" in text


def test_lines_in_the_person_s_language_come_first() -> None:
    assert card("BE", "fr").index("0800 32 123") < card("BE", "fr").index("1813")
    assert card("BE", "nl-BE").index("1813") < card("BE", "nl-BE").index("0800 32 123")


def test_a_country_without_lines_still_has_its_emergency_number_and_the_international_lines() -> None:
    text = card("HR", "en")
    assert "please call 112" in text
    assert "befrienders.org" in text


def test_no_country_at_all() -> None:
    assert "your local emergency number" in card(None, None)


def test_each_concern_has_its_own_words() -> None:
    for language in LANGUAGES:
        assert len({card("FR", language, concern) for concern in Concern}) == len(Concern)


def test_an_emergency_number_comes_before_the_lines_where_it_is_urgent() -> None:
    assert card("FR", "fr", Concern.ACUTE).index(" 15 ") < card("FR", "fr", Concern.ACUTE).index("3114")
    assert card("FR", "fr", Concern.PAST).index("3114") < card("FR", "fr", Concern.PAST).index(" 15 ")


def test_nothing_cheerful_and_no_diagnosis() -> None:
    words = re.compile(r"[!😀-🙏🎉❤]|depress|disorder|diagnos|illness|Störung|trouble mental", re.IGNORECASE)
    for language in LANGUAGES:
        for concern in Concern:
            assert not words.search(TAGS.sub("", card(None, language, concern)))
