"""How early a crowd's evening is planned."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.journal.evenings import LEAST_LEAD, MOST_LEAD, Evenings, lead
from tests.journal.evening.people import Clock, Town


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_the_more_are_due_the_earlier_they_are_planned(
    town: Town, evenings: Evenings, clock: Clock
) -> None:
    await town.crowd(400, at("2026-06-10T21:00"))
    clock.goes_to("2026-06-10T20:54")
    await evenings.plan()
    assert len(await town.summaries()) == 400
    assert lead(0) == LEAST_LEAD
    assert lead(400) == LEAST_LEAD + timedelta(minutes=2)
    assert timedelta(hours=1) < lead(20_000) < lead(100_000) == MOST_LEAD


async def test_batches_are_planned_hours_ahead_and_prepared_as_late_as_ever(town: Town, clock: Clock) -> None:
    await town.crowd(2, at("2026-06-10T21:00"))
    clock.goes_to("2026-06-10T18:00")
    await Evenings(sessions=town.sessions, now=clock, ahead=timedelta(hours=3)).plan()
    first, second = await town.summaries()
    assert first.due_at == second.due_at == at("2026-06-10T21:00") - lead(2)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=3)])
async def test_a_crowd_is_prepared_as_early_however_it_is_planned(
    town: Town, clock: Clock, ahead: timedelta
) -> None:
    """Hours ahead, or one minute's people after the other's."""
    evenings = Evenings(sessions=town.sessions, now=clock, ahead=ahead)
    for minute in range(4):
        await town.crowd(100, at(f"2026-06-10T21:0{minute}"))
    clock.goes_to("2026-06-10T17:58")
    while clock() < at("2026-06-10T21:00"):
        await evenings.plan()
        clock.goes_on(minutes=1)
    early = sorted((row.shown_at, row.shown_at - row.due_at) for row in await town.summaries())
    assert len(early) == 400
    # Whoever comes last waits for all the others.
    assert {by for _, by in early[300:]} == {lead(400)}
    assert min(by for _, by in early) >= lead(100)
