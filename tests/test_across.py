"""Who may look across people: everybody else is handed sessions of one person, and can forget nothing."""

import ast
from collections.abc import Iterator

from tests.test_rooms import ROOT, modules, name_of, parsed

# What sees everybody's rows, or makes a session do so.
WIDE = {"async_sessionmaker", "make_sessions", "make_single", "Across", "AsyncEngine", "create_async_engine"}
ATTRIBUTES = {"across", "_across", "see_everybody"}

# Each with what it looks for among everybody's rows.
LOOKS_ACROSS = {
    "bot.app": "builds everything, and asks whether anything is left to do",
    "bot.chat": "whether the database is somebody else's",
    "bot.claim": "whether another bot has the database",
    "bot.check.parts": "whether the database is there",
    "bot.jobs.ticks": "what is due, too old or scattered",
    "bot.journal.accounts.accounts": "whose e-mail it is",
    "bot.journal.accounts.erasing": "what of a person's is being worked on, and what waits to be erased",
    "bot.journal.accounts.linking": "whose chat asked, and whose account is named",
    "bot.journal.deletion": "what was deleted long ago",
    "bot.journal.embed_earlier": "who lacks vectors",
    "bot.journal.evenings": "whose evening comes",
    "bot.journal.index_earlier": "who lacks words",
    "bot.journal.journey": "who waits for the coach",
    "bot.journal.queue": "which entries are due",
    "bot.journal.reminders": "whose reminders are due",
    "bot.journal.scoring.over": "whose days are over",
    "bot.journal.scoring.queue": "which days are due",
    "bot.journal.summary.asking_ahead": "whose summaries come",
    "bot.journal.summary.following": "whose summaries lack words",
    "bot.journal.summary_queue": "which summaries are due",
    "bot.lease": "rows that are nobody's",
    "bot.making": "builds the accounts",
    "bot.telegram.account": "the account and the chat that are to be one person's",
    "bot.telegram.context": "who is there, and chats that are nobody's",
    "bot.telegram.inbox": "rows that are nobody's yet",
    "bot.telegram.membership": "who is there",
    "bot.telegram.outbox": "what any chat is to show",
    "bot.telegram.poller": "the lease on polling",
    "bot.telegram.takeover": "what a former bot left",
}


def wide(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            yield from (it.name for it in node.names if it.name in WIDE)
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES | WIDE:
            yield node.attr


def test_only_these_look_across() -> None:
    bots = [path for path in modules() if path.is_relative_to(ROOT / "bot")]
    assert {name_of(path) for path in bots if any(wide(parsed(path)))} == LOOKS_ACROSS.keys()


def test_only_the_door_makes_a_person_s_session_look_across() -> None:
    doors = [path for path in modules() if "see_everybody" in wide(parsed(path))]
    assert {name_of(path) for path in doors} == {"db.queries.people"}


def test_a_wide_session_is_seen_however_it_is_come_by() -> None:
    assert set(wide(ast.parse("from sqlalchemy.ext.asyncio import async_sessionmaker as a"))) == {
        "async_sessionmaker"
    }
    assert set(wide(ast.parse("context.parts.across.begin()"))) == {"across"}
    assert set(wide(ast.parse("import db.session as s\ns.make_single(x)"))) == {"make_single"}
    assert not set(wide(ast.parse("from db.owned import Sessions\nsessions.begin(user_id)")))
