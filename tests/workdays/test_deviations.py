"""Days that were not simply worked are read without the others, and judged exactly as among them."""

from collections.abc import Callable, Coroutine, Iterable
from datetime import date, time, timedelta
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.workdays.deviations import deviates, load_deviations
from app.workdays.models import WorkdayRecord
from app.workdays.reading import load_verdicts, load_working_days
from app.workdays.rules import DayFact, VerdictKind
from tests.make import Make
from tests.workdays.test_facts import file

Run = Callable[[Coroutine[Any, Any, Any]], Any]
FROM, TO = date(2026, 2, 2), date(2026, 3, 31)
"""Ramadan begins in it, with other hours, and it holds days off."""
KINDS: tuple[dict[str, Any], ...] = (
    {"work_pattern": "5"},
    {"work_pattern": "6"},
    {"work_pattern": "shift"},
    {"work_pattern": "5", "employment_type": "PPPK_PW"},
    {"work_pattern": "5", "from_date": date(2026, 2, 20), "to_date": date(2026, 3, 10)},
)


def _record(draw: Random) -> dict[str, Any]:
    """Any record that a system delivers, good days as often as all others."""
    said = draw.choice([None, None, None, "H", "TK", "DL", "NR", "WFA", "?"])
    came = draw.choice([time(7, 10), time(7, 25), time(7, 30, 59), time(7, 31), time(8, 30), None])
    left = draw.choice([time(14, 59), time(15, 30), time(16), time(16, 30), time(17, 5), time(6), None])
    return {
        "clock_in": came,
        "clock_out": left,
        "status": said,
        "code": None if said == "?" else said,
        "day_over": draw.random() < 0.9,
    }


def _told(facts: Iterable[DayFact]) -> list[DayFact]:
    """What was worked on an excused day is not read where the clocks alone made it a full one."""
    return [fact._replace(record_id=None) if fact.kind is VerdictKind.EXCUSED else fact for fact in facts]


def test_a_deviating_day_is_judged_as_it_is_among_all_days(make: Make, session: AsyncSession, run: Run) -> None:
    draw = Random(4)
    make.opd()
    people = [make.asn(**fields) for fields in KINDS]
    on = file(make)
    days = [FROM + timedelta(days=n) for n in range((TO - FROM).days + 1)]
    for _ in range(2):
        rows = [(person, day) for person in people for day in days if draw.random() < 0.6]
        make.add(*[
            WorkdayRecord(import_id=on.id, line=2, asn_id=person.id, day=day, **_record(draw)) for person, day in rows
        ])  # fmt: skip
    make.absence(people[0], "CT", from_date=date(2026, 2, 27), to_date=date(2026, 3, 3))
    make.absence(people[1], "WFA", from_date=date(2026, 2, 9), to_date=date(2026, 2, 11))
    ids = [person.id for person in people]
    working = run(load_working_days(session, FROM, TO))
    deviating = run(load_deviations(session, ids, FROM, TO, working))
    verdicts = run(load_verdicts(session, ids, FROM, TO))
    assert {asn_id: _told(facts) for asn_id, facts in deviating.items()} == {
        asn_id: _told(fact for fact in facts if deviates(fact)) for asn_id, facts in verdicts.items()
    }
    assert 30 < sum(map(len, deviating.values())) < sum(map(len, verdicts.values()))
