"""A regency on a running server, on the day of a news report: everything after the first account goes over HTTP."""

import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.accounts.rules import DatedGrant, NewAccount
from app.accounts.service import create_account, create_client
from app.core.clock import utc_now
from app.core.principal import Role
from tests.conftest import SURROUNDINGS
from tests.system.test_serving import environment, free_port

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Json = Any
Machines = dict[Role, tuple[str, str]]
"""Name and secret of each."""
ROOT = Path(__file__).parents[2]
PASSWORD = "kuda-lari-di-pantai"
UP = 90.0
GRANTED = (200, 201)
LONG_AGO = date(2020, 1, 1)


def chosen(username: str) -> str:
    """The password that the owner of an account chose."""
    return f"{PASSWORD}-{len(username)}"


class Caller:
    """Somebody who signs in over HTTP, anew whenever the story's clock has outrun the token."""

    def __init__(self, town: "Town", sign_in: Callable[[], str]) -> None:
        self._town, self._sign_in, self._token = town, sign_in, ""

    def ask(
        self, method: str, path: str, body: Json = None, *, expect: tuple[int, ...] = (200, 201), **more: Any
    ) -> Json:
        """The answer's JSON; `expect` are the only statuses that the story allows."""
        answer = self.send(method, path, body, **more)
        assert answer.status_code in expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def send(self, method: str, path: str, body: Json = None, **more: Any) -> httpx.Response:
        options = more | ({} if body is None else {"json": body})
        headers = options.pop("headers", {})
        for _ in range(2):
            bearer = {"authorization": f"Bearer {self._token}"} if self._token else {}
            answer = self._town.client.request(method, path, headers=headers | bearer, **options)
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
            self._token = self._sign_in()
        return answer

    def get(self, path: str, **more: Any) -> Json:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Json = None, **more: Any) -> Json:
        return self.ask("POST", path, body, **more)

    def put(self, path: str, body: Json, **more: Any) -> Json:
        return self.ask("PUT", path, body, **more)

    def send_file(self, path: str, content: str, **form: str) -> Json:
        return self.ask("POST", path, files={"file": ("berkas.csv", content.encode())}, data=form)


