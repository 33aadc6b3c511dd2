"""For when a target is agreed: a day, a month or a quarter. Pure."""

import re
from datetime import date

from app.core.periods import Period

TARGET_PERIOD = r"^20[0-9]{2}-(0[1-9]|1[0-2]|Q[1-4]|(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))$"
"""`2026-11-23`, `2026-11` or `2026-Q4`."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def target_period(code: str) -> Period:
    """The civil days of a target's period; raises ValueError for what is no day, month or quarter."""
    if _DAY.fullmatch(code):
        day = date.fromisoformat(code)
        return Period(code, day, day)
    if not re.match(TARGET_PERIOD, code):
        raise ValueError(code)
    return Period.parse(code)
