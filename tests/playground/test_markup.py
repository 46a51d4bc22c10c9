"""HTML, MarkdownV2 and explicit entities, in Telegram's words where it refuses them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.entities import formatted
from bot.playground.errors import ApiRefused
from bot.playground.markup import MarkupError
from bot.playground.markup_html import parse_html
from bot.playground.markup_markdown import parse_markdown_v2
from bot.playground.text import Offsets, clean, cut, utf16_length

HALF_A_CHARACTER = (
    "Text contains invalid Unicode characters after decoding HTML entities, "
    "check for unmatched surrogate code units"
)


def spans(text: str, parse_mode: str = "HTML") -> tuple[str, list[tuple[str, str]]]:
    found = formatted(text, parse_mode=parse_mode)
    offsets = Offsets(found.text)
    return found.text, [
        (one["type"], found.text[offsets.index(one["offset"]) : offsets.index(one["offset"] + one["length"])])
        for one in found.entities
    ]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("&lt;b&gt; &amp; &quot;&#65;&#x42;", '<b> & "AB', []),
        ("&nbsp;&laquo;&", "&nbsp;&laquo;&", []),
        ("<b>a</b><strong>b</strong>", "ab", [("bold", "a"), ("bold", "b")]),
        ("<i>a</i> <em>b</em>", "a b", [("italic", "a"), ("italic", "b")]),
        ("<u>a</u> <ins>b</ins>", "a b", [("underline", "a"), ("underline", "b")]),
        ("<s>a</s> <del>b</del>", "a b", [("strikethrough", "a"), ("strikethrough", "b")]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", "a")]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", "a")]),
        ("<B>a<I>😀</I></B>", "a😀", [("bold", "a😀"), ("italic", "😀")]),
        ("<b> a </b>.", "a .", [("bold", "a ")]),
        ("<b></b>x", "x", []),
        ('<a href="https://a.b/?x=1&amp;y">l</a>', "l", [("text_link", "l")]),
        ("<a href='nothing'>l</a>", "l", []),
        ('<a href="tg://user?id=7">l</a>', "l", [("text_mention", "l")]),
        ("<code>a<b>b</b></code>", "ab", [("code", "ab")]),
        ('<pre><code class="language-py">a</code></pre>', "a", [("pre", "a")]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", "a")]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", "a")]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", "ab")]),
        ('<tg-emoji emoji-id="5">😀</tg-emoji>', "😀", [("custom_emoji", "😀")]),
        ('<tg-time unix="5" format="wDT">x</tg-time>', "x", [("date_time", "x")]),
        ("&#xD83D;&#xDE00;", "😀", []),
        ("a\x00b\tc\r\nd\u202ee", "a b c\nde", []),
        ("<b>a</b>\r\n<i>\r\nb</i>", "a\n\nb", [("bold", "a"), ("italic", "b")]),
    ],
)
def test_html(source: str, text: str, entities: list[tuple[str, str]]) -> None:
    assert spans(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("😀<b", "Unclosed start tag at byte offset 4"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b x>a</b>", 'Expected equal sign in declaration of an attribute of the tag "b" at byte offset 0'),
        ("<i =a>b</i>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href='x>y</a>", "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("&#xDFDF;", HALF_A_CHARACTER),
    ],
)
def test_html_that_telegram_refuses(source: str, reason: str) -> None:
    with pytest.raises(ApiRefused) as refused:
        formatted(source, parse_mode="HTML")
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* _i_ __u__ ~s~ ||p||", "b i u s p",
         [("bold", "b"), ("italic", "i"), ("underline", "u"), ("strikethrough", "s"), ("spoiler", "p")]),
        ("_*a*_", "a", [("bold", "a"), ("italic", "a")]),
        ("`a*b`", "a*b", [("code", "a*b")]),
        ("```py\na```", "a", [("pre", "a")]),
        ("[l](https://a.b/\\))", "l", [("text_link", "l")]),
        ("![😀](tg://emoji?id=5)", "😀", [("custom_emoji", "😀")]),
        ("1\\. a\\_b", "1. a_b", []),
        (">q\n>r\nx", "q\nr\nx", [("blockquote", "q\nr\n")]),
        (">q\n**>r||", "q\nr", [("blockquote", "q\n"), ("expandable_blockquote", "r")]),
    ],
)  # fmt: skip
def test_markdown(source: str, text: str, entities: list[tuple[str, str]]) -> None:
    found, spanned = spans(source, "MarkdownV2")
    assert (found, sorted(spanned)) == (text, sorted(entities))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("é *a", "Can't find end of Bold entity at byte offset 3"),
        ("[a](b", "Can't find end of a URL at byte offset 4"),
        ("![a](b)", "Custom emoji entity must contain a tg://emoji URL"),
        ("```py\na", "Can't find end of PreCode entity at byte offset 0"),
    ],
)
def test_markdown_that_telegram_refuses(source: str, reason: str) -> None:
    with pytest.raises(ApiRefused) as refused:
        formatted(source, parse_mode="MarkdownV2")
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


TAGS = ["b", "/b", "i\t", "/i", "a\thref='x.y'", "/a", "code", "/code", "pre", "/pre", "/blockquote"]
PIECES = [
    *(f"<{tag}>" for tag in TAGS),
    *("<blockquote expandable>", "&amp;", "&#x1F600;", "&#xD83D;", "\n>", "](", "__", "```", "||", "!["),
    *'<>/&"😀a \n\r\u202e=*_`[)\\',
]
SOURCES = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=40).map("".join)


@given(SOURCES)
def test_html_gives_sound_entities_or_a_reason(source: str) -> None:
    check_any(source, parse_html, "HTML")


@given(SOURCES)
def test_markdown_gives_sound_entities_or_a_reason(source: str) -> None:
    check_any(source, parse_markdown_v2, "MarkdownV2")


def check_any(source: str, parse: Any, parse_mode: str) -> None:
    try:
        text, entities = parse(source)
    except MarkupError:
        return
    check_sound(text, entities)
    kept = formatted(source, parse_mode=parse_mode, may_be_empty=True)
    check_sound(kept.text, kept.entities)
    assert kept.text == kept.text.strip(" \n")


def check_sound(text: str, entities: list[dict[str, Any]]) -> None:
    """In range, not empty, on whole characters, nested but never crossing."""
    offsets = Offsets(text)
    assert offsets.length == utf16_length(text) == len(text.encode("utf-16-le")) // 2
    places = [(one["offset"], one["offset"] + one["length"]) for one in entities]
    for begin, end in places:
        assert 0 <= begin < end <= offsets.length
        assert offsets.index(begin) is not None
        assert offsets.index(end) is not None
    for begin, end in places:
        assert not any(begin < other < end < stop for other, stop in places)


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ({"type": "bold", "offset": 0, "length": 4}, "ends after the end of the text at UTF-16 offset 4"),
        ({"type": "bold", "offset": 9, "length": 1}, "begins after the end of the text"),
        ({"type": "bold", "offset": -1, "length": 1}, "incorrect offset -1"),
        ({"type": "bold", "offset": 0, "length": -1}, "incorrect length -1"),
        ({"type": "bold", "offset": 2, "length": 1}, "splits a UTF-16 symbol"),
        ({"type": "loud", "offset": 0, "length": 1}, "Unsupported type"),
        ({"type": "text_link", "offset": 0, "length": 1}, 'Can\'t find field "url"'),
    ],
)
def test_explicit_entities_that_do_not_fit(entity: dict[str, Any], reason: str) -> None:
    with pytest.raises(ApiRefused, match="Bad Request: ") as refused:
        formatted("a😀", entities=[entity])
    assert reason in refused.value.description


def test_entities_must_not_cross() -> None:
    crossing = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]
    with pytest.raises(ApiRefused, match="crosses"):
        formatted("abc", entities=crossing)
    nested = [{"type": "bold", "offset": 0, "length": 3}, {"type": "italic", "offset": 1, "length": 2}]
    assert formatted("abc", entities=nested).entities == nested


def test_what_telegram_finds_by_itself() -> None:
    assert spans("/start now, 😀 @mina_k #day $EUR a.b@c.org https://x.org/a?b. and www.y.com!")[1] == [
        ("bot_command", "/start"),
        ("mention", "@mina_k"),
        ("hashtag", "#day"),
        ("cashtag", "$EUR"),
        ("email", "a.b@c.org"),
        ("url", "https://x.org/a?b"),
        ("url", "www.y.com"),
    ]
    assert spans("1/2 and/or a#b 7.5 e.g. me@")[1] == []
    assert spans("<code>/start</code>")[1] == [("code", "/start")]


@pytest.mark.parametrize("text", ["", " \n", "\x00", "\u202e"])
def test_nothing_to_show_is_refused(text: str) -> None:
    with pytest.raises(ApiRefused, match="text must be non-empty"):
        formatted(text)


def test_halves_of_characters_are_refused() -> None:
    with pytest.raises(ApiRefused, match="strings must be encoded in UTF-8"):
        formatted("a\ud83d")


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(2, 20))
def test_a_long_text_is_cut_as_clients_do(text: str, limit: int) -> None:
    parts = cut(text, limit)
    assert all(0 < utf16_length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_cut_falls_between_words_or_lines() -> None:
    assert cut("aaaa bbbb cccc", 10) == ["aaaa bbbb", "cccc"]
    assert cut("aaaa bb\nbb cccc", 10) == ["aaaa bb", "bb cccc"]
    assert cut("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert cut("😀" * 5, 5) == ["😀😀", "😀😀", "😀"]


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
