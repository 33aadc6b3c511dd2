"""An apel of two OPDs, what is seen in its meeting, and what a person says about it."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from app.apel.models import Apel
from app.apel.queries import get_apel, get_roster
from app.apel.service import record_occurrence
from app.core.principal import Role
from app.evidence.rules import LeaveKind, Presence, SightingKind, SightingSeen
from app.evidence.service import record_sightings, settle
from app.registry.models import Asn
from tests.client import Api
from tests.make import MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
NUMBER = "86084701483"
END = MONDAY + timedelta(minutes=30)
LATER = MONDAY + timedelta(minutes=61)


def t(minute: float) -> datetime:
    return MONDAY + timedelta(minutes=minute)


def seen(
    device: str, name: str, joined: float, left: float | None = None, *, run: str = "run", **keys: Any
) -> list[SightingSeen]:
    why = LeaveKind(keys.pop("why", "left"))
    rows = [SightingSeen(run, device, SightingKind.JOINED, t(joined), name, **keys)]
    if left is not None:
        rows.append(SightingSeen(run, device, SightingKind.LEFT, t(left), name, leave_kind=why))
    return rows


class Monday:
    """An apel of two OPDs whose meeting ran from its planned start to its end."""

    def __init__(self, make: Make, run: Run, api: Api, *, held: bool = True) -> None:
        self.session, self._run, self._make = make.session, run, make
        make.opd("DISDIK", zoom_email="disdik@mamuju.go.id")
        make.opd("DINKES")
        self.siti: Asn = make.asn("DISDIK", "Siti Aminah", nip="198501012010011001", email="Siti@Mamuju.go.id")
        self.budi: Asn = make.asn("DISDIK", "Budi Santoso", nip="198501012010011002")
        self.ana: Asn = make.asn("DISDIK", "Ana Lestari", nip="198501012010021002")
        self.apel: Apel = make.apel(zoom_meeting_ids=[NUMBER])
        self.api = api.at(LATER)
        self.run = "run"
        if held:
            self.hold("run", 0, 30)

    def hold(self, uuid: str, start: float, end: float, number: str = NUMBER, host_id: str | None = None) -> None:
        times = {"started_at": t(start), "ended_at": t(end), "seen_at": t(start)}
        self._do(record_occurrence(self.session, uuid, number, **times, host_id=host_id))

    def see(self, *sightings: list[SightingSeen]) -> None:
        self._do(record_sightings(self.session, [one for some in sightings for one in some]))

    def settle(self, apel: Apel | None = None) -> list[Presence]:
        async def work() -> list[Presence]:
            now = await get_apel(self.session, (apel or self.apel).id, at=LATER)
            found = await settle(self.session, now, await get_roster(self.session, now), at=LATER)
            await self.session.commit()
            return found

        found: list[Presence] = self._run(work())
        return found

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        async def commit() -> None:
            await work
            await self.session.commit()

        self._run(commit())

    @property
    def path(self) -> str:
        return f"/v1/apel/{self.apel.id}/participants"

    def items(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.api.as_(Role.KOMINFO).get(self.path, params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def all(self, statement: Any) -> list[Any]:
        async def ask() -> list[Any]:
            return list(await self.session.scalars(statement))

        found: list[Any] = self._run(ask())
        return found


def assign(monday: Monday, item: dict[str, Any], body: dict[str, Any], role: Role = Role.KOMINFO) -> Any:
    return monday.api.as_(role).post(f"{monday.path}/{item['id']}/assign", body)
