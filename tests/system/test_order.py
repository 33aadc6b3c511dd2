"""The same facts give the same Monday, in whatever order they arrive and whenever somebody looks in between."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker

from app.core.principal import Role
from app.core.settings import Settings
from app.demo.zoom_twin.events import Device
from tests.client import Api, serve
from tests.conftest import SURROUNDINGS
from tests.make import DAY, MONDAY, Make
from tests.monday import NUMBER, Story, claim, naming

pytestmark = pytest.mark.system
ORDERS = 6
MINUTE = timedelta(minutes=1)
EVENING = MONDAY + timedelta(hours=10)
"""When everybody looks; until then each fact carries its own time."""
DERIVED = ("score", "score_run", "mark", "finding", "tally", "participant", "conclusion", "stale")
COMPARED = ("score", "mark", "finding", "tally", "participant")
NAMES = ("[DISDIK] Ruang", "[DISDIK] 1003 Wira", "[DISDIK] 2006 Tuti", "[DINKES] 1005 Dedi", "iPhone")


class Monday:
    """Two OPDs, a part, and the facts about their apel, each of them told over HTTP."""

    def __init__(self, loop: asyncio.Runner, connection: AsyncConnection, api: Api, make: Make) -> None:
        self._loop, self._connection, self.api = loop, connection, api
        make.opd("DISDIK")
        make.opd("PKM", parent_code="DISDIK", reports="part")
        make.opd("DINKES", connectivity="weak")
        self.wati = make.asn(name="Wati Lama", nip="198501012010012002")
        self.wira = make.asn(name="Wira Sebentar", nip="198501012010011003")
        self.tuti = make.asn(name="Tuti Ada", nip="198501012010012006")
        make.asn(name="Satpam Malam", nip="198501012010011009", apel_duty=False)
        self.budi = make.asn("PKM", name="Budi Hasan", nip="198601012010011002")
        self.ani = make.asn("DINKES", name="Ani Sakit", nip="198501012010012007")
        self.dedi = make.asn("DINKES", name="Dedi Dinas", nip="198501012010011005")
        make.head("DISDIK", self.wati)
        make.head("DINKES", self.ani, "Plt")
        self.absence = make.absence(self.ani, "CS", state="proposed")
        self.story = Story(api, make.apel(zoom_meeting_ids=[NUMBER]))
        self.devices = {name: Device(str(number), name, f"UUID-{number}") for number, name in enumerate(NAMES, 1)}

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside is taken back at the end."""
        savepoint = self._loop.run(_begin(self._connection))
        yield
        self._loop.run(savepoint.rollback())

    def _joins(self, name: str, minutes: int) -> None:
        self.story.tell(self.story.meeting.joined(self.devices[name], MONDAY + minutes * MINUTE))

    def _leaves(self, name: str, minutes: int, reason: str = "left the meeting") -> None:
        self.story.tell(self.story.meeting.left(self.devices[name], MONDAY + minutes * MINUTE, reason))

    def opened_by_hand(self) -> None:
        """This freezes the roster."""
        answer = self.api.as_(Role.KOMINFO).at(MONDAY).post(self.story.path("open"))
        assert answer.status_code == 200, answer.text

    def started(self) -> None:
        self.story.starts()

    def ended(self) -> None:
        self.story.ends(MONDAY + 33 * MINUTE)

    def room_joined(self) -> None:
        self._joins("[DISDIK] Ruang", 0)

    def room_dropped(self) -> None:
        self._leaves("[DISDIK] Ruang", 12, "network connection error")

    def room_returned(self) -> None:
        self._joins("[DISDIK] Ruang", 20)

    def wira_joined(self) -> None:
        self._joins("[DISDIK] 1003 Wira", 1)

    def wira_left(self) -> None:
        self._leaves("[DISDIK] 1003 Wira", 4)

    def tuti_joined(self) -> None:
        self._joins("[DISDIK] 2006 Tuti", 2)

    def dedi_joined(self) -> None:
        self._joins("[DINKES] 1005 Dedi", 3)

    def stranger_joined(self) -> None:
        self._joins("iPhone", 5)

    def disdik_reported(self) -> None:
        body = naming(claim(3, 1, wfa=1, unexplained=1), (self.wira, "H", "wfa"), (self.tuti, "TK", None))
        self.story.reports("DISDIK", body, at=MONDAY + 10 * MINUTE)

    def disdik_amended(self) -> None:
        """Another version, that names somebody of another OPD as well."""
        people = ((self.wira, "H", "wfa"), (self.dedi, "H", "wfa"), (self.tuti, "TK", None))
        body = naming(claim(4, 1, wfa=2, unexplained=1), *people) | {"reason": "Dedi ikut kami"}
        operator = self.api.as_(Role.OPD_OPERATOR, "DISDIK").at(MONDAY + 15 * MINUTE)
        answer = operator.put(self.story.path("reports/DISDIK"), body, headers={"if-match": '"1"'})
        assert answer.status_code == 200, answer.text

    def part_reported_late(self) -> None:
        self.story.reports("PKM", naming(claim(1, 1)), at=MONDAY + 95 * MINUTE)

    def dinkes_reported(self) -> None:
        body = naming(claim(2, 0, wfa=1, unexplained=1), (self.dedi, "H", "wfa"), (self.ani, "TK", None))
        self.story.reports("DINKES", body, at=MONDAY + 20 * MINUTE)

    def leave_confirmed(self) -> None:
        admin = self.api.as_(Role.ADMIN).at(EVENING)
        path = f"/v1/absences/{self.absence.id}"
        answer = admin.patch(path, {"state": "confirmed"}, headers={"if-match": '"1"'})
        assert answer.status_code == 200, answer.text

    def dinkes_answered(self) -> None:
        operator = self.api.as_(Role.KOMINFO).at(MONDAY + 25 * MINUTE)
        assert operator.post(self.story.path("turns/DINKES/call")).status_code == 200
        answer = operator.post(self.story.path("turns/DINKES/answer"), claim(2, 1, unexplained=1))
        assert answer.status_code == 200, answer.text

    def dispute_decided(self) -> None:
        admin = self.api.as_(Role.ADMIN).at(EVENING)
        found = admin.get(self.story.path("findings"), params={"opd_code": "DISDIK"}).json()["items"]
        finding = next(item for item in found if item["code"] == "unexplained-but-connected")
        body = {"outcome": "explained", "status": "H", "note": "Terlihat di Zoom"}
        answer = admin.post(f"/v1/findings/{finding['id']}/resolve", body)
        assert answer.status_code == 200, answer.text

    def budi_moved(self) -> None:
        """The register says otherwise after the roster was frozen."""
        admin = self.api.as_(Role.ADMIN).at(EVENING)
        path = f"/v1/asn/{self.budi.id}"
        tag = admin.get(path).headers["etag"]
        answer = admin.patch(path, {"opd_code": "DINKES", "from_date": DAY.isoformat()}, headers={"if-match": tag})
        assert answer.status_code == 200, answer.text

    def look(self, draw: Random) -> None:
        """Somebody asks, at any time of that morning."""
        asked = [("GET", "attendance"), ("GET", "board"), ("GET", "findings"), ("POST", "scores")]
        method, rest = draw.choice(asked)
        at = MONDAY + draw.randrange(-10, 240) * MINUTE
        answer = self.api.as_(Role.ADMIN).at(at).request(method, self.story.path(rest))
        assert answer.status_code == 200, answer.text

    def result(self) -> dict[str, Any]:
        """All that was concluded and scored, and the board, without what numbers and dates conclusions."""
        answer = self.api.as_(Role.ADMIN).at(EVENING).post(self.story.path("scores"))
        assert answer.status_code == 200, answer.text
        board = self.story.board(EVENING)
        del board["revision"], board["as_of"]
        names = {
            str(row.id): f"{row.opd_code} {row.version}"
            for row in self._select("SELECT id, opd_code, version FROM report_version")
        }
        kept = {
            name: [row.kept for row in self._select(f"SELECT to_jsonb(t) - 'revision' AS kept FROM {name} AS t")]
            for name in COMPARED
        }
        return {name: _in_order(part, names) for name, part in (kept | {"board": board}).items()}

    def forget_conclusions(self) -> None:
        for name in DERIVED:
            self._loop.run(self._connection.execute(text(f"DELETE FROM {name}")))

    def _select(self, query: str) -> list[Any]:
        return list(self._loop.run(self._connection.execute(text(query))))


