"""What a ledger calls for, drafted with its figures, rules and evidence; whether anything follows, people decide."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.core.texts.dates import long_date
from app.decisions.basis import names_of
from app.decisions.rules import Kind, Variant
from app.decisions.service import RecommendationDraft
from app.decisions.weighing import AnyTier, Found, Standing, is_punished_already, rank
from app.livestreams.reading import Referral
from app.policies.rules import Rules
from app.policies.rules_of_persons import LedgerStep
from app.policies.rules_of_workdays import DisciplineRules, StreakTier
from app.policies.sources import Source
from app.scoring.persons import ApelLedger
from app.workdays.queries import LedgerFact
from app.workdays.rules import Ledger


def counted_days(ledger: Ledger, tier: AnyTier) -> tuple[date, ...]:
    """The days that a tier rests on: the year's, and for a tier of days in a row those of the run before it too."""
    days = set(ledger.days) - set(ledger.left_to_people)
    return tuple(sorted(days | set(ledger.streak_days if isinstance(tier, StreakTier) else ())))


def due_tier(rules: DisciplineRules, ledger: Ledger, standing: Iterable[Standing]) -> AnyTier | None:
    """The heaviest tier that a ledger has reached; None where it is punished already. A run outweighs its equal."""
    reached: list[AnyTier] = [tier for tier in (ledger.tier, ledger.streak_tier) if tier is not None]
    if not reached:
        return None
    tier = max(reached, key=lambda one: (rank(rules, one.code), isinstance(one, StreakTier)))
    found = Found(counted_days(ledger, tier), ledger.converted_days)
    return None if is_punished_already(rules, tier.code, found, standing) else tier


def draft_punishment(fact: LedgerFact, rules: DisciplineRules, tier: AnyTier) -> RecommendationDraft:
    """The recommendation for a tier that a ledger has reached."""
    ledger, names = fact.ledger, names_of(tier)
    days = counted_days(ledger, tier)
    variant = ledger.variant.value if ledger.variant else Variant.TUKIN
    basis: dict[str, Any] = {
        "asn_id": fact.asn_id,
        "year": fact.year,
        "rule_set": rules.code,
        "days": days,
        "converted_days": ledger.converted_days,
        "minutes": ledger.minutes,
        "carried_minutes": ledger.carried_minutes,
        "total_days": ledger.total_days,
        "unknown_days": ledger.unknown_days,
        "streaks": [streak.days for streak in ledger.streaks],
        "reasons": ledger.reasons,
        "variant": variant,
        "names": names,
        "article": tier.article,
        "lines": [_line_of_tier(fact, rules, tier, days)],
    }
    return RecommendationDraft(
        kind=Kind.PUNISHMENT,
        asn_id=fact.asn_id,
        opd_code=None,
        period=str(fact.year),
        code=tier.code,
        title=names[variant],
        policy_id=fact.policy_id,
        policy=fact.policy,
        basis=basis,
        severity=tier.severity,
    )


def _line_of_tier(fact: LedgerFact, rules: DisciplineRules, tier: AnyTier, days: Sequence[date]) -> dict[str, Any]:
    ledger = fact.ledger
    facts: dict[str, Any] = {"code": tier.code, "article": tier.article, **_sourced(rules.source)}
    if isinstance(tier, StreakTier):
        facts |= {"in_a_row": len(ledger.streak_days), "at_least": tier.days}
        facts |= {"pay_note": tier.pay_note, "pay_article": tier.pay_article}
        said = f"{len(ledger.streak_days)} hari kerja terus menerus tanpa keterangan"
    else:
        facts |= {"days": len(days), "converted_days": ledger.converted_days, "total_days": ledger.total_days}
        facts |= {"at_least": tier.at_least, "at_most": tier.at_most}
        said = f"{ledger.total_days} hari kerja tanpa keterangan dalam tahun {fact.year}"
    return {
        "rule": "discipline_tier",
        "policy": fact.policy,
        "text": f"{said}: {tier.article}.",
        "facts": facts,
        "evidence": [_workday(fact.asn_id, day) for day in days],
    }


def _workday(asn_id: UUID, day: date) -> dict[str, str]:
    href = f"/v1/workdays/asn/{asn_id}/days?from={day}&to={day}"
    return {"kind": "workday", "id": day.isoformat(), "href": href}


def _sourced(source: Source) -> dict[str, Any]:
    return {"source": source.source, "verified": source.verified}


def draft_guidance(asn_id: UUID, ledger: ApelLedger, step: LedgerStep, rules: Rules) -> RecommendationDraft:
    """A talk that missed apels call for: no discipline, and no day of absence from work."""
    assert rules.apel_ledger is not None
    facts = {"misses": len(ledger.misses), "at_least": step.at_least, **_sourced(rules.apel_ledger.source)}
    line = {
        "rule": "apel_ledger",
        "policy": rules.label,
        "text": f"{len(ledger.misses)} kali tidak mengikuti apel tanpa keterangan; bukan hari tidak masuk kerja.",
        "facts": facts,
        "evidence": [
            {"kind": "mark", "id": str(mark.mark_id), "href": f"/v1/attendance/{mark.mark_id}"}
            for mark in ledger.misses
        ],
    }
    misses = [{"apel_id": mark.apel_id, "mark_id": mark.mark_id, "on": mark.on_date} for mark in ledger.misses]
    return RecommendationDraft(
        kind=Kind.GUIDANCE,
        asn_id=asn_id,
        opd_code=None,
        period=ledger.period.code,
        code=step.code,
        title=step.advice,
        policy_id=rules.id,
        policy=rules.label,
        basis={"misses": misses, "lines": [line]},
    )


def draft_conduct(referral: Referral) -> RecommendationDraft:
    """A talk about a broadcast in working hours: no discipline by the tiers of absence, which say nothing of it."""
    return RecommendationDraft(
        kind=Kind.CONDUCT,
        asn_id=referral.asn_id,
        opd_code=None,
        period=str(referral.day.year),
        code="livestream",
        title=f"Siaran langsung {referral.minutes} menit di dalam jam kerja, {long_date(referral.day)}",
        policy_id=referral.rules.id,
        policy=referral.rules.label,
        basis={
            "incident_id": referral.incident_id,
            "on": referral.day,
            "minutes": referral.minutes,
            "lines": [line.model_dump(mode="json") for line in referral.lines],
        },
        about=referral.incident_id,
    )
