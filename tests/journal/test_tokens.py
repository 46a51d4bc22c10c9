from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.journal.tokens import chunks, estimate_tokens, fit


@given(st.text(max_size=500), st.integers(0, 200))
def test_what_fits_is_within_the_budget(text: str, budget: int) -> None:
    cut = fit(text, budget)
    assert estimate_tokens(cut) <= max(budget, 0)
    assert cut == text or text.startswith(cut.removesuffix("…"))


@given(st.text(alphabet=st.sampled_from("ab .\n!。é😀"), max_size=400), st.integers(2, 60))
def test_chunks_cover_the_text_in_order_and_are_small(text: str, size: int) -> None:
    spans = chunks(text, size)
    assert "".join(text[start:stop] for start, stop in spans) == text.strip()
    assert all(0 < stop - start <= size for start, stop in spans)
    assert all(one[1] == two[0] for one, two in pairwise(spans))


def test_a_chunk_ends_at_a_paragraph_where_one_is_near() -> None:
    text = "a" * 30 + "\n\n" + "b" * 30
    assert [text[start:stop] for start, stop in chunks(text, 40)] == ["a" * 30 + "\n\n", "b" * 30]


def test_an_emoji_counts_more_than_a_letter() -> None:
    assert estimate_tokens("😀") > estimate_tokens("a")
    assert estimate_tokens("") == 0
