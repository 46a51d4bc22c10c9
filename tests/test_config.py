from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot import values
from bot.config import Settings, load, misspelt
from bot.errors import ConfigurationError

from .conftest import make_settings

CANARY = "hunter2-canary"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("TRUSTED_PROXIES", "*", "addresses or networks of your proxies"),
        ("TRUSTED_PROXIES", "127.0.0.1,proxy", "addresses or networks of your proxies"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "addresses or networks of your proxies"),
        ("HTTP_PORT", "99999", "whole number up to 65535"),
        ("HTTP_PORT", "eighty", "whole number up to 65535"),
        ("HTTP_PORT", "٣", "whole number up to 65535"),
        ("HTTP_PORT", "8080.0", "whole number up to 65535"),
        ("HTTP_HOST", "http://127.0.0.1", "such as 127.0.0.1"),
        ("HTTP_HOST", "a..b", "such as 127.0.0.1"),
        ("HTTP_HOST", "x" * 64, "such as 127.0.0.1"),
        ("HTTP_HOST", "\udcff", "such as 127.0.0.1"),
        ("LOG_LEVEL", "loud", "give DEBUG, INFO, WARNING or ERROR"),
        ("LOG_FORMAT", "xml", "give text or json"),
        ("DEFAULT_TIME_ZONE", "Mars/Base", "IANA name"),
        ("DEFAULT_TIME_ZONE", "../../etc/passwd", "IANA name"),
        ("PUBLIC_URL", "http://example.org", "https:// only; leave it empty to poll"),
        ("PUBLIC_URL", "https://example.org:8080", "Telegram delivers to port 443, 80, 88 or 8443 only"),
        ("PUBLIC_URL", "example.org", "such as https://daybook.example.org"),
        ("PUBLIC_URL", "https://example.org/?a=b", "such as https://daybook.example.org"),
        ("PUBLIC_URL", "http://x:abc", "such as https://daybook.example.org"),
        ("PUBLIC_URL", f"https://a b/{CANARY}", "such as https://daybook.example.org"),
        ("TELEGRAM_API_URL", "localhost:8081", "such as http://127.0.0.1:8081"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:99999", "such as http://127.0.0.1:8081"),
        ("TELEGRAM_API_URL", f"http://u:{CANARY}@[::1", "such as http://127.0.0.1:8081"),
        ("ANTHROPIC_BASE_URL", "http://a..b", "such as https://api.anthropic.com"),
        ("OPENAI_BASE_URL", "http:///v1", "such as http://127.0.0.1:8000/v1"),
        ("REDIS_URL", f"http://:{CANARY}@x", "redis://"),
        ("REDIS_URL", f"redis://:{CANARY}@h:notaport", "redis://"),
        ("REDIS_URL", f"redis://:{CANARY}@[::1", "redis://"),
        ("REDIS_URL", f"redis://h/{CANARY}", "redis://"),
        ("AUDIO_STORE_URL", "ftp://x", "file://"),
        ("AUDIO_STORE_URL", "s3://", "s3://bucket/folder"),
        ("AUDIO_STORE_URL", "file://recordings", "file:///folder"),
        ("AUDIO_STORE_URL", "s3:///recordings", "s3://bucket/folder"),
        ("DAYBOOK_HOME", "/tmp/a\nb", "a folder's path"),
        ("TELEGRAM_BOT_TOKEN", CANARY, "@BotFather"),
        ("SECRET_KEY", CANARY, "32 characters"),
        ("SECRET_KEY", CANARY * 5 + "\udcff", "32 characters"),
        ("ANTHROPIC_API_KEY", f"{CANARY}-é", "no key"),
        ("ANTHROPIC_API_KEY", f"{CANARY} {CANARY}", "no key"),
        ("OPENAI_API_KEY", f"{CANARY}\n", "no key"),
        ("COACH_MODEL", f"claude\n{CANARY}", "the model's name"),
        ("TRANSCRIBE_MODEL", "whisper 1", "the model's name"),
        ("EMBEDDING_MODEL", "é", "the model's name"),
        ("ANALYST_MODEL", "x" * 201, "the model's name"),
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
    assert len(message) < 200
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
    with pytest.raises(ConfigurationError, match=r"DAYBOOK_HOME: .* give a whole path"):
        _ = make_settings(daybook_home="~nobody-of-this-name/daybook").home


def test_a_key_that_cannot_be_kept_says_so(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()
    with pytest.raises(ConfigurationError, match=r"SECRET_KEY: .* cannot be used \(Is a directory\)"):
        make_settings(daybook_home=tmp_path).signing_key()
    with pytest.raises(ConfigurationError, match=r"SECRET_KEY: /proc/secret_key cannot be used"):
        make_settings(daybook_home="/proc").signing_key()


@given(st.sampled_from(sorted(Settings.model_fields)), st.text(min_size=1))
def test_any_value_is_taken_or_refused_in_one_line(name: str, value: str) -> None:
    try:
        settings = make_settings(**{name: value})
    except ValidationError as error:
        [problem] = error.errors()
        assert problem["type"] == "value_error"
        assert "\n" not in problem["msg"]
    else:
        assert all(isinstance(secret, str) for secret in settings.secrets())


def test_secrets_include_the_passwords_within_urls() -> None:
    settings = make_settings(
        database_url=f"postgresql://app:{CANARY}@db/x", openai_api_key="sk-abcdef", telegram_bot_token=None
    )
    assert CANARY in settings.secrets()
    assert "sk-abcdef" in settings.secrets()


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://app:{CANARY}@[::1/x",
        f"host=db user=app password={CANARY}",
        f"host=db password = '{CANARY}' user=app",
        f"postgresql://db/x?user=app&password={CANARY}",
        f"postgresql://app:{CANARY.replace('-', '%2D')}@db/x",
        f"postgresql://app:{CANARY}",
    ],
)
def test_secrets_include_the_passwords_in_whatever_form(url: str) -> None:
    found = make_settings(database_url=url).secrets()
    assert CANARY in found or f"postgresql://app:{CANARY}" in found


