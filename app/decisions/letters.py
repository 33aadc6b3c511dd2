"""What the letters of a case are made from, and the plain blocks that they are made of. Pure.

The service writes no letter that counts: every draft says so, leaves the number blank, names both sanctions of the
tier, and is checked, completed and signed by the competent official. The order of the parts follows the forms of
PerBKN 6/2022 as offices use them; nobody has confirmed them against the regulation's own annex.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.policies.rules_of_workdays import Severity

BLANK = "…………………………"
"""What a person fills in by hand."""


class LetterKind(StrEnum):
    PANGGILAN_1 = "panggilan-1"
    PANGGILAN_2 = "panggilan-2"
    BAP = "bap"
    LHP = "lhp"
    SK = "sk"


@dataclass(frozen=True)
class Letterhead:
    """In whose name letters and certificates are made."""

    instansi: str
    sample: bool
    """On sample data everything says CONTOH."""


@dataclass(frozen=True)
class Official:
    """Somebody who signs or is named; what is not known is left blank."""

    title: str
    name: str = BLANK
    nip: str = BLANK


@dataclass(frozen=True)
class Subject:
    employment: str
    """PNS, CPNS, PPPK or PPPK_PW."""
    name: str
    nip: str
    position: str
    unit: str


@dataclass(frozen=True)
class Sanctions:
    """The tier's sanction in both of its names, and which of them the policy says is in force."""

    code: str
    severity: Severity
    tukin: str
    transitional: str | None
    cut_in_force: bool
    article: str
    pay_note: str | None = None

    @property
    def both(self) -> tuple[str, ...]:
        return (self.tukin,) if self.transitional is None else (self.tukin, self.transitional)


@dataclass(frozen=True)
class Basis:
    """By which policy something was found, and whether an official has confirmed its source."""

    policy: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Proceedings:
    """What has happened in the case so far."""

    summoned: tuple[date | None, date | None] = (None, None)
    """The dates of the first and the second letter."""
    examine_on: tuple[date | None, date | None] = (None, None)
    examined_on: date | None = None
    absent_on: tuple[date, ...] = ()
    """Days on which the person was summoned and did not come."""
    team: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseFacts:
    """All that a letter is made from, as the case froze it."""

    subject: Subject
    superior: Official
    official: Official
    violation: str
    days: tuple[date, ...]
    """The working days without reason that the case rests on."""
    counted: int
    """Days by which the tier was found: those and, where the policy converts minutes, what these became."""
    sanctions: Sanctions
    basis: Basis
    proceedings: Proceedings
    effective_working_day: int | None
    """The n-th working day after receipt on which a decision takes effect; None: the policy says nothing."""
    instansi: str
    sample: bool
    sources: tuple[tuple[str, Basis], ...] = ()
    """What else in a letter follows a rule, and where that comes from."""
    doubts: tuple[str, ...] = ()
    """What the service is not sure of, for whoever checks the draft."""


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str
    centred: bool = False


@dataclass(frozen=True)
class Fields:
    """Labels with what belongs to them."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Points:
    """An enumeration under a word such as Menimbang."""

    label: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Signatures:
    """Blocks beside each other, at the end."""

    officials: tuple[Official, ...]
    before: str = "…………………, ………………… 20……"
    """Place and date."""


Block = Heading | Paragraph | Fields | Points | Grid | Signatures


@dataclass(frozen=True)
class Letter:
    kind: LetterKind
    instansi: str
    unit: str
    marks: tuple[str, ...]
    """What stands at the head of every page."""
    blocks: tuple[Block, ...]
    notes: tuple[str, ...]
    """For whoever checks the draft; removed before it is signed."""
