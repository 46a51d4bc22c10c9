"""The database goes away: nothing is acknowledged before it is committed, and all goes on by itself."""

import os
import signal
from pathlib import Path

from sqlalchemy import text

from bot import app
from db.session import make_sessions

from .conftest import TOKEN, World, texts


async def test_an_update_that_cannot_be_stored_is_not_acknowledged(started: World) -> None:
    person = started.person()
    await person.writes("before")
    await person.hears(lambda it: "before" in it.text)
    await started.settle()
    await rename(started, "inbox", "elsewhere")
    await person.writes("meanwhile")
    polls = started.telegram.count("getUpdates")
    await started.telegram.until(lambda: started.telegram.count("getUpdates") > polls + 1)
    assert started.telegram.world.updates.pending == 1
    await rename(started, "elsewhere", "inbox")
    await person.hears(lambda it: "meanwhile" in it.text)
    await started.settle()
    assert texts(person.chat.bot_messages) == [it.reply for it in await started.entries()]


async def rename(world: World, old: str, new: str) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_postgres_is_killed_and_comes_back(world: World, tmp_path: Path) -> None:
    settings = world.settings.model_copy(update={"database_url": None})
    async with app.database(settings) as engine, app.daybook(settings, engine, TOKEN) as bot:
        person = world.person()
        await person.writes("before")
        await person.hears(lambda it: "before" in it.text)
        held = world.telegram.fail("hold", "sendMessage")
        await person.writes("in the middle")
        await world.telegram.until(lambda: held.met)
        pid = (settings.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
        os.kill(int(pid), signal.SIGKILL)
        await person.writes("while it is down")
        held.release()
        await person.hears(lambda it: "while it is down" in it.text, timeout=60)
        await world.telegram.delivered()
        await bot.idle()
        async with make_sessions(engine)() as session:
            stored = [
                row[0] for row in await session.execute(text("SELECT body FROM journal_entries ORDER BY id"))
            ]
    assert stored == ["before", "in the middle", "while it is down"]
    assert len(person.chat.bot_messages) == 3
