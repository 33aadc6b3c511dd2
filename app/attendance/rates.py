"""The two rates of any set of units, each saying of what: one rule for the board and for whatever is printed."""

from collections import Counter
from collections.abc import Iterable

from app.attendance.models import Tally
from app.attendance.queries import PastTally
from app.core.rates import Percent


def rate_of(tallies: Iterable[Tally | PastTally]) -> Percent:
    """Hadir / jumlah of the people reported about; those whose OPD is silent are left out and named so (BL)."""
    rows = list(tallies)
    spoken = [row for row in rows if row.report_state != "missing"]
    present = sum(row.present_wfo + row.present_wfa for row in spoken)
    counted = sum(row.strength - row.not_reported for row in spoken)
    silent = sum(row.strength for row in rows) - counted
    return Percent(present, counted, {"BL": silent} if silent else {})


def duty_rate_of(tallies: Iterable[Tally]) -> Percent:
    """Hadir / (jumlah − excused) of the same people, with every code by its own name."""
    rows = list(tallies)
    plain = rate_of(rows)
    excused = Counter[str]()
    for row in rows:
        if row.report_state != "missing":
            excused.update(row.excused)
    return Percent(plain.numerator, plain.denominator - sum(excused.values()), {**plain.excluded, **dict(excused)})
