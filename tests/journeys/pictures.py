"""A chat that is to show pictures, put into the outbox by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bot.journal.message import Button, Reply
from bot.playground.chat import Message
from bot.playground.person import Person
from bot.playground.samples import png
from db.models import Outgoing, StoredPicture, TelegramIdentity
from db.queries import outbox, pictures

from .conftest import World

ONE, OTHER = png(300, 200), png(200, 300)
BUTTONS = ((Button(label="Why", data="why"),),)


@dataclass(frozen=True)
class Gallery:
    world: World
    person: Person
    user_id: UUID

    async def show(
        self,
        html: str,
        picture: bytes | None = None,
        *,
        slot: str = "picture",
        purpose: str = "answer",
        buttons: Any = BUTTONS,
        **more: Any,
    ) -> UUID | None:
        """Have the chat show it; the id of the picture."""
        async with self.world.sessions.begin() as session:
            kept = await pictures.put(session, self.user_id, picture) if picture else None
            await outbox.put(
                session,
                slot=slot,
                purpose=purpose,
                chat_id=self.person.id,
                user_id=self.user_id,
                content=Reply(html=html, buttons=buttons, picture=kept).as_content(),
                replace=True,
                **more,
            )
        self.world.bot._sender.nudge()
        return kept

    async def row(self, slot: str = "picture") -> Outgoing:
        async with self.world.sessions() as session:
            return (await session.scalars(select(Outgoing).where(Outgoing.slot == slot))).one()

    async def kept(self) -> list[UUID]:
        """The pictures that wait to be shown."""
        async with self.world.sessions() as session:
            return list(await session.scalars(select(StoredPicture.id)))

    async def change(self, slot: str, **values: Any) -> None:
        async with self.world.sessions.begin() as session:
            await session.execute(update(Outgoing).where(Outgoing.slot == slot).values(**values))

    def shown(self) -> list[Message]:
        return [it for it in self.person.chat.bot_messages if it.text != self.greeting]

    @property
    def greeting(self) -> str:
        return self.person.chat.bot_messages[0].text

    def file(self, message: Message) -> bytes:
        [photo] = message.payload["photo"]
        return self.world.telegram.world.files.by_id(photo["file_id"]).data


async def gallery_of(world: World, person: Person | None = None) -> Gallery:
    """Of somebody who has met the bot: its first message is its greeting."""
    person = person or world.person()
    await person.writes("/cancel")
    await person.hears(lambda it: it.from_bot)
    await world.settle()
    found = select(TelegramIdentity.user_id).where(TelegramIdentity.telegram_id == person.id)
    async with world.sessions() as session:
        user_id = await session.scalar(found)
    assert user_id is not None
    return Gallery(world, person, user_id)


def now() -> datetime:
    return datetime.now(UTC)
