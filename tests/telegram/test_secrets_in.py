"""No password and no link's secret is in an update by the time that it is stored."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, Update

from bot.journal.accounts.secrets import LENGTH, digest
from bot.telegram.inbox import received
from bot.telegram.secrets_in import STRUCK, is_password, strike

SECRET = "hunter2-canary"
LINK = "q" * LENGTH


def message(**content: Any) -> dict[str, Any]:
    who = {"id": 7, "is_bot": False, "first_name": "Mina"}
    return {"message_id": 5, "date": 0, "chat": {"id": 7, "type": "private"}, "from": who, **content}


TYPED = message(text=f"/password {SECRET}")


@pytest.mark.parametrize(
    "update",
    [
        {"message": TYPED},
        {"edited_message": TYPED},
        {"channel_post": TYPED},
        {
            "message": message(
                caption=f"\n /PassWord {SECRET}", photo=[], link_preview_options={"url": SECRET}
            )
        },
        {"message": message(text="why?", reply_to_message=TYPED, quote={"text": SECRET, "position": 10})},
        {"message": message(text="why?", pinned_message=TYPED)},
        {"callback_query": {"id": "1", "message": message(text="no", reply_to_message=TYPED)}},
        {"some_new_kind": [{"deep": [TYPED]}]},
        {"poll": {"question": "Q", "options": [{"text": f"/password {SECRET}", "voter_count": 0}]}},
    ],
)
def test_what_follows_the_command_is_not_stored(update: dict[str, Any]) -> None:
    stored = json.dumps(received({"update_id": 1, **json.loads(json.dumps(update))}).payload)
    assert SECRET not in stored
    assert STRUCK in stored


@pytest.mark.parametrize(
    "typed", ["/password {}", "  /PassWord\n{}", "/password@daybook_bot: {}", "／password{}"]
)
def test_in_the_midst_of_other_words_only_its_place_is_left(typed: str) -> None:
    text = f"A long day 🌊\n{typed.format(SECRET)}\nand /password managers"
    quoted = {"text": SECRET, "position": 10}
    update = {"message": message(text="?", reply_to_message=message(text=text), quote=quoted)}
    left = received({"update_id": 1, **update}).payload["message"]
    assert SECRET not in json.dumps(left)
    kept = left["reply_to_message"]["text"]
    assert kept.startswith("A long day 🌊\n")
    assert kept.endswith(f"{'•' * len(SECRET)}\nand /password managers")
    assert len(kept) == len(text)


def test_what_is_left_tells_whose_it_was_and_that_it_was_the_command() -> None:
    entities = [{"type": "spoiler", "offset": 10, "length": 14}]
    payload = {"update_id": 1, "message": {**TYPED, "entities": entities, "via_bot": SECRET}}
    left = received(payload).payload
    update = Update.de_json(left, Bot("1:a"))
    assert update.message
    assert update.message.text == STRUCK
    assert update.message.chat.id == update.message.from_user.id == 7  # type: ignore[union-attr]
    assert [it.type for it in update.message.entities] == ["bot_command"]
    assert left["message"].keys() == message().keys() | {"text", "entities"}


@pytest.mark.parametrize(
    ("text", "hides"),
    [
        ("/password", False),
        ("/password  \n", False),
        ("/password@daybook_bot", False),
        ("/PASSWORD@Daybook_Bot  ", False),
        ("/password@hunter2", True),
        ("/password@daybook_bot x", True),
        ("/password@daybook_botx", True),
        ("/password,x", True),
        ("/passwords", True),
        ("\u200e/password x", True),
        ("／password x", True),
        ("/ password x", True),
        ("my /password x", False),
        ("password x", False),
        ("/pass word", False),
    ],
)
def test_what_is_taken_for_one(text: str, hides: bool) -> None:
    assert is_password(text) is hides


def test_a_link_from_an_account_is_known_by_its_hash_alone() -> None:
    update = received({"update_id": 1, "message": message(text=f"/start link_{LINK}")}).payload
    assert update["message"]["text"] == f"/start link_{digest(LINK).hex()}"
    # What is stored, typed by somebody who saw it there, is another link's.
    again = received({"update_id": 2, "message": message(text=update["message"]["text"])}).payload
    assert again["message"]["text"] != update["message"]["text"]


def test_of_addresses_the_place_is_left() -> None:
    address = f"https://diary.example.org/link/{LINK}"
    deep = f"https://t.me/daybook_bot?start=link_{LINK}"
    shown = message(
        text=f"see {address} and {deep} here",
        entities=[{"type": "text_link", "offset": 0, "length": 3, "url": address}],
        reply_markup={"inline_keyboard": [[{"text": "Open the page", "url": address}]]},
    )
    update = received({"update_id": 1, "callback_query": {"id": "1", "message": shown}}).payload
    assert LINK not in json.dumps(update)
    text = update["callback_query"]["message"]["text"]
    assert len(text) == len(f"see {address} and {deep} here")
    assert text.startswith("see https://diary.example.org/link/•")
    assert text.endswith("• here")


def test_other_links_stay_as_they_are() -> None:
    for text in ("/link/short", f"/link/{LINK}q", "https://example.org/link/a-page", "/start link_"):
        update = received({"update_id": 1, "message": message(text=text)}).payload
        assert update["message"]["text"] == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_whatever_comes_it_is_struck_once_and_nothing_fails(it: Any) -> None:
    strike(it)
    once = json.dumps(it)
    strike(it)
    assert json.dumps(it) == once
