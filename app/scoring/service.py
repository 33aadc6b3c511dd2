"""Scores are remade when the conclusion or the policy is newer than they are, and only then."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeGuard
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.attendance.models import Finding, Tally
from app.attendance.queries import get_conclusion, list_findings, list_tallies
from app.attendance.rules import FindingCode
from app.attendance.schemas import Outcome
from app.attendance.service import conclude
from app.attendance.terms import rules_of
from app.core.bulk import Row, upsert_rows
from app.core.clock import Clock
from app.core.db import OpenSession, act_as, lock_key
from app.core.ticker import each_apart
from app.policies.rules import Rules
from app.scoring.models import Score, ScoreRun
from app.scoring.queries import (
    find_run,
    list_outdated,
    list_rooms,
    list_unexplained_marks,
)
from app.scoring.rules import Evidence, EvidenceKind, Figures, Found, Line, Unit, UnitScore, score_unit

ROUND = 20
"""Apels per background round: a policy that touches a year is worked off in a few rounds."""


async def score_apel(session: AsyncSession, apel_id: UUID, *, at: datetime) -> ScoreRun:
    """Have an apel concluded and scored, and say on what its scores rest; computing twice changes nothing.

    Raises ApelNotFound.
    """
    revision = await conclude(session, apel_id, at=at)
    apel = await get_apel(session, apel_id, at=at)
    policy = await rules_of(session, apel)
    if _is_current(run := await find_run(session, apel_id), revision, policy):
        return run
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("score", apel_id))))
    if _is_current(run := await find_run(session, apel_id), revision, policy):
        return run
    scored = await _score_units(session, apel, policy)
    await _keep(session, apel_id, scored, policy)
    run_row = {"apel_id": apel_id, "revision": revision, "policy_id": policy.id, "computed_at": at}
    await upsert_rows(session, ScoreRun, [run_row])
    made = await find_run(session, apel_id)
    assert made is not None
    return made


def _is_current(run: ScoreRun | None, revision: int, policy: Rules) -> TypeGuard[ScoreRun]:
    return run is not None and run.revision >= revision and run.policy_id == policy.id


async def _score_units(session: AsyncSession, apel: ApelNow, policy: Rules) -> list[tuple[Tally, UnitScore]]:
    """Every unit's score from the facts of the conclusion, in a fixed number of statements."""
    concluded = await get_conclusion(session, apel.id)
    if apel.state is ApelState.CANCELLED or concluded.no_apel is not None:
        return []
    marks = await list_unexplained_marks(session, apel.id)
    rooms = await list_rooms(session, apel.id)
    findings: dict[str, list[Found]] = {}
    parts: dict[str, dict[str, Any]] = {}
    for finding, resolution, _ in await list_findings(session, apel.id, scope=None):
        findings.setdefault(finding.opd_code, []).append(found_of(finding, resolution.outcome if resolution else None))
        if finding.code == FindingCode.NOT_REPORTED:
            parts[finding.opd_code] = finding.facts
    return [
        (
            tally,
            score_unit(
                unit_of(
                    tally,
                    parts.get(tally.opd_code, {}),
                    findings=findings.get(tally.opd_code, ()),
                    marks=marks.get(tally.opd_code, ()),
                    rooms=rooms.get(tally.opd_code, ()),
                ),
                policy,
                due=not tally.pending,
                gap=concluded.gap,
            ),
        )
        for tally in await list_tallies(session, apel.id)
    ]


def found_of(finding: Finding, outcome: str | None) -> Found:
    """`outcome` of the latest resolution; None: nobody looked at it yet."""
    still_open = outcome is None or outcome == Outcome.CONFIRMED
    return Found(finding.id, finding.code, finding.grade, still_open)


def unit_of(
    tally: Tally,
    parts: dict[str, Any],
    *,
    findings: Iterable[Found],
    marks: Iterable[Evidence],
    rooms: Iterable[Evidence],
) -> Unit:
    """What a score looks at; `parts` are the facts of a finding that parts are missing."""
    return Unit(
        opd_code=tally.opd_code,
        figures=Figures(tally.present_wfo + tally.present_wfa, tally.strength, tally.excused),
        unexplained=tally.unexplained,
        not_reported=tally.not_reported,
        disputed=tally.disputed,
        reported=tally.report_state != "missing",
        claims_needed=parts.get("of", 1),
        claims_missing=parts.get("missing", 0),
        late_minutes=tally.late_minutes,
        findings=tuple(findings),
        versions=tuple(
            Evidence(EvidenceKind.REPORT_VERSION, UUID(claim["id"]), claim["opd_code"]) for claim in tally.versions
        ),
        marks=tuple(marks),
        rooms=tuple(rooms),
    )


async def _keep(session: AsyncSession, apel_id: UUID, scored: list[tuple[Tally, UnitScore]], policy: Rules) -> None:
    """Replace an apel's scores; a unit that is none any more loses its own."""
    codes = [tally.opd_code for tally, _ in scored]
    await session.execute(delete(Score).where(Score.apel_id == apel_id, Score.opd_code.not_in(codes)))
    rows: list[Row] = [
        {
            "apel_id": apel_id,
            "opd_code": tally.opd_code,
            "points": score.points,
            "pending": tally.pending,
            "band": score.band,
            "present": tally.present_wfo + tally.present_wfa,
            "strength": tally.strength,
            "excused": tally.excused,
            "lines": [_line_row(line, policy) for line in score.lines],
        }
        for tally, score in scored
    ]
    await upsert_rows(session, Score, rows)


def _line_row(line: Line, policy: Rules) -> Row:
    return {
        "rule": line.rule,
        "policy": policy.label,
        "points": line.points,
        "facts": {"reason": line.reason, **line.facts},
        "evidence": [{"kind": one.kind, "id": one.id, "of": one.of} for one in line.evidence],
    }


async def score_due(open_session: OpenSession, clock: Clock) -> bool:
    """One round of the background loop: score what became due or was concluded anew; True when more waits.

    An apel that cannot be scored stops no other; its error is raised at the end of the round.
    """
    async with open_session.begin() as session:
        await act_as(session)
        waiting = await list_outdated(session, ROUND + 1)
    await each_apart(open_session, waiting[:ROUND], lambda session, apel_id: score_apel(session, apel_id, at=clock()))
    return len(waiting) > ROUND
