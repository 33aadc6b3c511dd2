"""An apel's scores as they are answered: addresses and words for the evidence, ranks of the month so far."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.attendance.reading import sees_health
from app.core.principal import Principal
from app.core.rates import Percent, PercentRead
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.duty.rules import mask_health
from app.policies.queries import get_policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.scoring import queries, schemas
from app.scoring.models import Score, ScoreRun
from app.scoring.rules import EvidenceKind, Figures, Rule
from app.scoring.standing import Standing, stand


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
    month = month_of(apel)
    shown = []
    for score in scores:
        if scope is None or score.opd_code in scope:
            standing = standings.get(score.opd_code)
            evidence = [history_link(score.opd_code, month)]
            line = standing_line(standing, policy, evidence, language) if standing else None
            shown.append(_opd_score(score, standing, line, sizes[score.band], caller, language))
    return schemas.ScoresRead(
        apel_id=apel.id,
        revision=run.revision,
        policy=policy.label,
        provisional=apel.state is not ApelState.FINAL,
        computed_at=run.computed_at,
        opd=shown,
    )


def _opd_score(
    score: Score,
    standing: Standing | None,
    line: RuleLine | None,
    band_size: int,
    caller: Principal,
    language: Language,
) -> schemas.OpdScore:
    figures = masked(queries.figures_of(score), score.opd_code, caller)
    return schemas.OpdScore(
        opd_code=score.opd_code,
        points=None if score.points is None else float(score.points),
        band=score.band,
        band_size=band_size,
        rank=standing.rank if standing else None,
        tier=standing.tier if standing else None,
        rate=percent(figures.rate),
        duty_rate=percent(figures.duty_rate),
        pending=score.pending,
        lines=[_line(line, score.apel_id, language) for line in score.lines],
        standing=line,
    )


def standing_line(standing: Standing, rules: Rules, evidence: list[EvidenceLink], language: Language) -> RuleLine:
    """How the points of some apels became a rank and a tier."""
    facts: dict[str, Any] = {
        "apels": standing.apels,
        "points": number(standing.points),
        "band": standing.band,
        "rank": standing.rank,
        "tier": standing.tier,
        "minimum_apels": rules.minimum_apels,
        "minimum_strength": rules.minimum_strength,
    }
    return RuleLine(
        rule="opd.standing",
        policy=rules.label,
        text=text(language, "score.standing", "ranked" if standing.rank else "too_few", **facts),
        facts=facts | {"source": rules.ranking.source, "verified": rules.ranking.verified},
        evidence=evidence,
    )


def history_link(opd_code: str, span: queries.Span) -> EvidenceLink:
    """Where the apels of a span are listed that a unit's standing is the average of."""
    href = f"/v1/scores/opd/{opd_code}?from={span.from_date}&to={span.to_date}&kind={span.kind}"
    return EvidenceLink(kind="history", id=opd_code, href=href)


def percent(share: Percent) -> PercentRead:
    return PercentRead.model_validate(share)


def number(points: Decimal | None) -> int | float | None:
    """Points as a sentence has them: whole ones without a fraction."""
    if points is None:
        return None
    return int(points) if points == int(points) else float(points)


def masked(figures: Figures, opd_code: str, caller: Principal) -> Figures:
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
            schemas.EvidenceRead(kind=one["kind"], id=one["id"], href=href_of(apel_id, one)) for one in line["evidence"]
        ],
    )


def _spoken(rule: Rule, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with the numbers that a sentence about them needs."""
    if rule is Rule.ACCURACY:
        return facts | {"cost": sum(facts["costs"].values())}
    return facts


def href_of(apel_id: UUID, evidence: Mapping[str, Any]) -> str:
    """Where a line's evidence is read, in one call however large the apel was."""
    match EvidenceKind(evidence["kind"]):
        case EvidenceKind.REPORT_VERSION:
            return f"/v1/apel/{apel_id}/reports/{evidence['of']}/versions"
        case EvidenceKind.PRESENCE:
            return f"/v1/apel/{apel_id}/participants?kind=room&opd_code={evidence['of']}"
        case EvidenceKind.MARK:
            return f"/v1/attendance/{evidence['id']}"
        case EvidenceKind.FINDING:
            return f"/v1/findings/{evidence['id']}"
