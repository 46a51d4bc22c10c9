"""A bot to talk to in the terminal's tests: `python -m tests.playground.parrot FOLDER [PATIENCE]`.

It reacts, types, streams a draft, repeats what it was told and asks with buttons.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiohttp

from bot.playground.samples import png
from bot.playground.server import BotApiServer
from bot.playground.terminal import chat

TOKEN = "123456:test-token"
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Good", "callback_data": "good"}, {"text": "Bad", "callback_data": "bad"}],
        [{"text": "Site", "url": "a.org"}],
    ]
}


class Parrot:
    def __init__(self, url: str, session: aiohttp.ClientSession):
        self._url = f"{url}/bot{TOKEN}/"
        self._session = session
        self._resting = asyncio.Event()
        self._resting.set()

    async def news(self) -> str:
        return "The parrot has no pages"

    async def idle(self) -> None:
        await self._resting.wait()

    async def listen(self) -> None:
        offset = 0
        while True:
            updates = await self._call("getUpdates", offset=offset, timeout=30)
            self._resting.clear()
            for update in updates:
                offset = update["update_id"] + 1
                await self._answer(update)
            self._resting.set()

    async def _answer(self, update: dict[str, Any]) -> None:
        if "callback_query" in update:
            await self._tapped(update["callback_query"])
            return
        message = update.get("message") or update["edited_message"]
        text = message.get("text", "")
        place = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        to = {"chat_id": place["chat_id"]}
        reaction = [{"type": "emoji", "emoji": "✍"}]
        await self._call("setMessageReaction", **place, reaction=reaction)
        if text == "/hang":
            await asyncio.Event().wait()
        elif text == "/picture":
            picture = aiohttp.FormData({"chat_id": str(to["chat_id"]), "caption": "Your week"})
            picture.add_field("photo", png(), filename="a.png")
            await self._post("sendPhoto", data=picture)
        elif text == "/forget":
            await self._call("deleteMessage", **place)
        elif "edited_message" in update:
            reply = {"message_id": place["message_id"]}
            await self._call("sendMessage", **to, text=f"Now: {text}", reply_parameters=reply)
        else:
            await self._say(to, text or "a file")

    async def _say(self, to: dict[str, Any], text: str) -> None:
        await self._call("sendChatAction", **to, action="typing")
        for end in range(3, min(len(text), 300), 3):
            await self._call("sendMessageDraft", **to, draft_id=1, text=f"You said {text[:end]}")
        markup = f"You said <b>{text[:1000].replace('<', '&lt;')}</b>\n<blockquote>quoted</blockquote>"
        await self._call("sendMessage", **to, text=markup, parse_mode="HTML", reply_markup=KEYBOARD)

    async def _tapped(self, query: dict[str, Any]) -> None:
        await self._call("answerCallbackQuery", callback_query_id=query["id"], text="Noted")
        place = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
        await self._call("editMessageText", **place, text=f"You chose {query['data']}")

    async def _call(self, method: str, **parameters: Any) -> Any:
        return await self._post(method, json=parameters)

    async def _post(self, method: str, **body: Any) -> Any:
        async with self._session.post(self._url + method, **body) as answer:
            payload = await answer.json()
            if not payload["ok"]:
                raise RuntimeError(payload["description"])
            return payload["result"]


async def main(folder: Path, patience: float) -> int:
    async with BotApiServer(token=TOKEN) as server, aiohttp.ClientSession() as session:
        parrot = Parrot(server.url, session)
        listening = asyncio.create_task(parrot.listen())
        try:
            return await chat(
                server, server.person(), parrot.idle, parrot.news, folder=folder, patience=patience
            )
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 30.0)))
