"""One snapshot as the board shows it: totals, a row per reporting unit, the turn, the health of the evidence."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from app.apel.turns import Turn, Turns, weeks_since
from app.attendance.models import Tally
from app.attendance.queries import PastTally
from app.attendance.rates import rate_of
from app.attendance.rules import FindingCode
from app.attendance.watching import has_gap
from app.board.closing import compose_final
from app.board.rules import QUIET_FINDINGS, Light, Standing, judge, merge_singles
from app.board.schemas import (
    Board,
    BoardApel,
    ConnectionBox,
    EvidenceHealth,
    Figures,
    FindingCounts,
    HeadBox,
    LightBox,
    OpdRow,
    Place,
    PresentRead,
    Reason,
    ReportBox,
    TrendPoint,
    TurnBox,
    TurnNow,
)
from app.board.snapshot import Labels, Snapshot
from app.board.totals import compose_totals, duty_rate_of, head_status, percent_read
from app.core.texts import text
from app.evidence.rules import SubjectKind
from app.registry.rules import Connectivity
from app.reports.rules import ReportState
from app.zoom.health import text_of
from app.zoom.lights import lights_of_apel


def compose_board(snapshot: Snapshot, labels: Labels) -> Board:
    return Board(
        place=place_of(labels),
        apel=apel_box(snapshot, labels),
        revision=snapshot.conclusion.revision if snapshot.conclusion else 0,
        as_of=snapshot.conclusion.changed_at if snapshot.conclusion else None,
        totals=compose_totals(snapshot),
        opd=compose_rows(snapshot, labels),
        turn=_turn_now(snapshot.turns),
        evidence_health=_health(snapshot, labels),
        trend=_trend(snapshot.trend),
        final=compose_final(snapshot),
    )


def empty_board(labels: Labels) -> Board:
    """There is no apel, and none was planned."""
    nothing = {"apel": None, "as_of": None, "totals": None, "turn": None, "evidence_health": None, "final": None}
    return Board(place=place_of(labels), revision=0, opd=[], trend=[], **nothing)


def place_of(labels: Labels) -> Place:
    return Place(instansi=labels.instansi, timezone=labels.zone.key, sample=labels.sample)


def apel_box(snapshot: Snapshot, labels: Labels) -> BoardApel:
    apel, former = snapshot.apel, snapshot.former
    return BoardApel(
        id=apel.id,
        kind=apel.kind,
        title=apel.title,
        date=apel.on_date,
        starts_at=apel.starts_at,
        starts_at_planned=former and _if_other(former.starts_at, apel.starts_at),
        ends_at=apel.ends_at,
        report_deadline=apel.report_deadline,
        report_deadline_planned=former and _if_other(former.report_deadline, apel.report_deadline),
        state=apel.state,
        held_from=apel.held_from,
        held_to=apel.held_to,
        led_by=apel.led_by,
        rehearsal=apel.rehearsal,
        provisional=apel.state != "final",
        instansi=labels.instansi,
        sample=labels.sample,
    )


def _if_other(planned: datetime, now: datetime) -> datetime | None:
    """What was planned; None where it was moved back."""
    return None if planned == now else planned


def compose_rows(snapshot: Snapshot, labels: Labels, only: str | None = None) -> list[OpdRow]:
    """The reporting units in protocol order."""
    open_findings: dict[str, Counter[str]] = {}
    for finding, resolution, _ in snapshot.findings:
        if resolution is None and finding.code not in QUIET_FINDINGS:
            open_findings.setdefault(finding.opd_code, Counter())[finding.grade] += 1
    earlier: dict[str, list[PastTally]] = {}
    for tally in snapshot.trend:
        earlier.setdefault(tally.opd_code, []).append(tally)
    codes = [code for code in snapshot.turns.order if code in snapshot.tallies and only in (None, code)]
    return [_row(snapshot, labels, code, open_findings.get(code, Counter()), earlier.get(code, ())) for code in codes]


def _row(
    snapshot: Snapshot, labels: Labels, code: str, open_findings: Counter[str], earlier: Iterable[PastTally]
) -> OpdRow:
    unit, tally = snapshot.units[code], snapshot.tallies[code]
    connected = tally.connection["state"] != "never"
    asked = snapshot.conclusion is None or snapshot.conclusion.no_apel is None
    standing = Standing(asked and not tally.pending, tally.report_state, connected, unit.connectivity, open_findings)
    light, reasons = judge(standing)
    href = f"/v1/apel/{snapshot.apel.id}/board/{code}"
    return OpdRow(
        opd_code=code,
        short_name=unit.short_name,
        name=unit.name,
        order=unit.protocol_order,
        connectivity=Connectivity(unit.connectivity),
        light=Light(light),
        reasons=[Reason(code=r, text=text(labels.language, "board", r), href=href) for r in reasons],
        figures=_figures(tally),
        report=_report_box(tally, code),
        connection=ConnectionBox(**tally.connection, seconds=tally.room_seconds),
        head=_head_box(snapshot, code),
        turn=_turn_box(snapshot, code),
        findings=FindingCounts(**{g: open_findings[g] for g in ("explainable", "suspicious", "impossible")}),
        trend=_trend(earlier),
    )


def _trend(earlier: Iterable[PastTally]) -> list[TrendPoint]:
    """One point per apel, in the order given, which is apel by apel."""
    return [
        TrendPoint(date=on_date, rate=percent_read(rate_of(tallies)))
        for (_, on_date), tallies in groupby(earlier, key=lambda tally: (tally.apel_id, tally.on_date))
    ]


def _figures(tally: Tally) -> Figures:
    return Figures(
        strength=tally.strength,
        present=PresentRead(wfo=tally.present_wfo, wfa=tally.present_wfa),
        excused=merge_singles(tally.excused),
        not_required=sum(tally.not_required.values()),
        unexplained=None if tally.pending else tally.unexplained,
        rate=percent_read(rate_of([tally])),
        duty_rate=percent_read(duty_rate_of([tally])),
    )


def _report_box(tally: Tally, code: str) -> ReportBox:
    own = next((version for version in tally.versions if version["opd_code"] == code), None)
    shown = own or (tally.versions[0] if tally.versions else {})
    partial = tally.report_state == ReportState.PARTIAL
    return ReportBox(
        state=ReportState.MISSING if partial else tally.report_state,
        partial=partial,
        at=tally.reported_at,
        version=shown.get("version"),
        channel=shown.get("channel"),
    )


def _head_box(snapshot: Snapshot, code: str) -> HeadBox | None:
    head = snapshot.heads.get(code)
    if head is None:
        return None
    status, mode = head_status(snapshot.head_marks.get(head.asn_id))
    return HeadBox(name=head.name, title=head.title, status=status, mode=mode)


def _turn_box(snapshot: Snapshot, code: str) -> TurnBox:
    turn = snapshot.turns.turns[code]
    return TurnBox(
        state=turn.state,
        called_at=turn.called_at,
        spoken_present=turn.spoken.present if turn.spoken else None,
        written_present=_written(snapshot, code, turn),
        as_written=turn.as_written,
        weeks_not_called=weeks_since(snapshot.turns.last_called.get(code), snapshot.apel.on_date),
    )


def _written(snapshot: Snapshot, code: str, turn: Turn) -> int | None:
    """The present people of the report, as they were compared with what was spoken."""
    if turn.spoken is None or snapshot.tallies[code].report_state in ("missing", "partial"):
        return None
    compared = (f.facts for f, *_ in snapshot.findings if (f.opd_code, f.code) == (code, FindingCode.SPOKEN_DIFFERS))
    pairs = [facts[mode] for facts in compared for mode in ("wfo", "wfa") if mode in facts]
    return turn.spoken.present + sum(int(pair["written"]) - int(pair["spoken"]) for pair in pairs)


def _turn_now(turns: Turns) -> TurnNow:
    called_at: datetime | None = turns.turns[turns.current].called_at if turns.current else None
    return TurnNow(current=turns.current, called_at=called_at, next=list(turns.next))


def _health(snapshot: Snapshot, labels: Labels) -> EvidenceHealth:
    kinds = snapshot.seen
    watched = bool(snapshot.apel.zoom_meeting_ids)
    lights = [
        LightBox(
            code=light.code,
            state=light.state,
            text=text_of(light, labels.language, labels.zone),
            since=light.since,
        )
        for light in lights_of_apel(snapshot.apel, snapshot.watch, snapshot.report)
    ]
    return EvidenceHealth(
        state="none" if not watched else "gap" if has_gap(snapshot.apel, snapshot.watch) else "good",
        reason=lights[0].text if lights else None,
        lights=lights,
        report=snapshot.report,
        occurrences=len(snapshot.apel.occurrences),
        rooms=kinds.get(SubjectKind.ROOM, 0),
        persons=kinds.get(SubjectKind.PERSON, 0),
        unmatched=kinds.get(SubjectKind.UNKNOWN, 0),
        last_seen_at=max((span.last_seen for span in snapshot.apel.occurrences), default=None),
    )