class Town:
    """The server, its clock, and those who call it."""

    def __init__(
        self,
        client: httpx.Client,
        clock: Path,
        zone: ZoneInfo,
        machines: Machines,
        start: Callable[[], subprocess.Popen[bytes]],
    ) -> None:
        self.client, self._clock, self.zone = client, clock, zone
        self._machines = machines
        self._start = start
        self.admin = Caller(self, lambda: self._token("bkpp", PASSWORD))

    def start(self) -> None:
        """Start the server, the first time or anew after it stopped."""
        self.process = self._start()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(UP)

    def at(self, local: str) -> str:
        """Set the regency's clock (`2023-10-09 07:30`); returns the instant in RFC 3339."""
        moment = self.instant(local)
        self._clock.write_text(str((moment - utc_now()).total_seconds()), "utf-8")
        return moment.isoformat()

    def instant(self, local: str) -> datetime:
        return datetime.fromisoformat(local).replace(tzinfo=self.zone).astimezone(UTC)

    def machine(self, role: Role) -> Caller:
        """The relay of Zoom's events (adapter), or the office's frontend (reader)."""
        return Caller(self, lambda: self._take({"grant_type": "client_credentials"}, auth=self._machines[role]))

    def register(self, kind: str, rows: str) -> None:
        """A file of OPDs or people, previewed and applied as the personnel office does."""
        preview = self.admin.send_file("/v1/registry/imports", rows, kind=kind)
        assert preview["summary"]["error"] == 0, preview
        self.admin.post(f"/v1/registry/imports/{preview['id']}/apply", {"override_reason": "cerita"})

    def settle(self, opds: str, people: str, heads: dict[str, str]) -> None:
        """The regency's OPDs and people; `heads`: OPD → NIP of who leads it, known once the people are."""
        self.register("opd", opds)
        self.register("asn", people)
        header, *rows = opds.splitlines()
        led = [f"{row};{heads[row.partition(';')[0]]};definitif" for row in rows]
        self.register("opd", "\n".join([f"{header};head_nip;head_title", *led, ""]))

    def person(self, username: str, role: Role, opd_code: str | None = None, nip: str | None = None) -> Caller:
        """An account made by the personnel office, with the password that its owner chose."""
        grant = {"role": role, "opd_code": opd_code, "from_date": LONG_AGO.isoformat()}
        item = {"username": username, "grants": [grant]} | ({"nip": nip} if nip else {})
        [slip] = self.admin.post("/v1/accounts", {"items": [item]})["items"]
        return self.change_password(username, slip["password"])

    def change_password(self, username: str, given: str) -> Caller:
        """Somebody who chose a password of their own (`chosen`) in place of the one on the slip."""
        first = self.caller(username, given)
        first.post("/v1/me/password", {"current": given, "new": chosen(username)})
        return self.caller(username, chosen(username))

    def caller(self, username: str, password: str) -> Caller:
        return Caller(self, lambda: self._token(username, password))

    def civil_servant(self, asn_id: str) -> Caller:
        """Somebody without an account, by the one-time link that the personnel office hands over."""

        def open_link() -> str:
            link = self.admin.post("/v1/accounts/links", {"asn_id": asn_id})["url"]
            answer = self.client.post("/v1/auth/link", json={"secret": link.partition("#")[2]})
            assert answer.status_code == httpx.codes.OK, answer.text
            token: str = answer.json()["access_token"]
            return token

        return Caller(self, open_link)

    def people(self) -> dict[str, str]:
        """Name → id of everybody who serves today."""
        return {item["name"]: item["id"] for item in self.admin.get("/v1/asn?limit=200")["items"]}

    def _token(self, username: str, password: str) -> str:
        return self._take({"grant_type": "password", "username": username, "password": password})

    def _take(self, form: dict[str, str], **more: Any) -> str:
        answer = self.client.post("/v1/auth/token", data=form, **more)
        assert answer.status_code == httpx.codes.OK, answer.text
        token: str = answer.json()["access_token"]
        return token


@contextmanager
def founded(
    run: Run, url: str, directory: Path, begins: str, zone: str, instansi: str, **settings: str
) -> Iterator[Town]:
    """A server process on an empty database, with the personnel office's account (`bkpp`), two machines, no more.

    `settings` are further variables of its environment.
    """
    machines = run(_open_doors(url))
    port, clock, log = free_port(), directory / "clock", directory / "log"
    given: dict[str, str | Path] = {
        "APEL_DATABASE_URL": url,
        "APEL_DATA_DIR": directory / "data",
        "APEL_TIMEZONE": zone,
        "APEL_INSTANSI_NAME": instansi,
        "STORY_CLOCK": clock,
        **settings,
    }

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.system.clocked", str(port)]
        with log.open("ab") as said:
            return subprocess.Popen(command, cwd=ROOT, env=environment(**given), stdout=said, stderr=said)

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        town = Town(client, clock, ZoneInfo(zone), machines, start)
        town.at(begins)
        town.start()
        try:
            _wait_until_ready(client, town.process, log)
            yield town
        finally:
            town.stop()


async def _open_doors(url: str) -> Machines:
    """What `apel account create` and `apel client create` do on the day that the service is set up."""
    engine = create_async_engine(url)
    sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
    try:
        async with sessions.begin() as session:
            new = NewAccount("bkpp", (DatedGrant(Role.ADMIN, None, LONG_AGO),), password=PASSWORD)
            await create_account(session, new, at=utc_now())
            made = {
                role: await create_client(session, f"mesin-{role}", role, at=utc_now())
                for role in (Role.ADAPTER, Role.READER)
            }
            return {role: (client.name, secret) for role, (client, secret) in made.items()}
    finally:
        await engine.dispose()


def _wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + UP
    while time.monotonic() < ends:
        assert process.poll() is None, log.read_text()
        try:
            if client.get("/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
