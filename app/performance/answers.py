"""The shapes of what this room says about people, OPDs and themes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.core.fields import Body, Day, PeriodCode, Prose, Read
from app.core.traces import RuleLine
from app.performance.predikat import Predikat
from app.performance.rules import Aspect, Better, Capaian, Missing, OutputFigure, Standing, Theme
from app.performance.schemas import AmountRead
from app.performance.verdicts import Verdict
from app.policies.rules_of_performance import Expectation


class Share(Read):
    """A percentage with all that it rests on."""

    numerator: float
    denominator: int
    excluded: dict[str, int]
    """What was left out, by reason."""
    percent: float | None
    """Half-up to two decimals; null at denominator 0."""


def share_of_capaian(found: Capaian) -> Share:
    percent = found.percent
    return Share(
        numerator=float(found.earned),
        denominator=found.weight,
        excluded=_named(found.excluded),
        percent=None if percent is None else float(percent),
    )


def share_of_figure(figure: OutputFigure) -> Share:
    percent = figure.percent
    return Share(
        numerator=float(figure.earned),
        denominator=figure.weight,
        excluded={"missing": figure.missing} if figure.missing else {},
        percent=None if percent is None else float(percent),
    )


def _named(excluded: Mapping[Standing, int]) -> dict[str, int]:
    return {one.value: excluded[one] for one in sorted(excluded)}


class TargetOutcome(Read):
    """A target of the span and what came of it."""

    period: str
    target: AmountRead
    standing: Standing
    actual: AmountRead | None
    percent: float | None
    """Of what was agreed, never above 100; null while nothing is settled."""
    evidence: str | None
    achievement_id: UUID | None
    href: str | None
    text: str
    """How it stands, in words."""


class IndicatorOutcome(Read):
    id: UUID
    rhk: str
    theme: Theme | None
    indicator: str
    aspect: Aspect
    unit: str
    better: Better
    weight: int
    percent: float | None
    targets: list[TargetOutcome]


class PersonOutput(Read):
    asn_id: UUID
    period: str
    capaian: Share
    """Weight that was earned of the weight of the indicators of which something is settled."""
    provisional: bool
    missing: Missing | None
    """Why there is no percentage; a person without targets is missing, never zero."""
    indicators: list[IndicatorOutcome]
    lines: list[RuleLine]


class PersonShort(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    capaian: Share
    provisional: bool
    missing: Missing | None
    href: str


class OpdOutput(Read):
    opd_code: str
    period: str
    people: int
    known: int
    missing: int
    provisional: int
    capaian: Share
    """The average of people, each counting once; those of whom nothing is settled are missing."""
    items: list[PersonShort]
    """The people, in short; machines are told the figure alone."""
    next_cursor: str | None


class PeopleFilter(Body):
    period: PeriodCode | None = None
    """This month, unless you say otherwise."""
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class ThemeOfOpd(Read):
    opd_code: str
    outputs: int
    people: int
    provisional: int
    capaian: Share


class ThemeRead(Read):
    theme: Theme
    name: str
    outputs: int
    """Indicators with a target in the period."""
    people: int
    opds: int
    provisional: int
    capaian: Share
    by_opd: list[ThemeOfOpd]


class ThemesRead(Read):
    period: str
    items: list[ThemeRead]


class DaysWanted(Body):
    from_date: Day | None = Field(default=None, alias="from")
    """The first of the month of the last day, unless you say otherwise."""
    to_date: Day | None = Field(default=None, alias="to")
    """Today, unless you say otherwise."""


class DayOutput(Read):
    day: date
    place: str
    """`wfa`, or the code of another confirmed absence in small letters (`dl`); `at-work` where the attendance system
    has seen the person; else `unknown`. It is told and never counted."""
    absence_id: UUID | None
    verdict: Verdict
    text: str
    capaian: Share
    targets: list[TargetOutcome]


class DaysOutput(Read):
    asn_id: UUID
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    items: list[DayOutput]


class EvaluationWrite(Body):
    results: Expectation
    behaviour: Expectation
    note: Prose | None = None
    reason: Prose | None = None
    """Why an earlier evaluation is changed."""


class Proposal(Read):
    """What the facts suggest; only the superior says."""

    policy: str
    results: Expectation | None
    """Never `above`; null while the capaian is provisional or missing."""
    behaviour: Expectation | None
    predikat: Predikat | None
    predikat_text: str | None
    capaian: Share
    provisional: bool
    missing: Missing | None


class EvaluationVersion(Read):
    version: int
    results: Expectation
    behaviour: Expectation
    note: str | None
    basis: Proposal
    """What was proposed when it was said."""
    reason: str | None
    by_name: str
    at: datetime
    predikat: Predikat
    predikat_text: str


class EvaluationRead(Read):
    asn_id: UUID
    period: str
    version: int
    """0: nobody has evaluated it yet."""
    current: EvaluationVersion | None
    earlier: list[EvaluationVersion]
    """The newest first."""
    proposal: Proposal
    source: str
    lines: list[RuleLine]


class OwnEvaluation(EvaluationVersion):
    """One version of a superior's evaluation of a period."""

    period: str


class OwnOutputs(Read):
    """Everything kept about one person's performance in a year, for the person."""

    plans: list[dict[str, Any]]
    achievements: list[dict[str, Any]]
    verifications: list[dict[str, Any]]
    evaluations: list[OwnEvaluation]
