"""A person with the bot in a private chat, and the others who may meet a bot: groups and channels."""

from typing import Any

from bot.playground.chat import Chat
from bot.playground.speaker import Speaker
from bot.playground.world import World

Json = dict[str, Any]

_ANONYMOUS_ADMIN: Json = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


class Person(Speaker):
    """In their private chat with the bot."""

    def __init__(self, world: World, user: Json):
        names = {name: user[name] for name in ("first_name", "last_name", "username") if name in user}
        super().__init__(world, world.add_chat("private", user["id"], **names), user)

    @property
    def id(self) -> int:
        return self.chat.id

    async def blocks(self) -> None:
        self.chat.blocked = True
        self._tell("my_chat_member", _membership(self._world, self.chat, self._user(), "member", "kicked"))

    async def unblocks(self) -> None:
        self.chat.blocked = False
        self._tell("my_chat_member", _membership(self._world, self.chat, self._user(), "kicked", "member"))


class Group:
    """A group (`kind` group or supergroup) that the bot is in. Its members speak through `member`."""

    def __init__(self, world: World, title: str, kind: str = "supergroup"):
        self.chat = world.add_chat(kind, title=title)
        self._world = world

    def member(self, person: Person) -> Speaker:
        return Speaker(self._world, self.chat, person.sender)

    def anonymous_admin(self) -> Speaker:
        """An administrator who writes as the group itself."""
        return Speaker(self._world, self.chat, _ANONYMOUS_ADMIN, sender_chat=self.chat.payload())

    async def adds_bot(self, by: Person) -> None:
        self._move_bot(by, "left", "member")

    async def removes_bot(self, by: Person) -> None:
        self._move_bot(by, "member", "left")

    def _move_bot(self, by: Person, old: str, new: str) -> None:
        self.chat.blocked = new != "member"
        change = _membership(self._world, self.chat, by.sender or {}, old, new)
        self._world.updates.add("my_chat_member", change, lane=self.chat.id)


class Channel(Speaker):
    """A channel that the bot is in; it speaks for itself."""

    def __init__(self, world: World, title: str):
        super().__init__(world, world.add_chat("channel", title=title), None)


def _membership(world: World, chat: Chat, actor: Json, old: str, new: str) -> Json:
    """A ChatMemberUpdated about the bot."""
    return {
        "chat": chat.payload(),
        "from": actor,
        "date": world.now(),
        "old_chat_member": _member(world, old),
        "new_chat_member": _member(world, new),
    }


def _member(world: World, status: str) -> Json:
    until: Json = {"until_date": 0} if status == "kicked" else {}
    return {"user": world.bot, "status": status, **until}
