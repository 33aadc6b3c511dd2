"""Months, quarters and years as people write them: civil days, both ends inclusive. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

PERIOD = r"^20[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]))?$"
"""`2026-11`, `2026-Q4` or `2026`."""
_WRITTEN = re.compile(PERIOD)


@dataclass(frozen=True)
class Period:
    code: str
    """As it is written: `2026-11`, `2026-Q4`, `2026`."""
    from_date: date
    to_date: date

    @classmethod
    def parse(cls, code: str) -> "Period":
        """Raises ValueError for what is not written as a month, quarter or year of this century."""
        if not _WRITTEN.match(code):
            raise ValueError(code)
        year, _, part = code.partition("-")
        if not part:
            return cls.year(date(int(year), 1, 1))
        if part.startswith("Q"):
            return cls.quarter(date(int(year), 3 * int(part[1:]), 1))
        return cls.month(date(int(year), int(part), 1))

    @classmethod
    def month(cls, day: date) -> "Period":
        """The month of a day."""
        return cls(f"{day:%Y-%m}", day.replace(day=1), _end_of_month(day.year, day.month))

    @classmethod
    def quarter(cls, day: date) -> "Period":
        number = (day.month + 2) // 3
        first = date(day.year, 3 * number - 2, 1)
        return cls(f"{day.year}-Q{number}", first, _end_of_month(day.year, 3 * number))

    @classmethod
    def year(cls, day: date) -> "Period":
        return cls(f"{day.year}", date(day.year, 1, 1), date(day.year, 12, 31))

    def day_of_rules(self, today: date) -> date:
        """The day whose rules, OPDs and promises a figure of this period is held against."""
        return day_of_rules(self.from_date, self.to_date, today)

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        last = self.from_date - timedelta(days=1)
        if len(self.code) == len("2026"):
            return Period.year(last)
        return Period.quarter(last) if "Q" in self.code else Period.month(last)


def day_of_rules(first: date, last: date, today: date) -> date:
    """The last day of a span; today while it runs; its first day while it lies ahead."""
    return min(last, max(today, first))


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
