"""A policy document as the plain values that pure rules take."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TypeVar

from app.policies.models import Policy
from app.policies.rules import Band, Rules, Sourced, SpotCheckRules, Tier
from app.policies.rules_of_cases import Clock, Competence, ProcedureRules
from app.policies.rules_of_performance import (
    BehaviourRules,
    CompositePart,
    CompositeRules,
    ConductRules,
    Expectation,
    OutputRules,
    Rater,
    ServiceRules,
)
from app.policies.rules_of_persons import (
    ApelLedgerRules,
    ExemptionRules,
    LedgerStep,
    MarkObjectionRules,
    NoApel,
    PersonRules,
    RewardRules,
)
from app.policies.rules_of_tpp import ApelCut, Cut, TppBase, TppRules
from app.policies.rules_of_workdays import (
    DisciplineRules,
    DisciplineTier,
    LatenessClass,
    StreakTier,
    Switch,
    WorkdayRules,
)
from app.policies.schemas import PointsRule, PolicyDocument, SpotCheckPart
from app.policies.schemas_of_cases import ProcedurePart
from app.policies.schemas_of_parts import SourcedPart
from app.policies.schemas_of_performance import BehaviourPart, CompositePolicyPart, ConductPart, OutputPart, ServicePart
from app.policies.schemas_of_persons import ApelLedgerPart, ExemptionPart, MarkObjectionPart, PersonPart, RewardPart
from app.policies.schemas_of_tpp import CutPart, TppPart
from app.policies.schemas_of_workdays import DisciplinePart, LatenessClassPart, WorkdayPart
from app.policies.sources import Source
from app.policies.yaml_text import read_yaml, write_yaml

Part = TypeVar("Part")
Read = TypeVar("Read")
_OF = {
    TppBase.WHOLE: "TPP seluruhnya",
    TppBase.DISCIPLINE: "Bagian disiplin dari TPP",
    TppBase.DAY: "TPP hari itu",
}


@cache
def shipped_document() -> PolicyDocument:
    return PolicyDocument.model_validate(read_yaml((files(__package__) / "default.yaml").read_text("utf-8")).value)


def write_policy(policy: Policy) -> str:
    """A version as YAML; read again, it is the same document."""
    return write_document(PolicyDocument.model_validate(policy.document))


def write_document(document: PolicyDocument) -> str:
    return write_yaml(document.model_dump(exclude_none=True))


def read_rules(policy: Policy) -> Rules:
    document = PolicyDocument.model_validate(policy.document)
    return Rules(
        id=policy.id,
        code=policy.code,
        version=policy.version,
        legal_basis=policy.legal_basis,
        effective_from=policy.effective_from,
        wfa_share_percent=document.presence.wfa_share_percent,
        duty_rate=_points(document.points.duty_rate),
        timeliness=_points(document.points.timeliness),
        accuracy=_points(document.points.accuracy),
        minutes_per_point=document.timeliness.minutes_per_point,
        accuracy_cost=document.accuracy.cost.model_dump(),
        accuracy_concerns=frozenset(document.accuracy.concerns),
        spot_check=_spot_check(document.spot_check or shipped_document().spot_check),
        bands=tuple(Band(band.code, band.at_most) for band in document.bands),
        minimum_apels=document.ranking.minimum_apels,
        minimum_strength=document.ranking.minimum_strength,
        own_average_apels=document.trend.own_average_apels,
        tiers=tuple(Tier(tier.code, Decimal(tier.at_least)) for tier in document.tiers),
        ranking=Source(document.ranking.source, document.ranking.verified),
        person=_said(document.person, _person),
        apel_ledger=_said(document.apel_ledger, _apel_ledger),
        exemptions=_said(document.exemptions, _exemptions),
        mark_objections=_said(document.mark_objections, _mark_objections),
        rewards=_said(document.rewards, _rewards),
        workdays=_said(document.workdays, _workdays),
        discipline=tuple(map(_discipline, document.discipline)),
        procedure=_said(document.procedure, _procedure),
        tpp=tuple(map(_tpp, document.tpp)),
        output=_said(document.output, _output),
        behaviour=_said(document.behaviour, _behaviour),
        service=_said(document.service, _service),
        conduct=_said(document.conduct, _conduct),
        composite=_said(document.composite, _composite),
    )


def _said(part: Part | None, read: Callable[[Part], Read]) -> Read | None:
    """What a part says; None where the document says nothing."""
    return None if part is None else read(part)


def _points(rule: PointsRule) -> Sourced:
    return Sourced(rule.points, rule.base, rule.source, rule.verified)


def _spot_check(part: SpotCheckPart | None) -> SpotCheckRules:
    if part is None:
        raise LookupError("the shipped policy says nothing about spot checks")
    return SpotCheckRules(part.automatic, part.units, part.tolerance_people, part.tolerance_percent)


def _source(part: SourcedPart, base: str | None = None) -> Source:
    return Source(part.source, part.verified, base)


def _person(part: PersonPart) -> PersonRules:
    return PersonRules(
        present=part.present,
        left_early=part.left_early,
        unexplained=part.unexplained,
        streak_every=part.streak_every,
        streak_bonus=part.streak_bonus,
        streak_most=part.streak_most,
        minimum_apels=part.minimum_apels,
        source=_source(part, part.base),
    )


def _apel_ledger(part: ApelLedgerPart) -> ApelLedgerRules:
    return ApelLedgerRules(
        counts=frozenset(part.counts),
        reset=part.reset,
        steps=tuple(LedgerStep(step.code, step.at_least, step.advice) for step in part.steps),
        source=_source(part),
    )


def _exemptions(part: ExemptionPart) -> ExemptionRules:
    return ExemptionRules(
        no_apel=tuple(NoApel(span.from_date, span.to_date, span.reason) for span in part.no_apel),
        ramadan=part.ramadan,
        codes=frozenset(part.codes),
        waived_connectivity=frozenset(part.waived_connectivity),
        source=_source(part),
    )


def _mark_objections(part: MarkObjectionPart) -> MarkObjectionRules:
    return MarkObjectionRules(part.days, part.answer_days, _source(part))


def _rewards(part: RewardPart) -> RewardRules:
    return RewardRules(
        best_per_band=part.best_per_band,
        improved_points=part.improved_points,
        perfect_minimum_apels=part.perfect_minimum_apels,
        recent_months=part.recent_months,
        source=_source(part),
    )


def _workdays(part: WorkdayPart) -> WorkdayRules:
    return WorkdayRules(
        late=_classes(part.late),
        early=_classes(part.early),
        no_clock_in_minutes=part.no_clock_in_minutes,
        no_clock_out_minutes=part.no_clock_out_minutes,
        minutes_per_day=part.minutes_per_day,
        convert_employment=frozenset(part.convert_employment),
        alerts=tuple(part.alerts),
        source=_source(part),
    )


def _classes(parts: list[LatenessClassPart]) -> tuple[LatenessClass, ...]:
    return tuple(LatenessClass(part.code, part.from_minutes, part.to_minutes) for part in parts)


def _discipline(part: DisciplinePart) -> DisciplineRules:
    return DisciplineRules(
        code=part.code,
        employment=frozenset(part.employment),
        events_from=part.events_from,
        tiers=tuple(DisciplineTier(**tier.model_dump()) for tier in part.tiers),
        streak=_said(part.streak, lambda streak: StreakTier(**streak.model_dump())),
        tukin_cut=tuple(Switch(switch.from_date, switch.in_force, switch.basis) for switch in part.tukin_cut),
        source=_source(part, part.base),
    )


def _procedure(part: ProcedurePart) -> ProcedureRules:
    clocks = {clock: getattr(part.clocks, clock.value) for clock in Clock}
    return ProcedureRules(
        clocks={clock: one.days for clock, one in clocks.items()},
        competence=tuple(
            Competence(
                authority=row.authority,
                targets=frozenset(row.targets),
                below=row.below,
                severities=frozenset(row.severities),
                article=row.article,
            )
            for row in part.competence
        ),
        team_required=frozenset(part.team_required),
        dismissal=frozenset(part.dismissal),
        source=_source(part),
        sources={clock: _source(one) for clock, one in clocks.items()},
    )


def _tpp(part: TppPart) -> TppRules:
    return TppRules(
        base=part.base,
        discipline_percent=part.discipline_percent,
        employment=frozenset(part.employment),
        late=_cuts(part.late),
        early=_cuts(part.early),
        no_clock_in=part.no_clock_in,
        no_clock_out=part.no_clock_out,
        absent_day=part.absent_day,
        apel=tuple(ApelCut(cut.kind, frozenset(cut.weekdays), cut.percent) for cut in part.apel),
        absence_absorbs_apel=part.absence_absorbs_apel,
        cap_percent=part.cap_percent,
        full_cut_days=part.full_cut_days,
        exempt_codes=frozenset(part.exempt_codes),
        round_to=part.round_to,
        rounding=part.rounding,
        round_what=part.round_what,
        objection_days=part.objection_days,
        december_closes_on=part.december_closes_on,
        source=_source(part, _OF[part.base]),
    )


def _cuts(parts: list[CutPart]) -> tuple[Cut, ...]:
    return tuple(Cut(part.code, part.from_minutes, part.to_minutes, part.percent) for part in parts)


def _output(part: OutputPart) -> OutputRules:
    return OutputRules(part.meets_at_least, _source(part, part.base))


def _behaviour(part: BehaviourPart) -> BehaviourRules:
    return BehaviourRules(
        points={rated: getattr(part.points, rated) for rated in Expectation},
        weights={rater: getattr(part.weights, rater) for rater in Rater},
        minimum_peers=part.minimum_peers,
        meets_at_least=part.meets_at_least,
        above_at_least=part.above_at_least,
        training_hours=part.training_hours,
        source=_source(part, part.base),
    )


def _service(part: ServicePart) -> ServiceRules:
    return ServiceRules(part.minimum_served, _source(part, part.base))


def _conduct(part: ConductPart) -> ConductRules:
    return ConductRules(
        part.acknowledgement, part.deposit, part.livestream, part.incident_cost, _source(part, part.base)
    )


def _composite(part: CompositePolicyPart) -> CompositeRules:
    return CompositeRules(
        opd={one: getattr(part.opd, one) for one in CompositePart},
        person={one: getattr(part.person, one) for one in CompositePart if one is not CompositePart.SERVICE},
        minimum_parts=part.minimum_parts,
        source=_source(part, part.base),
    )
