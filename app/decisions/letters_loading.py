"""The facts of a case as its letters need them: as the case froze them, with the officials of the day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.decisions import competence, queries
from app.decisions.basis import alleged_in, names_of, streaks_in
from app.decisions.competence import acting_superior
from app.decisions.errors import LetterOfOwnCase, LetterTooEarly
from app.decisions.guards import found_in
from app.decisions.letters import Basis, CaseFacts, Letterhead, LetterKind, Official, Proceedings, Sanctions, Subject
from app.decisions.loading import CaseNow, load_cases
from app.decisions.officials import Placed, load_authority, place_people
from app.decisions.rules import Course, Event, Step, Variant
from app.decisions.weighing import AnyTier, find_tier
from app.policies.rules_of_cases import Clock
from app.policies.rules_of_workdays import StreakTier
from app.registry.models import Asn, Opd

VIOLATION = "tidak masuk kerja tanpa alasan yang sah"
NEEDED: Mapping[LetterKind, tuple[Step, ...]] = {
    LetterKind.PANGGILAN_1: (),
    LetterKind.PANGGILAN_2: (Step.ABSENT_1,),
    LetterKind.BAP: (Step.SUMMONS_1,),
    LetterKind.LHP: (Step.EXAMINED, Step.ABSENT_2),
    LetterKind.SK: (Step.EXAMINED, Step.ABSENT_2),
}
"""One of these must have happened before a letter is drafted: nobody is judged before the examination."""

_DOUBTS = {
    "vacant": "Jabatan yang lebih rendah kosong menurut register; kewenangan naik ke pejabat di atasnya. Pastikan.",
    "involved": "Pejabat yang lebih rendah terlibat; kewenangan naik ke pejabat di atasnya.",
    "assumed": "Register tidak menyebut atasan langsung; kepala perangkat daerah dipakai sebagai gantinya. Pastikan.",
    "no-row": "Kebijakan tidak menyebut pejabat yang berwenang untuk kasus ini. Pastikan siapa yang berwenang.",
    "line-unknown": "Garis atasan orang ini tidak tercatat dalam register. Pastikan.",
}


async def load_facts(
    session: AsyncSession, caller: Principal, case_id: UUID, kind: LetterKind, head: Letterhead, *, at: datetime
) -> CaseFacts:
    """What a letter of a case says. Raises CaseNotFound, LetterOfOwnCase, LetterTooEarly."""
    today = civil_date(at, zone_of(session))
    case = await queries.get_case(session, caller, case_id, today)
    if case.asn_id == caller.asn_id:
        raise LetterOfOwnCase
    [now] = await load_cases(session, [case])
    require_reached(kind, now.course)
    tier = _tier_of(now)
    authority = await load_authority(session, now, today, tier.severity)
    await record(
        session,
        caller,
        "decisions.draft-letter",
        at=at,
        target=str(case.id),
        nips=[authority.person.nip],
        letter=kind,
    )
    superior = acting_superior(authority.line, {UUID(one) for one in now.course.recused})
    competent = authority.competent.official
    known = await place_people(session, [one.asn_id for one in (superior, competent) if one is not None], today)
    return CaseFacts(
        subject=await _subject(session, now, authority.person),
        superior=_official(superior, known, head),
        official=_official(competent, known, head),
        violation=VIOLATION,
        **_found(now, tier),
        sanctions=_sanctions(now, tier),
        basis=Basis(case.policy, now.discipline.source.source, now.discipline.source.verified),
        proceedings=_proceedings(now.course),
        effective_working_day=now.procedure.clocks.get(Clock.BERLAKU),
        instansi=head.instansi,
        sample=head.sample,
        sources=_sources(now, kind),
        doubts=tuple(_DOUBTS[note] for note in authority.competent.notes if note in _DOUBTS),
    )


def _sources(now: CaseNow, kind: LetterKind) -> tuple[tuple[str, Basis], ...]:
    """Where the authority comes from and, in a decision, the day on which it takes effect."""
    procedure, label = now.procedure, now.case.policy
    found = [("Kewenangan", procedure.source)]
    if kind is LetterKind.SK:
        found.append(("Hari mulai berlaku", procedure.sources.get(Clock.BERLAKU, procedure.source)))
    return tuple((what, Basis(label, source.source, source.verified)) for what, source in found)


def require_reached(kind: LetterKind, course: Course) -> None:
    """Raises LetterTooEarly."""
    needed = NEEDED[kind]
    if needed and course.last(*needed) is None:
        raise LetterTooEarly(needed=" / ".join(needed))


def _tier_of(now: CaseNow) -> AnyTier:
    """What was decided where it was, else what is alleged."""
    code = now.course.sanction.code if now.course.sanction else now.case.code
    tier = find_tier(now.discipline, code)
    assert tier is not None
    return tier


def _found(now: CaseNow, tier: AnyTier) -> dict[str, Any]:
    """The days that carry the tier: of days in a row those alone."""
    decided = now.course.last(Step.DECIDED)
    found = alleged_in(now.case.basis) if decided is None else found_in(decided)
    if not isinstance(tier, StreakTier):
        return {"days": found.days, "counted": found.total}
    in_a_row = {day for row in streaks_in(now.case.basis) for day in row}
    days = tuple(day for day in found.days if day in in_a_row)
    return {"days": days, "counted": len(days)}


def _sanctions(now: CaseNow, tier: AnyTier) -> Sanctions:
    names = names_of(tier)
    tukin, transitional = names[Variant.TUKIN], names[Variant.TRANSITIONAL]
    days = alleged_in(now.case.basis).days
    return Sanctions(
        code=tier.code,
        severity=tier.severity,
        tukin=tukin,
        transitional=None if transitional == tukin else transitional,
        cut_in_force=now.discipline.cut_in_force(max(days, default=now.case.opened_on)),
        article=tier.article,
        pay_note=f"{tier.pay_note} ({tier.pay_article})" if isinstance(tier, StreakTier) else None,
    )


async def _subject(session: AsyncSession, now: CaseNow, person: Placed) -> Subject:
    employment = await session.scalar(select(Asn.employment_type).where(Asn.id == person.asn_id))
    unit = await session.scalar(select(Opd.name).where(Opd.code == now.case.opd_code))
    return Subject(employment or "–", person.name, person.nip, person.position, unit or now.case.opd_code)


def _official(one: competence.Official | None, known: Mapping[UUID, Placed], head: Letterhead) -> Official:
    """Without one it is the PPK, whose name the register does not hold."""
    if one is None:
        return Official(title_of_ppk(head.instansi))
    return Official(one.position, one.name, known[one.asn_id].nip)


def title_of_ppk(instansi: str) -> str:
    """`Bupati Mamuju` where the name of the government says it."""
    for prefix, title in (("Pemerintah Kabupaten ", "Bupati "), ("Pemerintah Kota ", "Wali Kota ")):
        if instansi.startswith(prefix):
            return title + instansi.removeprefix(prefix)
    return "Pejabat Pembina Kepegawaian"


def _day(event: Event | None) -> date | None:
    return None if event is None else event.on


def _examination(summons: Event | None) -> date | None:
    return None if summons is None else date.fromisoformat(str(summons.details["examination_on"]))


def _proceedings(course: Course) -> Proceedings:
    first, second, examined = (course.last(step) for step in (Step.SUMMONS_1, Step.SUMMONS_2, Step.EXAMINED))
    team = course.last(Step.TEAM_FORMED)
    missed = [course.last(step) for step in (Step.ABSENT_1, Step.ABSENT_2)]
    return Proceedings(
        summoned=(_day(first), _day(second)),
        examine_on=(_examination(first), _examination(second)),
        examined_on=_day(examined),
        absent_on=tuple(event.on for event in missed if event is not None),
        team=tuple(team.details["members"]) if team else (),
    )
