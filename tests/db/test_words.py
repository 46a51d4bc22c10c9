"""The word index follows the text of its entry: written, edited, deleted, lacking."""

import asyncio
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.journal.index_earlier import AT_ONCE, index_earlier
from bot.journal.recall import words
from db.models import Entry, KnownWord, User, WordChunk, WordCount
from tests.journal.recall.conftest import Diary, diary, person

__all__ = ["diary", "person"]

Sessions = async_sessionmaker[AsyncSession]


async def known(sessions: Sessions) -> set[str]:
    async with sessions() as session:
        return set(await session.scalars(select(KnownWord.word)))


async def count(sessions: Sessions, table: type) -> int:
    async with sessions() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def rewrite(sessions: Sessions, entry_id: UUID, body: str, version: int = 2) -> None:
    async with sessions.begin() as session:
        change = update(Entry).where(Entry.id == entry_id).values(body=body, version=version)
        await session.execute(change)


async def test_holds_the_counts_of_every_chunk(sessions: Sessions, diary: Diary) -> None:
    body = "tree tree house " * 200
    entry_id = await diary.write(body)
    async with sessions() as session:
        chunks = list(await session.scalars(select(WordChunk).order_by(WordChunk.chunk)))
        counts = list(await session.scalars(select(WordCount)))
    assert "".join(body[it.start : it.stop] for it in chunks).split() == body.split()
    assert len(chunks) == 2
    assert [it.chunk for it in chunks] == [0, 1]
    assert {it.entry_id for it in chunks} == {entry_id}
    assert sum(it.length for it in chunks) == sum(it.count for it in counts) == 600
    assert all(it.length == {c.id: c.length for c in chunks}[it.chunk_id] for it in counts)
    assert {it.user_id for it in counts} == {diary.user_id}
    assert await known(sessions) == {"tree", "house"}


async def test_an_edit_leaves_nothing_of_the_old_text(sessions: Sessions, diary: Diary) -> None:
    entry_id = await diary.write("the secret orchard")
    other = await diary.write("an orchard of plums")
    await rewrite(sessions, entry_id, "the quiet harbour")
    async with sessions.begin() as session:
        await words.index(session, diary.user_id, entry_id)
    assert await diary.by_words("secret") == []
    assert await diary.by_words("orchard") == [other]
    assert await diary.by_words("harbour") == [entry_id]
    assert "secret" not in await known(sessions)


async def test_goes_with_its_entry_and_its_person(sessions: Sessions, diary: Diary) -> None:
    kept = await diary.write("plums and pears")
    gone = await diary.write("plums and figs")
    async with sessions.begin() as session:
        await session.execute(delete(Entry).where(Entry.id == gone))
    assert await diary.by_words("plums") == [kept]
    assert await known(sessions) == {"plums", "and", "pears"}
    async with sessions.begin() as session:
        await session.execute(delete(User).where(User.id == diary.user_id))
    assert [await count(sessions, it) for it in (WordChunk, WordCount, KnownWord)] == [0, 0, 0]


async def test_indexing_twice_changes_nothing(sessions: Sessions, diary: Diary) -> None:
    entry_id = await diary.write("twice told tales told twice")
    before = [await count(sessions, it) for it in (WordChunk, WordCount, KnownWord)]
    async with sessions.begin() as session:
        await words.index(session, diary.user_id, entry_id)
    assert [await count(sessions, it) for it in (WordChunk, WordCount, KnownWord)] == before


async def test_is_undone_with_its_transaction(sessions: Sessions, diary: Diary) -> None:
    entry_id = await diary.write("before")
    async with sessions() as session:
        await session.execute(update(Entry).where(Entry.id == entry_id).values(body="after"))
        await words.index(session, diary.user_id, entry_id)
        await session.rollback()
    assert await known(sessions) == {"before"}
    assert await diary.by_words("before") == [entry_id]


async def test_a_word_stays_known_while_another_entry_holds_it(sessions: Sessions, diary: Diary) -> None:
    """By its very form: "running" in another entry does not keep the "runs" of the deleted one."""
    first = await diary.write("My orchestra runs in the orchard.")
    await diary.write("An orchestra was running.")
    edited = await diary.write("Das Orchester spielt im Garten, und ich bin da.")
    assert await diary.by_words("orhcestra", most=1)
    async with sessions.begin() as session:
        await words.forget(session, diary.user_id, first)
    left = await known(sessions)
    assert {"orchestra", "running"} <= left
    assert not {"runs", "orchard", "my"} & left
    assert len(await diary.by_words("orhcestra")) == 1
    third = await diary.write("Der Garten ist nass, und das ist gut.")
    await rewrite(sessions, edited, "Ich bin da und nicht allein.")
    async with sessions.begin() as session:
        await words.index(session, diary.user_id, edited)
    left = await known(sessions)
    assert {"garten", "nicht", "ich"} <= left
    assert not {"orchester", "spielt"} & left
    assert await diary.by_words("gartne") == [third]


