"""One snapshot composed from conclusions, in a fixed number of statements whatever the number of OPDs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_roster, get_turns
from app.apel.roster import Roster
from app.apel.timeline import ApelNow
from app.apel.turns import Turns, weeks_since
from app.attendance import queries
from app.attendance.concluding import has_gap
from app.attendance.models import Conclusion, Finding, FindingResolution, Mark, Tally
from app.board.rules import QUIET_FINDINGS, Light, Standing, judge, merge_singles
from app.board.schemas import (
    Board,
    BoardApel,
    ConnectionBox,
    EvidenceHealth,
    Figures,
    FindingCounts,
    HeadBox,
    Heads,
    NotReported,
    OpdRow,
    PresentRead,
    Previous,
    Reason,
    ReportBox,
    Totals,
    TrendPoint,
    TurnBox,
    TurnNow,
)
from app.core.rates import Percent, PercentRead
from app.core.texts import Language, text
from app.duty.rules import EXCUSED, EXCUSED_MASK, Mode
from app.evidence.queries import load_presences
from app.evidence.rules import Presence

TREND = 8
"""Earlier apels in an OPD's trend: two months of Mondays."""


@dataclass(frozen=True)
class Labels:
    """How this place and this reader are spoken to."""

    instansi: str
    sample: bool
    language: Language


@dataclass(frozen=True)
class Snapshot:
    """Everything a board is composed from."""

    apel: ApelNow
    conclusion: Conclusion | None
    roster: Roster
    turns: Turns
    tallies: Mapping[str, Tally]
    findings: Sequence[tuple[Finding, FindingResolution | None]]
    head_marks: Mapping[UUID, Mark]
    trend: Sequence[tuple[date, UUID, Tally]]
    presences: Sequence[Presence]


async def take_snapshot(session: AsyncSession, apel: ApelNow) -> Snapshot:
    roster = await get_roster(session, apel)
    heads = [head.asn_id for head in roster.heads.values()]
    marks = await session.scalars(select(Mark).where(Mark.apel_id == apel.id, Mark.asn_id.in_(heads)))
    return Snapshot(
        apel=apel,
        conclusion=await session.get(Conclusion, apel.id, populate_existing=True),
        roster=roster,
        turns=await get_turns(session, apel),
        tallies={tally.opd_code: tally for tally in await queries.list_tallies(session, apel.id)},
        findings=await queries.list_findings(session, apel.id, scope=None),
        head_marks={mark.asn_id: mark for mark in marks},
        trend=await queries.list_trend(session, apel, most=TREND),
        presences=await load_presences(session, apel.id),
    )


def compose_board(snapshot: Snapshot, labels: Labels) -> Board:
    return Board(
        apel=apel_box(snapshot.apel, labels),
        revision=snapshot.conclusion.revision if snapshot.conclusion else 0,
        as_of=snapshot.conclusion.changed_at if snapshot.conclusion else None,
        totals=_totals(snapshot),
        opd=compose_rows(snapshot, labels),
        turn=_turn_now(snapshot.turns),
        evidence_health=_health(snapshot),
    )


def apel_box(apel: ApelNow, labels: Labels) -> BoardApel:
    return BoardApel(
        id=apel.id,
        kind=apel.kind,
        title=apel.title,
        date=apel.on_date,
        starts_at=apel.starts_at,
        ends_at=apel.ends_at,
        report_deadline=apel.report_deadline,
        state=apel.state,
        held_from=apel.held_from,
        held_to=apel.held_to,
        led_by=apel.led_by,
        rehearsal=apel.rehearsal,
        provisional=apel.state != "final",
        instansi=labels.instansi,
        sample=labels.sample,
    )


def rate_of(tallies: Iterable[Tally]) -> Percent:
    """Hadir / jumlah of the people reported about; those whose OPD is silent are left out and named so (BL)."""
    rows = list(tallies)
    spoken = [row for row in rows if row.report_state != "missing"]
    present = sum(row.present_wfo + row.present_wfa for row in spoken)
    counted = sum(row.strength - row.not_reported for row in spoken)
    silent = sum(row.strength for row in rows) - counted
    return Percent(present, counted, {"BL": silent} if silent else {})


