"""The rules as they ship, and cases that are played step by step."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from app.calendar.rules import Day, DayKind
from app.decisions.rules import Course, Event, Step, follow
from app.policies.models import Policy
from app.policies.reading import read_rules, shipped_document
from app.policies.rules import Rules
from app.policies.rules_of_cases import ProcedureRules
from app.policies.rules_of_workdays import DisciplineRules

OPENED = date(2026, 3, 2)
LETTER = {"letter_no": "800/1", "signatory": "Kepala Dinas"}
SUMMONS = {"letter_no": "800/1", "examination_on": "2026-03-10"}
DECIDED = {"code": "R1", "variant": "tukin", "months": None, "days": ["2026-02-02"], "converted_days": 0}
DETAILS: Mapping[Step, dict[str, Any]] = {
    Step.SUMMONS_1: SUMMONS,
    Step.SUMMONS_2: SUMMONS,
    Step.DECIDED: DECIDED | LETTER,
    Step.SENT: {"absent_on": "2026-03-02"},
    Step.RECUSED: {"asn_id": str(UUID(int=7))},
    Step.OBJECTION_ANSWERED: {"outcome": "rejected"},
    Step.APPEAL_ANSWERED: {"outcome": "rejected"},
}
NYEPI_NOT_YET = {date(2022, 2, 28): Day(DayKind.HOLIDAY, "Isra Mikraj")}
"""The calendar of BKN's examples: 28 February 2022 is off, 3 March is not."""


@cache
def shipped() -> Rules:
    document = shipped_document()
    return read_rules(
        Policy(
            id=UUID(int=1),
            code=document.code,
            version=document.version,
            legal_basis=document.legal_basis,
            effective_from=document.effective_from,
            document=document.model_dump(mode="json"),
        )
    )


def procedure() -> ProcedureRules:
    rules = shipped().procedure
    assert rules is not None
    return rules


def discipline() -> DisciplineRules:
    return shipped().discipline[0]


def event(course: Course, step: Step, on: date = OPENED, **details: Any) -> Event:
    number = max((one.number for one in course.events), default=0) + 1
    return Event(number, step, on, {**DETAILS.get(step, {}), **details})


def play(steps: Iterable[Step], course: Course | None = None) -> Course:
    """The case after these steps, all on one day."""
    course = course or Course(OPENED)
    for step in steps:
        course = follow(course, event(course, step))
    return course
