from collections.abc import AsyncIterator

import pytest

from tests.journeys.accounts import Api, Browser, a_browser, an_api, base_of
from tests.journeys.conftest import World


@pytest.fixture
async def browser(started: World) -> AsyncIterator[Browser]:
    made = a_browser(await base_of(started))
    async with made.client:
        yield made


@pytest.fixture
async def api(started: World) -> AsyncIterator[Api]:
    made = an_api(await base_of(started))
    async with made.client:
        yield made
