"""`python -m bot` without a token: a chat whose diary lies apart, where the check looks for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.making import audio_store, database, for_chat, missing, readers
from tests.conftest import make_settings
from tests.recordings import recording

ROOT = Path(__file__).parent.parent


def bot(tmp_path: Path, *words: str, lines: str = "", **settings: str) -> str:
    """What `python -m bot` prints, with nothing set but a home in `tmp_path`."""
    unset = dict.fromkeys(("TELEGRAM_BOT_TOKEN", "DATABASE_URL", "ANTHROPIC_API_KEY", "OPENAI_API_KEY"), "")
    given = {"DAYBOOK_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", *words]
    done = subprocess.run(
        command, input=lines, capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, **unset, **given, **settings},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_that_the_chat_keeps_lies_in_a_folder_of_its_own(tmp_path: Path) -> None:
    note = tmp_path / "note.ogg"
    note.write_bytes(recording(1))
    said = bot(tmp_path, lines=f"Slept 7 hours\n/voice {note}\n")
    assert "slept 7 h" in said
    home = tmp_path / "home"
    assert sorted(it.name for it in home.iterdir()) == ["chat.log", "playground"]
    kept = home / "playground"
    assert sorted(it.name for it in kept.iterdir()) == ["audio", "postgres", "secret_key"]
    [stored] = [it for it in (kept / "audio").rglob("*") if it.is_file()]
    assert stored.read_bytes() == note.read_bytes()
    checked = bot(tmp_path, "check", HTTP_PORT="8085")
    assert f"Postgres       embedded in {kept / 'postgres'}: 18." in checked
    assert "tables up to date" in checked
    assert f"Audio store    {(kept / 'audio').as_uri()}" in checked
    assert "the chat in the terminal, which has a diary of its own" in checked
    assert f"Secret key     kept in {kept / 'secret_key'}\n" in checked
    assert "Web            the chat answers at http://127.0.0.1:8085, or takes a free port" in checked
    assert not (home / "postgres").exists()
    assert not (home / "secret_key").exists()
    assert not (home / "audio").exists()


def test_a_start_loads_only_what_it_needs() -> None:
    seldom = "matplotlib numpy soundfile anthropic openai alembic fastapi uvicorn redis"
    code = f"import sys, bot.chat; print(*(set('{seldom}'.split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "\n"


def test_where_things_lie(tmp_path: Path) -> None:
    served = make_settings(daybook_home=tmp_path)
    talked = for_chat(served)
    assert database(served) == (None, tmp_path / "postgres")
    assert audio_store(served) == (tmp_path / "audio").as_uri()
    assert database(talked) == (None, tmp_path / "playground" / "postgres")
    assert audio_store(talked) == (tmp_path / "playground" / "audio").as_uri()
    given = make_settings(daybook_home=tmp_path, database_url="postgresql://h/x", audio_store_url="s3://b/x")
    for settings in (given, for_chat(given)):
        assert database(settings)[0] == "postgresql://h/x"
        assert audio_store(settings) == "s3://b/x"


@pytest.mark.parametrize(
    ("settings", "who"),
    [
        ({}, (None, None)),
        ({"anthropic_api_key": "sk-a", "openai_api_key": "sk-b"}, ("Anthropic", "OpenAI")),
        (
            {"openai_api_key": "sk-b", "openai_base_url": "http://127.0.0.1:8000/v1"},
            (None, "127.0.0.1"),
        ),
    ],
)
def test_who_reads_and_what_is_missing(settings: dict[str, str], who: tuple[str | None, str | None]) -> None:
    found = make_settings(**settings)
    assert (readers(found).coach, readers(found).listener) == who
    assert [line.partition(" ")[0] for line in missing(found)] == [
        name for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY") if name.lower() not in settings
    ]
