"""Callers of the public API, as the sample's people and machines are: signed in, nothing else."""

from collections.abc import Iterable
from typing import Any

import httpx


class Refused(Exception):
    """The API said no where the sample did not expect it."""


class Visitor:
    """One signed-in caller."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"authorization": f"Bearer {token}"}

    async def ask(
        self, method: str, path: str, *, expect: Iterable[int] = (200, 201), **options: Any
    ) -> httpx.Response:
        headers = self._headers | options.pop("headers", {})
        answer = await self._client.request(method, path, headers=headers, **options)
        if answer.status_code not in expect:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text[:400]}")
        return answer

    async def get(self, path: str, **options: Any) -> Any:
        return (await self.ask("GET", path, **options)).json()

    async def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return (await self.ask("POST", path, json=body if body is not None else {}, **options)).json()

    async def items(self, path: str, **params: str) -> list[Any]:
        """A whole list, page by page."""
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = await self.get(path, params={"limit": "200", **params, **({"cursor": cursor} if cursor else {})})
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found


async def sign_in(client: httpx.AsyncClient, username: str, password: str) -> Visitor:
    form = {"grant_type": "password", "username": username, "password": password}
    return Visitor(client, await _token(client, data=form))


async def sign_in_machine(client: httpx.AsyncClient, client_id: str, secret: str) -> Visitor:
    return Visitor(client, await _token(client, data={"grant_type": "client_credentials"}, auth=(client_id, secret)))


async def take_over(client: httpx.AsyncClient, username: str, given: str, chosen: str) -> Visitor:
    """The first sign-in with a printed password: choose an own one, which signs in anew."""
    first = await sign_in(client, username, given)
    answer = await first.ask("POST", "/v1/me/password", json={"current": given, "new": chosen})
    return Visitor(client, answer.json()["access_token"])


async def _token(client: httpx.AsyncClient, **options: Any) -> str:
    answer = await client.post("/v1/auth/token", **options)
    if answer.status_code != httpx.codes.OK:
        raise Refused(f"token: {answer.status_code} {answer.text[:200]}")
    token: str = answer.json()["access_token"]
    return token
