"""An entry's words go into the index, and a question's words are made ready to look them up."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal.recall import terms
from bot.journal.recall.typos import believed, distance, letters, pairs, slips_in
from bot.journal.tokens import chunks
from db.queries import words as index_of
from db.queries.recall import AskedTerm
from db.queries.words import AskedWord, ChunkWords, Known

# The words of a long text that are looked up; the ranking picks the most telling of them.
MOST_ASKED = 64
# How many entries are looked through for one that holds a word just as a deleted one did. It may be missing
# from a common word's rarer forms then, which the common ones stand in for.
MOST_HOLDERS = 50
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
    gone = await index_of.remove(session, user_id, entry_id)
    await index_of.add(session, user_id, entry_id, written.version, found)
    kept = {(it.word, it.term) for chunk in found for it in chunk.known}
    await _keep_known(session, user_id, [it for it in gone if (it.word, it.term) not in kept])


async def forget(session: AsyncSession, user_id: UUID, entry_id: UUID) -> None:
    """Take the entry's words out of the index; those that other entries hold stay known. Call it with
    the entry locked."""
    await _keep_known(session, user_id, await index_of.remove(session, user_id, entry_id))


async def _keep_known(session: AsyncSession, user_id: UUID, gone: Sequence[Known]) -> None:
    """Have words that went with the entry they were known by known by another that holds them."""
    missing = {(it.word, it.term): it for it in gone}
    if not missing:
        return
    by_holder: list[tuple[int, Known]] = []
    terms_of = {term for _, term in missing}
    for holder in await index_of.holders(session, user_id, list(terms_of), most=MOST_HOLDERS):
        for word, term in terms.read(holder.text, holder.language).known.items():
            if (known := missing.pop((word, terms.key(user_id, term)), None)) is not None:
                by_holder.append((holder.chunk_id, known))
        if not missing:
            break
    if by_holder:
        await index_of.know(session, user_id, by_holder)


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
        wanted = asked[place - 1]
        most = believed(wanted.word, word, wanted.slips)
        slips = distance(wanted.word, word, most)
        if slips <= most:
            nearest[place][slips].append(term)
    return {(place, term): NEAR[min(found)] for place, found in nearest.items() for term in found[min(found)]}
