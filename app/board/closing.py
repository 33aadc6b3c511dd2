"""What is told of an apel that is final: how it compares with the last one, and what moved since."""

from collections.abc import Iterator
from decimal import Decimal

from app.attendance.models import Tally
from app.attendance.queries import PastTally
from app.attendance.rates import rate_of
from app.board.schemas import FinalBox, Improved, LikeForLike
from app.board.snapshot import Snapshot
from app.board.totals import percent_read

NAMED = 3
FEWEST = 10
"""People: in a smaller unit one person alone moves the rate by more than ten points."""


def compose_final(snapshot: Snapshot) -> FinalBox | None:
    if snapshot.apel.state != "final":
        return None
    pairs = list(_pairs(snapshot))
    return FinalBox(
        at=snapshot.apel.state_since,
        moves=snapshot.moves,
        like_for_like=_like_for_like(pairs),
        most_improved=_most_improved(pairs),
    )


def _pairs(snapshot: Snapshot) -> Iterator[tuple[Tally, PastTally]]:
    """The units that were reported about now and at the last apel before."""
    if not snapshot.trend:
        return
    last = snapshot.trend[0].apel_id
    before = {tally.opd_code: tally for tally in snapshot.trend if tally.apel_id == last}
    for code, tally in snapshot.tallies.items():
        if code in before and _said(tally) and _said(before[code]):
            yield tally, before[code]


def _said(tally: Tally | PastTally) -> bool:
    return rate_of([tally]).denominator > 0


def _like_for_like(pairs: list[tuple[Tally, PastTally]]) -> LikeForLike | None:
    now, before = rate_of(tally for tally, _ in pairs), rate_of(past for _, past in pairs)
    if now.percent is None or before.percent is None:
        return None
    return LikeForLike(
        date=pairs[0][1].on_date,
        opd=len(pairs),
        rate=percent_read(now),
        earlier=percent_read(before),
        delta_points=float(now.percent - before.percent),
    )


def _most_improved(pairs: list[tuple[Tally, PastTally]]) -> list[Improved]:
    risen = [
        (_risen(tally, past), tally.opd_code) for tally, past in pairs if min(tally.strength, past.strength) >= FEWEST
    ]
    best = sorted((-delta, code) for delta, code in risen if delta > 0)[:NAMED]
    return [Improved(opd_code=code, delta_points=float(-delta)) for delta, code in best]


def _risen(tally: Tally, past: PastTally) -> Decimal:
    return (rate_of([tally]).percent or Decimal(0)) - (rate_of([past]).percent or Decimal(0))
