"""The figures of a whole apel: each percentage says of what, and one person alone is never told by a code."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from app.attendance import rates
from app.attendance.models import Mark, Tally
from app.attendance.rates import rate_of
from app.board.rules import merge_singles
from app.board.schemas import Heads, NotReported, PresentRead, Previous, Totals
from app.board.snapshot import Snapshot
from app.core.rates import Percent, PercentRead
from app.duty.rules import EXCUSED, EXCUSED_MASK, Mode


def duty_rate_of(tallies: Iterable[Tally]) -> Percent:
    """The duty rate as everybody may read it: one person alone under a code is `other`."""
    rate = rates.duty_rate_of(tallies)
    silent = {code: number for code, number in rate.excluded.items() if code == "BL"}
    excused = {code: number for code, number in rate.excluded.items() if code != "BL"}
    return Percent(rate.numerator, rate.denominator, silent | merge_singles(excused))


def _summed(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def percent_read(share: Percent) -> PercentRead:
    return PercentRead.model_validate(share)


def compose_totals(snapshot: Snapshot) -> Totals:
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
        rate=percent_read(rate_of(rows)),
        duty_rate=percent_read(duty_rate_of(rows)),
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
        elif snapshot.units[code].connectivity != "good":
            counts["blank_spot"] += 1
        else:
            counts["never_connected"] += 1
    names = ("connected", "never_connected", "blank_spot", "phoned_in")
    return NotReported(**{name: counts[name] for name in names})


def head_status(mark: Mark | None) -> tuple[str | None, str | None]:
    """A head's status for the wall: concluded, else as claimed; every excuse reads the same."""
    if mark is None:
        return None, None
    claim = mark.claim or {}
    status, mode = (mark.status, mark.mode) if not mark.pending else (claim.get("status"), claim.get("mode"))
    if mark.pending and status == "TK":
        return None, None
    return (EXCUSED_MASK if status in EXCUSED else status), mode


def _heads(snapshot: Snapshot) -> Heads:
    people = {head.asn_id for head in snapshot.heads.values()}
    counts = Counter[str]()
    for asn_id in people:
        status, mode = head_status(snapshot.head_marks.get(asn_id))
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
    last = snapshot.trend[0]
    before = rate_of(tally for tally in snapshot.trend if tally.apel_id == last.apel_id)
    now = rate_of(snapshot.tallies.values())
    delta: Decimal | None = None
    if now.percent is not None and before.percent is not None:
        delta = now.percent - before.percent
    return Previous(date=last.on_date, rate=percent_read(before), delta_points=None if delta is None else float(delta))
