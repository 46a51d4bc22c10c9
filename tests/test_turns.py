"""What nobody waits for lets people go first, and is done all the same."""

import asyncio

from bot.turns import PLACES, Turns, unhurried


class Crowd:
    """Steps that nobody waits for: each tells when it has begun, and ends when it is let go."""

    def __init__(self, turns: Turns, number: int) -> None:
        self.begun = 0
        self.go_on = asyncio.Event()
        self._turns = turns
        self._changed = asyncio.Event()
        self.tasks = [asyncio.create_task(self._step()) for _ in range(number)]

    async def _step(self) -> None:
        with unhurried():
            async with self._turns.taken():
                self.begun += 1
                self._changed.set()
                # A transaction within one, as of a savepoint's helper, takes no other place.
                async with self._turns.taken():
                    await self.go_on.wait()

    async def until_begun(self, number: int) -> None:
        async with asyncio.timeout(10):
            while self.begun < number:
                self._changed.clear()
                await self._changed.wait()


async def until_idle() -> None:
    """Whoever can go on without a clock or a network has."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_few_at_a_time_however_many_there_are() -> None:
    crowd = Crowd(Turns(), 10)
    await until_idle()
    assert crowd.begun == PLACES
    crowd.go_on.set()
    await asyncio.gather(*crowd.tasks)
    assert crowd.begun == 10


async def test_none_begins_while_somebody_is_waited_on() -> None:
    turns = Turns(most=60.0)
    async with turns.taken():
        crowd = Crowd(turns, 3)
        await until_idle()
        assert crowd.begun == 0
        # People wait for nobody.
        async with turns.taken():
            pass
        await until_idle()
        assert crowd.begun == 0
    crowd.go_on.set()
    await asyncio.gather(*crowd.tasks)


async def test_people_do_not_wait_for_what_is_under_way() -> None:
    turns = Turns()
    crowd = Crowd(turns, 5)
    await until_idle()
    async with turns.taken():
        assert crowd.begun == PLACES
    crowd.go_on.set()
    await asyncio.gather(*crowd.tasks)


async def test_somebody_who_never_rests_does_not_keep_it_from_being_done() -> None:
    turns = Turns(most=0.05)
    async with turns.taken():
        crowd = Crowd(turns, PLACES + 3)
        await crowd.until_begun(PLACES)
        crowd.go_on.set()
        await asyncio.gather(*crowd.tasks)
    assert crowd.begun == PLACES + 3


async def test_one_that_is_given_up_leaves_its_place() -> None:
    turns = Turns(most=60.0)
    async with turns.taken():
        crowd = Crowd(turns, PLACES)
        await until_idle()
        for task in crowd.tasks:
            task.cancel()
        await asyncio.gather(*crowd.tasks, return_exceptions=True)
    other = Crowd(turns, PLACES)
    await other.until_begun(PLACES)
    other.go_on.set()
    await asyncio.gather(*other.tasks)
