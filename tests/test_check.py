"""`python -m bot check`, against servers that answer, refuse, stay silent or are something else."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.playground.server import BotApiServer
from bot.web import health
from bot.web.server import Server
from tests.test_limits import RedisServer
from tests.vendors import KEY, AnthropicServer, OpenAIServer

ROOT = Path(__file__).parent.parent
TOKEN = "123456:test-token-of-the-playground"
CANARY = "hunter2-canary"


@dataclass
class Site:
    """Servers of every kind, and the environment that leads to them."""

    telegram: BotApiServer
    anthropic: AnthropicServer
    openai: OpenAIServer
    folder: Path
    environment: dict[str, str]

    async def run(self, command: str, **changes: str) -> tuple[int | None, str, str]:
        """Exit code, stdout and stderr of `python -m bot` with these settings; empty is not set."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", command, cwd=self.folder,
            env={**os.environ, **self.environment, **changes}, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()

    async def check(self, **changes: str) -> dict[str, str]:
        """What stands behind each part's name, mark first; `rc` holds the exit code."""
        code, out, err = await self.run("check", **changes)
        assert err == ""
        lines = out.partition("\n\n")[0].splitlines()
        return {"rc": str(code)} | {line[2:16].strip(): f"{line[0]} {line[17:]}" for line in lines}


@pytest.fixture
async def site(tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    async with (
        BotApiServer(token=TOKEN) as telegram,
        AnthropicServer() as anthropic,
        OpenAIServer() as openai,
    ):
        environment = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "DATABASE_URL": database_url,
            "DAYBOOK_HOME": str(tmp_path / "home"),
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": anthropic.url,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": openai.url,
            "HTTP_PORT": "0",
            "PYTHONPATH": str(ROOT),
        }
        yield Site(telegram, anthropic, openai, tmp_path, environment)


@pytest.fixture
async def redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("r"))
    await server.start()
    yield server
    await server.stop()


async def test_all_that_is_configured_works(site: Site, redis: RedisServer) -> None:
    said = await site.check(REDIS_URL=redis.url)
    assert all(what.startswith("✓ ") for name, what in said.items() if name != "rc")
    assert len(said) == 11
    assert said["Telegram"] == f"✓ @daybook_playground_bot at {site.telegram.url}, polling"
    assert said["Coach"] == f"✓ claude-sonnet-5-5 at {site.anthropic.url}"
    assert said["Postgres"].startswith("✓ DATABASE_URL: 18.")
    assert said["Postgres"].endswith("tables up to date")
    assert said["rc"] == "0"


async def test_nothing_configured_is_nothing_wrong(site: Site) -> None:
    said = await site.check(TELEGRAM_BOT_TOKEN="", ANTHROPIC_API_KEY="", OPENAI_API_KEY="")
    for part, remedy in {
        "Telegram": "set TELEGRAM_BOT_TOKEN",
        "Coach": "set ANTHROPIC_API_KEY",
        "Analyst": "set ANTHROPIC_API_KEY",
        "Embeddings": "set OPENAI_API_KEY",
        "Transcription": "set OPENAI_API_KEY",
        "Redis": "set REDIS_URL for replicas",
        "Web": "takes any free port of 127.0.0.1 and says which",
    }.items():
        assert said[part].startswith("– ")
        assert said[part].endswith(remedy)
    assert said["rc"] == "0"


async def test_a_refused_token_ends_the_start_with_one_line(site: Site) -> None:
    code, _, err = await site.run("run", TELEGRAM_BOT_TOKEN="123456:another-token-than-the-playgrounds")
    assert (code, err) == (
        2,
        "daybook: TELEGRAM_BOT_TOKEN: Telegram refuses it: copy it again from @BotFather\n",
    )