async def _begin(connection: AsyncConnection) -> Any:
    return await connection.begin_nested()


def _in_order(part: Any, names: dict[str, str]) -> Any:
    """The same content always written the same way: ids that are made anew have names, rows an order."""
    if isinstance(part, dict):
        return {key: _in_order(value, names) for key, value in part.items()}
    if isinstance(part, list):
        items = [_in_order(item, names) for item in part]
        return sorted(items, key=json.dumps) if all(isinstance(item, dict) for item in items) else items
    return names.get(part, part) if isinstance(part, str) else part


Fact = Callable[[Monday], None]
FACTS: tuple[Fact, ...] = (
    Monday.opened_by_hand,
    Monday.started,
    Monday.room_joined,
    Monday.wira_joined,
    Monday.tuti_joined,
    Monday.dedi_joined,
    Monday.wira_left,
    Monday.stranger_joined,
    Monday.disdik_reported,
    Monday.room_dropped,
    Monday.disdik_amended,
    Monday.dinkes_reported,
    Monday.room_returned,
    Monday.dinkes_answered,
    Monday.ended,
    Monday.part_reported_late,
    Monday.dispute_decided,
    Monday.budi_moved,
    Monday.leave_confirmed,
)
BEFORE: dict[Fact, set[Fact]] = {
    Monday.disdik_amended: {Monday.disdik_reported},
    Monday.dispute_decided: {Monday.tuti_joined, Monday.disdik_reported},
    Monday.budi_moved: {Monday.opened_by_hand},
    Monday.dinkes_answered: {Monday.opened_by_hand},
}
"""What a fact needs to have happened: a claim to amend, a dispute to decide, a roster that is frozen."""
SAID_AGAIN = frozenset({Monday.disdik_reported, Monday.dinkes_answered, Monday.dispute_decided, Monday.budi_moved})
"""Facts that would say something new the second time; all others are told twice now and then."""


