"""Where Telegram delivers; apart from the app, whose library takes long to load."""

WEBHOOK = "/telegram/webhook"
