import os

# The library gives durations as timedeltas from its next major version on, and now if asked to.
os.environ.setdefault("PTB_TIMEDELTA", "true")
