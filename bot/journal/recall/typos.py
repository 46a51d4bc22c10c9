"""Which word was meant by a misspelt one: one of the person's own, at most a slip or two away.

The database sifts by what it has of each word, see `may_be_meant`, and only what is left is measured.
"""

from itertools import pairwise

from rapidfuzz.distance import OSA

SHORTEST = 4
# From this length on, two slips still leave a word that can be told.
LONG = 8
ENDING = 3


def slips_in(word: str) -> int:
    """How many slips a folded word may have and still be told; 0 for one too short to guess from."""
    if len(word) < SHORTEST or word.isdecimal():
        return 0
    return 1 if len(word) < LONG else 2


def believed(one: str, other: str, slips: int) -> int:
    """How many of so many slips may lie between two words: more than one where they begin or end alike."""
    alike = one[:1] == other[:1] or one[-ENDING:] == other[-ENDING:]
    return slips if alike else min(slips, 1)


def letters(word: str) -> int:
    """A bit for each letter that the word has, in 31 bits; some letters share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 31
    return bits


def pairs(word: str) -> int:
    """A bit for each pair of neighbours, the ends of the word included, in 63 bits."""
    bits = 0
    for one, other in pairwise(f" {word} "):
        bits |= 1 << (ord(one) * 31 + ord(other)) % 63
    return bits


def may_be_meant(one: str, other: str, slips: int) -> bool:
    """Whether words can be within so many slips of each other, by their lengths, letters and pairs: as
    `db.queries.words.MEANT` sifts, and never False for words that are.

    A letter too many or too few changes one letter of the set and three pairs, one in place of another two
    and four, two that swapped none and six.
    """
    if one[:1] != other[:1] and one[-2:] != other[-2:]:
        # One slip leaves the beginning or the end as it is, and more are believed only where it does.
        return False
    longer = abs(len(one) - len(other))
    changed = (letters(one) ^ letters(other)).bit_count() + longer
    around = (pairs(one) ^ pairs(other)).bit_count() + longer
    slips = believed(one, other, slips)
    return changed <= 2 * slips and around + 2 * ((changed + 1) // 2) <= 6 * slips


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with their neighbour to get from one word to the other,
    counted up to `most` + 1."""
    return OSA.distance(one, other, score_cutoff=most)
