"""Which rows of the outbox go by which lane, and which of a chat goes first.

What a person waits for goes by "chat"; what is sent to many at one hour by "bulk", behind everything else of
its chat. What of that a chat shows already is edited because its person tapped something, or because its
words came: it goes by "chat", too.

Of a chat one message at a time is on its way, so that a lost answer is told from another's. Who may wait for
whom has no circle: what is on its way in "bulk" waits for nothing but what somebody is sending now; "chat"
waits for that, and for its own by their order; what is still to go in "bulk" waits for all of these.
"""

from typing import Literal

Lane = Literal["chat", "bulk"]

OPEN_ROWS = "state IN ('waiting', 'sending')"
TO_MANY = "IN ('summary', 'reminder')"


def is_of(lane: Lane, row: str) -> str:
    """Whether a row, by its name in the statement, goes by the lane."""
    if lane == "bulk":
        # So that its index is found, the purpose stands alone.
        return f"({row}.purpose {TO_MANY} AND NOT {row}.is_seen)"
    return f"({row}.purpose NOT {TO_MANY} OR {row}.is_seen)"


def is_in_time(row: str) -> str:
    """What came too late is shown no more; what may be there already is looked at."""
    return f"({row}.stale_at IS NULL OR {row}.stale_at > now() OR {row}.state = 'sending')"


# Of another open row of the chat: whether `w` waits for it.
_IN_CHAT, _IN_BULK = is_of("chat", "earlier"), is_of("bulk", "earlier")
_ON_ITS_WAY = "earlier.state = 'sending'"
BEFORE = {
    "chat": f"({_IN_CHAT} AND {is_in_time('earlier')} AND earlier.id < w.id OR {_IN_BULK} AND {_ON_ITS_WAY})",
    "bulk": f"""CASE w.state
        WHEN 'sending' THEN earlier.lease_until >= now() OR {_IN_BULK} AND {_ON_ITS_WAY} AND earlier.id < w.id
        ELSE {_ON_ITS_WAY} OR {is_in_time("earlier")}
            AND ({_IN_CHAT} OR earlier.due_at <= now() AND earlier.id < w.id) END""",
}
# Of thousands that are due in the same minute any may be next, and to sort them for each takes long. Within
# a chat the rows above keep their order.
ORDER = {"chat": "w.id", "bulk": "w.due_at"}


def is_theirs(row: str) -> str:
    """Whether the chat is a door of the person whose row it is, who may have unlinked it meanwhile. What is
    nobody's goes anywhere, and so does what is for a group, which is nobody's door."""
    return f"""({row}.user_id IS NULL OR {row}.chat_id < 0 OR EXISTS (
        SELECT FROM telegram_identities i WHERE i.chat_id = {row}.chat_id AND i.user_id = {row}.user_id))"""
