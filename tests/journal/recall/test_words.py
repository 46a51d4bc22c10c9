"""By words: the ranking is BM25 over the person's own entries, robust to forms and slips."""

import math
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from random import Random
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.journal.recall import recall, terms, typos
from db.queries.entries import get
from db.queries.recall_sql import POSTINGS
from db.queries.words import AskedWord, meant
from tests.journal.recall.conftest import Diary

Person = Callable[[], Awaitable[Diary]]


def bm25(bodies: tuple[str, ...], question: str) -> dict[int, float]:
    """The scores of the bodies that match, by place: the formula as textbooks give it,
    with the figures of docs/recall.md."""
    documents = [terms.read(body, "en").counts for body in bodies]
    usual = sum(it.total() for it in documents) / len(documents)
    scores: dict[int, float] = defaultdict(float)
    for term in terms.read(question, "en").counts.elements():
        holders = sum(term in it for it in documents)
        rarity = math.log(1 + (len(documents) - holders + 0.5) / (holders + 0.5))
        for place, counts in enumerate(documents):
            if term in counts:
                long = 1 - 0.4 + 0.4 * counts.total() / usual
                scores[place] += rarity * counts[term] * 1.9 / (counts[term] + 0.9 * long)
    return scores


async def test_ranks_as_bm25_does(diary: Diary, person: Person) -> None:
    # Another person's entries must not change how rare a word is.
    await (await person()).write_all(*["coffee " * 5] * 20)
    chance = Random(5)
    words = ["coffee", "rain", "ladder", "paint", "nap", "shed", "heron", "swim"]
    bodies = tuple(
        " ".join(chance.choices(words, [9, 7, 5, 4, 3, 2, 2, 1], k=chance.randint(1, 30))) for _ in range(40)
    )
    ids = await diary.write_all(*bodies)
    for question in (
        "coffee",
        "paint rain",
        "a heron on the shed",
        "nap nap swim",
        "ladder coffee rain paint",
    ):
        found = [ids.index(it) for it in await diary.by_words(question, most=40)]
        scores = bm25(bodies, question)
        assert set(found) == set(scores)
        # The server sums in another order, so that the same scores may differ in the last digit.
        rounded = [round(scores[place], 9) for place in found]
        assert rounded == sorted(rounded, reverse=True)


async def test_a_rare_word_outweighs_a_common_one(diary: Diary) -> None:
    common = await diary.write_all(*["Walked to work and walked home, a walk is a walk."] * 8)
    rare = await diary.write("Saw a heron.")
    assert (await diary.by_words("walk heron"))[0] == rare
    assert set(await diary.by_words("walk heron", most=9)) == {rare, *common}


@pytest.mark.parametrize(
    ("language", "written", "asked"),
    [
        ("en", "I was running and the knees were hurting.", "How often did I run until a knee hurts?"),
        ("de", "Wir haben mit Kindern Äpfel gepflückt.", "Wann habe ich einen Apfel mit dem Kind gepflückt?"),
        ("fr", "Nous avons visité les châteaux avec les enfants.", "Quand j'ai visité un château ?"),
        ("es", "Hablamos de los problemas con mis hermanas.", "¿Cuándo hablé del problema con mi hermana?"),
        ("pt", "Fiz as malas para as viagens de trabalho.", "Qual foi a mala para a viagem?"),
        ("it", "Ho litigato con i vicini per i rumori.", "Quando c'è stato il rumore del vicino?"),
        ("nl", "Ik heb met de kinderen appels geplukt.", "Wanneer heb ik een appel met het kind gegeten?"),
        ("pl", "Byłam bardzo zmęczona po długim spacerze.", "Kiedy byłem zmęczony i poszedłem na spacer?"),
        ("ru", "Я гуляла с собаками по паркам.", "Когда я был с собакой в парке?"),
    ],
)  # fmt: skip
async def test_other_forms_of_a_word(diary: Diary, language: str, written: str, asked: str) -> None:
    entry = await diary.write(written)
    await diary.write("0815")
    assert terms.detect(written, None) == language
    assert await diary.by_words(asked) == [entry]
    # A word as it stands in the entry is enough, whatever language it is asked in.
    assert await diary.by_words(written.rsplit(maxsplit=1)[-1], language="tr") == [entry]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Foi uma situação difícil no escritório.", "situacao"),
        ("Reçu les résultats à l'hôpital.", "hopital"),
        ("Zażółć gęślą jaźń, a potem Łódź.", "lodz"),
        ("Ich bin müde.", "Mude"),
        ("Моя ёлка упала.", "елка"),
        ("ＦＵＬＬ　ｗｉｄｔｈ ﬁnish", "full width finish"),
        ("Straße gesperrt", "STRASSE"),
    ],
)
async def test_without_accents(diary: Diary, written: str, asked: str) -> None:
    entry = await diary.write(written)
    assert await diary.by_words(asked) == [entry]


