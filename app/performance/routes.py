"""Output over HTTP: plans, achievements and their verification, what came of them, and the superior's evaluation."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response, status

from app.core.fields import OpdCode, PeriodCode
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.performance import achievements, days, evaluations, plans, reading, verifying
from app.performance.answers import (
    DaysOutput,
    DaysWanted,
    EvaluationRead,
    EvaluationWrite,
    OpdOutput,
    PeopleFilter,
    PersonOutput,
    ThemesRead,
)
from app.performance.evaluations import EVALUATION_READERS
from app.performance.people import READERS, SUPERIORS, WRITERS
from app.performance.reading import OPD_READERS, THEME_READERS
from app.performance.rules import State
from app.performance.schemas import (
    AchievementFilter,
    AchievementItem,
    AchievementRead,
    AchievementsRead,
    AchievementsWrite,
    PlanRead,
    PlanVersions,
    PlanWrite,
    ReturnWrite,
    Year,
)
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/performance", "Kinerja")
Reader = Annotated[Principal, Depends(Requires(*READERS, Role.ASN))]
Planner = Annotated[Principal, Depends(Requires(*WRITERS))]
Reporter = Annotated[Principal, Depends(Requires(*WRITERS, Role.ASN))]
Superior = Annotated[Principal, Depends(Requires(*SUPERIORS))]
EvaluationReader = Annotated[Principal, Depends(Requires(*EVALUATION_READERS, Role.ASN))]
OpdReader = Annotated[Principal, Depends(Requires(*OPD_READERS))]
ThemeReader = Annotated[Principal, Depends(Requires(*THEME_READERS))]


@router.get("/asn/{asn_id}")
async def read_person_performance(
    asn_id: UUID,
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
    period: PeriodCode | None = None,
) -> PersonOutput:
    """A person's output of a period (this month, unless you say otherwise), target by target, with its evidence.

    The targets count whose days lie in the period, each once; an indicator with several of them counts with their
    mean. What is not verified or not yet due is left out and named; a person without targets is missing, never zero.
    """
    return await reading.read_person(session, caller, asn_id, period, language, at=now)


@router.get("/asn/{asn_id}/days")
async def read_performance_days(
    asn_id: UUID,
    wanted: Annotated[DaysWanted, Query()],
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
) -> DaysOutput:
    """Each day of a span: where the person was, what was due, and what came of it.

    The place is told and never counted: output makes a day full wherever it was made, and presence without output
    earns nothing where something was due.
    """
    return await days.read_days(session, caller, asn_id, wanted, language, at=now)


@router.get("/asn/{asn_id}/plans/{year}")
async def read_plan(asn_id: UUID, year: Year, caller: Reader, session: Transaction, now: Now, etag: ETag) -> PlanRead:
    """What a person agreed to reach in a year: the version in force."""
    found = await plans.read_plan(session, caller, asn_id, year, at=now)
    etag.set(found.version)
    return found


@router.put("/asn/{asn_id}/plans/{year}")
async def set_plan(
    asn_id: UUID,
    year: Year,
    body: PlanWrite,
    caller: Planner,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
) -> PlanRead:
    """Set the whole plan of a year; changing one needs `If-Match` and `reason`, and earlier versions stay."""
    kept = await plans.set_plan(session, caller, asn_id, year, body, expected=expected, at=now)
    etag.set(kept.version)
    return kept


@router.get("/asn/{asn_id}/plans/{year}/versions")
async def read_plan_versions(asn_id: UUID, year: Year, caller: Reader, session: Transaction, now: Now) -> PlanVersions:
    """Every version of a plan, the newest first, each with the reason for it."""
    return await plans.read_versions(session, caller, asn_id, year, at=now)


@router.get("/asn/{asn_id}/evaluations/{period}")
async def read_evaluation(
    asn_id: UUID,
    period: PeriodCode,
    caller: EvaluationReader,
    session: Transaction,
    now: Now,
    language: Speech,
    response: Response,
) -> EvaluationRead:
    """A superior's evaluation of a month, quarter or year, and what the facts propose."""
    found = await evaluations.read_evaluation(session, caller, asn_id, period, language, at=now)
    # The version is that of the superior's word; what is proposed changes without it, so no read is a 304.
    response.headers["etag"] = f'"{found.version}"'
    return found


@router.put("/asn/{asn_id}/evaluations/{period}")
async def evaluate(
    asn_id: UUID,
    period: PeriodCode,
    body: EvaluationWrite,
    caller: Superior,
    session: Transaction,
    now: Now,
    language: Speech,
    expected: IfMatch,
    etag: ETag,
) -> EvaluationRead:
    """Say how results and behaviour stand; the predikat follows by the table of PermenPANRB 6/2022.

    Changing an evaluation needs `If-Match` and `reason`; nobody evaluates themselves.
    """
    kept = await evaluations.evaluate(session, caller, asn_id, period, body, language, expected=expected, at=now)
    etag.set(kept.version)
    return kept


@router.get("/achievements")
async def list_achievements(
    wanted: Annotated[AchievementFilter, Query()], caller: Superior, session: Transaction, now: Now
) -> Page[AchievementItem]:
    """What waits for your verification, the oldest first; never your own."""
    return await verifying.list_queue(session, caller, wanted, at=now)


@router.post("/achievements", status_code=status.HTTP_201_CREATED)
async def report_achievements(
    body: AchievementsWrite, caller: Reporter, session: Transaction, now: Now, once: Once
) -> AchievementsRead:
    """Report what was reached, all of it or none; what is kept already stays, and a new version is verified anew."""
    return await once.run(lambda: achievements.report_achievements(session, caller, body, at=now))


@router.get("/achievements/{achievement_id}")
async def read_achievement(achievement_id: UUID, caller: Reader, session: Transaction, now: Now) -> AchievementRead:
    """One version of an achievement: the evidence, and what the superior said of it."""
    return await verifying.read_achievement(session, caller, achievement_id, at=now)


@router.post("/achievements/{achievement_id}/verify")
async def verify_achievement(achievement_id: UUID, caller: Superior, session: Transaction, now: Now) -> AchievementRead:
    """Accept an achievement; it counts from then on. Nobody verifies their own."""
    return await verifying.verify_achievement(session, caller, achievement_id, State.ACCEPTED, at=now)


@router.post("/achievements/{achievement_id}/return")
async def return_achievement(
    achievement_id: UUID, body: ReturnWrite, caller: Superior, session: Transaction, now: Now
) -> AchievementRead:
    """Return an achievement with a reason; it is left out, never counted as zero."""
    return await verifying.verify_achievement(session, caller, achievement_id, State.RETURNED, body.reason, at=now)


@router.get("/opd/{opd_code}")
async def read_opd_performance(
    opd_code: OpdCode,
    wanted: Annotated[PeopleFilter, Query()],
    caller: OpdReader,
    session: Transaction,
    now: Now,
) -> OpdOutput:
    """An OPD's output of a period: the average of its people, each counting once, and the people in short."""
    return await reading.read_opd(session, caller, opd_code, wanted, at=now)


@router.get("/themes")
async def read_themes(
    caller: ThemeReader, session: Transaction, now: Now, language: Speech, period: PeriodCode | None = None
) -> ThemesRead:
    """What was reached for each theme of reformasi birokrasi tematik, by OPD; counts alone."""
    return await reading.read_themes(session, caller, period, language, at=now)
