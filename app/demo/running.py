"""`apel demo`: the sample regency served like any other, with one Monday played on it the first time."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import uvicorn
from rich.console import Console
from rich.status import Status
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.queries import find_account_ids
from app.accounts.rules import DatedGrant, NewAccount, make_password
from app.accounts.service import create_account, create_client, reset_password
from app.core.clock import civil_date
from app.core.db import OpenSession, Surroundings, act_as, make_sessions, zone_of
from app.core.keys import load_audit_key
from app.core.principal import Role
from app.core.settings import Settings
from app.demo.beyond import Beyond
from app.demo.ground import mark_played, prepare_ground
from app.demo.loading import load_absences, load_operators, load_registry
from app.demo.monday import Cast, Monday
from app.demo.table import print_beyond, print_board
from app.demo.visitor import sign_in, sign_in_machine, take_over
from app.demo.zoom import DemoZoom, play_zoom
from app.main import connect, create_app

SHOWN = {
    "bupati": Role.BUPATI,
    "bkpp": Role.ADMIN,
    "kominfo": Role.KOMINFO,
    "inspektorat": Role.INSPECTOR,
}
"""Sample accounts whose passwords are printed at every start."""
OPERATOR = "operator.dinkes"


@dataclass(frozen=True)
class Stage:
    """Where the sample runs."""

    settings: Settings
    base_url: str
    console: Console
    zoom: DemoZoom
    played: bool
    """The Monday was played at an earlier start."""

    @property
    def url(self) -> str:
        return database_of(self.settings)


def database_of(settings: Settings) -> str:
    assert settings.database_url is not None, "the command named one"
    return settings.database_url.get_secret_value()


async def run_demo(settings: Settings, host: str, port: int) -> None:
    """Serve until told to stop; the first time, load the sample and play its Monday meanwhile."""
    played = await prepare_ground(database_of(settings))
    async with play_zoom(settings) as (connected, zoom):
        await _serve(Stage(connected, f"http://{host}:{port}", Console(), zoom, played), host, port)


async def _serve(stage: Stage, host: str, port: int) -> None:
    app = create_app(stage.settings)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="app.web.patience:PatientProtocol",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=6,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await _wait_until_served(server, serving)
        await _perform(stage)
    except Exception:
        server.should_exit = True
        await serving
        raise
    await serving


async def _wait_until_served(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started and not serving.done():  # noqa: ASYNC110 — uvicorn offers no event for it
        await asyncio.sleep(0.02)
    if serving.done():
        await serving
        raise SystemExit(1)


async def _perform(stage: Stage) -> None:
    async with connect(stage.settings) as engine:
        surroundings = Surroundings(stage.settings.zone, load_audit_key(stage.settings))
        sessions = make_sessions(engine, surroundings)
        slips = await _renew_passwords(sessions)
        machine = None if stage.played else await _make_adapter(sessions)
    passwords = await _choose_own(stage, slips)
    if machine is not None:
        await _play(stage, passwords, machine)
        await mark_played(stage.url)
    _print_addresses(stage, passwords | await _choose_own(stage, await _renew_operator(stage)))


async def _choose_own(stage: Stage, slips: dict[str, str]) -> dict[str, str]:
    """Passwords in place of the one-time ones: whoever tries the sample signs in with what is printed, and is in."""
    chosen = {username: make_password() for username in slips}
    async with httpx.AsyncClient(base_url=stage.base_url, timeout=30) as client:
        for username, given in slips.items():
            await take_over(client, username, given, chosen[username])
    return chosen


async def _renew_operator(stage: Stage) -> dict[str, str]:
    """A new one-time password for the OPD whose phone may be tried; the played Monday made its account."""
    async with connect(stage.settings) as engine:
        sessions = make_sessions(engine, Surroundings(stage.settings.zone, load_audit_key(stage.settings)))
        async with acting(sessions) as session:
            known = await find_account_ids(session, [OPERATOR])
            return {
                username: (await reset_password(session, account_id, at=datetime.now(UTC))).password
                for username, account_id in known.items()
            }


async def _renew_passwords(sessions: OpenSession) -> dict[str, str]:
    """New one-time passwords for the sample accounts, which are made at the first start."""
    now = datetime.now(UTC)
    async with acting(sessions) as session:
        today = civil_date(now, zone_of(session))
        known = await find_account_ids(session, list(SHOWN))
        slips = {}
        for username, role in SHOWN.items():
            if username in known:
                slips[username] = await reset_password(session, known[username], at=now)
            else:
                slips[username] = await create_account(
                    session, NewAccount(username, (DatedGrant(role, None, today),)), at=now
                )
        return {username: slip.password for username, slip in slips.items()}


async def _make_adapter(sessions: OpenSession) -> tuple[str, str]:
    async with acting(sessions) as session:
        client, secret = await create_client(
            session, f"adapter-contoh-{secrets.token_hex(3)}", Role.ADAPTER, at=datetime.now(UTC)
        )
        return client.name, secret


@asynccontextmanager
async def acting(sessions: OpenSession) -> AsyncGenerator[AsyncSession]:
    async with sessions.begin() as session:
        await act_as(session)
        yield session


async def _play(stage: Stage, passwords: dict[str, str], machine: tuple[str, str]) -> None:
    with stage.console.status("Memuat kabupaten CONTOH") as status:
        async with httpx.AsyncClient(base_url=stage.base_url, timeout=30) as client:
            admin = await sign_in(client, "bkpp", passwords["bkpp"])
            kominfo = await sign_in(client, "kominfo", passwords["kominfo"])
            adapter = await sign_in_machine(client, *machine)
            people = await load_registry(admin)
            status.update("Akun operator OPD")
            operators = await load_operators(client, admin)
            status.update("Izin, cuti, dan surat tugas")
            await load_absences(admin, people, civil_date(datetime.now(UTC), stage.settings.zone))
            cast = Cast(client, admin, kominfo, adapter, operators, stage.zoom)
            board = await Monday(cast, stage.settings.zone, _sayer(stage, status)).play()
            status.update("Rakor, surat edaran, siaran langsung")
            shown = await Beyond(admin, kominfo, stage.settings.zone).play()
    print_board(stage.console, board)
    print_beyond(stage.console, shown)


def _sayer(stage: Stage, status: Status) -> "_Sayer":
    return _Sayer(stage.console, status)


@dataclass
class _Sayer:
    """Progress: a living line on a terminal, one line a step elsewhere."""

    console: Console
    status: Status
    last: str = ""

    def __call__(self, step: str) -> None:
        self.status.update(step)
        head = step.partition(":")[0]
        if not self.console.is_terminal and head != self.last:
            self.console.print(f"… {step}")
        self.last = head


def _print_addresses(stage: Stage, passwords: dict[str, str]) -> None:
    console = stage.console
    console.print(f"\nCONTOH – melayani di {stage.base_url}  (dokumentasi API: {stage.base_url}/docs)")
    console.print(f"Papan apel: {stage.base_url}/papan  (masuk sebagai bupati atau kominfo)")
    console.print(f"Kantor (riwayat, peringkat, antrean, giliran, layar): {stage.base_url}/kantor")
    console.print(f"Lapor dari ponsel: {stage.base_url}/lapor  (masuk sebagai {OPERATOR})")
    console.print("Kata sandi contoh, dibuat baru pada setiap mulai:")
    for username, password in passwords.items():
        console.print(f"  {username:<16} {password}", highlight=False)
    console.print("Berhenti dengan Ctrl-C. / Stop with Ctrl-C.")
