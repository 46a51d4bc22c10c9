"""Canary strings through every path, also the failing ones: none in any log line."""

import io
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.logs import JsonFormatter, TextFormatter
from tests.recordings import recording
from tests.vendors import Fault, status

from .conftest import TOKEN, World

CANARY = "canary-7f3a-entry-text"


@pytest.fixture(params=[TextFormatter, JsonFormatter])
def log(request: pytest.FixtureRequest, world: World) -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(request.param(world.settings.secrets()))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


async def test_no_canary_in_any_log_line(world: World, log: io.StringIO) -> None:
    await world.start()
    person = world.person(first_name=CANARY)
    world.telegram.fail("broken", "sendMessage", times=2)
    world.telegram.fail("busy", "setMessageReaction", retry_after=1)
    world.openai.next(status(400), Fault(kind="nan"), Fault(kind="invalid_json", echo=True))
    world.anthropic.next(status(400), Fault(kind="cut_midway"), status(500), Fault(kind="refusal"))
    await person.writes(f"{CANARY} said in words")
    await person.speaks(recording(1, says=f"{CANARY} said aloud"))
    await person.sends_photo(caption=f"{CANARY} on a picture")
    await person.writes(f"/{CANARY}")
    await world.settle()
    async with world.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE journal_entries ADD CHECK (body NOT LIKE '%trouble%')"))
    await person.writes(f"{CANARY} makes trouble")
    await world.telegram.delivered()
    await world.until_tried()
    await world.stop()
    written = log.getvalue()
    assert "CheckViolation" in written or "23514" in written
    for secret in (CANARY, TOKEN, "test-key"):
        assert secret not in written
