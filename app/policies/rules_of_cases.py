"""What a policy says about cases: who may punish whom, and the clocks of the procedure: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.policies.rules_of_workdays import Severity
from app.policies.sources import Source


class Clock(StrEnum):
    """Periods of the procedure, all in working days; the day after the event is the first."""

    SUPERIOR_ACTS = "superior_acts"
    """From the recommendation until the superior has summoned; after it the superior's superior is told."""
    PANGGILAN = "panggilan"
    """Between a summons and its examination."""
    PANGGILAN_2 = "panggilan_2"
    SAMPAIKAN_SK = "sampaikan_sk"
    """From signing until the decision is handed over."""
    KIRIM_SK = "kirim_sk"
    """Until it is sent to somebody who did not come."""
    BERLAKU = "berlaku"
    """The n-th day after receipt, on which it takes effect."""
    KEBERATAN = "keberatan"
    PUTUS_KEBERATAN = "putus_keberatan"
    BANDING = "banding"
    TANGGAPAN_PPK = "tanggapan_ppk"
    BPASN = "bpasn"


@dataclass(frozen=True)
class Competence:
    """One row of the table of authority: who may impose what on whom."""

    authority: str
    """`ppk` (the Bupati), or the level of the official: jpt_pratama, administrator, pengawas."""
    targets: frozenset[str]
    """Levels on whom; empty: whoever stands `below` steps under the official."""
    below: int | None
    """1: direct subordinates, 2: theirs; None: `targets` decides."""
    severities: frozenset[Severity]
    article: str


@dataclass(frozen=True)
class ProcedureRules:
    clocks: Mapping[Clock, int]
    competence: tuple[Competence, ...]
    """The lowest official that fits decides; the first row that fits."""
    team_required: frozenset[Severity]
    """Severities that a team must examine."""
    dismissal: frozenset[str]
    """Tier codes against which there is banding (BPASN) and no keberatan."""
    source: Source
    sources: Mapping[Clock, Source] = field(default_factory=dict)
    """Where each clock comes from: they stand in several regulations."""