@pytest.mark.parametrize(
    ("written", "asked", "other"),
    [
        ("今日は病院に行きました。", "病院", "今日は学校に行きました。"),
        ("我昨天去看牙医了。", "牙医", "我昨天去看电影了。"),
        ("오늘 병원에 갔다", "병원", "오늘 학교에 갔다"),
        ("วันนี้ไปโรงพยาบาลกับแม่", "โรงพยาบาล", "วันนี้ไปทำงาน"),
        ("मैं आज अस्पताल गया था", "अस्पताल", "मैं आज घर पर था"),
    ],
)
async def test_other_scripts(diary: Diary, written: str, asked: str, other: str) -> None:
    await diary.write(other)
    entry = await diary.write(written)
    assert (await diary.by_words(asked))[0] == entry


@pytest.mark.parametrize(
    ("asked", "is_meant"),
    [
        ("dentits", True),  # swapped
        ("dentst", True),  # dropped
        ("denttist", True),  # doubled
        ("denzist", True),  # changed
        ("apointmnet", True),  # two slips in a long word
        ("dntits", False),  # two in a short one
        ("apopintmnet", True),
        ("papointmetn", False),  # two, and it begins and ends otherwise
        ("tentacle", False),
        ("ho", False),
    ],
)
async def test_slips_of_the_pen(diary: Diary, asked: str, is_meant: bool) -> None:
    entry = await diary.write("An appointment with the dentist at the hot end of town.")
    assert await diary.by_words(f"{asked}?") == ([entry] if is_meant else [])


async def test_what_is_swapped_in_a_short_word_is_told(diary: Diary) -> None:
    entry = await diary.write("We swam in the lake with Tom.")
    for asked in ("lkae", "alke", "laek", "when did I swim in the lkae?", "/ask lkae"):
        assert await diary.by_words(asked) == [entry], asked


async def test_a_question_does_not_teach_its_own_slip(diary: Diary) -> None:
    """A question that is kept is in the index before it is looked up, and stays there."""
    entry = await diary.write("We swam in the lake with Tom.", back=9)
    for back in (3, 2):
        asking = await diary.write("When was I at the lkae?", back=back, is_question=True)
        async with diary.sessions() as session:
            record = await get(session, diary.user_id, asking)
            assert record is not None
            found = await recall(session, record)
        assert [it.entry_id for it in found] == [entry]
        assert "words" in found[0].found_by


async def test_the_database_sifts_out_no_word_within_reach(diary: Diary) -> None:
    """What `MEANT` compares, against the distance itself, for words with one slip or two in them."""
    chance = Random(11)
    known = ["".join(chance.choices("abcdefgh", k=chance.randint(4, 12))) for _ in range(150)]
    await diary.write(" ".join(known))
    asked = [misspelt(chance, word) for word in known]
    wanted = [(word, 2 if len(word) >= typos.LONG else 1) for word in asked]
    terms_of = [
        AskedWord(word=word, letters=typos.letters(word), pairs=typos.pairs(word), slips=slips, terms=[place])
        for place, (word, slips) in enumerate(wanted)
    ]
    async with diary.sessions() as session:
        found = {(place, word) for place, word, _ in await meant(session, diary.user_id, terms_of)}
    near = 0
    for place, (word, slips) in enumerate(wanted, 1):
        if word in known:
            continue
        for other in known:
            most = typos.believed(word, other, slips)
            if typos.distance(word, other, most) <= most:
                near += 1
                assert (place, other) in found, (word, other)
    assert near > 50


def misspelt(chance: Random, word: str) -> str:
    for _ in range(2 if len(word) >= typos.LONG else 1):
        at, letter = chance.randrange(len(word) - 1), chance.choice("abcdefgh")
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        word = chance.choice(
            [
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                swapped,
            ]
        )
    return word


