"""Builders: one function per thing a test needs, with defaults that mean nothing special."""

from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel
from app.core.clock import civil_date
from app.core.fields import fold
from app.duty.models import Absence
from app.registry.models import Asn, Assignment, Headship, Opd

ZONE = ZoneInfo("Asia/Makassar")
MONDAY = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
"""Monday 23 November 2026, 07.30 WITA: an ordinary apel begins."""
DAY = date(2026, 11, 23)
NOBODY = UUID(int=1)


class Make:
    """Inserts and commits (into the test's outer transaction), returning the rows."""

    def __init__(self, session: AsyncSession, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self.session = session
        self._run = run
        self._serial = count(1)

    def add(self, *rows: Any) -> None:
        async def insert() -> None:
            self.session.add_all(rows)
            await self.session.commit()

        self._run(insert())

    def opd(self, code: str = "DISDIK", **fields: Any) -> Opd:
        row = Opd(
            **{
                "code": code,
                "name": f"Dinas {code.title()}",
                "short_name": code.title(),
                "type": "dinas",
                "protocol_order": next(self._serial),
                "reports": "yes",
                "connectivity": "good",
                "from_date": date(2020, 1, 1),
            }
            | fields
        )
        self.add(row)
        return row

    def asn(self, opd_code: str = "DISDIK", name: str = "Siti Aminah", *, nip: str | None = None, **fields: Any) -> Asn:
        serial = next(self._serial)
        person = Asn(
            nip=nip or f"19850101201001{serial % 10_000:04d}",
            name=name,
            folded_name=fold(name),
            employment_type=fields.pop("employment_type", "PNS"),
            email=fields.pop("email", None),
        )
        self.add(person)
        self.add(
            Assignment(
                **{
                    "asn_id": person.id,
                    "opd_code": opd_code,
                    "position": "Pelaksana",
                    "work_pattern": "5",
                    "apel_duty": True,
                    "from_date": date(2020, 1, 1),
                }
                | fields
            )
        )
        return person

    def head(self, opd_code: str, person: Asn, title: str = "definitif", **fields: Any) -> Headship:
        row = Headship(
            **{"opd_code": opd_code, "asn_id": person.id, "title": title, "from_date": date(2020, 1, 1)} | fields
        )
        self.add(row)
        return row

    def absence(self, person: Asn, code: str = "DL", **fields: Any) -> Absence:
        row = Absence(
            **{
                "asn_id": person.id,
                "code": code,
                "from_date": DAY,
                "to_date": DAY,
                "state": "confirmed",
                "proposed_by": uuid4(),
                "proposed_at": MONDAY - timedelta(days=1),
            }
            | fields
        )
        self.add(row)
        return row

    def apel(self, starts_at: datetime = MONDAY, **fields: Any) -> Apel:
        """A Monday apel of half an hour whose reports are due an hour after it began."""
        row = Apel(
            **{
                "kind": "apel_gabungan",
                "title": "Apel Gabungan",
                "on_date": civil_date(starts_at, ZONE),
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=30),
                "report_deadline": starts_at + timedelta(minutes=60),
                "zoom_meeting_ids": [],
                "rehearsal": False,
                "created_by": NOBODY,
                "created_at": starts_at - timedelta(days=7),
            }
            | fields
        )
        self.add(row)
        return row
