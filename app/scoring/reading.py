"""Answers composed from scores: addresses and words for the evidence, ranks of the month, a unit against itself."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel
from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.attendance.reading import sees_health
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import Principal
from app.core.rates import Percent, PercentRead
from app.core.texts import Language, text
from app.duty.rules import Code, mask_health
from app.policies.queries import get_policy
from app.policies.reading import read_rules
from app.policies.service import rules_on
from app.registry.errors import OpdNotFound
from app.registry.queries import get_opd
from app.scoring import queries, schemas
from app.scoring.errors import ScorePeriodAmbiguous, ScoreSpanInvalid
from app.scoring.models import Score, ScoreRun
from app.scoring.periods import Period
from app.scoring.rules import EvidenceKind, Figures, Rule
from app.scoring.standing import Standing, against_own, stand

LONGEST = 366
"""Days of one span: a year, so that an answer stays bounded."""
MOST_WEEKS = LONGEST + 60
"""Apels of one unit that a history looks at: a span's, and those before it that a policy may average at most."""


def month_of(apel: ApelNow) -> queries.Span:
    """The apels that rank this one: of its kind and month, up to itself."""
    return queries.Span(apel.kind, apel.on_date.replace(day=1), apel.on_date, apel.starts_at)


async def tag_of(session: AsyncSession, run: ScoreRun, month: queries.Span, language: Language) -> str:
    """The revision, and a digest of what else the answer shows: ranks rest on the month's other apels."""
    runs = await queries.list_runs(session, month)
    digest = blake2b(f"{run.policy_id}{runs}{language}".encode(), digest_size=6).hexdigest()
    return f"{run.revision}-{digest}"


async def read_scores(
    session: AsyncSession, caller: Principal, apel: ApelNow, run: ScoreRun, language: Language
) -> schemas.ScoresRead:
    """An apel's scores, of the units that the caller may see."""
    policy = read_rules(await get_policy(session, run.policy_id))
    samples = {} if apel.rehearsal else await queries.load_samples(session, month_of(apel))
    standings = stand(samples, policy)
    scores = await queries.get_scores(session, apel.id)
    sizes = Counter(score.band for score in scores)
    scope = caller.reach()
    shown = [
        _opd_score(score, standings.get(score.opd_code), sizes[score.band], caller, language)
        for score in scores
        if scope is None or score.opd_code in scope
    ]
    return schemas.ScoresRead(
        apel_id=apel.id,
        revision=run.revision,
        policy=policy.label,
        provisional=apel.state is not ApelState.FINAL,
        computed_at=run.computed_at,
        opd=shown,
    )


def _opd_score(
    score: Score, standing: Standing | None, band_size: int, caller: Principal, language: Language
) -> schemas.OpdScore:
    figures = _masked(queries.figures_of(score), score.opd_code, caller)
    return schemas.OpdScore(
        opd_code=score.opd_code,
        points=None if score.points is None else float(score.points),
        band=score.band,
        band_size=band_size,
        rank=standing.rank if standing else None,
        tier=standing.tier if standing else None,
        rate=_percent(figures.rate),
        duty_rate=_percent(figures.duty_rate),
        pending=score.pending,
        lines=[_line(line, score.apel_id, language) for line in score.lines],
    )


def _percent(share: Percent) -> PercentRead:
    return PercentRead.model_validate(share)


def _masked(figures: Figures, opd_code: str, caller: Principal) -> Figures:
    """Sick leave is nobody's business outside of the unit: in a small one a number names a person."""
    if sees_health(caller, opd_code):
        return figures
    return Figures(figures.present, figures.strength, mask_health(figures.excused))


def _line(line: Mapping[str, Any], apel_id: UUID, language: Language) -> schemas.LineRead:
    facts = dict(line["facts"])
    facts["text"] = text(language, f"score.{line['rule']}", facts["reason"], **_spoken(Rule(line["rule"]), facts))
    return schemas.LineRead(
        rule=line["rule"],
        policy=line["policy"],
        points=line["points"],
        facts=facts,
        evidence=[
            schemas.EvidenceRead(kind=one["kind"], id=one["id"], href=href_of(apel_id, one["kind"], one["of"]))
            for one in line["evidence"]
        ],
    )


