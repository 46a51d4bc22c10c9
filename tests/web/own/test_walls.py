"""Nobody reaches what is another's: its ids mean nothing to them, and asking without end is limited."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from bot.limits import LocalLimits
from bot.web import app as web
from bot.web.desk import Rate, Rates
from bot.web.server import Server
from db.models import Entry, Journey, Metric, User

from .conftest import Api, Door

TODAY = str(datetime.now(UTC).date())


@pytest.fixture
async def mina(door: Door) -> Api:
    """Somebody who has one of everything."""
    mina = await door.someone()
    door.world.anthropic.give(
        {"language": "en", "metrics": [{"name": "mood", "value": 7, "quote": "Mood 7"}]}
    )
    await mina.write("Mood 7, met the heron at the lake")
    await mina.post("/goals", {"title": "Read more"})
    await door.world.settle()
    assert (await mina.get(f"/scores/{TODAY}")).status == 200
    return mina


async def ids(api: Api) -> dict[str, str]:
    return {name: (await api.get(f"/{name}"))["items"][0]["id"] for name in ("entries", "metrics", "goals")}


async def test_a_strangers_ids_mean_nothing(door: Door, mina: Api) -> None:
    stranger, hers = await door.someone(), await ids(mina)
    before = {name: (await mina.get(f"/{name}")).body for name in (*hers, "scores")}
    asked = [
        *(("GET", f"/{name}/{it}", None) for name, it in hers.items()),
        *(("DELETE", f"/{name}/{it}", None) for name, it in hers.items()),
        ("PATCH", f"/entries/{hers['entries']}", {"body": "Mine now"}),
        ("POST", f"/entries/{hers['entries']}/restore", None),
        ("POST", f"/entries/{hers['entries']}/metrics", {"name": "energy", "value": 3}),
        ("PATCH", f"/metrics/{hers['metrics']}", {"value": 1}),
        ("POST", f"/metrics/{hers['metrics']}/restore", None),
        ("PATCH", f"/goals/{hers['goals']}", {"title": "Mine now"}),
        ("GET", f"/goals/{hers['goals']}/progress", None),
        ("GET", f"/scores/{TODAY}", None),
        ("PATCH", f"/scores/{TODAY}/categories/mood", {"score": 1}),
        ("DELETE", f"/scores/{TODAY}/categories/mood", None),
    ]
    for method, path, said in asked:
        answer = await stranger.ask(method, path, json=said)
        assert answer.status == 404, path
        assert "heron" not in str(answer.body)
    for path in ("/entries", "/metrics", "/goals", "/scores", "/search?q=heron"):
        assert (await stranger.get(path))["items"] == []
    assert (await stranger.get("/metrics", params={"entry_id": hers["entries"]}))["items"] == []
    assert before == {name: (await mina.get(f"/{name}")).body for name in (*hers, "scores")}


async def test_cursors_lead_into_ones_own_rows_only(door: Door, mina: Api) -> None:
    stranger = await door.someone()
    for number in range(3):
        await mina.write(f"heron {number}")
        await stranger.write(f"owl {number}")
    await door.world.settle()
    theirs = (await mina.get("/entries", params={"limit": "1"}))["next_cursor"]
    search = (await mina.get("/search", params={"q": "heron", "limit": "1"}))["next_cursor"]
    page = await stranger.get("/entries", params={"cursor": theirs})
    assert all("owl" in it["body"] for it in page["items"])
    answer = await stranger.get("/search", params={"q": "owl", "cursor": search})
    assert answer.status == 404
    for forged in ("A" * 32, "_" * 32, "f" + "A" * 31, "gAAAAAAAAAA" + "A" * 21):
        for path in ("/entries", "/metrics", "/goals", "/scores"):
            assert (await stranger.get(path, params={"cursor": forged})).status == 200
        assert (await stranger.get("/search", params={"q": "owl", "cursor": forged})).status == 404


@pytest.mark.parametrize("version", [1, 3, 4, 5, 7, 8])
async def test_an_id_of_any_version_is_just_not_there(door: Door, version: int) -> None:
    api = await door.someone()
    it = UUID(bytes=uuid4().bytes, version=version) if version < 6 else uuid4()
    for name in ("entries", "metrics", "goals"):
        assert (await api.get(f"/{name}/{it}")).status == 404


async def test_without_a_token_nothing_is_told(door: Door, mina: Api) -> None:
    nobody = replace(mina, token="none")
    for path in ("/entries", "/metrics", "/metric-kinds", "/goals", "/scores", "/search?q=heron"):
        answer = await nobody.get(path)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (await nobody.post("/entries", {"body": "A day"})).status == 401
    assert len(await door.world.entries()) == 1


async def test_erased_while_an_entry_is_answered(door: Door) -> None:
    """Nothing of it comes back, and nothing breaks."""
    api = await door.someone()
    door.world.anthropic.delay = 0.2
    await api.write("Mood 7")
    await door.world.until(Journey, lambda rows: any(it.lease_token for it in rows))
    assert (await api.delete("/me")).status == 204
    await door.world.settle()
    for table in (Entry, Metric, Journey, User):
        assert not await door.world.rows(table)
    assert (await api.get("/entries")).status == 401
    assert (await api.post("/entries", {"body": "Mood 7"})).status == 401


async def test_erased_while_they_write(door: Door) -> None:
    api = await door.someone()
    entry_id = await api.write("Mood 7")
    asked = [
        *(api.post("/entries", {"body": f"Entry {number}"}) for number in range(5)),
        api.patch(f"/entries/{entry_id}", {"body": "Mood 2"}),
        api.post(f"/entries/{entry_id}/metrics", {"name": "energy", "value": 3}),
        api.delete("/me"),
    ]
    *others, erased = await asyncio.gather(*asked)
    assert erased.status == 204
    assert {it.status for it in others} <= {200, 201, 401, 404}
    await door.world.settle()
    assert not await door.world.entries()


async def test_who_asks_too_often_waits_and_others_do_not(door: Door) -> None:
    seldom, ever = Rate(a_second=0.1, at_once=3), Rate(a_second=1_000, at_once=1_000)
    bot = door.world.bot
    parts = replace(bot.behind_api(), rates=Rates(every=ever, write=seldom, think=ever), limits=LocalLimits())
    async with AsyncExitStack() as stack:
        server = Server(web.build(None, "", bot.ready, bot.accounts, parts), "127.0.0.1", 0)
        await server.start()
        stack.push_async_callback(server.stop)
        eager, other = [
            replace(await door.someone(), url=f"http://127.0.0.1:{server.port}") for _ in range(2)
        ]
        answers = [await eager.post("/entries", {"body": f"Entry {number}"}) for number in range(5)]
        assert [it.status for it in answers] == [201, 201, 201, 429, 429]
        # Who asks on and on waits no longer for that.
        assert [it.headers["Retry-After"] for it in answers[3:]] == ["10", "10"]
        assert list(answers[3].body) == ["detail"]
        assert (await eager.get("/entries")).status == 200
        assert (await other.post("/entries", {"body": "A day"})).status == 201
    assert len(await door.world.entries()) == 4
