"""A day as the analyst reads it, and the fingerprint that tells when it must be read again."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from html import escape

from bot import prompts
from bot.ai.protocols import ScoreRequest
from bot.journal import numbers
from bot.journal.charts import CATEGORIES
from bot.journal.scoring.rule import standing, totals
from bot.journal.tokens import estimate_tokens, fit
from db.queries.scores import DayEntry, DayGoal, Material

PROMPT = "score"
# What the analyst reads of a day at most, in tokens; when there is more, each entry gets its share.
BUDGET, LEAST_SHARE = 16_000, 150
MOST_GOALS, LONGEST_GOAL = 12, 60
# Grows when days should be read differently, and with it what was read is read again.
VERSION = 1


def fingerprint(day: Material) -> str:
    """The same for the same entries, numbers and progress, so that nobody is asked about them twice. The
    goals' own words are not in it: what somebody wants next month changes no day of the past."""
    seen = {
        "version": VERSION,
        "entries": [[it.id.hex, it.body] for it in day.entries],
        "numbers": [
            [it.entry_id.hex, it.name, it.ordinal, it.value, it.quote, it.source == "person"]
            for it in day.numbers
        ],
        "progress": [
            [it.goal_id.hex, it.entry_id.hex if it.entry_id else "", it.amount] for it in day.progress
        ],
    }
    text = json.dumps(seen, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def request(day: Material, local_date: date) -> ScoreRequest:
    """What people wrote is escaped, so that nothing in it can end its quotation."""
    pieces = [
        f'<day date="{local_date:%A %Y-%m-%d}">',
        _tagged("numbers", _numbers(day)),
        _tagged("goals", _goals(day)),
        *_entries(day.entries),
        "</day>",
    ]
    return ScoreRequest(
        system=prompts.load(PROMPT).render(), message="\n".join(filter(None, pieces)), categories=CATEGORIES
    )


def _tagged(name: str, lines: Sequence[str]) -> str:
    return "\n".join([f"<{name}>", *lines, f"</{name}>"]) if lines else ""


def _numbers(day: Material) -> list[str]:
    known = totals(standing(day.entries, day.numbers))
    return [f"- {numbers.shown(name, total.value)}" for name, total in known.items()]


def _goals(day: Material) -> list[str]:
    moved = {it.goal_id for it in day.progress}
    # Those that this day moved come first.
    ordered = sorted(day.goals, key=lambda it: it.id not in moved)
    return [_goal(it, is_moved=it.id in moved) for it in ordered[:MOST_GOALS]]


def _goal(goal: DayGoal, *, is_moved: bool) -> str:
    words = fit(" ".join(goal.title.split()), LONGEST_GOAL)
    if goal.why:
        words += f", because: {fit(' '.join(goal.why.split()), LONGEST_GOAL)}"
    return f"- {escape(words, quote=False)}{' (moved forward this day)' if is_moved else ''}"


def _entries(entries: Sequence[DayEntry]) -> list[str]:
    told = [it for it in entries if it.body.strip()]
    fits = sum(estimate_tokens(it.body) for it in told) <= BUDGET
    share = BUDGET if fits else max(BUDGET // len(told), LEAST_SHARE)
    shown: list[str] = []
    left = BUDGET
    for number, entry in enumerate(told, 1):
        text = fit(entry.body, share)
        left -= estimate_tokens(text)
        if left < 0:
            break
        shown.append(f'<entry n="{number}">\n{escape(text, quote=False)}\n</entry>')
    return shown
