"""The account's side of linking: a way into a Telegram chat, and the chats that are linked."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException, Path
from pydantic import BaseModel, Field
from uuid_utils.compat import uuid4

from bot.journal.accounts.linking import LASTS, Linking
from bot.web.auth import Confirmation
from bot.web.paths import API
from bot.web.problems import BODY, answers
from bot.web.routes import ApiRoute
from bot.web.who import Address, SignedInPerson, TheAccounts

ChatId = Annotated[int, Path(ge=1, lt=2**53, description="As `GET /me/chats` tells it.")]


class TelegramLink(BaseModel):
    url: str = Field(
        description="Open it in Telegram and confirm there. It works once.",
        examples=["https://t.me/daybook_bot?start=link_q3…"],
    )
    expires_in: int = Field(description="Seconds for which it works. Asking anew ends it.")


class Chat(BaseModel):
    id: int
    name: str = Field(description="As Telegram tells it.")
    username: str | None
    gets_summaries: bool = Field(description="Whether what comes by itself comes there.")


def router(linking: Linking, bot_link: Callable[[], str]) -> APIRouter:
    router = APIRouter(prefix=API, tags=["account"], route_class=ApiRoute)

    @router.post("/me/telegram-link", status_code=201, responses=answers(*BODY, 401, 403, 429))
    async def telegram_link(
        caller: SignedInPerson,
        accounts: TheAccounts,
        address: Address,
        said: Annotated[Confirmation | None, Body()] = None,
    ) -> TelegramLink:
        """A link that leads into a chat with the bot, to be linked to your account. Whoever has that chat can
        do all that you can, so ten minutes after you signed in it takes your password again."""
        await accounts.confirm(caller, said.password if said else None, address)
        secret = await linking.ask_from_account(caller.user_id, uuid4())
        return TelegramLink(url=f"{bot_link()}?start=link_{secret}", expires_in=int(LASTS.total_seconds()))

    @router.get("/me/chats", responses=answers(401))
    async def chats(caller: SignedInPerson) -> list[Chat]:
        """The Telegram chats that are linked to your account."""
        return [
            Chat(
                id=it.telegram_id,
                name=" ".join(filter(None, (it.first_name, it.last_name))),
                username=it.username,
                gets_summaries=number == 0,
            )
            for number, it in enumerate(await linking.chats(caller.user_id))
        ]

    @router.delete("/me/chats/{chat_id}", status_code=204, responses=answers(401, 404, 409, 422))
    async def unlink(chat_id: ChatId, caller: SignedInPerson) -> None:
        """Unlink a chat. The diary stays with your account; who writes in that chat is somebody new."""
        try:
            await linking.unlink(caller.user_id, chat_id)
        except LookupError:
            raise HTTPException(404, "no chat of yours has this id") from None

    return router
