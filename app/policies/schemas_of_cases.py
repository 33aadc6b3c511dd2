"""The part of a policy document about cases: who may punish whom, and the clocks of the procedure."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Line
from app.policies.rules_of_workdays import Severity
from app.policies.schemas_of_parts import Days, RuleCode, SourcedPart, distinct
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
    targets: Annotated[list[Level], Field(max_length=20), AfterValidator(distinct)]
    """Levels on whom; empty: whoever stands `below` steps under the official."""
    below: Annotated[Annotated[int, Field(strict=True, ge=1, le=5)] | None, Field(validate_default=True)] = None
    """1: direct subordinates, 2: theirs; null: `targets` decides."""
    severities: Annotated[list[Severity], Field(min_length=1, max_length=3), AfterValidator(distinct)]
    article: Line

    @field_validator("below")
    @classmethod
    def _one_of_both(cls, below: int | None, info: ValidationInfo) -> int | None:
        if "targets" in info.data and bool(info.data["targets"]) == (below is not None):
            raise PydanticCustomError("competence_unclear", "either levels or steps below")
        return below


class ProcedurePart(SourcedPart):
    clocks: ClocksPart
    competence: Annotated[list[CompetencePart], Field(min_length=1, max_length=50)]
    team_required: Annotated[list[Severity], Field(max_length=3), AfterValidator(distinct)]
    """Severities that a team must examine."""
    dismissal: Annotated[list[RuleCode], Field(max_length=20), AfterValidator(distinct)]
    """Codes of tiers against which there is banding (BPASN) and no keberatan."""
