"""Entries over HTTP take the same way as those from the chat."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from db.models import Embedding, Entry, Journey, ModelCall, Outgoing
from tests.journeys.correcting import labels, tap
from tests.vendors import Fault, status

from .conftest import Door

TOLD = "Slept 5.5 hours, and I ran anyway."
REPLY = "You slept little and still ran. What made you go?"
READ = {
    "language": "en",
    "metrics": [{"name": "sleep_hours", "value": 5.5, "quote": "Slept 5.5 hours"}],
}
TODAY = datetime.now(UTC).date()


async def test_a_created_entry_is_stored_read_and_answered(door: Door) -> None:
    api = await door.someone()
    door.world.anthropic.give(READ)
    door.world.anthropic.say(REPLY)
    made = await api.post("/entries", {"body": TOLD})
    assert made.status == 201
    assert (made["reply"], made["version"], made["kind"]) == (None, 1, "text")
    await door.world.settle()

    entry = await api.get(made.headers["Location"])
    assert (entry["body"], entry["reply"], entry["language"]) == (TOLD, REPLY, "en")
    assert (entry["is_done"], entry["waiting_for"], entry["care"]) == (True, None, None)
    assert all(entry[name] for name in ("embedded_at", "extracted_at", "coached_at"))
    # Nowhere was it shown.
    assert entry["replied_at"] is None
    assert not await door.world.rows(Outgoing)
    assert [(it["name"], it["value"], it["quote"]) for it in entry["metrics"]] == [
        ("sleep_hours", 5.5, "Slept 5.5 hours")
    ]
    assert len(await door.world.rows(Embedding)) == 1
    assert (await api.get("/entries")).body == {"items": [entry.body], "next_cursor": None}


async def test_it_is_safe_before_any_mind_answers(door: Door) -> None:
    api = await door.someone()
    door.world.anthropic.always = Fault(kind="stall")
    door.world.openai.always = status(500)
    entry_id = await api.write(TOLD)
    entry = await api.get(f"/entries/{entry_id}")
    assert (entry["is_done"], entry["reply"]) == (False, None)


async def test_the_reply_goes_to_the_linked_chat_once_with_what_it_answers(door: Door) -> None:
    person = door.world.person()
    await person.writes("/settings")
    await door.world.settle()
    before = len(person.chat.bot_messages)
    api = await door.behind(person)
    door.world.anthropic.say(REPLY)
    entry_id = await api.write(TOLD)
    await door.world.settle()
    [shown] = person.chat.bot_messages[before:]
    assert shown.text.startswith(REPLY)
    assert TOLD in shown.text
    entry = await api.get(f"/entries/{entry_id}")
    assert entry["replied_at"]
    assert [row.state for row in await door.world.rows(Outgoing) if row.purpose == "reply"] == ["shown"]
    # Its buttons work as ever.
    await tap(door.world, person, shown, "⋯", "🗑 Delete", "Delete")
    assert (await api.get(f"/entries/{entry_id}")).status == 404


async def test_where_the_chat_is_blocked_the_reply_is_with_the_entry(door: Door) -> None:
    person = door.world.person()
    await person.writes("/settings")
    await door.world.settle()
    api = await door.behind(person)
    await person.blocks()
    await door.world.settle()
    door.world.anthropic.say(REPLY)
    entry_id = await api.write(TOLD)
    await door.world.settle()
    assert (await api.get(f"/entries/{entry_id}"))["reply"] == REPLY


async def test_words_of_crisis_get_help_at_once_with_every_mind_down(door: Door) -> None:
    api = await door.someone(time_zone="Europe/Berlin", locale="de")
    door.world.anthropic.always = Fault(kind="stall")
    door.world.openai.always = status(500)
    made = await api.post("/entries", {"body": "Ich will nicht mehr leben."})
    assert (made.status, made["concern"]) == (201, "acute")
    assert "112" in made["care"]["text"]
    assert "findahelpline.com" in made["care"]["text"]
    assert "<" not in made["care"]["text"]
    assert "<a href=" in made["care"]["html"]
    assert (await api.get(f"/scores/{made['local_date']}"))["state"] == "concern"


async def test_the_card_goes_to_the_linked_chat_too(door: Door) -> None:
    person = door.world.person()
    await person.writes("/settings")
    await door.world.settle()
    api = await door.behind(person)
    door.world.anthropic.always = Fault(kind="stall")
    made = await api.post("/entries", {"body": "I don't want to live anymore."})
    assert made["care"]
    await person.hears(lambda it: "emergency" in it.text.lower())


async def test_what_the_analyst_sees_is_told_with_the_entry(door: Door) -> None:
    api = await door.someone()
    door.world.anthropic.give({"language": "en", "metrics": [], "concern": "indirect"})
    entry_id = await api.write("The lake looks very kind from the bridge tonight")
    await door.world.settle()
    entry = await api.get(f"/entries/{entry_id}")
    assert (entry["concern"], bool(entry["care"])) == ("indirect", True)


KEY = {"Idempotency-Key": "9d2c"}


async def test_a_request_that_is_sent_again_stores_nothing_again(door: Door) -> None:
    api = await door.someone()
    made = await asyncio.gather(*(api.post("/entries", {"body": TOLD}, headers=KEY) for _ in range(5)))
    await door.world.settle()
    made.append(await api.post("/entries", {"body": TOLD}, headers=KEY))
    assert {it.status for it in made} == {201}
    assert len({it["id"] for it in made}) == 1
    assert len(await door.world.entries()) == 1
    assert [it.stage for it in await door.world.rows(ModelCall)].count("coach") == 1
    # Without it, the same words are told twice.
    await api.write(TOLD)
    assert len(await door.world.entries()) == 2


async def test_a_key_stands_for_one_request_of_one_person(door: Door) -> None:
    api, other = await door.someone(), await door.someone()
    made = await api.post("/entries", {"body": TOLD}, headers=KEY)
    assert (await api.post("/entries", {"body": "Else"}, headers=KEY)).status == 409
    theirs = await other.post("/entries", {"body": "Else"}, headers=KEY)
    assert theirs.status == 201
    assert theirs["id"] != made["id"]
    await api.delete(f"/entries/{made['id']}")
    assert (await api.post("/entries", {"body": TOLD}, headers=KEY)).status == 409


async def test_entries_of_somebody_without_a_chat_are_answered_in_turn(door: Door) -> None:
    api, other = await door.someone(), await door.someone()
    door.world.anthropic.always = Fault(kind="stall")
    for number in range(3):
        await api.write(f"Mine {number}")
    await other.write("Theirs")
    await door.world.until(
        Journey, lambda rows: {it.user_id for it in rows if it.lease_token} == {api.user_id, other.user_id}
    )
    rows = await door.world.rows(Journey)
    assert len([it for it in rows if it.user_id == api.user_id and it.lease_token]) == 1


async def test_an_edit_is_the_next_version_and_the_reply_follows(door: Door) -> None:
    person = door.world.person()
    await person.writes("Mood 7")
    await person.hears(lambda it: it.from_bot)
    await door.world.settle()
    api = await door.behind(person)
    [entry] = (await api.get("/entries"))["items"]
    door.world.anthropic.say("Oh dear, a two.")
    changed = await api.patch(f"/entries/{entry['id']}", {"body": "Mood 2, honestly", "version": 1})
    assert (changed.status, changed["version"], changed["body"]) == (200, 2, "Mood 2, honestly")
    assert changed["edited_at"]
    await door.world.settle()
    [message] = person.chat.bot_messages
    assert message.text.startswith("Oh dear, a two.")
    assert (await api.get(f"/entries/{entry['id']}"))["reply"] == "Oh dear, a two."
    assert len(await door.world.rows(Embedding)) == 1
    # Who has read the former version changes nothing.
    late = await api.patch(f"/entries/{entry['id']}", {"body": "Mood 9", "version": 1})
    assert (late.status, late["detail"]) == (409, "the entry is at version 2 by now")
    # The same words again are no new version.
    same = await api.patch(f"/entries/{entry['id']}", {"body": "Mood 2, honestly"})
    assert same["version"] == 2


async def test_an_edit_while_it_is_answered(door: Door) -> None:
    """Of the former version nothing is kept and nothing is shown."""
    person = door.world.person()
    await person.writes("/settings")
    await door.world.settle()
    before = len(person.chat.bot_messages)
    api = await door.behind(person)
    door.world.anthropic.delay = 0.2
    entry_id = await api.write("The first version")
    await door.world.until(Journey, lambda rows: any(it.lease_token for it in rows))
    changed = await api.patch(f"/entries/{entry_id}", {"body": "The second one"})
    written, edited = (datetime.fromisoformat(changed[it]) for it in ("written_at", "edited_at"))
    assert written <= edited
    await door.world.settle()
    entry = await api.get(f"/entries/{entry_id}")
    assert (entry["version"], entry["is_done"]) == (2, True)
    assert "second" in entry["reply"]
    [shown] = person.chat.bot_messages[before:]
    assert "first" not in shown.text
    assert len(await door.world.rows(Embedding)) == 1


async def test_an_edit_from_the_chat_after_one_over_http(door: Door) -> None:
    person = door.world.person()
    message = await person.writes("First")
    await person.hears(lambda it: it.from_bot)
    await door.world.settle()
    api = await door.behind(person)
    [entry] = (await api.get("/entries"))["items"]
    await api.patch(f"/entries/{entry['id']}", {"body": "Second"})
    await person.edits(message, "Third")
    await door.world.settle()
    assert (await api.get(f"/entries/{entry['id']}"))["body"] == "Third"


async def test_words_that_ask_for_care_after_an_edit(door: Door) -> None:
    api = await door.someone()
    entry_id = await api.write("A day")
    await door.world.settle()
    changed = await api.patch(f"/entries/{entry_id}", {"body": "I want to kill myself."})
    assert changed["care"]


async def test_another_day(door: Door) -> None:
    api = await door.someone()
    yesterday = str(TODAY - timedelta(days=1))
    made = await api.post("/entries", {"body": TOLD, "local_date": yesterday})
    assert (made["local_date"], made["day_is_chosen"]) == (yesterday, True)
    await door.world.settle()
    moved = await api.patch(f"/entries/{made['id']}", {"local_date": "2025-12-31"})
    assert (moved["local_date"], moved["version"]) == ("2025-12-31", 1)
    for day in ("1899-12-31", str(TODAY + timedelta(days=1)), "0001-01-01", "9999-12-31"):
        assert (await api.patch(f"/entries/{made['id']}", {"local_date": day})).status == 409
        assert (await api.post("/entries", {"body": TOLD, "local_date": day})).status == 409
    assert len(await door.world.entries()) == 1


async def test_today_is_the_persons_own(door: Door) -> None:
    """Half the world is a day ahead of the other half."""
    east, west = await door.someone(time_zone="Etc/GMT-14"), await door.someone(time_zone="Etc/GMT+12")
    ahead, behind = [(await api.post("/entries", {"body": "Now"}))["local_date"] for api in (east, west)]
    assert ahead > behind
    assert (await west.post("/entries", {"body": "Now", "local_date": ahead})).status == 409


async def test_deleting_and_bringing_back(door: Door) -> None:
    person = door.world.person()
    await person.writes(TOLD)
    await person.hears(lambda it: it.from_bot)
    await door.world.settle()
    api = await door.behind(person)
    [entry] = (await api.get("/entries"))["items"]
    place = f"/entries/{entry['id']}"
    assert (await api.delete(place)).status == 204
    await door.world.settle()
    [message] = person.chat.bot_messages
    assert (message.text, labels(message)) == ("🗑 Deleted. It can be brought back for a day.", ["Undo"])
    for answer in (await api.get(place), await api.patch(place, {"body": "x"}), await api.delete(place)):
        assert answer.status == 404
    assert (await api.get("/entries"))["items"] == []
    assert (await api.get("/search", params={"q": "ran"}))["items"] == []

    back = await api.post(f"{place}/restore")
    assert (back.status, back["body"]) == (200, TOLD)
    assert (await api.post(f"{place}/restore")).status == 200
    await door.world.settle()
    assert message.text.startswith(str(entry["reply"]))
    await api.delete(place)
    async with door.world.sessions.begin() as session:
        await session.execute(update(Entry).values(deleted_at=Entry.deleted_at - timedelta(hours=25)))
    assert (await api.post(f"{place}/restore")).status == 404


async def test_a_recording_is_worded_anew_once_it_was_heard(door: Door) -> None:
    api = await door.someone()
    async with door.world.sessions.begin() as session:
        now = datetime.now(UTC)
        basic = {"user_id": api.user_id, "kind": "voice", "local_date": TODAY, "written_at": now}
        waiting = Entry(**basic, body="")
        heard = Entry(**basic, body="I met Ana", transcript="I met Ana", transcribed_at=now)
        session.add_all([waiting, heard])
    assert (await api.patch(f"/entries/{waiting.id}", {"body": "I met Anna"})).status == 409
    fixed = await api.patch(f"/entries/{heard.id}", {"body": "I met Anna"})
    assert (fixed["body"], fixed["transcript"], fixed["version"]) == ("I met Anna", "I met Ana", 2)


async def test_pages_stay_where_they_are_while_entries_come(door: Door) -> None:
    api = await door.someone()
    made = [await api.write(f"Entry {number}") for number in range(7)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await api.get("/entries", params={"limit": "3"} | cursor)
        seen += [it["id"] for it in page["items"]]
        made.append(await api.write("One more"))
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == made[6::-1]


async def test_filters(door: Door) -> None:
    api = await door.someone()
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        await api.post("/entries", {"body": day, "local_date": day})

    async def found(**asked: str) -> list[str]:
        return [it["body"] for it in (await api.get("/entries", params=asked))["items"]]

    assert await found(**{"from": "2026-01-02"}) == ["2026-01-03", "2026-01-02"]
    assert await found(**{"from": "2026-01-02", "to": "2026-01-02"}) == ["2026-01-02"]
    assert await found(**{"from": "9999-12-31"}) == []
    assert len(await found(to="9999-12-31", **{"from": "0001-01-01"})) == 3
    assert len(await found(kind="text")) == 3
    assert await found(kind="voice") == []


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/entries", {"limit": "0"}),
        ("/entries", {"limit": "101"}),
        ("/entries", {"limit": "many"}),
        ("/entries", {"cursor": "x"}),
        ("/entries", {"cursor": "a" * 33}),
        ("/entries", {"cursor": "\u00e9" * 32}),
        ("/entries", {"from": "2026-02-30"}),
        ("/entries", {"from": "0"}),
        ("/entries", {"from": "yesterday"}),
        ("/entries", {"kind": "novel"}),
        ("/entries/1", {}),
        ("/entries/%00", {}),
        ("/entries/%ff", {}),
        ("/metrics", {"name": "luck"}),
        ("/scores/2026-1-1", {}),
        ("/search", {}),
        ("/search", {"q": ""}),
        ("/search", {"q": "x" * 301}),
    ],
)
async def test_what_is_not_as_described_is_422(door: Door, path: str, params: dict[str, str]) -> None:
    api = await door.someone()
    answer = await api.get(path, params=params)
    assert answer.status == 422
    assert list(answer.body) == ["detail"]
