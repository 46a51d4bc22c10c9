"""The settings: one class, and the only reader of the environment and of `.env`."""

import contextlib
import difflib
import errno
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from bot import values
from bot.errors import ConfigurationError

TELEGRAM = "https://api.telegram.org"
WEBHOOK_PORTS = {None, 443, 80, 88, 8443}

WebAddress = Annotated[str, AfterValidator(values.web_address)]
ApiKey = Annotated[SecretStr, AfterValidator(values.key)]
Model = Annotated[str, AfterValidator(values.model)]


class Settings(BaseSettings):
    """Empty means not set. What each one does stands in the README's table."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8-sig",  # some editors begin a file with a mark of the encoding
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
    )

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: WebAddress = TELEGRAM
    public_url: WebAddress | None = None
    webhook_secret: Annotated[SecretStr, AfterValidator(values.webhook_secret)] | None = None
    http_host: Annotated[str, AfterValidator(values.host)] = "127.0.0.1"
    http_port: Annotated[int, BeforeValidator(values.port)] = 8080
    trusted_proxies: Annotated[str, AfterValidator(values.networks)] = "127.0.0.1,::1"

    database_url: SecretStr | None = None
    redis_url: Annotated[SecretStr, AfterValidator(values.redis_address)] | None = None
    daybook_home: Annotated[Path, AfterValidator(values.folder)] = Path("~/.daybook")
    audio_store_url: Annotated[str, AfterValidator(values.store_address)] | None = None

    anthropic_api_key: ApiKey | None = None
    anthropic_base_url: WebAddress = "https://api.anthropic.com"
    coach_model: Model = "claude-sonnet-5-5"
    analyst_model: Model = "claude-haiku-5-5"
    openai_api_key: ApiKey | None = None
    openai_base_url: WebAddress = "https://api.openai.com/v1"
    embedding_model: Model = "text-embedding-3-small"
    transcribe_model: Model = "gpt-transcribe"

    secret_key: Annotated[SecretStr, AfterValidator(values.secret_key)] | None = None
    log_format: Annotated[Literal["text", "json"], values.choice("text", "json")] = "text"
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], values.choice("DEBUG", "INFO", "WARNING", "ERROR")
    ] = "INFO"
    default_time_zone: Annotated[str, AfterValidator(values.time_zone)] = "UTC"

    @property
    def home(self) -> Path:
        """`DAYBOOK_HOME`, absolute; made on first use with mode 0700."""
        try:
            home = self.daybook_home.expanduser().absolute()
        except RuntimeError:
            raise ConfigurationError("DAYBOOK_HOME: no home folder is known: give a whole path") from None
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(home, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "not yours to write to")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no path"
            raise ConfigurationError(
                f"DAYBOOK_HOME: {home} cannot be used ({reason}): give a folder you may write to"
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
        try:
            if not path.exists():
                self._make_key(path)
            key = path.read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"SECRET_KEY: {path} cannot be used ({error.strerror}): "
                "mend that, or give the key in the setting"
            ) from None
        if len(key) < 32:
            raise ConfigurationError(f"SECRET_KEY: {path} is broken: delete it, and a new key is made")
        return key

    def _make_key(self, path: Path) -> None:
        with tempfile.NamedTemporaryFile(dir=self.home, prefix="secret_key.") as new:
            new.write(secrets.token_urlsafe(48).encode())
            new.flush()
            os.fsync(new.fileno())
            # A link appears whole or not at all, and the first of two processes wins.
            with contextlib.suppress(FileExistsError):
                os.link(new.name, path)

    def telegram_secret(self) -> str:
        """`WEBHOOK_SECRET`, or one derived from the token: the same on every replica of the bot."""
        if self.webhook_secret:
            return self.webhook_secret.get_secret_value()
        if self.token is None:
            raise ConfigurationError("TELEGRAM_BOT_TOKEN: a webhook needs it")
        return hmac.new(self.token.encode(), b"telegram webhook", hashlib.sha256).hexdigest()

    def secrets(self) -> list[str]:
        """Every value that must never show in a log line."""
        found: set[str] = set()
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                found.add(value.get_secret_value())
            text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            found |= values.passwords(text)
        return [secret for secret in found if len(secret) >= 6]


def load(**overrides: Any) -> Settings:
    """Read the environment and `.env`; a bad value raises a `ConfigurationError` naming it."""
    try:
        settings = Settings(**overrides)
    except UnicodeDecodeError:
        raise ConfigurationError(".env: it is not UTF-8: save it as UTF-8 again") from None
    except OSError as error:
        raise ConfigurationError(f".env: it cannot be read ({error.strerror})") from None
    except ValidationError as error:
        raise ConfigurationError("; ".join(_line(problem) for problem in error.errors())) from None
    _check_telegram(settings)
    return settings


def misspelt() -> list[str]:
    """Names in the environment and in `.env` that look like settings and are none, and what they may
    be meant for. No value is shown."""
    known = {name.upper() for name in Settings.model_fields}
    around = {name.upper() for name, value in os.environ.items() if value}
    written = {name.upper() for name, value in DotEnvSettingsSource(Settings).env_vars.items() if value}
    lines = []
    for name in sorted((around | written) - known):
        if not re.fullmatch(r"[A-Z_][A-Z0-9_]{,40}", name):
            continue  # half a secret, perhaps, that was pasted onto a line of its own
        meant = _nearest(name, known)
        # The environment is full of other programs' names, of which one may resemble ours by chance.
        stranger = name not in written and (meant is None or meant in around | written)
        ours = name.startswith("DAYBOOK_")
        if meant and not stranger:
            lines.append(f"{name} is no setting: is {meant} meant?")
        elif ours or (name in written and name not in around):
            lines.append(f"{name} is no setting, so it has no effect")
    return lines


def _nearest(name: str, known: set[str]) -> str | None:
    """The setting that begins alike and has all its words, as for OPENAI_KEY, or nearly its letters, as
    for OPENAI_APIKEY."""
    name = name.removeprefix("DAYBOOK_")
    words = name.split("_")
    for setting in sorted(known):
        theirs = setting.split("_")
        if words[0] == theirs[0] and len(words) > 1 and set(words) <= set(theirs):
            return setting
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.8)), None)


def _line(problem: Any) -> str:
    name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{name}: {reason[0].lower()}{reason[1:]}"


def _check_telegram(settings: Settings) -> None:
    """Telegram's own tokens have one form, and it delivers to https on four ports. Another server has its
    own tokens, and with --local it delivers to any address: it refuses by itself what it can't do."""
    is_telegram = urlsplit(settings.telegram_api_url).hostname == urlsplit(TELEGRAM).hostname
    form = r"[0-9]+:[A-Za-z0-9_-]{20,}" if is_telegram else r"[A-Za-z0-9:_-]+"
    if settings.token is not None and not re.fullmatch(form, settings.token):
        raise ConfigurationError(
            "TELEGRAM_BOT_TOKEN: this is no token (123456789:AAF…): copy it again from @BotFather"
        )
    if not is_telegram or settings.public_url is None:
        return
    address = urlsplit(settings.public_url)
    if address.scheme != "https":
        raise ConfigurationError(
            "PUBLIC_URL: Telegram delivers to https:// only; leave it empty to poll, or set TELEGRAM_API_URL "
            "to a Bot API server of your own, run with --local"
        )
    if address.port not in WEBHOOK_PORTS:
        raise ConfigurationError(
            "PUBLIC_URL: Telegram delivers to port 443, 80, 88 or 8443 only: give one of them, or leave it "
            "empty to poll"
        )
