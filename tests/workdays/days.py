"""Days and rules for the ledger's tests."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from app.calendar.rules import Hours
from app.policies.rules_of_workdays import (
    DisciplineRules,
    DisciplineTier,
    LatenessClass,
    Severity,
    StreakTier,
    Switch,
    WorkdayRules,
)
from app.policies.sources import Source
from app.workdays.judging import DayRecord
from app.workdays.rules import DayFact, Ledger, VerdictKind, make_ledger

SITI = UUID(int=7)
SOURCE = Source("PP 94/2021", verified=False)
HOURS = Hours(time(7, 30), time(16), 450, 60, time(12))
MONDAY = date(2026, 11, 2)
PRESENT, ABSENT, EXCUSED, OFF, UNKNOWN = tuple(VerdictKind)

_TIERS = (
    ("R1", 3, 3, "ringan", "teguran lisan", None),
    ("R2", 4, 6, "ringan", "teguran tertulis", None),
    ("R3", 7, 10, "ringan", "pernyataan tidak puas secara tertulis", None),
    ("S1", 11, 13, "sedang", "potong tunjangan 25 % x 6 bulan", "penundaan KGB 1 tahun"),
    ("S2", 14, 16, "sedang", "potong tunjangan 25 % x 9 bulan", "penundaan kenaikan pangkat 1 tahun"),
    ("S3", 17, 20, "sedang", "potong tunjangan 25 % x 12 bulan", "penurunan pangkat 1 tahun"),
    ("B1", 21, 24, "berat", "penurunan jabatan 12 bulan", None),
    ("B2", 25, 27, "berat", "pembebasan dari jabatan 12 bulan", None),
    ("B3", 28, None, "berat", "PDHTAPS", None),
)


def discipline(*, cut_from: date | None = None) -> DisciplineRules:
    """The tiers of civil servants; the cut of tunjangan is in force from a day on, if one is named."""
    began = Switch(date(2021, 8, 31), in_force=False, basis="PP 94/2021 Ps 42")
    switches = (began,) if cut_from is None else (began, Switch(cut_from, in_force=True, basis="PP gaji"))
    return DisciplineRules(
        code="pp94",
        employment=frozenset({"PNS"}),
        events_from=date(2021, 8, 31),
        tiers=tuple(
            DisciplineTier(code, least, most, Severity(severity), sanction, transitional, "Ps 9-11")
            for code, least, most, severity, sanction, transitional in _TIERS
        ),
        streak=StreakTier("B3c", 10, Severity.BERAT, "PDHTAPS", "Ps 11 (2) d.4", "gaji dihentikan", "Ps 15"),
        tukin_cut=switches,
        source=SOURCE,
    )


def workdays(**fields: Any) -> WorkdayRules:
    ladder = (LatenessClass("TL1", 1, 30), LatenessClass("TL4", 31, None))
    return WorkdayRules(
        **{
            "late": ladder,
            "early": ladder,
            "no_clock_in_minutes": None,
            "no_clock_out_minutes": None,
            "minutes_per_day": None,
            "convert_employment": frozenset({"PNS"}),
            "alerts": (3, 5, 7, 9, 10),
            "source": SOURCE,
        }
        | fields
    )


def fact(day: date, kind: VerdictKind, **fields: Any) -> DayFact:
    return DayFact(SITI, day, kind, **fields)


def weekdays(first: date, number: int) -> list[date]:
    """So many days from Monday to Friday, from a day on."""
    days = (first + timedelta(days=n) for n in range(number * 2 + 7))
    return [day for day in days if day.isoweekday() <= 5][:number]


def course(first: date, signs: str) -> list[DayFact]:
    """Working days in a row: A absent, H present, E excused, ? unknown."""
    kinds = {"A": ABSENT, "H": PRESENT, "E": EXCUSED, "?": UNKNOWN}
    return [fact(day, kinds[sign]) for day, sign in zip(weekdays(first, len(signs)), signs, strict=True)]


def scattered(absent: int, year: int = 2026) -> list[DayFact]:
    """So many absent days, none of them beside another."""
    return course(date(year, 1, 1), "AH" * absent)


def ledger(
    facts: list[DayFact],
    rules: WorkdayRules | None = None,
    tiers: DisciplineRules | None = None,
    *,
    year: int = 2026,
    employment_type: str = "PNS",
) -> Ledger:
    return make_ledger(facts, rules or workdays(), tiers or discipline(), year, employment_type=employment_type)


def record(came: str | None = None, left: str | None = None, code: str | None = None, **fields: Any) -> DayRecord:
    clock_in, clock_out = (time.fromisoformat(one) if one else None for one in (came, left))
    return DayRecord(clock_in, clock_out, fields.pop("status", code), code, **fields)
