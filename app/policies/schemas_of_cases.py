"""The part of a policy document about cases: who may punish whom, and the clocks of the procedure."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Line
from app.policies.rules_of_workdays import Severity
from app.policies.schemas_of_parts import Days, RuleCode, SourcedPart, require_distinct
from app.registry.rules import Level


class ClockPart(SourcedPart):
    days: Days
    """Working days; the day after the event is the first."""


class ClocksPart(Body):
    superior_acts: ClockPart
    """From the recommendation until the superior has summoned; after it the superior's superior is told."""
    panggilan: ClockPart
    """Between the first summons and its examination."""
    panggilan_2: ClockPart
    """After the day of the missed examination, until the second summons."""
    sampaikan_sk: ClockPart
    """From signing until the decision is handed over."""
    kirim_sk: ClockPart
    """Until the decision is sent to somebody who did not come."""
    berlaku: ClockPart
    """The n-th day after receipt, on which the decision takes effect."""
    keberatan: ClockPart
    """To object, after receipt."""
    putus_keberatan: ClockPart
    """To decide on an objection."""
    banding: ClockPart
    """To appeal to BPASN, after receipt."""
    tanggapan_ppk: ClockPart
    """For the PPK's answer to BPASN."""
    bpasn: ClockPart
    """For BPASN's decision."""


class CompetencePart(Body):
    """One row of the table of authority; the first row that fits decides, so the lowest official stands first."""

    authority: Literal["ppk", "jpt_pratama", "administrator", "pengawas"]
    """`ppk` (the Bupati), or the level of the official."""
    targets: Annotated[list[Level], Field(max_length=20)]
    """Levels on whom; empty: whoever stands `below` steps under the official."""
    below: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    """1: direct subordinates, 2: theirs; null: `targets` decides."""
    severities: Annotated[list[Severity], Field(min_length=1, max_length=3)]
    article: Line

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.targets) == (self.below is not None):
            raise PydanticCustomError("competence_unclear", "either levels or steps below")
        require_distinct(self.targets)
        require_distinct(self.severities)
        return self


class ProcedurePart(SourcedPart):
    clocks: ClocksPart
    competence: Annotated[list[CompetencePart], Field(min_length=1, max_length=50)]
    team_required: Annotated[list[Severity], Field(max_length=3)]
    """Severities that a team must examine."""
    dismissal: Annotated[list[RuleCode], Field(max_length=20)]
    """Codes of tiers against which there is banding (BPASN) and no keberatan."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        require_distinct(self.team_required)
        require_distinct(self.dismissal)
        return self
