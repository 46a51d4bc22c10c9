"""The account over HTTP: sign up, sign in, sign out, change the password, look, erase."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Form, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.journal.accounts import SignedIn, emails, passwords
from bot.web.fields import Said
from bot.web.paths import API
from bot.web.problems import BODY, answers
from bot.web.routes import ApiRoute
from bot.web.who import Address, SignedInPerson, TheAccounts

router = APIRouter(prefix=API, tags=["account"], route_class=ApiRoute)


def _whole(text: str) -> str:
    """Without halves of characters, which nothing can hold."""
    if any("\ud800" <= it <= "\udfff" for it in text):
        raise ValueError("there is half a character in it")
    return text


Whole = AfterValidator(_whole)
Email = Annotated[
    str,
    Field(max_length=emails.LONGEST, json_schema_extra={"format": "email"}, examples=["mina@example.org"]),
    Whole,
]
Password = Annotated[
    str,
    Field(
        min_length=1,
        max_length=passwords.LONGEST,
        json_schema_extra={"format": "password"},
        examples=["a heron on the lake"],
    ),
    Whole,
]
NewPassword = Annotated[
    str,
    Field(
        min_length=passwords.SHORTEST,
        max_length=passwords.LONGEST,
        json_schema_extra={"format": "password"},
        examples=["a lantern by the river"],
        description="None that many people use, no row of keys, and not your name or e-mail: that is 422.",
    ),
    Whole,
]


class Registration(Said):
    email: Email
    password: NewPassword
    name: Annotated[str, Field(min_length=1, max_length=100, examples=["Mina"]), Whole] = Field(
        description="What the diary calls you."
    )


class Login(BaseModel):
    """The password grant of OAuth 2. What else a client sends along is passed over."""

    model_config = ConfigDict(hide_input_in_errors=True)

    username: Annotated[
        str,
        Field(
            min_length=1, max_length=1000, description="The e-mail address.", examples=["mina@example.org"]
        ),
        Whole,
    ]
    password: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1000,
            json_schema_extra={"format": "password"},
            examples=["a heron on the lake"],
        ),
        Whole,
    ]
    grant_type: Literal["password"] = "password"


class PasswordChange(Said):
    old_password: Password
    new_password: NewPassword


class Confirmation(Said):
    password: Password | None = Field(
        default=None, description="Needed where you signed in more than ten minutes ago."
    )


class Token(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the kind, no secret
    expires_in: int = Field(description="Seconds for which it is good, unless you sign out before.")


class Account(BaseModel):
    id: UUID
    email: str | None
    name: str
    time_zone: str
    chats: int = Field(description="How many Telegram chats are linked.")
    created_at: datetime


class Registered(Token, Account):
    """The account, and a token of one who is signed in to it."""


def _token(signed_in: SignedIn) -> dict[str, Any]:
    left = signed_in.expires_at - datetime.now(UTC)
    return {"access_token": signed_in.token, "expires_in": round(left.total_seconds())}


@router.post("/auth/register", status_code=201, responses=answers(*BODY, 409, 429))
async def register(said: Registration, accounts: TheAccounts, address: Address) -> Registered:
    """Make an account, and sign in to it."""
    signed_in = await accounts.register(said.email, said.password, said.name, address)
    profile = await accounts.profile(signed_in.user_id)
    return Registered(**asdict(profile), **_token(signed_in))


@router.post("/auth/login", responses=answers(*BODY, 401, 429))
async def login(said: Annotated[Login, Form()], accounts: TheAccounts, address: Address) -> Token:
    """Sign in. The answer to an unknown e-mail and to a wrong password is the same."""
    return Token(**_token(await accounts.sign_in(said.username, said.password, address)))


@router.post("/auth/logout", status_code=204, responses=answers(401))
async def logout(caller: SignedInPerson, accounts: TheAccounts) -> None:
    """Sign out: the token is good no more."""
    await accounts.sign_out(caller)


@router.post("/auth/password", responses=answers(*BODY, 401, 403, 429))
async def password(
    said: PasswordChange, caller: SignedInPerson, accounts: TheAccounts, address: Address
) -> Token:
    """Change the password. Every token ends, this one too; the answer holds a new one."""
    return Token(
        **_token(await accounts.change_password(caller, said.old_password, said.new_password, address))
    )


@router.get("/me", responses=answers(401))
async def me(caller: SignedInPerson, accounts: TheAccounts) -> Account:
    """Your account."""
    return Account(**asdict(await accounts.profile(caller.user_id)))


@router.delete(
    "/me",
    status_code=204,
    response_description="All of it is gone.",
    responses=answers(*BODY, 401, 403, 429)
    | {
        202: {
            "description": "It goes in a moment: something of yours is being worked on. You are signed out."
        }
    },
)
async def erase(
    caller: SignedInPerson,
    accounts: TheAccounts,
    address: Address,
    said: Annotated[Confirmation | None, Body()] = None,
) -> Response:
    """Erase everything of yours, for good: entries, recordings, numbers, goals, scores, chats, the
    account. Ten minutes after you signed in it takes your password again."""
    await accounts.confirm(caller, said.password if said else None, address)
    is_gone = await accounts.erase(caller.user_id)
    return Response(status_code=204 if is_gone else 202)