def duty_rate_of(tallies: Iterable[Tally]) -> Percent:
    """Hadir / (jumlah − excused) of the same people."""
    rows = list(tallies)
    plain = rate_of(rows)
    excused = merge_singles(_summed(row.excused for row in rows if row.report_state != "missing"))
    return Percent(plain.numerator, plain.denominator - sum(excused.values()), {**plain.excluded, **excused})


def _summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def _percent(share: Percent) -> PercentRead:
    return PercentRead.model_validate(share)


def _totals(snapshot: Snapshot) -> Totals:
    rows = list(snapshot.tallies.values())
    pending = any(row.pending for row in rows) or not rows
    return Totals(
        strength=sum(row.strength for row in rows),
        present=PresentRead(wfo=sum(row.present_wfo for row in rows), wfa=sum(row.present_wfa for row in rows)),
        excused=merge_singles(_summed(row.excused for row in rows)),
        not_required=sum(sum(row.not_required.values()) for row in rows),
        unexplained=None if pending else sum(row.unexplained for row in rows),
        pending=pending,
        people_not_reported=sum(row.not_reported for row in rows),
        disputed=sum(row.disputed for row in rows),
        not_reported=_not_reported(snapshot),
        rate=_percent(rate_of(rows)),
        duty_rate=_percent(duty_rate_of(rows)),
        heads=_heads(snapshot),
        previous=_previous(snapshot),
    )


def _not_reported(snapshot: Snapshot) -> NotReported:
    counts = Counter[str]()
    for code, tally in snapshot.tallies.items():
        if any(version["channel"] != "app" for version in tally.versions):
            counts["phoned_in"] += 1
        if tally.report_state not in ("missing", "partial"):
            continue
        if tally.connection["state"] != "never":
            counts["connected"] += 1
        elif snapshot.roster.units[code].connectivity != "good":
            counts["blank_spot"] += 1
        else:
            counts["never_connected"] += 1
    names = ("connected", "never_connected", "blank_spot", "phoned_in")
    return NotReported(**{name: counts[name] for name in names})


def _status_of(mark: Mark | None) -> tuple[str | None, str | None]:
    """A head's status for the wall: concluded, else as claimed; every excuse reads the same."""
    if mark is None:
        return None, None
    claim = mark.claim or {}
    status, mode = (mark.status, mark.mode) if not mark.pending else (claim.get("status"), claim.get("mode"))
    if mark.pending and status == "TK":
        return None, None
    return (EXCUSED_MASK if status in EXCUSED else status), mode


def _heads(snapshot: Snapshot) -> Heads:
    people = {head.asn_id for head in snapshot.roster.heads.values()}
    counts = Counter[str]()
    for asn_id in people:
        status, mode = _status_of(snapshot.head_marks.get(asn_id))
        if status == "H":
            counts["wfa" if mode == Mode.WFA else "present"] += 1
        elif status == EXCUSED_MASK:
            counts["excused"] += 1
        else:
            counts["absent" if status == "TK" else "unknown"] += 1
    names = ("present", "wfa", "excused", "absent", "unknown")
    return Heads(expected=len(people), **{name: counts[name] for name in names})


def _previous(snapshot: Snapshot) -> Previous | None:
    if not snapshot.trend:
        return None
    on_date, apel_id, _ = snapshot.trend[0]
    before = rate_of(tally for _, other, tally in snapshot.trend if other == apel_id)
    now = rate_of(snapshot.tallies.values())
    delta: Decimal | None = None
    if now.percent is not None and before.percent is not None:
        delta = now.percent - before.percent
    return Previous(date=on_date, rate=_percent(before), delta_points=None if delta is None else float(delta))


