"""The settings: one class, and the only reader of the environment and of `.env`."""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigurationError

TELEGRAM = "https://api.telegram.org"


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    # Reading the port raises ValueError for one that is none.
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError(f"give a whole address, such as {TELEGRAM}")
    return value.rstrip("/")


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("give an IANA name, such as Europe/Berlin or UTC") from None
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("use 1 to 256 of A-Z a-z 0-9 _ -, or leave it empty and one is derived")
    return value


def _secret_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 32:
        raise ValueError("use at least 32 characters, or leave it empty and one is made for you")
    return value


def _redis_address(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"redis", "rediss", "unix"} or parts.port == 0:
        raise ValueError("give redis://, rediss:// or unix://, or leave it empty for one process")
    return value


def _store_address(value: str) -> str:
    if urlsplit(value).scheme not in {"file", "s3", "gs", "az"}:
        raise ValueError("give file://, s3://, gs:// or az://, or leave it empty for a folder")
    return value


def _key(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().isascii() or not value.get_secret_value().isprintable():
        raise ValueError("this is no key: copy it again, without spaces and line ends around it")
    return value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


WebAddress = Annotated[str, AfterValidator(_web_address)]
ApiKey = Annotated[SecretStr, AfterValidator(_key)]


class Settings(BaseSettings):
    """Empty means not set. What each one does stands in the README's table."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: WebAddress = TELEGRAM
    public_url: WebAddress | None = None
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080

    database_url: SecretStr | None = None
    redis_url: Annotated[SecretStr, AfterValidator(_redis_address)] | None = None
    daybook_home: Path = Field(default_factory=lambda: Path.home() / ".daybook")
    audio_store_url: Annotated[str, AfterValidator(_store_address)] | None = None

    anthropic_api_key: ApiKey | None = None
    anthropic_base_url: WebAddress = "https://api.anthropic.com"
    coach_model: str = "claude-sonnet-5-5"
    analyst_model: str = "claude-haiku-5-5"
    openai_api_key: ApiKey | None = None
    openai_base_url: WebAddress = "https://api.openai.com/v1"
    embedding_model: str = "text-embedding-3-small"
    transcribe_model: str = "gpt-transcribe"

    secret_key: Annotated[SecretStr, AfterValidator(_secret_key)] | None = None
    log_format: Literal["text", "json"] = "text"
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    default_time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"

    @property
    def home(self) -> Path:
        """`DAYBOOK_HOME`, absolute; made on first use with mode 0700."""
        try:
            home = self.daybook_home.expanduser().absolute()
        except RuntimeError:
            raise ConfigurationError("DAYBOOK_HOME: there is no such user: give a whole path") from None
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"DAYBOOK_HOME: {home} cannot be made ({error.strerror}): give a folder you may write to"
            ) from None
        return home

    @property
    def token(self) -> str | None:
        return self.telegram_bot_token.get_secret_value() if self.telegram_bot_token else None

    def signing_key(self) -> bytes:
        """`SECRET_KEY`, or the key made once and kept in `DAYBOOK_HOME` with mode 0600."""
        if self.secret_key:
            return self.secret_key.get_secret_value().encode()
        path = self.home / "secret_key"
        if not path.exists():
            with tempfile.NamedTemporaryFile(dir=self.home, prefix="secret_key.") as new:
                new.write(secrets.token_urlsafe(48).encode())
                new.flush()
                os.fsync(new.fileno())
                # A link appears whole or not at all, and the first of two processes wins.
                with contextlib.suppress(FileExistsError):
                    os.link(new.name, path)
        key = path.read_bytes()
        if len(key) < 32:
            raise ConfigurationError(f"SECRET_KEY: {path} is broken: delete it, and a new key is made")
        return key

    def telegram_secret(self) -> str:
        """`WEBHOOK_SECRET`, or one derived from the token: the same on every replica of the bot."""
        if self.webhook_secret:
            return self.webhook_secret.get_secret_value()
        if self.token is None:
            raise ConfigurationError("TELEGRAM_BOT_TOKEN: a webhook needs it")
        return hmac.new(self.token.encode(), b"telegram webhook", hashlib.sha256).hexdigest()

    def secrets(self) -> list[str]:
        """Every value that must never show in a log line."""
        values = [getattr(self, name) for name in type(self).model_fields]
        found = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        passwords = [urlsplit(url).password or "" for url in found if "://" in url]
        return [secret for secret in found + passwords if len(secret) >= 6]


def load(**overrides: Any) -> Settings:
    """Read the environment and `.env`; a bad value raises a `ConfigurationError` naming it."""
    try:
        settings = Settings(**overrides)
    except UnicodeDecodeError:
        raise ConfigurationError(".env: it is not UTF-8: save it as UTF-8 again") from None
    except ValidationError as error:
        raise ConfigurationError("; ".join(_line(problem) for problem in error.errors())) from None
    _check_telegram(settings)
    return settings


def _line(problem: Any) -> str:
    name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{name}: {reason[0].lower()}{reason[1:]}"


def _check_telegram(settings: Settings) -> None:
    """Telegram's own tokens have one form and its webhooks need TLS; other servers are freer."""
    ours = settings.telegram_api_url == TELEGRAM
    form = r"\d+:[A-Za-z0-9_-]{20,}" if ours else r"[A-Za-z0-9:_-]+"
    if settings.token is not None and not re.fullmatch(form, settings.token):
        raise ConfigurationError(
            "TELEGRAM_BOT_TOKEN: this is no token (123456789:AAF…): copy it again from @BotFather"
        )
    if ours and settings.public_url and urlsplit(settings.public_url).scheme != "https":
        raise ConfigurationError(
            "PUBLIC_URL: Telegram delivers to https:// only; leave it empty to poll instead"
        )
