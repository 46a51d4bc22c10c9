"""Ask a coach and an analyst all cases, and tell which checks their answers pass."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import making
from bot.ai.protocols import Analyst, Coach
from bot.config import load as load_settings
from bot.errors import DaybookError, MindError
from bot.journal import coach as coaching
from bot.journal.understand import extraction_request
from evaluation.coach.cases import NOW, Case, load
from evaluation.coach.checks import CHECKS, Reply, failures, misread

READINGS = ("metrics", "asks_about_past", "concern")


@dataclass(frozen=True)
class Outcome:
    """`wrong` names the failed checks of one case with what was wrong; `error` is why a mind gave
    nothing at all."""

    case: Case
    said: str
    wrong: dict[str, str]
    error: str | None = None


async def ask(case: Case, coach: Coach, analyst: Analyst) -> Outcome:
    entry, person = case.entry(), case.person()
    request = coaching.request(entry, person, case.known(), NOW)
    try:
        answer, extraction = await asyncio.gather(
            coach.reply(request, _ignore), analyst.extract(extraction_request(entry))
        )
    except MindError as error:
        return Outcome(case, "", {}, error=str(error))
    reply = Reply(case, answer)
    return Outcome(case, reply.shown, failures(reply) | misread(case, extraction))


def _ignore(_text: str) -> None:
    """Nobody watches the reply grow."""


async def ask_all(cases: Sequence[Case], coach: Coach, analyst: Analyst, parallel: int) -> list[Outcome]:
    """Every case, `parallel` at a time, with a line of progress where a person looks."""
    places = asyncio.Semaphore(parallel)
    done = 0

    async def one(case: Case) -> Outcome:
        nonlocal done
        async with places:
            outcome = await ask(case, coach, analyst)
        done += 1
        if sys.stderr.isatty():
            print(f"\r{done} of {len(cases)}", end="", file=sys.stderr, flush=True)
        return outcome

    outcomes = await asyncio.gather(*(one(case) for case in cases))
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    return list(outcomes)


def table(outcomes: Sequence[Outcome]) -> str:
    """How many cases pass each check, and what was wrong with the others."""
    answered = [it for it in outcomes if it.error is None]
    lines = [f"{'check':24} passed"]
    for name in [*(check.__name__ for check in CHECKS), *READINGS]:
        passed = sum(name not in it.wrong for it in answered)
        lines.append(f"{name:24} {passed:3} of {len(answered)}")
    lines.append(f"{'all':24} {sum(not it.wrong for it in answered):3} of {len(answered)}\n")
    for it in outcomes:
        lines += [f"✗ {it.case.id}: {name}: {what}" for name, what in it.wrong.items()]
        if it.error:
            lines.append(f"✗ {it.case.id}: no answer: {it.error}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """0 where every case was answered, whatever the answers are worth; 1 where one was not."""
    parser = argparse.ArgumentParser(
        prog="scripts/evaluate coach", description="Score the coach and the analyst that the settings name."
    )
    parser.add_argument("--only", metavar="ID", help="the cases whose id begins so")
    parser.add_argument("--show", action="store_true", help="print the replies, to be read by a person")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it there")
    parser.add_argument("--parallel", type=int, default=4, metavar="N", help="requests at a time (4)")
    options = parser.parse_args(arguments)
    cases = [case for case in load() if case.id.startswith(options.only or "")]
    try:
        minds = making.minds(load_settings())
    except DaybookError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    print(f"{len(cases)} cases; coach {minds.coach.model}, analyst {minds.analyst.model}")
    outcomes = asyncio.run(ask_all(cases, minds.coach, minds.analyst, max(1, options.parallel)))
    if options.show:
        for it in outcomes:
            print(f"\n— {it.case.id}\n{it.case.text}\n→ {it.said}")
        print()
    print(table(outcomes))
    if options.json:
        rows = [{"id": it.case.id, "said": it.said, "wrong": it.wrong, "error": it.error} for it in outcomes]
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    return 1 if any(it.error for it in outcomes) else 0
