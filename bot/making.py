"""What a bot is made of, by its settings: its minds, its limits, and where its rows and recordings lie."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot import logs
from bot.ai import offline
from bot.ai.protocols import Batches
from bot.config import Settings
from bot.journal.accounts import Accounts
from bot.journal.accounts.attempts import Attempts
from bot.journal.accounts.erasing import Erasing
from bot.journal.accounts.passwords import Passwords
from bot.journal.accounts.tokens import Tokens
from bot.journal.goals.proposing import Proposer
from bot.journal.journey import Minds
from bot.journal.readers import Readers
from bot.limits import Limits, LocalLimits
from bot.limits.guesses import Guesses, LocalGuesses


def minds(settings: Settings) -> Minds:
    """The real minds where their key is set, else those that say that they are not there. The
    vendors' libraries are imported only where they are used."""
    made = Minds(
        transcriber=offline.OfflineTranscriber(),
        embedder=offline.OfflineEmbedder(),
        analyst=offline.OfflineAnalyst(),
        coach=offline.OfflineCoach(),
    )
    if settings.anthropic_api_key:
        from bot.ai import claude

        anthropic = claude.make_client(
            settings.anthropic_api_key.get_secret_value(), settings.anthropic_base_url
        )
        made = replace(
            made,
            coach=claude.ClaudeCoach(anthropic, model=settings.coach_model),
            analyst=claude.ClaudeAnalyst(anthropic, model=settings.analyst_model),
        )
    if settings.openai_api_key:
        from bot.ai import openai

        client = openai.make_client(settings.openai_api_key.get_secret_value(), settings.openai_base_url)
        made = replace(
            made,
            transcriber=openai.OpenAITranscriber(client, model=settings.transcribe_model),
            embedder=openai.OpenAIEmbedder(client, model=settings.embedding_model),
        )
    return made


def states(settings: Settings) -> dict[str, str]:
    """Which minds are set. They are not asked here: each answer costs money."""
    claude, openai = settings.anthropic_api_key, settings.openai_api_key
    keys = {"coach": claude, "analyst": claude, "transcriber": openai, "embedder": openai}
    return {name: "set" if key else "off" for name, key in keys.items()}


def proposer(minds: Minds) -> Proposer:
    """Who proposes goals: the analyst, and the rules while it is down."""
    return Proposer(analyst=minds.analyst, rules=offline.OfflineAnalyst())


def batches(settings: Settings) -> Batches | None:
    """Where many summaries are asked for at once, if anywhere. It holds a connection only while it asks."""
    if not settings.anthropic_api_key:
        return None
    from bot.ai import claude, claude_batches

    client = claude.make_client(settings.anthropic_api_key.get_secret_value(), settings.anthropic_base_url)
    return claude_batches.ClaudeBatches(client, model=settings.coach_model)


def readers(settings: Settings) -> Readers:
    """Who gets to read entries, by the addresses that they are sent to."""
    return Readers(
        coach=_company(settings.anthropic_base_url, "Anthropic") if settings.anthropic_api_key else None,
        listener=_company(settings.openai_base_url, "OpenAI") if settings.openai_api_key else None,
    )


def _company(address: str, name: str) -> str:
    host = urlsplit(address).hostname or address
    return name if host == f"api.{name.lower()}.com" else host


def limits(settings: Settings) -> Limits:
    if settings.redis_url is None:
        return LocalLimits()
    from bot.limits.shared import RedisLimits

    return RedisLimits(settings.redis_url.get_secret_value())


def guesses(settings: Settings) -> Guesses:
    if settings.redis_url is None:
        return LocalGuesses()
    from bot.limits.shared_guesses import RedisGuesses

    return RedisGuesses(settings.redis_url.get_secret_value())


def accounts(
    settings: Settings,
    sessions: async_sessionmaker[AsyncSession],
    erasing: Erasing,
    calm: Callable[[float], Awaitable[None]],
) -> Accounts:
    """`calm` as for `Passwords`."""
    key = settings.signing_key()
    # One that is made at the first start stands in no setting.
    logs.strike_out(key.decode(errors="replace").strip())
    return Accounts(
        sessions=sessions,
        tokens=Tokens(key),
        passwords=Passwords(calm=calm),
        attempts=Attempts(guesses(settings), key),
        erasing=erasing,
        default_time_zone=settings.default_time_zone,
    )


def for_chat(settings: Settings) -> Settings:
    """The settings of the chat in the terminal: what lies in `DAYBOOK_HOME` lies in a folder apart, so that
    its diary and the one on Telegram never mix."""
    return settings.model_copy(update={"daybook_home": settings.home / "playground", "public_url": None})


def database(settings: Settings) -> tuple[str | None, Path]:
    """The address of the database if one is set, and the embedded one's folder."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return url, settings.home / "postgres"


def audio_store(settings: Settings) -> str:
    """The address of the audio store."""
    return settings.audio_store_url or (settings.home / "audio").as_uri()


def missing(settings: Settings) -> list[str]:
    """What is not configured, and what happens instead."""
    lines = []
    if settings.anthropic_api_key is None:
        lines.append("ANTHROPIC_API_KEY is not set: numbers are noted, but no coach answers")
    if settings.openai_api_key is None:
        lines.append("OPENAI_API_KEY is not set: voice notes are kept, but not written out")
    return lines
