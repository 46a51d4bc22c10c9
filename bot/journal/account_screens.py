"""`/account` as screens: what is linked, and what can be done about it."""

from uuid import UUID

from bot.journal import phrases_account as words
from bot.journal.accounts.merging import Preview
from bot.journal.message import LINK, Button, Reply
from db.queries.doors import Door, Doors
from db.queries.links import Purpose


def menu(doors: Doors, here: int) -> Reply:
    """`here` is the chat that looks."""
    if doors.email is None:
        rows = [[_button(words.CREATE, "new")], [_button(words.LINK, "old")]]
    else:
        rows = [[_button(words.CHANGE_PASSWORD, "password")], [_button(words.SIGN_OUT, "out")]]
    if len(doors.chats) > 1 and doors.chats[0].telegram_id != here:
        rows.append([_button(words.SUMMARIES_HERE, "here")])
    rows.append([_button(words.UNLINK, "leave")])
    return Reply(html=words.account(doors.email, doors.chats, here), buttons=rows)


def page(purpose: Purpose, link_id: UUID, *, is_public: bool) -> Reply:
    """The way to a page that opens once; the outbox puts its address in as it is shown."""
    rows = [[Button(label=words.OPEN_PAGE, url=LINK)]] if is_public else []
    html = words.page(purpose, None if is_public else LINK)
    return Reply(html=html, buttons=[*rows, [_back()]], link=link_id)


def asks_to_link(link_id: UUID, email: str) -> Reply:
    yes, no = _button(words.YES_LINK, "join", link_id.hex), _button(words.NO_LINK, "no", link_id.hex)
    return Reply(html=words.asks_to_link(email), buttons=[[yes, no]])


def asks_to_merge(link_id: UUID, email: str, found: Preview) -> Reply:
    yes, no = _button(words.YES_MERGE, "merge", link_id.hex), _button(words.NO_MERGE, "no", link_id.hex)
    html = words.asks_to_merge(email, found.source, found.target, len(found.days))
    return Reply(html=html, buttons=[[yes], [no]])


def linked(email: str, before: Preview, chats: int, *, is_known: bool) -> Reply:
    moved = None if before.source.is_empty else before.source
    return Reply(html=words.linked(email, moved, len(before.days), chats, is_known=is_known))


def chat_was_linked(chat: Door) -> Reply:
    """For the other chats of the account."""
    not_me = _button(words.NOT_ME_UNLINK, "door", str(chat.telegram_id))
    return Reply(
        html=words.chat_was_linked(chat), buttons=[[not_me], [_button(words.CHANGE_PASSWORD, "password")]]
    )


def account_was_made(link_id: UUID, email: str, *, can_undo: bool) -> Reply:
    undo = [[_button(words.UNDO, "undo", link_id.hex)]] if can_undo else []
    return Reply(html=words.account_was_made(email), buttons=undo)


def password_changed() -> Reply:
    return Reply(html=words.CHANGED, buttons=[[_button(words.CHANGE_PASSWORD, "password")]])


def which_chat(doors: Doors) -> Reply:
    rows = [[_button(words.whose(it), "door", str(it.telegram_id))] for it in doors.chats]
    return Reply(html=words.WHICH_CHAT, buttons=[*rows, [_back()]])


def asks_to_unlink(doors: Doors, chat: Door, here: int) -> Reply:
    html = words.asks_to_unlink(chat, doors.email, is_here=chat.telegram_id == here)
    return Reply(html=html, buttons=[[_button(words.YES_UNLINK, "off", str(chat.telegram_id)), _back()]])


def only_door(doors: Doors) -> Reply:
    """Instead of closing it."""
    rows = [[_button(words.SEND_COPY, "copy")]]
    if doors.email is None:
        rows += [[_button(words.CREATE, "new")], [_button(words.LINK, "old")]]
    return Reply(html=words.ONLY_DOOR, buttons=[*rows, [_back()]])


def said(html: str) -> Reply:
    """A word, and the way back."""
    return Reply(html=html, buttons=[[_back()]])


def _button(label: str, action: str, about: str = "") -> Button:
    return Button(label=label, data=f"acct:{action}:{about}" if about else f"acct:{action}")


def _back() -> Button:
    return _button(words.BACK, "menu")
