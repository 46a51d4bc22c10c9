"""Where things are; apart from the app, whose library takes long to load."""

WEBHOOK = "/telegram/webhook"
API = "/api/v1"
LOGIN = f"{API}/auth/login"
