"""Where things are; apart from the app, whose library takes long to load."""

WEBHOOK = "/telegram/webhook"
API = "/api/v1"
# Before the secret of a link that opens once.
LINK = "/link/"
LOGIN = f"{API}/auth/login"
