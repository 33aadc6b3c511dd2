"""Records, absences, assignments and the calendar as facts of days, read in a fixed number of statements."""

from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.registry.models import Asn, Assignment
from app.workdays.models import WorkdayImport, WorkdayRecord
from app.workdays.reading import load_verdicts
from app.workdays.rules import DayFact, Unclear
from tests.make import Make
from tests.workdays.days import ABSENT, EXCUSED, PRESENT, UNKNOWN

Run = Callable[[Coroutine[Any, Any, Any]], Any]
MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)


def file(make: Make) -> WorkdayImport:
    row = WorkdayImport(
        state="applied",
        source="SIKEREN",
        filename="absen.csv",
        sha256="0" * 64,
        rows=[],
        summary={},
        created_by=uuid4(),
        created_at=datetime(2026, 11, 9, tzinfo=UTC),
    )
    make.add(row)
    return row


def kept(who: Asn, on: WorkdayImport, day: int, **fields: Any) -> WorkdayRecord:
    return WorkdayRecord(
        **{"import_id": on.id, "line": 2, "asn_id": who.id, "day": date(2026, 11, day), "day_over": True} | fields
    )


def test_a_week_of_a_person_is_judged_from_the_latest_file_and_the_confirmed_letters(
    make: Make, session: AsyncSession, run: Run
) -> None:
    make.opd()
    siti, sixth = make.asn(), make.asn(name="Budi", work_pattern="6")
    on = file(make)
    make.add(kept(siti, on, 2, code="TK", status="Alpa"))
    late = kept(siti, on, 2, clock_in=time(7, 45), clock_out=time(16))
    alpa = kept(siti, on, 3, code="TK", status="Alpa")
    again = kept(sixth, on, 7, code="TK", status="Alpa")
    make.add(late)
    make.add(alpa, again)
    letter = make.absence(siti, "DL", from_date=date(2026, 11, 4), to_date=date(2026, 11, 5))
    make.absence(siti, "CT", from_date=date(2026, 11, 6), to_date=date(2026, 11, 6), state="proposed")
    facts = run(load_verdicts(session, [siti.id, sixth.id], MONDAY, SUNDAY))
    assert facts[siti.id] == [
        DayFact(siti.id, date(2026, 11, 2), PRESENT, 15, code="H", record_id=late.id),
        DayFact(siti.id, date(2026, 11, 3), ABSENT, code="TK", record_id=alpa.id),
        DayFact(siti.id, date(2026, 11, 4), EXCUSED, code="DL", absence_id=letter.id),
        DayFact(siti.id, date(2026, 11, 5), EXCUSED, code="DL", absence_id=letter.id),
        DayFact(siti.id, date(2026, 11, 6), UNKNOWN, unclear=Unclear.NO_RECORD),
    ]
    assert [(one.day.day, one.kind) for one in facts[sixth.id]] == [(n, UNKNOWN) for n in range(2, 7)] + [(7, ABSENT)]


def test_days_before_service_and_days_off_are_nobodys(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd()
    siti = make.asn(from_date=date(2026, 12, 23))
    days = run(load_verdicts(session, None, date(2026, 12, 21), date(2026, 12, 28)))[siti.id]
    assert [one.day for one in days] == [date(2026, 12, 23), date(2026, 12, 28)]


def test_who_moves_to_six_days_works_on_saturday_from_that_day_on(make: Make, session: AsyncSession, run: Run) -> None:
    make.opd()
    siti = make.asn(to_date=date(2026, 11, 8))
    post = {"asn_id": siti.id, "opd_code": "DISDIK", "position": "Guru", "work_pattern": "6", "apel_duty": True}
    make.add(Assignment(**post, from_date=date(2026, 11, 9)))
    days = run(load_verdicts(session, [siti.id], date(2026, 11, 6), date(2026, 11, 14)))[siti.id]
    assert [one.day.day for one in days] == [6, 9, 10, 11, 12, 13, 14]


def test_more_people_take_no_more_statements(make: Make, session: AsyncSession, run: Run, engine: AsyncEngine) -> None:
    make.opd()
    people = [make.asn(name=f"Pegawai {n}") for n in range(5)]

    def count(asn_ids: list[UUID] | None) -> int:
        sent: list[str] = []

        def note(*args: Any) -> None:
            sent.append(args[2])

        event.listen(engine.sync_engine, "before_cursor_execute", note)
        run(load_verdicts(session, asn_ids, MONDAY, SUNDAY))
        event.remove(engine.sync_engine, "before_cursor_execute", note)
        return len(sent)

    run(load_verdicts(session, None, MONDAY, SUNDAY))
    assert count([people[0].id]) == count([person.id for person in people]) == count(None) <= 6
