from itertools import islice

from benchmarks.texts import ENDINGS, MIDDLES, OPENINGS, entries
from bot.journal import safety


def test_the_same_seed_writes_the_same_entries() -> None:
    assert list(islice(entries(5), 20)) == list(islice(entries(5), 20))
    assert list(islice(entries(5), 20)) != list(islice(entries(6), 20))


def test_the_entries_differ_and_have_their_numbers_filled_in() -> None:
    found = list(islice(entries(1), 500))
    assert len(set(found)) > 300
    assert not any("{" in it for it in found)


def test_no_sentence_asks_for_care() -> None:
    """A card of help would be taken for the reply."""
    assert not [it for it in (*OPENINGS, *MIDDLES, *ENDINGS) if safety.look(it)]
