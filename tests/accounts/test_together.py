"""Many at once, on connections of their own: an attempt is counted, a refresh token used, a name taken once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.authentication import make_authenticate
from app.accounts.errors import AccountsInvalid, InvalidToken, RefreshRefused, WrongCredentials
from app.accounts.models import Account, RefreshToken
from app.accounts.passwords import verify_password
from app.accounts.rules import NewAccount
from app.accounts.schemas import TokenRequest
from app.accounts.service import create_account
from app.accounts.signin import Tokens, give_tokens, revoke_token
from app.accounts.tokens import Keys, load_keys
from app.core.db import OpenSession, make_engine, make_sessions
from app.core.principal import Role
from app.core.settings import Settings
from tests.accounts.conftest import PASSWORD, Run, grant
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY

SIGN_IN = TokenRequest(grant_type="password", username="rina", password=PASSWORD)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return load_keys(Settings(data_dir=tmp_path))


@asynccontextmanager
async def rina(own_url: str) -> AsyncIterator[OpenSession]:
    """A database with one account, as many workers would see it."""
    engine = make_engine(own_url)
    sessions = make_sessions(engine, SURROUNDINGS)
    try:
        async with sessions.begin() as session:
            new = NewAccount("rina", (grant(Role.KOMINFO),), password=PASSWORD)
            await create_account(session, new, at=MONDAY)
        yield sessions
    finally:
        await engine.dispose()


def renewal(tokens: Tokens) -> TokenRequest:
    return TokenRequest(grant_type="refresh_token", refresh_token=tokens.refresh_token)


def test_thirty_guesses_at_once_are_ten_guesses(own_url: str, run: Run, keys: Keys) -> None:
    async def storm() -> tuple[list[Any], int]:
        async with rina(own_url) as sessions:
            wrong = SIGN_IN.model_copy(update={"password": "wrong"})
            guesses = (give_tokens(sessions, keys, wrong, at=MONDAY) for _ in range(30))
            answers = await asyncio.gather(*guesses, return_exceptions=True)
            async with sessions() as session:
                return answers, (await session.scalars(select(Account.failed_attempts))).one()

    answers, counted = run(storm())
    assert {type(answer) for answer in answers} == {WrongCredentials}
    assert counted == 10


def test_one_refresh_token_repeated_at_once_has_one_successor(own_url: str, run: Run, keys: Keys) -> None:
    async def storm() -> tuple[list[Tokens], int]:
        async with rina(own_url) as sessions:
            first = await give_tokens(sessions, keys, SIGN_IN, at=MONDAY)
            repeated = (give_tokens(sessions, keys, renewal(first), at=MONDAY) for _ in range(10))
            answers = await asyncio.gather(*repeated)
            async with sessions() as session:
                return answers, (await session.scalars(select(func.count()).select_from(RefreshToken))).one()

    answers, links = run(storm())
    assert len({answer.refresh_token for answer in answers}) == 1
    assert links == 2


def test_a_sign_out_beats_a_refresh_that_runs_beside_it(own_url: str, run: Run, keys: Keys) -> None:
    authenticate = make_authenticate(lambda: keys)

    async def race() -> None:
        async with rina(own_url) as sessions:
            first = await give_tokens(sessions, keys, SIGN_IN, at=MONDAY)
            async with sessions.begin() as session:
                await revoke_token(session, keys, first.refresh_token or "", at=MONDAY)
                beside = asyncio.create_task(give_tokens(sessions, keys, renewal(first), at=MONDAY))
                await asyncio.sleep(0.2)
                assert not beside.done()
            with pytest.raises(RefreshRefused):
                await beside
            async with sessions() as session:
                with pytest.raises(InvalidToken):
                    await authenticate(session, first.access_token, at=MONDAY)

    run(race())


def test_a_name_wanted_by_two_at_once_goes_to_one(own_url: str, run: Run) -> None:
    async def race() -> list[Any]:
        async with rina(own_url) as sessions:

            async def create() -> Any:
                async with sessions.begin() as session:
                    return await create_account(session, NewAccount("budi", (grant(Role.KOMINFO),)), at=MONDAY)

            return list(await asyncio.gather(create(), create(), return_exceptions=True))

    outcomes = run(race())
    assert sorted(isinstance(outcome, AccountsInvalid) for outcome in outcomes) == [False, True]


def test_a_sign_in_holds_no_connection_while_it_hashes(own_url: str, run: Run, keys: Keys) -> None:
    async def storm() -> list[int]:
        async with rina(own_url) as sessions:
            pool: Any = sessions.kw["bind"].pool
            # Both hashing threads are busy for half a second, so that the sign-in has to wait for one.
            busy = [asyncio.create_task(verify_password("x", None)) for _ in range(30)]
            signing_in = asyncio.create_task(give_tokens(sessions, keys, SIGN_IN, at=MONDAY))
            held = []
            while not signing_in.done():
                held.append(pool.checkedout())
                await asyncio.sleep(0.005)
            await asyncio.gather(*busy, signing_in)
            return held

    held = run(storm())
    assert held.count(0) > len(held) / 2
