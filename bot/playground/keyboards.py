"""What Telegram demands of the keyboards under a message."""

from typing import Any

from bot.playground.errors import bad_request
from bot.playground.links import checked_url

_MOST_BUTTONS = 100
_STYLES = {"danger", "success", "primary"}
_ACTIONS = ("url", "callback_data", "web_app", "copy_text")


def checked_markup(markup: dict[str, Any] | None) -> dict[str, Any] | None:
    """The inline keyboard as the message will carry it; None for no inline keyboard.

    Reply keyboards are checked and kept by the client, not by the message. Raises ApiRefused (400).
    """
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        return checked_inline_keyboard(markup)
    for row in markup.get("keyboard", []):
        for button in row:
            _check_text(button, "Keyboard")
    return None


def checked_inline_keyboard(markup: dict[str, Any]) -> dict[str, Any] | None:
    rows = [[_checked_button(button) for button in row] for row in markup["inline_keyboard"] if row]
    if sum(len(row) for row in rows) > _MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _checked_button(button: dict[str, Any]) -> dict[str, Any]:
    """Telegram takes the first action of a button that has several; here it must have one."""
    _check_text(button, "Inline keyboard")
    actions = [action for action in _ACTIONS if button.get(action) not in (None, "")]
    if "callback_data" in button and button["callback_data"] == "":
        raise bad_request("BUTTON_DATA_INVALID")
    if not actions:
        raise bad_request(
            "Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        )
    if len(actions) > 1:
        raise bad_request(
            f"Can't parse inline keyboard button: it has {' and '.join(actions)} where one is allowed",
        )
    if len(button.get("callback_data", "").encode()) > 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        return button | {"url": _checked_button_url(button["url"])}
    return button


def _check_text(button: dict[str, Any], kind: str) -> None:
    if not button["text"].strip():
        raise bad_request(f"{kind} button text must be non-empty")
    if button.get("style", "primary") not in _STYLES:
        raise bad_request("Can't parse inline keyboard button: Invalid button style specified")


def _checked_button_url(url: str) -> str:
    checked = checked_url(url)
    if checked is None or "localhost" in checked:
        raise bad_request(f"Inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return checked
