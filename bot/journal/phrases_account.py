"""What Daybook says about the account and its links, as Telegram HTML."""

from collections.abc import Sequence
from html import escape

from bot.journal import naming
from db.queries.doors import Door
from db.queries.merging import Holdings

TITLE = "<b>Your account</b>"
CREATE = "Create an account"
LINK = "Link to one I have"
CHANGE_PASSWORD = "Change password"  # noqa: S105 - what a button says
SIGN_OUT = "Sign out everywhere"
UNLINK = "Unlink a chat"
SUMMARIES_HERE = "Summaries to this chat"
OPEN_PAGE = "Open the page"
BACK = "‹ Back"
YES_LINK, NO_LINK = "Yes, link them", "No"
YES_MERGE, NO_MERGE = "Bring them together", "Leave them apart"
YES_UNLINK = "Unlink it"
UNDO = "Not me: undo it"
NOT_ME_UNLINK = "Not me: unlink it"
SEND_COPY = "Send me a copy"

ONLY_HERE = (
    "There is no e-mail and password yet, so Telegram is the only way to your diary. With an account it "
    "outlives a lost phone or a deleted Telegram account."
)
NEVER_HERE = "I never ask for a password in this chat: please don't type one here."

SIGNED_OUT = "Signed out everywhere."
SUMMARIES_COME_HERE = "What comes by itself comes here."
TOO_MANY_LINKS = "Those were many links. Please wait an hour, then try again."
TOO_MANY_TRIES = "Those were many links that don't open. Please wait a while before the next."
LINK_GONE = "This link has expired or was used. Please ask for a new one."
ASKED_TOO_LATE = "That was too long ago. Please start again with /account."
REFUSED = "Alright, nothing is linked."
ALREADY_LINKED = "This chat is linked to that account already."
HAS_ACCOUNT = (
    "This chat has an account of its own, and a chat can't have two. Unlink this chat from it in /account "
    "first, then ask for a new link."
)
UNDONE = (
    "The account is gone again: its e-mail and password open nothing any more, and everybody who used them "
    "is signed out. Your diary is as it was."
)
COPY_SENT = "Here is your diary: entries, numbers, goals and scores."
NO_COPY = "The copy could not be sent. Please try again later."
ONLY_DOOR = (
    "<b>This chat is the only way to your diary.</b> If it were unlinked, nobody could ever read it "
    "again, so I don't do that. Create an account first, or link this chat to one. A copy of everything "
    "you can have at once."
)
WHICH_CHAT = "<b>Which chat shall be unlinked?</b> The diary stays with the account."

PURPOSES = {
    "register": "choose an e-mail and a password for your diary",
    "sign_in": "sign in to the account that this chat shall belong to",
    "password": "choose a new password; it signs out everybody who used the old one",
}


def account(email: str | None, chats: Sequence[Door], here: int) -> str:
    """What is linked; `here` is the chat that looks."""
    lines = [TITLE]
    if email:
        lines.append(f"E-mail: <b>{escape(email, quote=False)}</b>")
    for number, chat in enumerate(chats):
        marks = ["this chat"] if chat.telegram_id == here else []
        if number == 0 and len(chats) > 1:
            marks.append("gets the summaries")
        lines.append(f"Telegram: {', '.join([shown(chat), *marks])}")
    lines += ["", NEVER_HERE if email else f"{ONLY_HERE}\n{NEVER_HERE}"]
    return "\n".join(lines)


def whose(chat: Door) -> str:
    """A chat by the name and the user name that Telegram tells, as plain text."""
    name = naming.tidy(f"{chat.first_name} {chat.last_name or ''}")[: 2 * naming.LONGEST].strip()
    handle = f"@{chat.username}" if chat.username else ""
    return f"{name} ({handle})" if name and handle else name or handle or "somebody without a name"


def shown(chat: Door) -> str:
    return escape(whose(chat), quote=False)


def page(purpose: str, address: str | None) -> str:
    """`address` is given where it works on this machine only."""
    once = "It works once, within ten minutes, and is meant for you alone: never pass it on."
    if address is None:
        return f"On this page you {PURPOSES[purpose]}. {once}"
    return (
        f"On this page you {PURPOSES[purpose]}:\n<code>{address}</code>\n{once}\n\n"
        "The address works only on the computer that I run on. For a phone, whoever runs this bot must set "
        "PUBLIC_URL."
    )