def order_of(seed: int) -> list[Fact]:
    """An order in which the facts can arrive; 0: as they happened."""
    if seed == 0:
        return list(FACTS)
    waiting, told = Random(seed).sample(FACTS, len(FACTS)), list[Fact]()
    while waiting:
        fact = next(fact for fact in waiting if BEFORE.get(fact, set()) <= set(told))
        waiting.remove(fact)
        told.append(fact)
    return told


@pytest.fixture(scope="module")
def monday(loop: asyncio.Runner, engine: AsyncEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monday]:
    connection = loop.run(engine.connect().__aenter__())
    outer = loop.run(connection.begin().__aenter__())
    sessions = async_sessionmaker(
        connection,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
        info={"surroundings": SURROUNDINGS},
    )
    building = sessions()
    data_dir: Path = tmp_path_factory.mktemp("data")
    with serve(loop, sessions, Settings(data_dir=data_dir), MONDAY) as api:
        yield Monday(loop, connection, api, Make(building, loop.run))
    loop.run(building.close())
    loop.run(outer.rollback())
    loop.run(connection.close())


@pytest.fixture(scope="module")
def as_it_happened(monday: Monday) -> dict[str, Any]:
    """Every fact in its order, concluded once."""
    with monday.undone():
        for fact in order_of(0):
            fact(monday)
        monday.forget_conclusions()
        return monday.result()


def test_the_story_has_what_can_go_wrong(as_it_happened: dict[str, Any]) -> None:
    """Else the orders below would agree about nothing."""
    statuses = sorted((mark["status"], mark["reason"]) for mark in as_it_happened["mark"])
    assert statuses == [
        ("CS", "absence-confirmed"),
        ("H", "decided"),
        ("H", "reported"),
        ("H", "reported"),
        ("H", "reported-rest"),
        ("H", "reported-rest"),
        ("NR", "not-required"),
    ]
    found = sorted((finding["code"], finding["grade"]) for finding in as_it_happened["finding"])
    assert found == [
        ("late", "explainable"),
        ("left-early", "explainable"),
        ("not-on-roster", "impossible"),
        ("spoken-differs", "suspicious"),
        ("strength-differs", "explainable"),
        ("unexplained-but-connected", "suspicious"),
    ]


@pytest.mark.parametrize("seed", range(ORDERS))
def test_neither_order_nor_looking_nor_telling_twice_changes_the_monday(
    monday: Monday, as_it_happened: dict[str, Any], seed: int
) -> None:
    draw, told = Random(seed), list[Fact]()
    with monday.undone():
        for fact in order_of(seed):
            fact(monday)
            told.append(fact)
            if draw.random() < 0.3:
                monday.look(draw)
            again = draw.choice(told)
            if draw.random() < 0.2 and again not in SAID_AGAIN:
                again(monday)
        found = monday.result()
        monday.forget_conclusions()
        anew = monday.result()
    assert found == as_it_happened
    assert anew == as_it_happened
