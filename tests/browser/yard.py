"""A regency's Monday for the phones: one server, and for each story an OPD of its own with an operator."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from app.core.principal import Role
from tests.system.town import PASSWORD, Caller, Town

MORNING = "2026-11-23 07:21"
NAMES = ("Siti Aminah", "Budi Santoso", "Rahma Wati", "Gunawan Saleh", "Andi Baso", "Nurhayati", "Yusuf Daeng", "Hasna")

SMALL = (
    "DINKES",
    "BKPP",
    "DISHUB",
    "DINSOS",
    "DISKOMINFO",
    "DPMPTSP",
    "SATPOL",
    "KALUMPANG",
    "PERTANIAN",
    "PERIKANAN",
    "PASAR",
    "PARIWISATA",
    "HUKUM",
    "KESRA",
    "SEKDA",
    "ORTALA",
    "UMUM",
    "ARSIP",
    "PERPUS",
    "STATEL",
    "STATED",
    "LOOKPL",
    "LOOKPD",
    "LOOKOL",
    "LOOKOD",
    "KEUANGAN",
    "KOPERASI",
    "TERNAK",
    "SETWAN",
    "KEBUN",
    "HUTAN",
)
STRENGTHS = {"DISDIK": 38, "RSUD": 221} | dict.fromkeys(SMALL, 9)
"""OPD → people, one of whom has no apel duty."""


@dataclass
class Yard:
    """The town on its Monday, and its apel."""

    town: Town
    apel_id: str
    kominfo: Caller
    operators: dict[str, Caller] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.town.client.base_url)

    def operator(self, code: str, *also: str) -> str:
        """The username of one who reports for an OPD, and as Plt for others too."""
        name = f"op.{code.lower()}"
        grants = [{"role": "opd_operator", "opd_code": one, "from_date": "2020-01-01"} for one in (code, *also)]
        [slip] = self.town.admin.post("/v1/accounts", {"items": [{"username": name, "grants": grants}]})["items"]
        first = self.town.caller(name, slip["password"])
        first.post("/v1/me/password", {"current": slip["password"], "new": password_of(name)})
        self.operators[code] = self.town.caller(name, password_of(name))
        return name

    def person(self, code: str, place: int) -> str:
        """The id of one of an OPD's people."""
        people = self.town.admin.get(f"/v1/asn?limit=200&opd_code={code}")["items"]
        return str(next(one["id"] for one in people if one["name"].endswith(f" {place}")))

    def report(self, code: str) -> Any:
        return self.operators[code].get(f"/v1/apel/{self.apel_id}/reports/{code}")

    def versions(self, code: str) -> list[Any]:
        items: list[Any] = self.operators[code].get(f"/v1/apel/{self.apel_id}/reports/{code}/versions")["items"]
        return items


def password_of(username: str) -> str:
    return f"{PASSWORD}-{len(username)}"


def opd_file(sizes: dict[str, int], below: dict[str, str]) -> str:
    """OPDs that report, and below them some that do not (`below`: code → parent)."""
    rows = [f"{code};Dinas {code.title()};{code.title()};dinas;;{order};yes" for order, code in enumerate(sizes, 1)]
    rows += [f"{code};UPTD {code.title()};{code.title()};upt;{parent};90;no" for code, parent in below.items()]
    return "\n".join(["code;name;short_name;type;parent_code;protocol_order;reports", *rows, ""])


def asn_file(sizes: dict[str, int]) -> str:
    """Everybody with a name of their own; the last of each OPD has no apel duty."""
    rows = []
    for unit, (code, size) in enumerate(sizes.items()):
        for place in range(size):
            name = f"{NAMES[place % len(NAMES)]} {code.title()} {place + 1}"
            nip = f"198501{1 + unit:02d}2010011{place + 1:03d}"
            duty = "no" if place == size - 1 else "yes"
            rows.append(f"{nip};{name};PNS;{code};Pelaksana;{duty};2020-01-01")
    return "\n".join(["nip;name;employment_type;opd_code;position;apel_duty;from_date", *rows, ""])


def settle(town: Town, sizes: dict[str, int], below: dict[str, str]) -> Yard:
    """Register everybody, plan the Monday's apel, and let the morning begin."""
    town.register("opd", opd_file(sizes, below))
    town.register("asn", asn_file(sizes))
    kominfo = town.person("kominfo", Role.KOMINFO)
    days = {"from": "2026-11-23", "to": "2026-11-23", "starts": "07:30", "ends": "08:15", "deadline": "08:30"}
    planned = kominfo.post("/v1/apel/plan", days | {"zoom_meeting_ids": ["86084701483"], "title": "Apel Gabungan"})
    town.at(MORNING)
    return Yard(town, planned["made"][0]["id"], kominfo)


def sign_in(page: Page, username: str) -> None:
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(password_of(username))
    page.get_by_role("button", name="Masuk").click()


def wait_for_worker(page: Page) -> None:
    """Until the page's files are kept, so that it opens without a line."""
    until(page, "navigator.serviceWorker.controller !== null")


def until(page: Page, expression: str) -> None:
    """Until an expression holds; Playwright's own waiting is refused by the page's policy."""
    ends = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(50)


def kept(page: Page) -> list[str]:
    """Keys of all that lies on the phone."""
    names: list[str] = page.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("lapor", 1).onsuccess = ({ target: { result } }) => {
            result.transaction("kept").objectStore("kept").getAllKeys().onsuccess = (event) => {
              result.close();
              done(event.target.result);
            };
          };
        })"""
    )
    return names


class LossyLine:
    """A line between phone and service that can swallow an answer after the service has given it."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.swallows: Callable[[bytes], bool] = lambda _: False
        self.swallowed = 0
        self.turned: dict[bytes, bytes] = {}
        """What is said in either direction → what arrives instead, of the same length."""
        threading.Thread(target=self._open, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def close(self) -> None:
        self._door.close()

    def _open(self) -> None:
        while True:
            try:
                phone, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        """One connection: what the phone says goes on, and the answer comes back, or is lost with the connection."""
        with phone, socket.create_connection(self._to) as service, suppress(OSError):
            lost = threading.Event()
            threading.Thread(target=self._answer, args=(service, phone, lost), daemon=True).start()
            while said := phone.recv(65536):
                if self.swallows(said):
                    lost.set()
                service.sendall(self._turn(said))

    def _answer(self, service: socket.socket, phone: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while answer := service.recv(65536):
                if lost.is_set():
                    self.swallowed += 1
                    phone.shutdown(socket.SHUT_RDWR)
                    return
                phone.sendall(self._turn(answer))

    def _turn(self, said: bytes) -> bytes:
        for old, new in self.turned.items():
            said = said.replace(old, new)
        return said


@contextmanager
def lossy_line(town: Town) -> Iterator[LossyLine]:
    line = LossyLine("127.0.0.1", town.client.base_url.port or 80)
    try:
        yield line
    finally:
        line.close()