def _spoken(rule: Rule, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with the numbers that a sentence about them needs."""
    if rule is Rule.ACCURACY:
        return facts | {"cost": sum(facts["costs"].values())}
    return facts


def href_of(apel_id: UUID, kind: str, opd_code: str) -> str:
    """Where a kind of evidence is read."""
    match EvidenceKind(kind):
        case EvidenceKind.REPORT_VERSION:
            return f"/v1/apel/{apel_id}/reports/{opd_code}/versions"
        case EvidenceKind.PRESENCE:
            return f"/v1/apel/{apel_id}/participants?matched=true"
        case EvidenceKind.MARK:
            return f"/v1/apel/{apel_id}/attendance?opd_code={opd_code}&status={Code.TK}"
        case EvidenceKind.FINDING:
            return f"/v1/apel/{apel_id}/findings?opd_code={opd_code}"


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
    session: AsyncSession, caller: Principal, wanted: schemas.StandingFilter, *, at: datetime
) -> Page[schemas.StandingRead]:
    """Where units stand over a span, by OPD code, made by the rules of its last day."""
    span = await _span(session, wanted, at=at)
    after = decode_cursor(wanted.cursor, str)
    policy = await rules_on(session, span.to_date)
    standings = stand(await queries.load_samples(session, span), policy)
    scope = caller.reach()
    rows = [
        _standing(code, standings[code], caller)
        for code in sorted(standings)
        if (scope is None or code in scope) and (after is None or code > str(after[0]))
    ]
    return cut_page(rows[: wanted.limit + 1], wanted.limit, lambda row: (row.opd_code,))


def _standing(code: str, standing: Standing, caller: Principal) -> schemas.StandingRead:
    figures = _masked(standing.figures, code, caller)
    return schemas.StandingRead(
        opd_code=code,
        apels=standing.apels,
        points=float(standing.points),
        band=standing.band,
        band_size=standing.band_size,
        rank=standing.rank,
        tier=standing.tier,
        rate=_percent(figures.rate),
        duty_rate=_percent(figures.duty_rate),
    )


async def read_history(
    session: AsyncSession, caller: Principal, opd_code: str, wanted: schemas.Span, *, at: datetime
) -> schemas.OpdHistory:
    """A unit's apels of a span, each against its own average before it. Raises OpdNotFound, ScoreSpanInvalid."""
    if not caller.reaches(opd_code):
        raise OpdNotFound
    await get_opd(session, opd_code)
    span = await _span(session, wanted, at=at)
    policy = await rules_on(session, span.to_date)
    standing = stand(await queries.load_samples(session, span), policy).get(opd_code)
    weeks = await queries.list_weeks(session, opd_code, span, most=MOST_WEEKS)
    judged = [_masked(queries.figures_of(score), opd_code, caller) for _, score, _ in weeks]
    items = []
    for place, (apel, score, phase) in enumerate(weeks):
        if apel.on_date < span.from_date:
            break
        earlier = [judged[old] for old in range(place + 1, len(weeks)) if not weeks[old][1].pending]
        items.append(_week(apel, score, phase, judged[place], earlier[: policy.own_average_apels]))
    return schemas.OpdHistory(
        opd_code=opd_code,
        policy=policy.label,
        standing=_standing(opd_code, standing, caller) if standing else None,
        items=items,
    )


def _week(apel: Apel, score: Score, phase: str, figures: Figures, earlier: list[Figures]) -> schemas.OpdWeek:
    own = None if score.pending else against_own(figures, earlier)
    return schemas.OpdWeek(
        apel_id=apel.id,
        date=apel.on_date,
        title=apel.title,
        points=None if score.points is None else float(score.points),
        pending=score.pending,
        provisional=not phase.startswith(ApelState.FINAL),
        rate=_percent(figures.rate),
        duty_rate=_percent(figures.duty_rate),
        own_average=own
        and schemas.OwnAverageRead(
            apels=own.apels, rate=_percent(own.figures.rate), duty_rate=_percent(own.figures.duty_rate)
        ),
        delta=own and schemas.DeltaRead(rate=_number(own.rate_delta), duty_rate=_number(own.duty_rate_delta)),
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
