"""Care: an entry with words of crisis gets a card with help at once, whatever else works or not."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.journal import safety
from bot.journal.message import Reply
from bot.journal.preferences import Preferences
from bot.journal.safety import Concern
from db.queries import entries, outbox, scores, summaries
from db.queries.entries import EntryRecord
from db.queries.people import Person

# From here on the person themselves may be in danger: no cheer, no numbers, no score that day.
GRAVE = frozenset({Concern.ACUTE, Concern.INDIRECT, Concern.DANGER})
# The check reads so much at a time: a message at its longest, and what stands before it. A sentence that one
# window cuts stands whole in the next.
WINDOW, OVERLAP = 5_120, 1_000
_URGENCY = {concern.value: rank for rank, concern in enumerate(Concern)}


def is_grave(concern: str | None) -> bool:
    return concern in GRAVE


async def concern_of(text: str) -> Concern | None:
    """The gravest concern in a text of any length. Between two windows others have their turn: whatever
    somebody pastes, nobody waits for longer than one window takes. No thread does it: the transaction that is
    open meanwhile would have to wait for one."""
    found = None
    for start in range(0, max(len(text) - OVERLAP, 1), WINDOW - OVERLAP):
        if start:
            await asyncio.sleep(0)
        finding = safety.look(text[start : start + WINDOW])
        if finding and (found is None or _URGENCY[finding.concern] < _URGENCY[found]):
            found = finding.concern
    return found


async def look_after(
    session: AsyncSession,
    person: Person,
    entry_id: UUID,
    text: str,
    before: str | None,
    *,
    was: str | None = None,
    goes_on: bool = False,
) -> str | None:
    """Mark the entry with what its words say of the person's safety, where that is not what it said
    `before`, and show the card for it. Both are committed with the words, so that no crash and no
    mind comes between. What the analyst alone saw in the words that it `was` stays until it has read the new
    ones. The concern, if any.

    Where it only `goes_on` with more words, what was seen stays, and these are looked at with as much before
    them as makes their first sentence whole: a paste of many parts would be read as often as it has parts."""
    if goes_on and was is not None and text.startswith(was):
        concern = graver(await concern_of(text[max(len(was) - OVERLAP, 0) :]), before)
    else:
        concern = await _concern_now(text, before, was)
    if concern != before:
        await entries.write(session, person.user_id, entry_id, concern=concern)
    if concern:
        await show_card(session, person, entry_id, concern)
    return concern


async def _concern_now(text: str, before: str | None, was: str | None) -> Concern | None:
    concern = await concern_of(text)
    stood = graver(concern, before)
    if was is None or stood == concern or await concern_of(was) == before:
        return concern
    return stood


async def heed(
    session: AsyncSession, person: Person, entry: EntryRecord, concern: Concern | None
) -> dict[str, Any]:
    """What the analyst says of the words of an entry counts where it is graver than what is seen in them
    without it: `concern` is the graver one. The columns of the entry that change."""
    if concern == entry.concern:
        return {}
    if concern and concern == graver(concern, entry.concern):
        await show_card(session, person, entry.id, concern)
    return {"concern": concern}


def graver(one: str | None, other: str | None) -> Concern | None:
    """The more urgent of two concerns; what is none counts as none."""
    known = [Concern(it) for it in (one, other) if it in _URGENCY]
    return min(known, key=lambda it: _URGENCY[it], default=None)


def card_for(person: Person, concern: Concern, *, is_kept: bool = True) -> Reply:
    """`is_kept`: the words that it answers are an entry."""
    preferences = Preferences.of(person.settings)
    country = preferences.country or _country_of(person, is_known=preferences.time_zone_is_known)
    return Reply(html=safety.card(country, person.locale, concern, is_kept=is_kept))


def _country_of(person: Person, *, is_known: bool) -> str | None:
    """A zone that nobody has told us is a guess for everybody: what their language tells goes before it."""
    guess = None if is_known else safety.country_of(None, person.locale)
    return guess or safety.country_of(person.time_zone, person.locale)


async def show_card(session: AsyncSession, person: Person, entry_id: UUID, concern: Concern) -> None:
    """Where they have a chat; whoever writes without one reads the card with the entry. No score of that day
    and no cheer that was made ready before comes after it."""
    if is_grave(concern):
        await scores.withhold(session, person.user_id, entry_id)
        await summaries.hold_back(session, person.user_id)
    if person.open_chat is None:
        return
    await outbox.put(
        session,
        slot=f"entry:{entry_id}:care:{concern}",
        purpose="notice",
        chat_id=person.open_chat,
        content=card_for(person, concern).as_content(),
        user_id=person.user_id,
        entry_id=entry_id,
    )
