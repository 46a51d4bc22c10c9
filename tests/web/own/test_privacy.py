"""What somebody writes over HTTP is in no log line and in no error, whatever fails."""

import io

from sqlalchemy import text

from tests.journeys.test_privacy import CANARY, log

from .conftest import Door

__all__ = ["log"]

TROUBLE = (
    "ALTER TABLE journal_entries ADD CHECK (body NOT LIKE '%trouble%')",
    "ALTER TABLE user_goals ADD CHECK (title NOT LIKE '%trouble%')",
)


async def test_no_canary_where_a_request_fails(log: io.StringIO, door: Door) -> None:
    api = await door.someone(name=CANARY)
    async with door.world.engine.begin() as connection:
        for statement in TROUBLE:
            await connection.execute(text(statement))
    refused = [
        await api.post("/entries", {"body": [CANARY]}),
        await api.post("/entries", {"body": CANARY, CANARY: 1}),
        await api.post("/goals", {"title": CANARY, "target": CANARY}),
        await api.get("/search", params={"q": CANARY, "limit": CANARY}),
        await api.get(f"/entries/{CANARY}"),
    ]
    assert [it.status for it in refused] == [422] * len(refused)
    broken = [
        await api.post("/entries", {"body": f"{CANARY} makes trouble"}),
        await api.post("/goals", {"title": f"{CANARY} makes trouble"}),
    ]
    async with door.world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE journal_entries RENAME TO elsewhere"))
    broken.append(await api.get("/search", params={"q": CANARY}))
    async with door.world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO journal_entries"))
    assert {it.status for it in broken} <= {500, 503}
    await door.world.stop()
    for told in (log.getvalue(), *(str(it.body) for it in (*refused, *broken))):
        assert CANARY not in told
        assert api.token not in told
