"""`/goals`: a sentence becomes a goal; the lists of them, and what is typed about one."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from bot import prompts
from bot.ai.protocols import ProposedGoal
from bot.journal import phrases
from bot.journal import phrases_goals as words
from bot.journal.charts.words import one_line
from bot.journal.days import today_of
from bot.journal.goals import changes, proposing, reading, screens
from bot.journal.goals.telling import unit_of
from bot.journal.message import Reply
from bot.journal.numbers import plain
from bot.telegram import dialogs, misheard
from bot.telegram.context import Context, identity_of
from bot.telegram.entries import incoming_of
from bot.telegram.screens import person_of, show, toast
from bot.telegram.search import behind_command
from bot.telegram.taps import tapper
from db.queries import apart, calls, goals
from db.queries import dialogs as questions
from db.queries import goal_progress as progress
from db.queries.goals import GoalRecord
from db.queries.people import Person

LISTS = r"^goals:(list|done|add):(\d{1,3})$"

# A proposal has the same id however often its update is handled.
_PROPOSALS = UUID("8f0f4f0c-5c0b-4a39-9d53-7b2f3f6f4f11")


async def goals_(update: Update, context: Context) -> None:
    sentence = behind_command(update)
    problem = proposing.problem_with(sentence) if sentence else None
    if sentence and not problem:
        proposed = await _think(update, context, sentence)
        async with context.own(update) as session:
            person = await person_of(session, update, context)
            reply = await _propose(session, update, person, sentence, proposed)
            await show(session, update, reply, user_id=person.user_id)
    elif problem == "long":
        # What is as long tells something, and Telegram cuts the longest into messages of which only the first
        # is a command.
        await context.parts.journey.take(incoming_of(update, text=sentence), context.standing.user_id)
        await context.answer(update, f"{_problem(problem)} {words.KEPT_AS_ENTRY}")
    else:
        async with context.own(update) as session:
            person = await person_of(session, update, context)
            if problem:
                await dialogs.ask(session, update, "goal")
            reply = Reply(html=_problem(problem)) if problem else await all_of(session, update, person)
            await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()


async def all_of(session: AsyncSession, update: Update, person: Person, page: int = 0) -> Reply:
    """The list; whoever has no goals is asked for one."""
    reply = await screens.listing(session, person.user_id, today=today_of(person), page=page)
    if not reply.buttons:
        await dialogs.ask(session, update, "goal")
    return reply


async def _think(update: Update, context: Context, sentence: str) -> ProposedGoal:
    async with context.parts.sender.thinking(identity_of(update).chat_id):
        return await context.parts.proposer.propose(sentence)


async def _propose(
    session: AsyncSession, update: Update, person: Person, sentence: str, proposed: ProposedGoal
) -> Reply:
    """Keep what was proposed until its person says yes or no."""
    # Telegram may count its updates anew, and then for another message.
    of = update.effective_message.message_id if update.effective_message else 0
    goal_id = uuid5(_PROPOSALS, f"{update.update_id}:{of}:{person.user_id}")
    await goals.propose(session, person.user_id, goal_id, **proposing.columns(proposed, sentence))
    usage, prompt = proposed.usage, prompts.load(proposing.PROMPT)
    await calls.keep(
        session,
        user_id=person.user_id,
        entry_id=None,
        entry_version=None,
        stage="goal",
        prompt=prompt.name,
        prompt_version=prompt.version,
        **vars(usage),
    )
    goal = await goals.lock(session, person.user_id, goal_id)
    if goal is None:
        return Reply(html=words.GONE)
    return screens.proposal(goal, by_rule=proposed.source == "rule")


def _problem(problem: str) -> str:
    return words.TOO_LONG.format(most=proposing.LONGEST) if problem == "long" else words.WORDLESS


async def prepare(update: Update, context: Context) -> ProposedGoal | None:
    """What takes a while of answering with a goal; None for what can be none."""
    text = _text(update)
    if not text or proposing.problem_with(text):
        return None
    return await _think(update, context, text)


async def hear(session: AsyncSession, update: Update, context: Context, question: dict[str, Any]) -> bool:
    """The next message is the goal. One that cannot be is an entry, and its person is told so."""
    message, text, proposed = update.effective_message, _text(update), question["prepared"]
    if message is None:
        return False
    person = await person_of(session, update, context)
    if proposed is None or not proposed.is_goal:
        problem = proposing.problem_with(text)
        why = _problem(problem) if problem else words.WANTS_NOTHING
        await show(session, update, Reply(html=f"{why} {words.KEPT_AS_ENTRY}"), user_id=person.user_id)
        return False
    end = await misheard.keep_apart(session, message)
    reply = await _propose(session, update, person, text, proposed)
    await show(session, update, replace(reply, buttons=[*reply.buttons, end]), user_id=person.user_id)
    return True


async def hear_words(
    session: AsyncSession, update: Update, context: Context, question: dict[str, Any]
) -> bool:
    """Other words for a goal, or why it is wanted."""
    message, text = update.effective_message, one_line(_text(update))
    field = question["field"]
    problem = proposing.problem_with(text)
    if message is None or not text:
        return False
    person = await person_of(session, update, context)
    if problem == "long" or (problem and field == "title"):
        html = f"{_problem(problem)} {words.KEPT_AS_ENTRY}"
        await show(session, update, Reply(html=html), user_id=person.user_id)
        return False
    goal = await goals.lock(session, person.user_id, UUID(question["goal"]))
    end = await misheard.keep_apart(session, message)
    if goal is None:
        reply = Reply(html=words.GONE)
    else:
        if field == "title":
            goal = await changes.rename(session, goal, proposing.cut_title(text))
        else:
            why = None if text.casefold().strip(".!") in changes.NONE else text
            goal = await changes.give_reason(session, goal, why)
        reply = await screens.one(session, goal, today=today_of(person))
    await show(session, update, replace(reply, buttons=[*reply.buttons, end]), user_id=person.user_id)
    return True


async def hear_number(
    session: AsyncSession, update: Update, context: Context, question: dict[str, Any]
) -> bool:
    """A target, or how much to add for today: a number with a unit, or "none". Anything else is no answer."""
    message, amount = update.effective_message, changes.typed(_text(update))
    if message is None or amount is None:
        return False
    person = await person_of(session, update, context)
    goal = await goals.lock(session, person.user_id, UUID(question["goal"]))
    adds = question["field"] == "amount"
    if goal is not None and adds and isinstance(amount, changes.Amount) and not _fits(goal, amount):
        return False
    await apart.set_apart(session, message.chat.id, [message.message_id])
    most = reading.bound(goal) if goal is not None and adds else proposing.MOST_TARGET
    if goal is None:
        reply = Reply(html=words.GONE)
    elif isinstance(amount, str) or (amount.number or 0) > most:
        await dialogs.ask(session, update, "goal_number", goal=question["goal"], field=question["field"])
        reply = Reply(html=words.OUT_OF_RANGE.format(most=plain(most)))
    else:
        today, was = today_of(person), goal
        if not adds:
            goal = await changes.aim(session, goal, amount)
        elif amount.number and goal.state == "active":
            await progress.add(session, goal, today, amount.number)
        reply = await screens.one(session, goal, today=today)
        if changes.is_recounted(was, goal):
            told = words.told_anew(plain(goal.progress), unit_of(was), unit_of(goal))
            reply = replace(reply, html=f"{reply.html}\n\n{told}")
    await show(session, update, reply, user_id=person.user_id)
    return True


def _fits(goal: GoalRecord, amount: changes.Amount) -> bool:
    return amount.unit is None or amount.unit.casefold() == unit_of(goal).casefold()


def _text(update: Update) -> str:
    message = update.effective_message
    return (message and message.text) or ""


async def listed(update: Update, context: Context) -> None:
    match = context.match
    assert match is not None  # noqa: S101 - the table's pattern has matched
    what, page = match[1], int(match[2])
    async with context.own(update) as session:
        person = await tapper(session, update)
        if person:
            await end_question(session, update, person)
            if what == "add":
                await dialogs.ask(session, update, "goal")
                reply = Reply(html=words.ASK_GOAL)
            elif what == "done":
                reply = await screens.finished(session, person.user_id, page=page)
            else:
                reply = await all_of(session, update, person, page)
            reply = replace(reply, buttons=[*reply.buttons, *misheard.still_offered(update)])
            await show(session, update, reply, user_id=person.user_id)
    context.parts.sender.nudge()
    await toast(update, None if person else phrases.OLD_BUTTON)


async def end_question(session: AsyncSession, update: Update, person: Person) -> None:
    """What was asked about a goal ends when its person taps something else."""
    question = await questions.asked(session, person.chat_id)
    if question and str(question.get("ask", "")).startswith("goal"):
        await dialogs.drop(session, update)
