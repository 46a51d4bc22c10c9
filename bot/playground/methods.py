"""Which function does which method. Those of the update queue also need the server's webhook."""

from collections.abc import Callable
from typing import Any

from bot.playground import editing, media, profile, sending
from bot.playground.errors import ApiRefused, bad_request
from bot.playground.parameters import Parameters, Upload
from bot.playground.webhook import Webhook, WebhookTarget
from bot.playground.world import World

Method = Callable[[World, Parameters], Any]

PLAIN_METHODS: dict[str, Method] = {
    "getMe": profile.get_me,
    "getChat": profile.get_chat,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyDescription": profile.set_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "sendMessage": sending.send_message,
    "sendMessageDraft": sending.send_message_draft,
    "sendChatAction": sending.send_chat_action,
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "sendVoice": media.send_voice,
    "sendAudio": media.send_audio,
    "getFile": media.get_file,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "setMessageReaction": editing.set_message_reaction,
    "answerCallbackQuery": editing.answer_callback_query,
}

# Their files come beside them, named in what describes them.
ATTACHING_METHODS: dict[str, Callable[[World, Parameters, dict[str, Upload]], Any]] = {
    "sendMediaGroup": media.send_media_group,
    "editMessageMedia": editing.edit_message_media,
}


async def perform(
    method: str, world: World, webhook: Webhook, given: Parameters, uploads: dict[str, Upload]
) -> Any:
    """The `result` of a call. Raises ApiRefused."""
    plain = PLAIN_METHODS.get(method)
    if plain is not None:
        return plain(world, given)
    attaching = ATTACHING_METHODS.get(method)
    if attaching is not None:
        return attaching(world, given, uploads)
    if method == "getUpdates":
        return await _get_updates(world, webhook, given)
    if method == "setWebhook":
        return await _set_webhook(world, webhook, given)
    if method == "deleteWebhook":
        return await _set_webhook(world, webhook, {**given, "url": ""})
    return _get_webhook_info(world, webhook)


async def _get_updates(world: World, webhook: Webhook, given: Parameters) -> Any:
    if webhook.target is not None:
        raise ApiRefused(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    world.updates.allow(given.get("allowed_updates"))
    return await world.updates.poll(
        offset=given.get("offset", 0),
        limit=min(max(given.get("limit", 100), 1), 100),
        timeout=min(max(given.get("timeout", 0), 0), 50),
    )


async def _set_webhook(world: World, webhook: Webhook, given: Parameters) -> bool:
    url, secret = given.get("url", ""), given.get("secret_token")
    if url and not url.startswith(("https://", "http://")):
        raise bad_request("invalid webhook URL specified")
    if secret is not None and len(secret) > 256:
        raise bad_request("secret token is too long")
    if secret is not None and not (secret.isascii() and secret.replace("_", "").replace("-", "").isalnum()):
        raise bad_request("secret token contains unallowed characters")
    await webhook.point_at(None)
    if given.get("drop_pending_updates"):
        world.updates.drop()
    if url:
        world.updates.allow(given.get("allowed_updates"))
        world.updates.end_poll("Conflict: terminated by setWebhook request")
        connections = min(max(given.get("max_connections", 40), 1), 100)
        await webhook.point_at(WebhookTarget(url=url, secret_token=secret, max_connections=connections))
    return True


def _get_webhook_info(world: World, webhook: Webhook) -> dict[str, Any]:
    info = webhook.info()
    if not world.updates.allows_default:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info
