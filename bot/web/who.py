"""Who is asking: the person behind a bearer token."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from bot.errors import TokenRefused
from bot.journal.accounts import Accounts, Caller
from bot.web.paths import LOGIN

bearer = OAuth2PasswordBearer(
    tokenUrl=LOGIN, auto_error=False, description="Sign in with e-mail and password for a token."
)


def accounts_of(request: Request) -> Accounts:
    accounts = request.app.state.accounts
    assert isinstance(accounts, Accounts)  # noqa: S101 - the state is untyped
    return accounts


def address_of(request: Request) -> str | None:
    """Where the request comes from. Behind a proxy that is trusted (`TRUSTED_PROXIES`) it is the address
    that the proxy names."""
    return request.client.host if request.client else None


TheAccounts = Annotated[Accounts, Depends(accounts_of)]
Address = Annotated[str | None, Depends(address_of)]


async def signed_in(accounts: TheAccounts, token: Annotated[str | None, Depends(bearer)]) -> Caller:
    if not token:
        raise TokenRefused("sign in first")
    return await accounts.who(token)


SignedInPerson = Annotated[Caller, Depends(signed_in)]
"""Answers 401 where nobody is signed in."""