async def test_a_word_the_person_uses_is_not_taken_for_another(diary: Diary) -> None:
    house, horse = await diary.write_all("We looked at a house.", "We looked at a horse.")
    assert await diary.by_words("horse") == [horse]
    assert await diary.by_words("house") == [house]


async def test_a_slip_counts_less_than_the_word(diary: Diary) -> None:
    right = await diary.write("An orchestra, far away, and some other things on the way home.")
    await diary.write("The orhcestra.")
    # Both are known, so the word itself is not guessed at.
    assert await diary.by_words("orchestra") == [right]


async def test_the_same_letters_in_another_language_are_other_words(diary: Diary) -> None:
    german = await diary.write("Das Gift war im Keller, und ich habe es nicht gesehen.")
    english = await diary.write("I got a gift from them and was happy with it.")
    assert set(await diary.by_words("gift")) == {german, english}


async def test_another_persons_words_are_never_found_or_guessed(diary: Diary, person: Person) -> None:
    await (await person()).write("My secret orchestra")
    assert await diary.by_words("orchestra") == []
    mine = await diary.write("An orchestra of my own")
    assert await diary.by_words("orhcestra") == [mine]


async def test_a_long_entry_is_found_by_its_part(diary: Diary) -> None:
    filler = "The day went by with small things and nothing to remember at all. "
    long = await diary.write(filler * 60 + "Then the heron stood in the pond. " + filler * 60)
    await diary.write_all(*["Something about the garden and the pond." for _ in range(3)])
    found = (await diary.ask("heron standing", paths=frozenset({"words"})))[0]
    assert found.entry_id == long
    assert "heron" in found.body[found.start : found.stop]
    assert found.stop is not None
    assert found.stop - found.start <= 2000


async def test_a_rare_word_is_found_among_more_postings_than_are_read(diary: Diary) -> None:
    many = await diary.write("omega")
    wanted = await diary.write("alpha")
    number = POSTINGS + 1000
    bind = {
        "entry": many,
        "owner": diary.user_id,
        "term": terms.key(diary.user_id, ":omega"),
        "number": number,
    }
    async with diary.sessions.begin() as session:
        await session.execute(
            text("""
                WITH made AS (
                    INSERT INTO word_chunks
                        (entry_id, user_id, version, chunk, start, stop, length, language)
                    SELECT :entry, :owner, 1, n, 0, 5, 1, '' FROM generate_series(1, :number) AS n
                    RETURNING id)
                INSERT INTO word_counts (user_id, term, chunk_id, count, length)
                SELECT :owner, :term, id, 1, 1 FROM made
            """),
            bind,
        )
    assert await diary.by_words("omega alpha") == [wanted]
    # Where there is nothing rarer, the common word is read all the same.
    assert await diary.by_words("omega") == [many]


LETTERS = st.text(alphabet="abcde", max_size=9)


@given(LETTERS.filter(lambda it: len(it) >= typos.SHORTEST), LETTERS, st.integers(1, 2))
@example("abcd", "bacd", 1)
@example("abcd", "bcd", 1)
@example("abcd", "eabcd", 1)
def test_no_word_within_reach_is_sifted_out(one: str, other: str, slips: int) -> None:
    """What the database compares must never drop a word that the distance would keep."""
    if typos.distance(one, other, slips) <= slips:
        believed = typos.believed(one, other, slips) == slips
        assert typos.may_be_meant(one, other, slips) or not believed


@given(LETTERS, LETTERS)
def test_distance_is_symmetric_and_nothing_only_for_the_same(one: str, other: str) -> None:
    assert typos.distance(one, other, 2) == typos.distance(other, one, 2)
    assert (typos.distance(one, other, 2) == 0) == (one == other)
    assert typos.distance(one, other, 1) == min(typos.distance(one, other, 2), 2)


@given(st.text(max_size=200))
def test_every_text_can_be_read(any_text: str) -> None:
    for language in ("", *terms.languages()):
        found = terms.read(any_text, language)
        assert all(re.fullmatch(r"[a-z]*:.+", term, re.DOTALL) for term in found.counts)
        assert set(found.known.values()) <= set(found.counts)
    assert terms.detect(any_text, "de-AT") in terms.languages()


@given(st.uuids(), st.uuids(), st.text(max_size=20))
def test_a_key_is_one_persons_own(one: UUID, other: UUID, term: str) -> None:
    assert -(2**63) <= terms.key(one, term) < 2**63
    assert (terms.key(one, term) == terms.key(other, term)) == (one == other)
