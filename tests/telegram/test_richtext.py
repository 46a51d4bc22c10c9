import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.message import utf16_length
from bot.telegram.richtext import RichText, Span, parse, split

MARKUP = ["<b>", "</b>", "<i>", "</i>", "</blockquote>", "<blockquote expandable>", "**", "&lt;", "<a href='"]
SOUP = st.lists(st.sampled_from([*"ab .\n<>/&*😀é\u0301\u200d\u202e", *MARKUP]), max_size=200).map("".join)


@pytest.mark.parametrize(
    ("html", "text", "spans"),
    [
        ("plain", "plain", []),
        ("<b>bold</b> <i>it</i>", "bold it", [("bold", 0, 4), ("italic", 5, 7)]),
        ("<b>a <i>b</b> c</i>", "a b c", [("bold", 0, 3), ("italic", 2, 3)]),
        ("<b>never closed", "never closed", [("bold", 0, 12)]),
        ("never opened</b>", "never opened", []),
        ("**strong** words", "strong words", [("bold", 0, 6)]),
        ("2 < 3 & 4 > 1", "2 < 3 & 4 > 1", []),
        ("&lt;b&gt; &amp; <script>x</script>", "<b> & <script>x</script>", []),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<a href='javascript:x'>no</a>", "no", []),
        ("<b></b>empty", "empty", []),
        ("nul\x00 and half \ud83d", "nul and half \ufffd", []),
    ],
)
def test_html_is_read_leniently(html: str, text: str, spans: list[tuple[str, int, int]]) -> None:
    rich = parse(html)
    assert rich.text == text
    assert [(span.type, span.start, span.stop) for span in rich.spans] == spans


def test_links_keep_their_address() -> None:
    [span] = parse('<a href="https://example.org/?a=1&amp;b=2">x</a>').spans
    assert (span.type, span.url) == ("text_link", "https://example.org/?a=1&b=2")


def test_entities_count_utf16_units() -> None:
    [entity] = parse("😀 <b>😀x</b>").entities()
    assert (entity.offset, entity.length) == (3, 3)


@given(SOUP, st.integers(2, 60))
def test_every_piece_fits_and_nothing_but_space_is_lost(html: str, limit: int) -> None:
    rich = parse(html)
    pieces = split(rich, limit)
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(rich.text.split())
    for piece in pieces:
        assert piece.text
        assert utf16_length(piece.text) <= limit
        assert all(0 <= span.start < span.stop <= len(piece.text) for span in piece.spans)


@given(SOUP)
def test_spans_nest_and_never_cross(html: str) -> None:
    spans = parse(html).spans
    for one in spans:
        for two in spans:
            crossing = one.start < two.start < one.stop < two.stop
            assert not crossing


def test_a_format_goes_on_in_the_next_piece() -> None:
    rich = RichText(text="aaaa bbbb", spans=(Span(type="bold", start=2, stop=7),))
    first, second = split(rich, 6)
    assert (first.text, second.text) == ("aaaa", "bbbb")
    assert [(s.start, s.stop) for s in (*first.spans, *second.spans)] == [(2, 4), (0, 2)]


def test_cuts_at_a_sentence_and_never_within_an_emoji() -> None:
    first, *_ = split(RichText(text="One sentence. Another one that is long"), 24)
    assert first.text == "One sentence."
    family = "👨\u200d👩\u200d👧"
    pieces = split(RichText(text="a" * 5 + family), 10)
    assert [piece.text for piece in pieces] == ["a" * 5, family]


def test_blank_text_has_no_pieces() -> None:
    assert split(parse(" \n ")) == []


def test_a_hostile_text_is_read_in_one_go() -> None:
    rich = parse("<b></i>" * 60_000 + "x")
    assert (rich.text, len(rich.spans)) == ("x", 60_000)
