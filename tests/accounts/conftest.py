"""Accounts with known passwords, and signing in to them."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.rules import DatedGrant, NewAccount
from app.accounts.service import create_account
from app.core.principal import Role
from tests.client import Api
from tests.make import MONDAY

PASSWORD = "kuda-lari-di-pantai"
Run = Callable[[Coroutine[Any, Any, Any]], Any]


def grant(role: Role, opd_code: str | None = None, **dates: date) -> DatedGrant:
    return DatedGrant(role, opd_code, **{"from_date": date(2026, 1, 1)} | dates)


@dataclass
class People:
    """Creates accounts and signs in to them over HTTP."""

    api: Api
    session: AsyncSession
    run: Run

    def create(self, username: str, *grants: DatedGrant, **fields: Any) -> Any:
        async def create() -> Any:
            new = NewAccount(username, grants, **{"password": PASSWORD} | fields)
            slip = await create_account(self.session, new, at=MONDAY)
            await self.session.commit()
            return slip

        return self.run(create())

    def token(self, *, at: Any = None, **form: Any) -> Any:
        if at is not None:
            self.api.at(at)
        return self.api.post("/v1/auth/token", data=form)

    def sign_in(self, username: str, password: str = PASSWORD, *, at: datetime | None = None) -> dict[str, Any]:
        answer = self.token(grant_type="password", username=username, password=password, at=at)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def get(self, path: str, tokens: dict[str, Any]) -> Any:
        return self.api.get(path, headers=bearer(tokens))


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {tokens['access_token']}"}


@pytest.fixture
def people(api: Api, session: AsyncSession, run: Run) -> People:
    return People(api, session, run)