async def test_two_entries_that_trade_their_words_do_not_lock_each_other(
    sessions: Sessions, diary: Diary
) -> None:
    """Each takes words that the other gives up, again and again, and none is lost."""
    texts = ["amber birch cedar delta", "ember finch grove heron"]
    ids = [await diary.write(body) for body in texts]

    async def rewrite_all(place: int) -> None:
        for turn in range(2, 22):
            async with sessions.begin() as session:
                body = texts[(place + turn) % 2]
                change = update(Entry).where(Entry.id == ids[place]).values(body=body, version=turn)
                await session.execute(change)
                await words.index(session, diary.user_id, ids[place])

    await asyncio.gather(*(rewrite_all(place) for place in range(2)))
    assert await known(sessions) == set(" ".join(texts).split())
    assert await count(sessions, WordChunk) == 2
    assert await count(sessions, WordCount) == 8


async def test_another_persons_entry_or_none_is_passed_over(sessions: Sessions, diary: Diary) -> None:
    entry_id = await diary.write("mine")
    async with sessions.begin() as session:
        await words.index(session, uuid4(), entry_id)
        await words.index(session, diary.user_id, uuid4())
    assert await count(sessions, WordChunk) == 1
    assert await diary.by_words("mine") == [entry_id]


async def test_many_at_once_neither_wait_for_ever_nor_collide(sessions: Sessions, diary: Diary) -> None:
    """The same words in opposite orders, and the same entry from two sides."""
    texts = [" ".join(f"word{n}" for n in range(60))] * 4 + [
        " ".join(f"word{n}" for n in range(59, -1, -1))
    ] * 4
    ids = await asyncio.gather(*(diary.write(body, back=place) for place, body in enumerate(texts)))

    async def again(entry_id: UUID) -> None:
        async with sessions.begin() as session:
            await words.index(session, diary.user_id, entry_id)

    await asyncio.gather(*(again(entry_id) for entry_id in ids for _ in range(3)))
    assert await count(sessions, WordChunk) == 8
    assert await count(sessions, WordCount) == 8 * 60
    assert set(await diary.by_words("word7", most=20)) == set(ids)


async def test_waits_for_the_edit_it_races_with(sessions: Sessions, diary: Diary) -> None:
    """Whoever comes second reads the text as it is then, never an older one."""
    entry_id = await diary.write("old words")
    async with sessions.begin() as session:
        await session.execute(update(Entry).where(Entry.id == entry_id).values(body="new words", version=2))
        await words.index(session, diary.user_id, entry_id)
        late = asyncio.create_task(_index(sessions, diary.user_id, entry_id))
        await _until_somebody_waits(sessions)
        assert not late.done()
    await late
    assert await known(sessions) == {"new", "words"}


async def _index(sessions: Sessions, user_id: UUID, entry_id: UUID) -> None:
    async with sessions.begin() as session:
        await words.index(session, user_id, entry_id)


async def _until_somebody_waits(sessions: Sessions) -> None:
    waits = False
    while not waits:
        async with sessions() as session:
            waits = bool(await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


async def test_earlier_entries_are_indexed_in_batches(sessions: Sessions, diary: Diary) -> None:
    texts = [f"entry number{place}" for place in range(AT_ONCE + 5)] + ["…", ""]
    ids = [await diary.write(body, back=place) for place, body in enumerate(texts)]
    async with sessions.begin() as session:
        await session.execute(delete(WordChunk))
    assert await diary.by_words("number7") == []
    after = await index_earlier(sessions, None)
    assert after is not None
    assert await count(sessions, WordChunk) == AT_ONCE
    assert await index_earlier(sessions, after) is None
    # All but the empty one, which there is nothing to index of.
    assert await count(sessions, WordChunk) == len(texts) - 1
    assert await diary.by_words("number7") == [ids[7]]
    # Nothing is lacking any more, and an edit that nobody indexed is.
    await rewrite(sessions, ids[7], "changed by an older bot")
    assert await index_earlier(sessions, None) is None
    assert await diary.by_words("older") == [ids[7]]
    assert ids[7] not in await diary.by_words("number7")


async def test_counts_beyond_a_smallint_are_kept_to_it(sessions: Sessions, diary: Diary) -> None:
    entry_id = await diary.write("字" * 100_000)
    assert await diary.by_words("字字") == [entry_id]
    assert await count(sessions, WordChunk) == 50
