"""When nothing comes by itself: the quiet hours of every night, and a silence for a while."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.journal.clock import moment_of, zone_of


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """What a person asked for. The hours, in their `time_zone`, may go past midnight; where they are the
    same there are none."""

    time_zone: str
    begins: time | None = None
    ends: time | None = None
    silent_until: datetime | None = None

    def hours_end(self, moment: datetime) -> datetime | None:
        """When the quiet hours that an aware moment falls into are over, in UTC; None outside of them."""
        if self.begins is None or self.ends is None or self.begins == self.ends:
            return None
        zone = zone_of(self.time_zone)
        local = moment.astimezone(zone)
        at, is_overnight = local.time(), self.ends < self.begins
        is_quiet = at >= self.begins or at < self.ends if is_overnight else self.begins <= at < self.ends
        if not is_quiet:
            return None
        ends_on = local.date() + timedelta(days=1) if is_overnight and at >= self.begins else local.date()
        # Where the clocks went back meanwhile, the first time they show that hour may be over.
        return max(moment_of(ends_on, self.ends, zone), moment)

    def ends_at(self, moment: datetime) -> datetime | None:
        """When it is quiet no more, whichever of both it is, or one after the other; None where it is not
        quiet at that moment."""
        silent = self.silent_until if self.silent_until and self.silent_until > moment else None
        return self.hours_end(silent or moment) or silent
