"""What a person wants to be reminded of, and when, read from one line of theirs.

“nudge me at 13:00 on weekdays to drink water”: the time may stand before the thing or after it, and what
is neither stays the thing, word for word.
"""

from .reading import LONGEST, Wish, amended, read
from .when import Problem

__all__ = ["LONGEST", "Problem", "Wish", "amended", "read"]
