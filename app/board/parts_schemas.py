"""What the Bupati's office reads beyond the roll-call: output, behaviour, service and conduct of a period."""

from datetime import date, datetime

from app.composite.rules import Missing
from app.core.fields import Read
from app.core.rates import PercentRead
from app.core.traces import EvidenceLink
from app.performance.rules import Theme
from app.policies.rules_of_performance import CompositePart


class AttendanceFigure(Read):
    """Roll-calls of the period together."""

    apels: int
    duty_rate: PercentRead


class OutputRead(Read):
    """Results against targets: an average over the people of whom something is verified."""

    people: int
    known: int
    """Of whom something is verified; the others are missing, which is not zero."""
    provisional: int
    """Of whom something waits to be verified, or for its time to end."""
    percent: float | None


class BehaviourRead(Read):
    people: int
    known: int
    """Those assessed in units with enough of them to hide everybody; the others are missing."""
    points: float | None
    """Of 100; null where nobody is known."""


class SpeedRead(Read):
    """How long the public waited; the percentiles are seconds."""

    served: int
    within: PercentRead
    """Served within the promised time, of those with a promise."""
    wait_p50: int | None
    wait_p90: int | None
    total_p50: int | None
    total_p90: int | None


class ServiceRead(Read):
    now: SpeedRead
    before: SpeedRead
    """The equally long span before."""


class ConductRead(Read):
    acknowledged: PercentRead
    deposited: PercentRead
    incidents: int | None
    """Live streams in working hours that a person confirmed; null while no circular forbids them."""


class ThemeRead(Read):
    """Reformasi birokrasi tematik."""

    theme: Theme
    text: str = ""
    outputs: int
    people: int
    percent: float | None
    """Average capaian over these people."""


class OpdParts(Read):
    opd_code: str
    short_name: str
    order: int
    points: float | None
    """The composite, of 100."""
    missing: Missing | None
    parts: dict[CompositePart, float | None]
    """Of 100 each; null: missing, which is not zero."""
    href: str
    """The parts line by line."""


class BoardParts(Read):
    period: str
    from_date: date
    to_date: date
    as_of: datetime
    """When these parts were summed: a minute ago or less where people look, ten at most."""
    policy: str
    attendance: AttendanceFigure
    output: OutputRead
    behaviour: BehaviourRead
    service: ServiceRead
    conduct: ConductRead
    themes: list[ThemeRead]
    opd: list[OpdParts]
    """Reporting units in protocol order."""
    sources: list[EvidenceLink]
    """Where each part is read, with its rule."""
    sample: bool = False
    """True on sample data: every page says CONTOH."""
