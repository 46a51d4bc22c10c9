"""Asking the coach: what it is told, and what the chat is shown of its answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape, unescape

from sqlalchemy.ext.asyncio import AsyncSession

from bot import prompts
from bot.ai.protocols import CoachReply, CoachRequest, KnownMetric
from bot.journal import phrases
from bot.journal.care import is_grave
from bot.journal.citations import without_marks
from bot.journal.clock import zone_of
from bot.journal.days import day_of
from bot.journal.goals.telling import for_coach
from bot.journal.message import clean
from bot.journal.preferences import Preferences
from bot.journal.recall import MOST, recall
from bot.journal.sources import Sources, numbered
from bot.journal.tokens import estimate_tokens, fit
from db.models import Metric
from db.queries import around, threads
from db.queries.entries import EntryRecord
from db.queries.goals import Standing
from db.queries.people import Person
from db.queries.threads import Turn

PROMPT = "coach"
# What the coach reads of one entry at most, in tokens.
LONGEST = 12_000
# What the chat is shown of a reply at most, in characters: far more than a coach is asked for.
LONGEST_REPLY = 16_000
# What two said before in a thread: so many turns, of so many tokens together.
TURNS, THREAD_BUDGET, LONGEST_TURN = 6, 1_600, 500
LONGEST_NAME = 64
# Earlier entries that a question is answered from; the tokens are bounded beside.
MOST_TO_ANSWER = 12
# Questions asked within that time are not asked again.
LATELY, MOST_ASKED = timedelta(days=4), 4

_TAG = re.compile(r"<[^<>]{1,40}>")
_LINK = re.compile(r"</?a(?:\s[^<>]*)?>", re.IGNORECASE)
_QUESTION = re.compile(r"[^.!?…。！？\n]{3,300}[?？؟]")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What there is to know beside the entry: the earlier entries that matter now, the thread that it
    continues or the summary's question that it answers, what the bot said (HTML) and its summaries asked
    lately, the newest first, its numbers and its day's, whether something grave was told that day, and their
    goals."""

    sources: Sources = field(default_factory=Sources)
    thread: Sequence[Turn] = ()
    answers: str | None = None
    said: Sequence[str] = ()
    asked: Sequence[str] = ()
    metrics: tuple[KnownMetric, ...] = ()
    known_today: frozenset[str] = frozenset()
    answered_today: int = 0
    asked_today: frozenset[str] = frozenset()
    is_grave_day: bool = False
    goals: Sequence[Standing] = ()


def stays_silent(entry: EntryRecord, person: Person) -> bool:
    """Whether the person wants this entry only kept. Who asks wants an answer all the same."""
    asks = entry.is_question or entry.continues_id is not None or entry.concern is not None
    return Preferences.of(person.settings).manner == "silent" and not asks


async def look_up(session: AsyncSession, entry: EntryRecord, *, model: str | None, now: datetime) -> Known:
    """All that the coach should know for its reply to `entry` but its numbers. `model` names the vectors to
    recall by."""
    most = MOST_TO_ANSWER if entry.is_question else MOST
    sources = numbered(await recall(session, entry, model=model, most=most))
    thread: list[Turn] = []
    if entry.continues_id:
        thread = await threads.turns(session, entry.user_id, entry.continues_id, TURNS)
    answers = None
    if entry.answers_score_id:
        answers = await threads.asked(session, entry.user_id, entry.answers_score_id)
    there = await around.look(session, entry, since=now - LATELY, most=MOST_ASKED)
    return Known(
        sources=sources,
        thread=thread,
        answers=answers,
        said=there.said,
        asked=there.asked,
        known_today=there.known_today,
        answered_today=there.answered_today,
        asked_today=there.asked_today,
        is_grave_day=any(map(is_grave, there.concerns)),
    )