async def test_nobody_listens_anywhere(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        place = f"127.0.0.1:{gone.getsockname()[1]}"
    code, out, err = await site.run(
        "check",
        TELEGRAM_API_URL=f"http://{place}",
        ANTHROPIC_BASE_URL=f"http://user:{CANARY}@{place}",
        OPENAI_BASE_URL=f"http://{place}/v1",
        DATABASE_URL=f"postgresql://app:{CANARY}@{place}/x",
        REDIS_URL=f"redis://:{CANARY}@{place}",
    )
    assert (code, err) == (1, "")
    assert CANARY not in out
    assert "Unsent" not in out
    assert f"Telegram       no answer from http://{place}: check TELEGRAM_API_URL and the network" in out
    assert f"Coach          no answer from http://{place}: check ANTHROPIC_BASE_URL and the network" in out
    assert f"Embeddings     no answer from http://{place}/v1: check OPENAI_BASE_URL and the network" in out
    assert f"Postgres       DATABASE_URL: cannot connect to postgresql://app:***@{place}/x: " in out
    assert "Redis          REDIS_URL: no answer (ConnectionError): check the address" in out
    assert out.endswith("\n7 of 10 lines need attention: those with ✗.\n")


async def test_a_daybook_that_answers_everywhere_and_an_address_of_another_machine(site: Site) -> None:
    server = Server(health.alone(ready), "127.0.0.1", 0)
    await server.start()
    said = await site.check(HTTP_PORT=str(server.port), HTTP_HOST="0.0.0.0")  # noqa: S104
    await server.stop()
    assert said["Web"] == f"✓ a Daybook answers at http://127.0.0.1:{server.port}/health already"
    said = await site.check(HTTP_HOST="192.0.2.1", OPENAI_BASE_URL=site.openai.root, COACH_MODEL="claude-9")
    assert said["Web"].startswith("✗ HTTP_HOST: 192.0.2.1 is no address of this machine: set it to ")
    assert said["Embeddings"].endswith("has no list of models: check OPENAI_BASE_URL, mostly …/v1")
    assert said["Coach"].endswith(
        "has no model claude-9, or is another kind of server: check COACH_MODEL and ANTHROPIC_BASE_URL"
    )
    assert said["Analyst"][0] == "✓"
    assert said["rc"] == "1"


async def ready() -> dict[str, str]:
    return {"database": "unreachable"}


async def test_names_that_only_look_like_settings(site: Site) -> None:
    (site.folder / ".env").write_text(
        f"TELEGRAM_TOKEN={CANARY}\nANTHROPIC_APIKEY={CANARY}\nFAVOURITE={CANARY}\n{CANARY}={CANARY}\n"
    )
    given = {
        "TELEGRAM_BOT_TOKEN": "",
        "ANTHROPIC_API_KEY": "",
        "OPENAI_API_KEY": "",
        "OPENAI_KEY": CANARY,
        "DATABASE_URI": CANARY,  # beside DATABASE_URL, so not meant for it
    }
    code, out, err = await site.run("check", **given)
    assert (code, err) == (0, "")
    assert CANARY not in out
    assert [line[17:] for line in out.splitlines() if line.startswith("! Settings")] == [
        "ANTHROPIC_APIKEY is no setting: is ANTHROPIC_API_KEY meant?",
        "FAVOURITE is no setting, so it has no effect",
        "OPENAI_KEY is no setting: is OPENAI_API_KEY meant?",
        "TELEGRAM_TOKEN is no setting: is TELEGRAM_BOT_TOKEN meant?",
    ]
    assert out.endswith("All that is configured works; look at the lines with !.\n")
    code, out, err = await site.run("migrate", **given)
    assert code == 0
    assert "WARNING bot: TELEGRAM_TOKEN is no setting: is TELEGRAM_BOT_TOKEN meant?" in err
    code, out, err = await site.run("chat", **given)
    assert (code, out) == (0, "")
    assert "· TELEGRAM_TOKEN is no setting: is TELEGRAM_BOT_TOKEN meant?\n" in err
    assert CANARY not in err