def test_an_account_in_a_web_address_is_a_secret_and_not_shown() -> None:
    settings = make_settings(anthropic_base_url=f"https://me:{CANARY}@proxy:8000/v1")
    assert CANARY in settings.secrets()
    assert values.without_account(settings.anthropic_base_url) == "https://proxy:8000/v1"
    assert values.without_account("https://proxy/a@b") == "https://proxy/a@b"


def test_a_file_saved_by_any_editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes("\ufeffLOG_LEVEL=debug\r\nHTTP_PORT= 81 \r\n".encode())
    assert (load().log_level, load().http_port) == ("DEBUG", 81)
    (tmp_path / ".env").write_bytes("LOG_LEVEL=debug".encode("utf-16"))
    with pytest.raises(ConfigurationError, match=r"\.env: it is not UTF-8"):
        load()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_BOT_TOKN", "TELEGRAM_BOT_TOKEN"),
        ("telegram_token", "TELEGRAM_BOT_TOKEN"),
        ("OPENAI_KEY", "OPENAI_API_KEY"),
        ("ANTHROPIC_APIKEY", "ANTHROPIC_API_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("DAYBOOK_HTTP_PORT", "HTTP_PORT"),
    ],
)
def test_a_name_that_nearly_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, meant: str
) -> None:
    monkeypatch.chdir(tmp_path)
    told = f"{name.upper()} is no setting: is {meant} meant?"
    monkeypatch.setenv(name, CANARY)
    assert told in misspelt()
    monkeypatch.setenv(meant, "x")
    assert told not in misspelt() or name.startswith("DAYBOOK_")
    monkeypatch.delenv(name)
    (tmp_path / ".env").write_text(f"{name}={CANARY}\n")
    assert told in misspelt()


def test_other_programs_names_are_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    before = misspelt()
    for name in ("HTTP_PROXY", "PORT", "OPENAI_ORG_ID", "PGHOST", "SECRET_SAUCE", "LOG_DIR", "API_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OPENAI_KEY", "")
    (tmp_path / ".env").write_text(f"PGHOST=x\nLOG_LEVEL=debug\n{CANARY}=1\n")
    assert misspelt() == before


def test_other_servers_may_have_other_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:short")
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert load().telegram_api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize("address", ["http://bot:8080", "https://daybook.example.org:9000"])
def test_servers_of_ones_own_may_deliver_anywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUBLIC_URL", address)
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081")
    assert load().public_url == address
    monkeypatch.setenv("TELEGRAM_API_URL", "https://API.Telegram.org:443")
    with pytest.raises(ConfigurationError, match="PUBLIC_URL: Telegram delivers to"):
        load()


def test_every_setting_stands_in_the_example_and_the_readme() -> None:
    root = Path(__file__).parent.parent
    example, readme = (root / ".env.example").read_text(), (root / "README.md").read_text()
    for name in Settings.model_fields:
        assert f"{name.upper()}=" in example
        assert f"`{name.upper()}`" in readme
