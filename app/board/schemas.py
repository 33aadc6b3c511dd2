"""What the Bupati's office reads: one snapshot of an apel, counts and lights, no names but heads."""

from datetime import date, datetime
from uuid import UUID

from app.apel.rules import ApelKind, ApelState
from app.attendance.schemas import FindingRead
from app.board.rules import Light, ReasonCode
from app.core.fields import Read
from app.core.rates import PercentRead
from app.registry.rules import Connectivity
from app.zoom.lights import LightCode, LightState
from app.zoom.reconciling import PullState


class PresentRead(Read):
    wfo: int
    wfa: int


class BoardApel(Read):
    id: UUID
    kind: ApelKind
    title: str
    date: date
    starts_at: datetime
    starts_at_planned: datetime | None
    """When it was to begin as its day began, if that was changed since; null: as planned."""
    ends_at: datetime
    report_deadline: datetime
    report_deadline_planned: datetime | None
    """The deadline with which its day began, if it was moved since; null: as planned."""
    state: ApelState
    held_from: datetime | None
    held_to: datetime | None
    led_by: str | None
    rehearsal: bool
    provisional: bool
    """True until the apel is final."""
    instansi: str
    sample: bool
    """True on sample data: every page and sheet says CONTOH."""


class Place(Read):
    """Where this board hangs; there also when there is no apel."""

    instansi: str
    timezone: str
    """The regency's zone, such as `Asia/Makassar`."""
    sample: bool
    """True on sample data: every page says CONTOH."""


class TrendPoint(Read):
    date: date
    rate: PercentRead


class NotReported(Read):
    """Reporting units without a complete report, and how they are known; `phoned_in` reported by phone or the like."""

    connected: int
    never_connected: int
    blank_spot: int
    phoned_in: int


class Heads(Read):
    """Heads of reporting units; a Plt who heads two is one person."""

    expected: int
    present: int
    wfa: int
    excused: int
    absent: int
    unknown: int
    """Nothing is concluded or claimed about them yet."""


class Previous(Read):
    date: date
    rate: PercentRead
    delta_points: float | None
    """This rate minus the previous, in percentage points."""


class Totals(Read):
    strength: int
    present: PresentRead
    excused: dict[str, int]
    """By code; a single person is merged into `other`."""
    not_required: int
    unexplained: int | None
    """Null while `pending`: nobody is without explanation before window and deadline have passed."""
    pending: bool
    people_not_reported: int
    """Duty-bound people about whom nothing is reported and nobody was seen."""
    disputed: int
    not_reported: NotReported
    rate: PercentRead
    """Hadir / jumlah of the people reported about; `excluded.BL` are those not reported yet."""
    duty_rate: PercentRead
    """Hadir / (jumlah − excused)."""
    heads: Heads | None
    """Null on a screen for visitors."""
    previous: Previous | None


class Reason(Read):
    code: ReasonCode
    text: str
    href: str


class Figures(Read):
    strength: int
    present: PresentRead
    excused: dict[str, int]
    not_required: int
    unexplained: int | None
    rate: PercentRead
    duty_rate: PercentRead


class ReportBox(Read):
    state: str
    """missing | submitted | late | returned | verified."""
    partial: bool
    """`missing`, but some of its claims came: the unit's own, or those of some of its parts."""
    at: datetime | None
    version: int | None
    channel: str | None


class ConnectionBox(Read):
    state: str
    """never | connected | left; the room's, never a head count."""
    seconds: int
    since: datetime | None
    gaps: int


class HeadBox(Read):
    name: str
    title: str
    status: str | None
    """H, TK, `excused`, BL or null while nothing is known."""
    mode: str | None


class TurnBox(Read):
    state: str
    called_at: datetime | None
    spoken_present: int | None
    written_present: int | None
    """What the report says beside it; null while one of the two is missing."""
    as_written: bool
    """The OPD said that its figures are those of its report."""
    weeks_not_called: int | None


class FindingCounts(Read):
    explainable: int
    suspicious: int
    impossible: int


class OpdRow(Read):
    opd_code: str
    short_name: str
    name: str
    order: int
    connectivity: Connectivity
    """Where it is weak or none, silence is geography."""
    light: Light
    reasons: list[Reason]
    figures: Figures
    report: ReportBox
    connection: ConnectionBox
    head: HeadBox | None
    turn: TurnBox
    findings: FindingCounts
    """Unresolved ones."""
    trend: list[TrendPoint]
    """The latest earlier apels of this kind, newest first."""


class TurnNow(Read):
    current: str | None
    called_at: datetime | None
    next: list[str]


class LightBox(Read):
    """Something that the evidence from Zoom depends on and that is not as it should be."""

    code: LightCode
    state: LightState
    text: str
    since: datetime | None


class EvidenceHealth(Read):
    state: str
    """none (no meeting to be seen in) | good | gap: somebody who was not seen may have been there."""
    reason: str | None
    """The text of the gravest light."""
    lights: list[LightBox]
    """Those that are on, the gravest first."""
    report: PullState
    """How far Zoom's own report is: once complete, it stands in place of what its messages told."""
    occurrences: int
    rooms: int
    persons: int
    unmatched: int
    last_seen_at: datetime | None


class LikeForLike(Read):
    """The rate of the OPDs that were reported about at both apels."""

    date: date
    """The earlier apel."""
    opd: int
    """How many they are."""
    rate: PercentRead
    earlier: PercentRead
    delta_points: float


class Improved(Read):
    opd_code: str
    delta_points: float


class FinalBox(Read):
    """What is told of an apel that is final."""

    at: datetime
    moves: int
    """Marks that became others since then, by corrections and late absences."""
    like_for_like: LikeForLike | None
    most_improved: list[Improved]
    """Three at most; small units, where one person moves the rate by much, are left out."""


class Board(Read):
    place: Place
    apel: BoardApel | None
    revision: int
    as_of: datetime | None
    """When something last changed; not the clock."""
    totals: Totals | None
    opd: list[OpdRow]
    turn: TurnNow | None
    evidence_health: EvidenceHealth | None
    trend: list[TrendPoint]
    """Of the whole apel: the latest earlier ones of this kind, newest first."""
    final: FinalBox | None
    """Null until the apel is final."""


class Preflight(Read):
    """Whether Zoom can be trusted as a source right now, before an apel begins."""

    lights: list[LightBox]
    """One of every code."""


class OpdBoard(Read):
    """One OPD's whole answer to "kenapa merah?"."""

    apel: BoardApel
    revision: int
    as_of: datetime | None
    opd: OpdRow
    findings: list[FindingRead]
    claims: list[dict[str, object]]
    """The report versions in force: id, reporter, version, channel."""


class TicketRead(Read):
    """What opens the board's stream once: `GET …/board/stream?ticket=…`."""

    ticket: str
    expires_in: int
    """Seconds."""
