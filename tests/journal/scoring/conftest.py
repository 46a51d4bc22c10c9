from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from bot.ai.claude import ClaudeAnalyst, make_client
from bot.ai.offline import OfflineAnalyst
from bot.journal.scoring import DayScorer
from bot.journal.scoring.queue import ScoringQueue
from db import owned
from tests.journal.scoring.diary import Diary, read_day
from tests.vendors import KEY, AnthropicServer


@pytest.fixture
async def anthropic() -> AsyncIterator[AnthropicServer]:
    async with AnthropicServer(answer=read_day) as server:
        yield server


@pytest.fixture
async def scorer(
    anthropic: AnthropicServer, sessions: async_sessionmaker[AsyncSession]
) -> AsyncIterator[DayScorer]:
    """It asks Claude's real client, over HTTP."""
    async with make_client(KEY, anthropic.url, max_retries=0, silence=2) as client:
        yield DayScorer(owned.Sessions(sessions), ClaudeAnalyst(client))


@pytest.fixture
def by_numbers(sessions: async_sessionmaker[AsyncSession]) -> DayScorer:
    """Without a key."""
    return DayScorer(owned.Sessions(sessions), OfflineAnalyst())


@pytest.fixture
def queue(sessions: async_sessionmaker[AsyncSession], scorer: DayScorer) -> ScoringQueue:
    return ScoringQueue(sessions, scorer)


@pytest.fixture
def diary(sessions: async_sessionmaker[AsyncSession]) -> Diary:
    return Diary(sessions)
