from datetime import UTC, datetime

import pytest

from bot.journal.evenings import Evenings
from bot.journal.reminders import Reminders
from bot.journal.summary_queue import SummaryQueue
from tests.journal.evening.people import Clock, Sessions, Town, Writer


@pytest.fixture
def clock() -> Clock:
    """It is noon on a Wednesday."""
    return Clock(datetime(2026, 6, 10, 12, tzinfo=UTC))


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


@pytest.fixture
def evenings(sessions: Sessions, clock: Clock) -> Evenings:
    return Evenings(sessions=sessions, now=clock)


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def queue(sessions: Sessions, writer: Writer, clock: Clock) -> SummaryQueue:
    return SummaryQueue(sessions, writer, clock)


@pytest.fixture
def reminders(sessions: Sessions, clock: Clock) -> Reminders:
    return Reminders(sessions=sessions, now=clock)
