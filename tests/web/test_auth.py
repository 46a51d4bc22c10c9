"""The account over HTTP: sign up, sign in, sign out, change the password, look, erase."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from db.models import Link, SignIn, User
from tests.web.conftest import EMAIL, PASSWORD, Site

Sessions = async_sessionmaker[AsyncSession]
OTHER = "a kite over the dunes"


async def test_who_registers_has_an_account_and_is_signed_in(site: Site) -> None:
    answer = await site.register(email=" Mina@Example.ORG ", name="Mina")
    assert answer.status == 201
    assert (answer.json["email"], answer.json["name"]) == (EMAIL, "Mina")
    assert answer.json["token_type"] == "bearer"
    me = await site.me(answer.json["access_token"])
    assert (me.status, me.json["id"]) == (200, answer.json["id"])
    assert me.json["time_zone"] == "Europe/Berlin"
    assert me.json["chats"] == 0


async def test_login_takes_the_form_of_oauth(signed_in: Site) -> None:
    answer = await signed_in.login(email="MINA@example.org")
    assert answer.status == 200
    assert answer.json["token_type"] == "bearer"
    assert 8 * 86_400 - 60 < answer.json["expires_in"] <= 8 * 86_400
    assert (await signed_in.me(answer.json["access_token"])).json["email"] == EMAIL


async def test_an_email_makes_one_account(signed_in: Site) -> None:
    answer = await signed_in.register(email="MINA@EXAMPLE.ORG")
    assert (answer.status, answer.json) == (409, {"detail": "there is an account with this e-mail already"})


async def test_an_unknown_email_and_a_wrong_password_get_one_answer(signed_in: Site) -> None:
    wrong = await signed_in.login(password="a wrong password")
    unknown = await signed_in.login(email="nobody@example.org")
    none_at_all = await signed_in.login(email="not an e-mail")
    assert wrong.status == unknown.status == none_at_all.status == 401
    assert wrong.json == unknown.json == none_at_all.json == {"detail": "wrong e-mail or password"}
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


async def test_logout_ends_this_token_and_no_other(signed_in: Site) -> None:
    other = (await signed_in.login()).json["access_token"]
    assert (await signed_in.ask("POST", "/auth/logout")).status == 204
    assert (await signed_in.me()).status == 401
    assert (await signed_in.me(other)).status == 200


async def test_a_changed_password_ends_every_token(signed_in: Site) -> None:
    other = (await signed_in.login()).json["access_token"]
    change = {"old_password": PASSWORD, "new_password": OTHER}
    answer = await signed_in.ask("POST", "/auth/password", json=change)
    assert answer.status == 200
    assert (await signed_in.me()).status == 401
    assert (await signed_in.me(other)).status == 401
    assert (await signed_in.me(answer.json["access_token"])).status == 200
    assert (await signed_in.login()).status == 401
    assert (await signed_in.login(password=OTHER)).status == 200


async def test_the_old_password_is_needed_for_a_new_one(signed_in: Site) -> None:
    change = {"old_password": "not the old one", "new_password": OTHER}
    answer = await signed_in.ask("POST", "/auth/password", json=change)
    assert (answer.status, answer.json) == (403, {"detail": "wrong password"})
    same = {"old_password": PASSWORD, "new_password": PASSWORD}
    answer = await signed_in.ask("POST", "/auth/password", json=same)
    assert (answer.status, "the password that you have" in answer.text) == (422, True)
    assert (await signed_in.login()).status == 200


async def test_erasing_ends_everything(signed_in: Site, sessions: Sessions) -> None:
    assert (await signed_in.ask("DELETE", "/me")).status == 204
    assert (await signed_in.me()).status == 401
    assert (await signed_in.login()).status == 401
    async with sessions() as session:
        assert not (await session.scalars(select(User))).all()
        assert not (await session.scalars(select(SignIn))).all()


@pytest.mark.parametrize(
    ("said", "status"),
    [({}, 403), ({"password": "wrong one"}, 403), ({"password": PASSWORD}, 204)],
)
async def test_an_old_sign_in_erases_and_links_only_with_the_password(
    signed_in: Site, sessions: Sessions, said: dict[str, str], status: int
) -> None:
    async with sessions.begin() as session:
        await session.execute(update(SignIn).values(created_at=SignIn.created_at - timedelta(minutes=11)))
    body = {"json": said} if said else {}
    # Nor does it let a chat in, which would be there to stay.
    linked = await signed_in.ask("POST", "/me/telegram-link", **body)
    assert linked.status == (201 if status == 204 else 403)
    answer = await signed_in.ask("DELETE", "/me", **body)
    assert answer.status == status
    assert (await signed_in.login()).status == (200 if status == 403 else 401)


async def test_of_links_that_are_asked_for_at_once_one_is_left_and_ten_are_an_hours(
    signed_in: Site, sessions: Sessions
) -> None:
    asked = [signed_in.ask("POST", "/me/telegram-link") for _ in range(14)]
    assert sorted(it.status for it in await asyncio.gather(*asked)) == [201] * 10 + [429] * 4
    async with sessions() as session:
        left = select(func.count()).where(Link.expires_at > func.now())
        assert await session.scalar(left) == 1
