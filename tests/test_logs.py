import io
import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import MindUnavailable
from bot.logs import JsonFormatter, TextFormatter

SECRET = "123456:AAF-secret-token"
CANARY = "dear diary, my canary"


@pytest.fixture(params=[TextFormatter, JsonFormatter])
def lines(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(request.param([SECRET]))
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    yield logger, out
    logger.removeHandler(handler)


def test_a_foreign_error_leaves_its_text_behind(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = lines
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            raise MindUnavailable("no answer in 30 s", mind="coach", model="m") from error
    except MindUnavailable:
        logger.exception("a job failed")
    assert CANARY not in out.getvalue()
    assert "ValueError" in out.getvalue()
    assert "coach (m): no answer in 30 s" in out.getvalue()
    assert "test_logs.py" in out.getvalue()


def test_a_foreign_error_as_an_argument_too(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = lines
    logger.error("failed: %s", RuntimeError(CANARY))
    assert CANARY not in out.getvalue()
    assert "RuntimeError" in out.getvalue()


def test_secrets_are_struck_out(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = lines
    logger.error("calling https://api.telegram.org/bot%s/getMe", SECRET)
    assert SECRET not in out.getvalue()
    assert "[secret]" in out.getvalue()


async def test_an_sql_error_shows_its_code_and_not_the_row(
    lines: tuple[logging.Logger, io.StringIO], engine: AsyncEngine
) -> None:
    logger, out = lines
    try:
        async with engine.begin() as connection:
            await connection.execute(
                text("INSERT INTO leases (name, holder, until) VALUES (:name, NULL, now())"), {"name": CANARY}
            )
    except Exception:
        logger.exception("no")
    assert CANARY not in out.getvalue()
    assert "23502" in out.getvalue()


def test_json_lines_are_json() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "hello %s", ("you\n",), None)
    assert json.loads(JsonFormatter().format(record))["message"] == "hello you\n"
