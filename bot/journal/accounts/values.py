"""What the account's parts hand each other."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who a token speaks for, by a sign-in that has not ended."""

    user_id: UUID
    sign_in_id: UUID
    signed_in_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A fresh sign-in, and the token that speaks for it."""

    user_id: UUID
    sign_in_id: UUID
    token: str = field(repr=False)
    expires_at: datetime
