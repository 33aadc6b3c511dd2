"""Periodic and yearly evaluation: the superior's word on results and behaviour, and the predikat that follows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.behaviour.figures import proposal_of
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.periods import Period
from app.core.principal import Principal, Role
from app.core.texts import Language, text
from app.core.traces import RuleLine
from app.core.versions import require_version
from app.performance.answers import (
    EvaluationRead,
    EvaluationVersion,
    EvaluationWrite,
    OwnEvaluation,
    Proposal,
    share_of_capaian,
)
from app.performance.errors import EvaluationChangeNeedsReason, EvaluationTooEarly
from app.performance.models import PerformanceEvaluation
from app.performance.people import SUPERIORS, find_person, lock_person, require_another
from app.performance.predikat import SOURCE, predikat_of, propose_results
from app.performance.queries import Span
from app.performance.tracing import Tracing, load_lines, rules_of
from app.policies.rules_of_performance import Expectation

EVALUATION_READERS = (Role.BUPATI, Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)


async def read_evaluation(
    session: AsyncSession, caller: Principal, asn_id: UUID, code: str, language: Language, *, at: datetime
) -> EvaluationRead:
    """The evaluation of a period, those before it, and what the facts suggest; raises AsnNotFound."""
    today = civil_date(at, zone_of(session))
    person = await find_person(session, caller, asn_id, today, *EVALUATION_READERS)
    await record(session, caller, "performance.read-evaluation", at=at, target=str(asn_id), nips=[person.nip])
    return await _read(session, asn_id, Period.parse(code), today, language)


async def evaluate(
    session: AsyncSession,
    caller: Principal,
    asn_id: UUID,
    code: str,
    body: EvaluationWrite,
    language: Language,
    *,
    expected: int | None,
    at: datetime,
) -> EvaluationRead:
    """Keep a superior's evaluation of a period as a new version; the one in force already changes nothing.

    Raises AsnNotFound, OwnPerformance, EvaluationTooEarly, VersionRequired, VersionMismatch,
    EvaluationChangeNeedsReason.
    """
    today, period = civil_date(at, zone_of(session)), Period.parse(code)
    person = await lock_person(session, caller, asn_id, today, *SUPERIORS)
    require_another(caller, asn_id)
    if period.from_date > today:
        raise EvaluationTooEarly(from_date=str(period.from_date))
    kept = await list_versions(session, asn_id, code)
    if not (kept and _says(kept[0], body)):
        version = _next_version(kept, body, expected)
        proposal, _ = await _propose(session, asn_id, period, today, language)
        said = body.model_dump() | {"basis": proposal.model_dump(mode="json")}
        by = {"by": caller.id, "by_name": caller.name, "at": at}
        session.add(PerformanceEvaluation(asn_id=asn_id, period=code, version=version, **said, **by))
        await session.flush()
        about = {"period": code, "version": version}
        await record(session, caller, "performance.evaluate", at=at, target=str(asn_id), nips=[person.nip], **about)
    return await _read(session, asn_id, period, today, language)


def _says(kept: PerformanceEvaluation, body: EvaluationWrite) -> bool:
    return (kept.results, kept.behaviour, kept.note) == (body.results, body.behaviour, body.note)


def _next_version(kept: Sequence[PerformanceEvaluation], body: EvaluationWrite, expected: int | None) -> int:
    """Raises VersionRequired, VersionMismatch, EvaluationChangeNeedsReason."""
    current = kept[0].version if kept else 0
    if current or expected is not None:
        require_version(expected, current)
    if current and body.reason is None:
        raise EvaluationChangeNeedsReason
    return current + 1


async def list_versions(session: AsyncSession, asn_id: UUID, code: str) -> Sequence[PerformanceEvaluation]:
    """What was ever said of a period, the newest first."""
    kept = select(PerformanceEvaluation).filter_by(asn_id=asn_id, period=code)
    return (await session.scalars(kept.order_by(PerformanceEvaluation.version.desc()))).all()


async def _read(session: AsyncSession, asn_id: UUID, period: Period, today: date, language: Language) -> EvaluationRead:
    kept = [show_version(one, language) for one in await list_versions(session, asn_id, period.code)]
    proposal, lines = await _propose(session, asn_id, period, today, language)
    return EvaluationRead(
        asn_id=asn_id,
        period=period.code,
        version=kept[0].version if kept else 0,
        current=kept[0] if kept else None,
        earlier=kept[1:],
        proposal=proposal,
        source=SOURCE,
        lines=lines,
    )


async def _propose(
    session: AsyncSession, asn_id: UUID, period: Period, today: date, language: Language
) -> tuple[Proposal, list[RuleLine]]:
    """What the facts suggest now, and the lines that lead there."""
    lines = await load_lines(session, asn_id, Span(period.from_date, period.to_date, today))
    tracing, rules = Tracing(lines, today, language), await rules_of(session, period, today)
    found = tracing.capaian
    results = propose_results(found, rules.output)
    behaviour = await proposal_of(session, asn_id, period, today=today)
    predikat = predikat_of(results, behaviour) if results and behaviour else None
    proposal = Proposal(
        policy=rules.label,
        results=results,
        behaviour=behaviour,
        predikat=predikat,
        predikat_text=predikat and text(language, "output.predikat", predikat),
        capaian=share_of_capaian(found),
        provisional=found.provisional,
        missing=found.missing,
    )
    return proposal, tracing.rule_lines(rules)


def show_version(kept: PerformanceEvaluation, language: Language) -> EvaluationVersion:
    return EvaluationVersion(**_said(kept, language))


def show_own(kept: PerformanceEvaluation, language: Language) -> OwnEvaluation:
    return OwnEvaluation(period=kept.period, **_said(kept, language))


def _said(kept: PerformanceEvaluation, language: Language) -> dict[str, Any]:
    predikat = predikat_of(Expectation(kept.results), Expectation(kept.behaviour))
    return {name: getattr(kept, name) for name in EvaluationVersion.model_fields if hasattr(kept, name)} | {
        "predikat": predikat,
        "predikat_text": text(language, "output.predikat", predikat),
    }
