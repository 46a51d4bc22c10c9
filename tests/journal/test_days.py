from datetime import UTC, date, datetime, time

import pytest

from bot.journal.days import local_day


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 3, 1, 12, 0, tzinfo=UTC), "Europe/Berlin", date(2026, 3, 1)),
        (datetime(2026, 3, 1, 2, 59, tzinfo=UTC), "Europe/Berlin", date(2026, 2, 28)),
        (datetime(2026, 3, 1, 3, 0, tzinfo=UTC), "Europe/Berlin", date(2026, 3, 1)),
        (datetime(2026, 3, 1, 12, 0, tzinfo=UTC), "Pacific/Kiritimati", date(2026, 3, 1)),
        (datetime(2026, 3, 1, 14, 0, tzinfo=UTC), "Pacific/Kiritimati", date(2026, 3, 2)),
        (datetime(2026, 3, 1, 12, 0, tzinfo=UTC), "Pacific/Pago_Pago", date(2026, 2, 28)),
    ],
)
def test_the_small_hours_belong_to_the_day_before(moment: datetime, zone: str, day: date) -> None:
    assert local_day(moment, zone, time(4)) == day
