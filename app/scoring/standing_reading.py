"""Answers about spans of apels: where units stand among units of their size, and a unit against itself."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel
from app.apel.rules import ApelState
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.periods import Period
from app.core.principal import Principal
from app.core.texts import Language
from app.core.traces import EvidenceLink
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.errors import OpdNotFound
from app.registry.queries import get_opd
from app.scoring import queries, schemas
from app.scoring.errors import ScorePeriodAmbiguous, ScoreSpanInvalid
from app.scoring.models import Score
from app.scoring.reading import history_link, masked, percent, standing_line
from app.scoring.rules import Figures
from app.scoring.standing import Standing, against_own, stand

LONGEST = 366
"""Days of one span: a year, so that an answer stays bounded."""
MOST_WEEKS = LONGEST + 60
"""Apels of one unit that a history looks at: a span's, and those before it that a policy may average at most."""


async def _span(session: AsyncSession, wanted: schemas.Span, *, at: datetime) -> queries.Span:
    """Raises ScoreSpanInvalid, ScorePeriodAmbiguous."""
    if wanted.period is not None:
        if wanted.from_date or wanted.to_date:
            raise ScorePeriodAmbiguous
        period = Period.parse(wanted.period)
        return queries.Span(wanted.kind, period.from_date, period.to_date)
    last = wanted.to_date or max(civil_date(at, zone_of(session)), wanted.from_date or date.min)
    first = wanted.from_date or last.replace(day=1)
    if not timedelta(0) <= last - first < timedelta(days=LONGEST):
        raise ScoreSpanInvalid(days=LONGEST)
    return queries.Span(wanted.kind, first, last)


async def read_standings(
    session: AsyncSession, caller: Principal, wanted: schemas.StandingFilter, *, language: Language, at: datetime
) -> Page[schemas.StandingRead]:
    """Where units stand over a span, by OPD code, made by the rules of its last day."""
    span = await _span(session, wanted, at=at)
    after = decode_cursor(wanted.cursor, str)
    policy = await rules_on(session, span.to_date)
    standings = stand(await queries.load_samples(session, span), policy)
    scope = caller.reach()
    rows = [
        _standing(code, standings[code], policy, [history_link(code, span)], caller, language)
        for code in sorted(standings)
        if (scope is None or code in scope) and (after is None or code > str(after[0]))
    ]
    return cut_page(rows[: wanted.limit + 1], wanted.limit, lambda row: (row.opd_code,))


def _standing(
    code: str,
    standing: Standing,
    rules: Rules,
    evidence: list[EvidenceLink],
    caller: Principal,
    language: Language,
) -> schemas.StandingRead:
    figures = masked(standing.figures, code, caller)
    return schemas.StandingRead(
        opd_code=code,
        apels=standing.apels,
        points=float(standing.points),
        band=standing.band,
        band_size=standing.band_size,
        rank=standing.rank,
        tier=standing.tier,
        rate=percent(figures.rate),
        duty_rate=percent(figures.duty_rate),
        lines=[standing_line(standing, rules, evidence, language)],
    )


async def read_history(
    session: AsyncSession,
    caller: Principal,
    opd_code: str,
    wanted: schemas.Span,
    *,
    language: Language,
    at: datetime,
) -> schemas.OpdHistory:
    """A unit's apels of a span, each against its own average before it. Raises OpdNotFound, ScoreSpanInvalid."""
    if not caller.reaches(opd_code):
        raise OpdNotFound
    await get_opd(session, opd_code)
    span = await _span(session, wanted, at=at)
    policy = await rules_on(session, span.to_date)
    standing = stand(await queries.load_samples(session, span), policy).get(opd_code)
    weeks = await queries.list_weeks(session, opd_code, span, most=MOST_WEEKS)
    judged = [masked(queries.figures_of(score), opd_code, caller) for _, score, _ in weeks]
    items = []
    for place, (apel, score, phase) in enumerate(weeks):
        if apel.on_date < span.from_date:
            break
        earlier = [judged[old] for old in range(place + 1, len(weeks)) if not weeks[old][1].pending]
        items.append(_week(apel, score, phase, judged[place], earlier[: policy.own_average_apels]))
    return schemas.OpdHistory(
        opd_code=opd_code,
        policy=policy.label,
        standing=standing and _standing(opd_code, standing, policy, _apel_links(standing), caller, language),
        items=items,
    )


def _apel_links(standing: Standing) -> list[EvidenceLink]:
    return [EvidenceLink(kind="score", id=str(one), href=href_of_scores(one)) for one in standing.apel_ids]


def href_of_scores(apel_id: UUID) -> str:
    return f"/v1/apel/{apel_id}/scores"


def _week(apel: Apel, score: Score, phase: str, figures: Figures, earlier: list[Figures]) -> schemas.OpdWeek:
    own = None if score.pending else against_own(figures, earlier)
    return schemas.OpdWeek(
        apel_id=apel.id,
        href=href_of_scores(apel.id),
        date=apel.on_date,
        title=apel.title,
        points=None if score.points is None else float(score.points),
        pending=score.pending,
        provisional=not phase.startswith(ApelState.FINAL),
        rate=percent(figures.rate),
        duty_rate=percent(figures.duty_rate),
        own_average=own
        and schemas.OwnAverageRead(
            apels=own.apels, rate=percent(own.figures.rate), duty_rate=percent(own.figures.duty_rate)
        ),
        delta=own and schemas.DeltaRead(rate=_number(own.rate_delta), duty_rate=_number(own.duty_rate_delta)),
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