def counted(known: Known, numbers: Sequence[Metric]) -> Known:
    """The same, with the entry's numbers as they are now."""
    return replace(
        known,
        metrics=tuple(KnownMetric(name=it.name, value=it.value, unit=it.unit) for it in numbers),
        known_today=known.known_today | {it.name for it in numbers},
    )


def request(entry: EntryRecord, person: Person, known: Known, now: datetime) -> CoachRequest:
    """The stable instructions first, then who it is, then the turn: what people wrote is escaped,
    so that nothing in it can end its quotation."""
    lately = [*known.asked, *questions(known.said)]
    message = prompts.load("entry").render(
        thread=_thread(known),
        asked="\n".join(f"- {escape(it, quote=False)}" for it in lately) or "none",
        earlier=known.sources.text,
        date=f"{entry.local_date:%A %Y-%m-%d}",
        written_at=f"{entry.written_at.astimezone(zone_of(person.time_zone)):%Y-%m-%d %H:%M}",
        kind="question" if entry.is_question else entry.kind,
        concern=entry.concern or "none",
        text=escape(fit(entry.body, LONGEST), quote=False),
    )
    return CoachRequest(
        system=(prompts.load(PROMPT).render(), _who(person, now), *_goals(entry, known)),
        message=message,
        metrics=known.metrics,
        language=entry.language or person.locale,
        known_today=known.known_today,
        answered_today=known.answered_today,
        asked_today=known.asked_today,
        is_grave_day=known.is_grave_day,
        is_question=entry.is_question,
        related=known.sources.related,
        concern=entry.concern,
    )


def _goals(entry: EntryRecord, known: Known) -> tuple[str, ...]:
    """Nobody is spoken to of goals where the words ask for care."""
    told = for_coach(known.goals) if entry.concern is None else None
    return (told,) if told else ()


def _who(person: Person, now: datetime) -> str:
    preferences = Preferences.of(person.settings)
    today = day_of(person, now)
    return prompts.load("person").render(
        # One line of it: a name must not look like the facts below it.
        name=escape(" ".join(person.name.split())[:LONGEST_NAME], quote=False),
        time_zone=person.time_zone,
        today=f"{today:%A %Y-%m-%d}",
        manner="listener" if preferences.manner == "silent" else preferences.manner,
        length=preferences.length,
    )


def _thread(known: Known) -> str:
    """The latest turns that fit, oldest first."""
    lines: list[str] = []
    left = THREAD_BUDGET
    for line in [_you(known.answers), *map(_turn, reversed(known.thread))]:
        left -= estimate_tokens(line)
        if left < 0:
            break
        lines.append(line)
    return "\n".join(filter(None, reversed(lines))) or "none"


def _turn(turn: Turn) -> str:
    they = f'<they date="{turn.local_date}">{_quoted(turn.body)}</they>'
    return "\n".join(filter(None, [_you(turn.asked), they, _you(plain(turn.reply or ""))]))


def _you(text: str | None) -> str:
    return f"<you>{_quoted(text)}</you>" if text else ""


def _quoted(text: str) -> str:
    return escape(fit(text, LONGEST_TURN), quote=False)


def plain(html: str) -> str:
    return unescape(_TAG.sub("", html))


def questions(said: Sequence[str]) -> list[str]:
    """What the bot asked in what it said, the latest first."""
    return [it.strip() for html in said for it in _QUESTION.findall(plain(html))][:MOST_ASKED]


def words(entry: EntryRecord, answer: CoachReply) -> str | None:
    """What the chat shows of the coach's words, as HTML; None for nothing. Where there is a concern a
    refusal is no answer: the card stands alone, and takes the place of an earlier version's reply."""
    text = clean(answer.text[:LONGEST_REPLY]).strip()
    if answer.ending != "refused" and text:
        # A link would hide where it leads, and what it carries there.
        return _LINK.sub("", without_marks(text)).strip() or phrases.REFUSED
    if not entry.concern:
        return phrases.REFUSED
    return phrases.SEE_CARD if entry.reply_message_id else None