def compose_rows(snapshot: Snapshot, labels: Labels, only: str | None = None) -> list[OpdRow]:
    """The reporting units in protocol order."""
    open_findings: dict[str, Counter[str]] = {}
    for finding, resolution in snapshot.findings:
        if resolution is None and finding.code not in QUIET_FINDINGS:
            open_findings.setdefault(finding.opd_code, Counter())[finding.grade] += 1
    codes = [code for code in snapshot.turns.order if code in snapshot.tallies and only in (None, code)]
    return [_row(snapshot, labels, code, open_findings.get(code, Counter())) for code in codes]


def _row(snapshot: Snapshot, labels: Labels, code: str, open_findings: Counter[str]) -> OpdRow:
    unit, tally = snapshot.roster.units[code], snapshot.tallies[code]
    connected = tally.connection["state"] != "never"
    standing = Standing(not tally.pending, tally.report_state, connected, unit.connectivity, open_findings)
    light, reasons = judge(standing)
    href = f"/v1/apel/{snapshot.apel.id}/board/{code}"
    return OpdRow(
        opd_code=code,
        short_name=unit.short_name,
        name=unit.name,
        order=unit.protocol_order,
        light=Light(light),
        reasons=[Reason(code=r, text=text(labels.language, "board", r), href=href) for r in reasons],
        figures=_figures(tally),
        report=_report_box(tally, code),
        connection=ConnectionBox(**tally.connection, seconds=tally.room_seconds),
        head=_head_box(snapshot, code),
        turn=_turn_box(snapshot, code),
        findings=FindingCounts(**{g: open_findings[g] for g in ("explainable", "suspicious", "impossible")}),
        trend=[
            TrendPoint(date=on_date, rate=_percent(rate_of([earlier])))
            for on_date, _, earlier in snapshot.trend
            if earlier.opd_code == code
        ],
    )


def _figures(tally: Tally) -> Figures:
    return Figures(
        strength=tally.strength,
        present=PresentRead(wfo=tally.present_wfo, wfa=tally.present_wfa),
        excused=merge_singles(tally.excused),
        not_required=sum(tally.not_required.values()),
        unexplained=None if tally.pending else tally.unexplained,
        rate=_percent(rate_of([tally])),
        duty_rate=_percent(duty_rate_of([tally])),
    )


def _report_box(tally: Tally, code: str) -> ReportBox:
    own = next((version for version in tally.versions if version["opd_code"] == code), None)
    shown = own or (tally.versions[0] if tally.versions else {})
    return ReportBox(
        state=tally.report_state,
        at=tally.reported_at,
        version=shown.get("version"),
        channel=shown.get("channel"),
    )


def _head_box(snapshot: Snapshot, code: str) -> HeadBox | None:
    head = snapshot.roster.heads.get(code)
    if head is None:
        return None
    status, mode = _status_of(snapshot.head_marks.get(head.asn_id))
    return HeadBox(name=head.name, title=head.title, status=status, mode=mode)


def _turn_box(snapshot: Snapshot, code: str) -> TurnBox:
    turn = snapshot.turns.turns[code]
    return TurnBox(
        state=turn.state,
        called_at=turn.called_at,
        spoken_present=turn.spoken.present if turn.spoken else None,
        weeks_not_called=weeks_since(snapshot.turns.last_called.get(code), snapshot.apel.on_date),
    )


def _turn_now(turns: Turns) -> TurnNow:
    called_at: datetime | None = turns.turns[turns.current].called_at if turns.current else None
    return TurnNow(current=turns.current, called_at=called_at, next=list(turns.next))


def _health(snapshot: Snapshot) -> EvidenceHealth:
    kinds = Counter(str(presence.kind) for presence in snapshot.presences)
    watched = bool(snapshot.apel.zoom_meeting_ids)
    return EvidenceHealth(
        state="none" if not watched else "gap" if has_gap(snapshot.apel) else "good",
        occurrences=len(snapshot.apel.occurrences),
        rooms=kinds["room"],
        persons=kinds["person"],
        unmatched=kinds["unknown"],
        last_seen_at=max((span.last_seen for span in snapshot.apel.occurrences), default=None),
    )
