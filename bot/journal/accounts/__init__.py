"""The account with e-mail and password: a person's other door. It knows no HTTP and no Telegram."""

from bot.journal.accounts.accounts import Accounts
from bot.journal.accounts.values import Caller, SignedIn

__all__ = ["Accounts", "Caller", "SignedIn"]
