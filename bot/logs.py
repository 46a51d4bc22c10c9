"""Log lines that never hold what a person wrote, a token, a key or a password.

Messages of our own errors are safe by rule (see `errors`). Those of anybody else's are not: SQL
errors repeat rows, HTTP errors repeat addresses with tokens. So of foreign exceptions only the
kind and the places in the code are written, and known secrets are struck out of every line.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.errors import DaybookError

# Their debug and info lines hold addresses with tokens, SQL or bodies.
NOISY = (
    *("aiohttp", "alembic", "anthropic", "apscheduler", "asyncio", "httpcore", "httpcore2"),
    *("httpx", "httpx2", "openai", "sqlalchemy", "telegram", "uvicorn"),
)


def configure(level: str, form: str, secrets: Iterable[str], file: Path | None = None) -> None:
    """Write to stderr or to `file`, as `text` or as one JSON object a line."""
    handler = logging.FileHandler(file, mode="w", delay=True) if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter((JsonFormatter if form == "json" else TextFormatter)(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def strike_out(secret: str) -> None:
    """From here on this one, too, which was not known when the log began."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, TextFormatter):
            handler.formatter.know(secret)


class TextFormatter(logging.Formatter):
    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets: list[str] = []
        for secret in secrets:
            self.know(secret)

    def know(self, secret: str) -> None:
        # The longest first, so that none is left half.
        known = {*self._secrets, secret} - {""}
        self._secrets = sorted(known, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return self._strike(super().format(_own_words(record)))

    def formatException(  # noqa: N802 - the library's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return "\n".join(_describe(ei[1])) if ei[1] is not None else ""

    def _strike(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line


class JsonFormatter(TextFormatter):
    def format(self, record: logging.LogRecord) -> str:
        record = _own_words(record)
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = _describe(record.exc_info[1])
        return self._strike(json.dumps(line, ensure_ascii=False))


def _own_words(record: logging.LogRecord) -> logging.LogRecord:
    """A record whose arguments are no foreign errors: their text may repeat what people wrote."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    foreign = [isinstance(it, BaseException) and not isinstance(it, DaybookError) for it in arguments]
    if any(foreign):
        pairs = zip(arguments, foreign, strict=True)
        record.args = tuple(_kind(it) if other else it for it, other in pairs)
    # A formatted traceback is cached on the record by whoever formatted it first.
    record.exc_text = None
    return record


def _describe(error: BaseException) -> list[str]:
    """The chain of errors, innermost cause first: kind, place by place, message if it is ours."""
    lines: list[str] = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        lines += [*_describe(cause), "which led to"]
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"  {frame.filename}:{frame.lineno} in {frame.name}")
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            lines += _describe(inner)
    lines.append(_kind(error) + (f": {error}" if isinstance(error, DaybookError) else ""))
    return lines


def _kind(error: object) -> str:
    """The class, with what is a code and no text: SQLSTATE, errno, HTTP status."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    for name in ("sqlstate", "errno", "status_code"):
        code = getattr(error, name, None) or getattr(getattr(error, "orig", None), name, None)
        if isinstance(code, str | int) and str(code).isalnum():
            return f"{kind} ({name} {code})"
    return kind
