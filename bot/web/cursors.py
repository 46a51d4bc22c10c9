"""Where a page ends, as an opaque word: a time and a key, which lead nowhere but into one's own rows."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

from db.queries.pages import Place

# What has this form is some place, if none that a page ended at.
FORM = r"^[A-Za-z0-9_-]{32}$"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def written(place: Place) -> str:
    micros = (place.at - EPOCH) // MICROSECOND
    return base64.urlsafe_b64encode(micros.to_bytes(8, signed=True) + place.id.bytes).decode()


def counting(search_id: UUID, count: int) -> str:
    """A page of what was found once ends at a place in it: a number stands for the time."""
    return written(Place(at=EPOCH + count * MICROSECOND, id=search_id))


def count_of(place: Place) -> int:
    """Of a cursor that counts."""
    return max((place.at - EPOCH) // MICROSECOND, 0)


def read(cursor: str | None) -> Place | None:
    """Of anything in the `FORM`: a time that no clock shows is the nearest that one does."""
    if cursor is None:
        return None
    data = base64.urlsafe_b64decode(cursor)
    micros = int.from_bytes(data[:8], signed=True)
    nearest = min(max(micros, (EARLIEST - EPOCH) // MICROSECOND), (LATEST - EPOCH) // MICROSECOND)
    return Place(at=EPOCH + nearest * MICROSECOND, id=UUID(bytes=data[8:]))
