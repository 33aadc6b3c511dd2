"""Who may punish whom: the table of authority applied to a person's line of superiors; pure.

The lowest official who fits decides (PP 94/2021 Ps 16–24). Where his post is vacant or he is involved himself, the next
higher one takes his place; above the line stands the PPK, the Bupati.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.policies.rules_of_cases import Competence
from app.policies.rules_of_workdays import Severity

PPK = "ppk"


@dataclass(frozen=True)
class Official:
    """Somebody in the line above a person."""

    asn_id: UUID
    name: str
    position: str
    level: str | None
    serves: bool = True
    """False: the register names him, but he serves no more: the post is vacant."""
    assumed: bool = False
    """The register names no superior: he heads the OPD or one above it."""


@dataclass(frozen=True)
class Competent:
    """Who decides, and by which row of the table."""

    authority: str
    """The level of the official, or `ppk`."""
    official: Official | None
    """None: the PPK."""
    article: str | None
    """None: no row of the table speaks of this; it is for a person to find out who decides."""
    notes: tuple[str, ...] = ()
    """`vacant`, `involved`: somebody lower was passed over; `assumed`: see `Official`; `no-row`; `line-unknown`."""


def find_competent(
    level: str | None,
    line: Sequence[Official],
    severity: Severity,
    table: Iterable[Competence],
    recused: Collection[UUID] = (),
) -> Competent:
    """The official who may impose a sanction of this severity on somebody of this level; `line` from the lowest up."""
    rows = list(table)
    # Whom the table leaves to the PPK even for a reprimand, it leaves to nobody else.
    reserved = any(row.authority == PPK and Severity.RINGAN in row.severities and level in row.targets for row in rows)
    notes: list[str] = [] if line or reserved else ["line-unknown"]
    passed: Competence | None = None
    for below, official in enumerate([] if reserved else line, 1):
        row = _row_for(rows, official.level, level, below, severity) or passed
        if row is None:
            continue
        if not official.serves or official.asn_id in recused:
            notes.append("involved" if official.asn_id in recused else "vacant")
            passed = row
            continue
        notes += ["assumed"] if official.assumed else []
        return Competent(official.level or "–", official, row.article, tuple(notes))
    last = _row_for(rows, PPK, level, None, severity) or passed
    notes += [] if last is not None else ["no-row"]
    return Competent(PPK, None, last.article if last else None, tuple(notes))


def _row_for(
    rows: Iterable[Competence], authority: str | None, level: str | None, below: int | None, severity: Severity
) -> Competence | None:
    """The first row by which an official of this level may do it; nobody stands below an equal."""
    if authority is None or authority == level:
        return None
    return next(
        (
            row
            for row in rows
            if row.authority == authority
            and severity in row.severities
            and (row.below is None or row.below == below)
            and (not row.targets or level in row.targets)
        ),
        None,
    )


def acting_superior(line: Sequence[Official], recused: Collection[UUID] = ()) -> Official | None:
    """Who summons and examines: the direct superior, or the next higher one in his place; None: the PPK."""
    return next((one for one in line if one.serves and one.asn_id not in recused), None)
