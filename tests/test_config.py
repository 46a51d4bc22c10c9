from pathlib import Path

import pytest

from bot.config import Settings, load
from bot.errors import ConfigurationError

from .conftest import make_settings

CANARY = "hunter2-canary"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("HTTP_PORT", "99999", "less than or equal to 65535"),
        ("HTTP_PORT", "eighty", "valid integer"),
        ("LOG_LEVEL", "loud", "'DEBUG', 'INFO'"),
        ("LOG_FORMAT", "xml", "'text' or 'json'"),
        ("DEFAULT_TIME_ZONE", "Mars/Base", "IANA name"),
        ("DEFAULT_TIME_ZONE", "../../etc/passwd", "IANA name"),
        ("PUBLIC_URL", "http://example.org", "https://"),
        ("PUBLIC_URL", "example.org", "whole address"),
        ("TELEGRAM_API_URL", "localhost:8081", "whole address"),
        ("REDIS_URL", f"http://:{CANARY}@x", "redis://"),
        ("AUDIO_STORE_URL", "ftp://x", "file://"),
        ("TELEGRAM_BOT_TOKEN", CANARY, "@BotFather"),
        ("SECRET_KEY", CANARY, "32 characters"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:99999", "out of range"),
        ("PUBLIC_URL", "http://x:abc", "could not be cast"),
        ("REDIS_URL", f"redis://:{CANARY}@h:notaport", "could not be cast"),
        ("ANTHROPIC_API_KEY", f"{CANARY}-é", "no key"),
        ("OPENAI_API_KEY", f"{CANARY}\n", "no key"),
        ("WEBHOOK_SECRET", f"{CANARY} with spaces", "A-Z a-z 0-9"),
    ],
)
def test_a_bad_value_is_one_line_that_names_it_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, remedy: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load()
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert remedy in message
    assert "\n" not in message
    assert CANARY not in message


def test_several_bad_values_are_all_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HTTP_PORT", "x")
    monkeypatch.setenv("LOG_LEVEL", "x")
    with pytest.raises(ConfigurationError, match=r"HTTP_PORT: .*; LOG_LEVEL: "):
        load()


def test_reads_dotenv_and_lets_the_environment_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        "COACH_MODEL=from-file\nANALYST_MODEL=from-file\nUNRELATED=1\nHTTP_PORT=\n"
    )
    monkeypatch.setenv("COACH_MODEL", "from-environment")
    settings = load()
    assert (settings.coach_model, settings.analyst_model) == ("from-environment", "from-file")
    assert settings.http_port == 8080


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = make_settings(daybook_home=tmp_path / "home")
    key = settings.signing_key()
    assert len(key) >= 32
    assert make_settings(daybook_home=tmp_path / "home").signing_key() == key
    assert (tmp_path / "home" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret_key"]


def test_the_webhook_secret_is_derived_the_same_on_every_replica() -> None:
    one = make_settings(telegram_bot_token="1:a")
    assert one.telegram_secret() == make_settings(telegram_bot_token="1:a").telegram_secret()
    assert one.telegram_secret() != make_settings(telegram_bot_token="1:b").telegram_secret()
    assert make_settings(webhook_secret="given").telegram_secret() == "given"


def test_a_home_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"DAYBOOK_HOME: .* folder you may write to"):
        _ = make_settings(daybook_home=tmp_path / "file" / "home").home


def test_secrets_include_the_passwords_within_urls() -> None:
    settings = make_settings(
        database_url=f"postgresql://app:{CANARY}@db/x", openai_api_key="sk-abcdef", telegram_bot_token=None
    )
    assert CANARY in settings.secrets()
    assert "sk-abcdef" in settings.secrets()


def test_other_servers_may_have_other_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:short")
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert load().telegram_api_url == "http://127.0.0.1:8081"


def test_every_setting_stands_in_the_example_and_the_readme() -> None:
    root = Path(__file__).parent.parent
    example, readme = (root / ".env.example").read_text(), (root / "README.md").read_text()
    for name in Settings.model_fields:
        assert f"{name.upper()}=" in example
        assert f"`{name.upper()}`" in readme
