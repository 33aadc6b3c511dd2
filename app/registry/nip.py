"""What the eighteen digits of a NIP or NI PPPK say, and where they contradict themselves.

Perka BKN 22/2007 and 43/2007: birth date (8), appointment as CPNS yyyymm (6), sex 1 or 2, serial (3). A NI PPPK has
the year of the first appointment and the number of the contract (in practice 21 and up) in place of yyyymm. There is
no check digit, and old records hold real numbers with a wrong birth date or sex: everything here is a warning.
"""

import re
from datetime import date

SHAPE = re.compile(r"\d{18}", re.ASCII)
AS_NUMBER = re.compile(r"\d([.,]\d+)?[eE]\+?\d+", re.ASCII)
"""What a spreadsheet makes of eighteen digits; the last three are then lost for good."""
YOUNGEST, OLDEST = 18, 70


def doubts(nip: str, employment_type: str, today: date) -> list[str]:
    """Codes of what looks wrong with a NIP of the right shape; empty when nothing does."""
    birth = _date(nip[:8])
    found = []
    if birth is None:
        found.append("nip_birth_date")
    elif not _years_after(birth, YOUNGEST) <= today < _years_after(birth, OLDEST + 1):
        found.append("nip_age")
    is_pppk = employment_type.startswith("PPPK")
    has_month = "01" <= nip[12:14] <= "12"
    if is_pppk == has_month:
        found.append("nip_shape")
    elif not _plausible_appointment(nip, birth, is_pppk, today):
        found.append("nip_appointment")
    if nip[14] not in "12":
        found.append("nip_sex")
    if nip[15:] == "000":
        found.append("nip_serial")
    return found


def _plausible_appointment(nip: str, birth: date | None, is_pppk: bool, today: date) -> bool:
    if is_pppk:
        return int(nip[8:12]) <= today.year and (birth is None or int(nip[8:12]) >= birth.year + YOUNGEST)
    appointed = _date(nip[8:14] + "01")
    if appointed is None or appointed > today:
        return False
    return birth is None or appointed >= _years_after(birth, YOUNGEST).replace(day=1)


def masked(nip: str) -> str:
    """The last four digits, enough to tell colleagues apart."""
    return "*" * (len(nip) - 4) + nip[-4:]


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _years_after(day: date, years: int) -> date:
    """29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if day.month == 2 and day.year + years <= date.max.year else date.max
