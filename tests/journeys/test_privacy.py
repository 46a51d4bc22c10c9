"""Canary strings through every path, also the failing ones: none in any log line."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot import logs
from tests.recordings import recording
from tests.vendors import Fault, status

from .conftest import TOKEN, World

CANARY = "canary-7f3a-entry-text"


@pytest.fixture(params=["text", "json"])
def log(
    request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[io.StringIO]:
    """The bot's own logging at its most talkative."""
    out = io.StringIO()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stderr", out)
    logs.configure("DEBUG", request.param, world.settings.secrets())
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


async def test_no_canary_in_any_log_line(world: World, log: io.StringIO) -> None:
    await world.start()
    person = world.person(first_name=CANARY)
    world.telegram.fail("broken", "sendMessage", times=2)
    world.telegram.fail("busy", "setMessageReaction", retry_after=1)
    world.openai.next(status(400), Fault(kind="nan"), Fault(kind="invalid_json", echo=True))
    world.anthropic.next(status(400), Fault(kind="cut_midway"), status(500), Fault(kind="refusal"))
    # It is in no setting: it was made with the first start.
    key = world.settings.signing_key().decode()
    logging.getLogger("bot").warning("signed with %s", key)
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
    assert "23514" in written
    for secret in (CANARY, TOKEN, "test-key", key):
        assert secret not in written
