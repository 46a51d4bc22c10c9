"""The pages behind links that open once: choose a password, sign in, confirm a link.

They are made on the server, hold no script and load nothing from anywhere else.
"""

from bot.web.pages.routes import router

__all__ = ["router"]