def asks_to_link(email: str) -> str:
    """The whole address: of a part of it, somebody's trap could look like one's own."""
    return (
        f"<b>Link this chat to the account {escape(email, quote=False)}?</b>\n"
        "Your diary then belongs to that account, and whoever can sign in to it reads all of it. If you "
        "didn't ask for this yourself, say no."
    )


def asks_to_merge(email: str, mine: Holdings, theirs: Holdings, days: int) -> str:
    both = f"\n{_many(days, 'day is', 'days are')} in both: those with a score get a new one." if days else ""
    return (
        "<b>Both have a diary already.</b>\n"
        f"This chat: {held(mine)}.\nThe account {escape(email, quote=False)}: {held(theirs)}.{both}\n\n"
        "Brought together they are one diary, and can't be taken apart again."
    )


def linked(email: str, moved: Holdings | None, days: int, chats: int, *, is_known: bool) -> str:
    """`is_known`: the bot has introduced itself to this person."""
    lines = [f"🔗 This chat belongs to the account {escape(email, quote=False)} now."]
    if moved is not None:
        lines.append(f"What came along: {held(moved)}.")
    if days:
        both = _many(days, "day was", "days were")
        lines.append(f"{both} in both: those with a score get a new one in a minute.")
    if chats > 1:
        lines.append("What comes by itself goes to one chat: /account says which.")
    if not is_known:
        lines.append("/start says who I am.")
    return "\n".join(lines)


def chat_was_linked(chat: Door) -> str:
    return f"🔗 Another chat was linked to your diary just now: {shown(chat)}."


def account_was_made(email: str) -> str:
    return (
        f"🔗 Your diary has an account now: {escape(email, quote=False)}. With this e-mail and its password "
        "you can get at it from elsewhere."
    )


CHANGED = (
    "🔗 Your password was changed just now, and everybody who used the old one is signed out. Was it not "
    "you? Change it again."
)


def asks_to_unlink(chat: Door, email: str | None, *, is_here: bool) -> str:
    rest = f"the account {escape(email, quote=False)}" if email else "your other chat"
    after = "If you write here after that" if is_here else "If they write to me after that"
    return (
        f"<b>Unlink {shown(chat)}?</b>\nThe whole diary stays with {rest}, also what was written there. "
        f"{after}, I'm meeting somebody new, with an empty diary."
    )


def unlinked(chat: Door, *, is_here: bool) -> str:
    if is_here:
        return "This chat is unlinked; the diary stays where it is. If you write here, we begin anew."
    return f"{shown(chat)} is unlinked."


UNLINKED_ELSEWHERE = (
    "This chat is unlinked from an account, by whoever is signed in to it; the diary stays there. If you "
    "write here, we begin anew."
)


def password_typed(*, is_deleted: bool, is_private: bool) -> str:
    """After somebody typed one."""
    what = "/account opens a page for that." if is_private else "Write to me in private for that."
    if is_deleted:
        return (
            "I deleted that message at once: a password doesn't belong into a chat. I haven't stored it. "
            f"If you use it anywhere, better choose another. {what}"
        )
    return (
        "That looks like a password, and I couldn't delete the message: <b>please delete it yourself, "
        f"now</b>. I haven't stored it. If you use it anywhere, choose another. {what}"
    )


def password_within(*, is_deleted: bool) -> str:
    """After somebody typed one in the midst of other words."""
    what = "I haven't stored it; the rest is kept. If you use it anywhere, better choose another."
    if is_deleted:
        return f"A line of your message looked like a password, so I deleted the message at once. {what}"
    return (
        "A line of your message looks like a password, and I couldn't delete the message: "
        f"<b>please delete it yourself, now</b>. {what}"
    )


def held(it: Holdings) -> str:
    """In words, without what there is none of."""
    parts = [
        _many(it.entries, "entry", "entries"),
        _many(it.metrics, "number", "numbers"),
        _many(it.goals, "goal", "goals"),
        _many(it.scores, "scored day", "scored days"),
        _many(it.reminders, "reminder", "reminders"),
    ]
    some = [part for part in parts if not part.startswith("0 ")]
    return ", ".join(some) or "nothing yet"


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
