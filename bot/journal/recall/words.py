"""An entry's words go into the index, and a question's words are made ready to look them up."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal.recall import terms
from bot.journal.recall.typos import distance, letters, pairs, slips_in
from bot.journal.tokens import chunks
from db.queries import words as index_of
from db.queries.recall import AskedTerm
from db.queries.words import AskedWord, ChunkWords, Known

# The words of a long text that are looked up; the ranking picks the most telling of them.
MOST_ASKED = 64
# How much a word counts that only holds a sentence together: it orders what says the same otherwise.
SMALL = 0.05
# How much a word counts that is one or two slips away from what was asked for.
NEAR = {0: 1.0, 1: 0.6, 2: 0.4}


async def index(session: AsyncSession, user_id: UUID, entry_id: UUID, hint: str | None = None) -> None:
    """Make the word index hold the entry's text as it is now; in the transaction that changes it.

    `hint` is the language (BCP 47) of a text too short to tell: the person's, for one. Reads the
    entry itself and locks it until the commit; an entry that is gone is passed over.
    """
    written = await index_of.written(session, user_id, entry_id)
    if written is None:
        return
    likely = written.language or await index_of.usual_language(session, user_id) or hint
    language = terms.detect(written.body, likely)
    spans = chunks(written.body) or ([(0, len(written.body))] if written.body else [])
    found = [_read(user_id, written.body, span, language) for span in spans]
    await index_of.replace(session, user_id, entry_id, written.version, found)


def _read(user_id: UUID, body: str, span: tuple[int, int], language: str) -> ChunkWords:
    start, stop = span
    found = terms.read(body[start:stop], language)
    key = {term: terms.key(user_id, term) for term in found.counts}
    return ChunkWords(
        start=start,
        stop=stop,
        language=language,
        length=found.length,
        counts={key[term]: count for term, count in found.counts.items()},
        known=[
            Known(word=word, term=key[term], letters=letters(word), pairs=pairs(word))
            for word, term in found.known.items()
        ],
    )


def of_entry(user_id: UUID, text: str, language: str | None) -> list[AskedTerm]:
    """What to look up for a text that was written down, not asked: in its own language only."""
    told = terms.detect(text, language)
    small = terms.small_words(told)
    counts = Counter(terms.term_of(word, told) for word in terms.words(text) if word not in small)
    return [
        AskedTerm(place=place, term=terms.key(user_id, term), weight=float(count))
        for place, (term, count) in enumerate(counts.most_common(MOST_ASKED))
    ]


async def of_question(
    session: AsyncSession, user_id: UUID, text: str, language: str | None
) -> list[AskedTerm]:
    """What to look up for a question: its words in their own language and as the person writes them in
    any other, and for a word that they never wrote, those of theirs it may be a slip of."""
    told = terms.detect(text, language)
    counts = Counter(terms.words(text)).most_common(MOST_ASKED)
    small = terms.small_words(told)
    # A word or two may be of any language.
    tried = list(dict.fromkeys((told, terms.base(language), ""))) if told else ["", *terms.languages()]
    asked = [_asked(user_id, word, tried, 0 if word in small else slips_in(word)) for word, _ in counts]
    weights = {
        (place, term): count * (SMALL if surface in small else 1.0)
        for place, (word, (surface, count)) in enumerate(zip(asked, counts, strict=True), 1)
        for term in word.terms
    }
    if asked:
        for (place, term), weight in (await _meant(session, user_id, asked)).items():
            weights.setdefault((place, term), weight)
    return [
        AskedTerm(place=place, term=term, weight=weight, is_small=counts[place - 1][0] in small)
        for (place, term), weight in weights.items()
    ]


def _asked(user_id: UUID, word: str, languages: Sequence[str], slips: int) -> AskedWord:
    folded = terms.fold(word)
    forms = dict.fromkeys(terms.term_of(word, language) for language in languages)
    keys = [terms.key(user_id, form) for form in forms]
    return AskedWord(word=folded, letters=letters(folded), pairs=pairs(folded), slips=slips, terms=keys)


async def _meant(
    session: AsyncSession, user_id: UUID, asked: Sequence[AskedWord]
) -> dict[tuple[int, int], float]:
    """Weights by place and term. The fewest slips only: where one explains a word, two are guessing."""
    nearest: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, word, term in await index_of.meant(session, user_id, asked):
        slips = distance(asked[place - 1].word, word, asked[place - 1].slips)
        if slips <= asked[place - 1].slips:
            nearest[place][slips].append(term)
    return {(place, term): NEAR[min(found)] for place, found in nearest.items() for term in found[min(found)]}
