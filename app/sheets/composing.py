"""From one apel, as it was concluded, to the document of a kind: within what the caller may see."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.timeline import ApelNow
from app.attendance.reading import sees_health
from app.calendar.queries import load_days
from app.calendar.rules import days_after_idul_fitri
from app.calendar.service import ensure_years
from app.core.errors import FieldError
from app.core.principal import OPD_ROLES, Principal, Role, Scope
from app.core.texts.dates import long_date
from app.duty.rules import Code
from app.sheets.document import Certificate, Document, Signatory, Table
from app.sheets.errors import NotAfterIdulFitri, SheetDetailMissing, SheetUnitUnknown, SheetWithoutFigures
from app.sheets.figures import kinds_table, recap_notes, recap_table, return_table, totals_told
from app.sheets.loading import Ground, load_ground, load_letters, load_notes
from app.sheets.people import ABSENT, Eyes, Person, absent_table, counted_only, list_people, own_table
from app.sheets.rules import Kind

PEOPLE_ROLES = (Role.ADMIN, Role.INSPECTOR, *OPD_ROLES)


@dataclass(frozen=True)
class Made:
    """A document that only lacks its number, with what its verification tells and whom it names."""

    document: Document | Certificate
    facts: dict[str, Any]
    subjects: Sequence[UUID] = ()
    nips: Sequence[str] = ()
    opd_code: str | None = None
    revision: int | None = None


@dataclass(frozen=True)
class Wanted:
    kind: Kind
    opd_code: str | None = None
    signatory: Signatory = field(default_factory=Signatory)


async def compose(session: AsyncSession, caller: Principal, apel: ApelNow, revision: int, wanted: Wanted) -> Made:
    """Raises SheetUnitUnknown, SheetWithoutFigures, NotAfterIdulFitri, SheetDetailMissing."""
    opd_code = _unit_of(caller, wanted)
    ground = await load_ground(session, apel, revision, _scope_of(caller, wanted.kind, opd_code))
    if not ground.units:
        raise SheetUnitUnknown if opd_code else SheetWithoutFigures
    return await _COMPOSERS[wanted.kind](session, caller, ground, wanted.signatory, opd_code)


def _unit_of(caller: Principal, wanted: Wanted) -> str | None:
    """Which OPD is meant: the caller's only one where none is named, and nobody's where counts are asked for."""
    if wanted.kind in (Kind.RECAP, Kind.IDULFITRI_RETURN):
        return None
    own = {grant.opd_code for grant in caller.grants if grant.role in OPD_ROLES and grant.opd_code}
    whole = caller.reach(*PEOPLE_ROLES) is None
    chosen = wanted.opd_code or (own.pop() if len(own) == 1 and not whole else None)
    if chosen is None and (wanted.kind is Kind.OPD or not whole):
        raise SheetDetailMissing(errors=[FieldError("/opd_code", "missing")])
    return chosen


def _scope_of(caller: Principal, kind: Kind, opd_code: str | None) -> Scope:
    if kind is Kind.RECAP:
        return None
    reach = caller.reach(*PEOPLE_ROLES)
    if opd_code is None:
        return reach
    return frozenset({opd_code}) if reach is None or opd_code in reach else frozenset()


def eyes_of(caller: Principal) -> Eyes:
    """Full NIPs are for the personnel office and the own unit; health codes also for inspectors."""
    return Eyes(
        nip=lambda unit: caller.reaches(unit, Role.ADMIN, *OPD_ROLES),
        health=lambda unit: sees_health(caller, unit),
    )


def _facts(ground: Ground, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "apel": ground.apel.title,
        "day": ground.apel.on_date.isoformat(),
        "final": ground.final,
        "revisions": {str(ground.apel.id): ground.revision},
        "totals": totals_told(ground),
    }


def _document(
    ground: Ground, title: str, tables: Sequence[Table], notes: Sequence[str], signatory: Signatory
) -> Document:
    rehearsal = ("GLADI: bukan apel sesungguhnya",) if ground.apel.rehearsal else ()
    return Document(title, (*ground.about, *rehearsal), ground.standing, tables, notes, signatory)


def _made(
    ground: Ground,
    document: Document,
    people: Sequence[Person] = (),
    opd_code: str | None = None,
) -> Made:
    return Made(
        document,
        _facts(ground, document.title),
        [one.entry.asn_id for one in people],
        [one.entry.nip for one in people],
        opd_code,
        ground.revision,
    )


async def _recap(
    session: AsyncSession, caller: Principal, ground: Ground, signatory: Signatory, opd_code: str | None
) -> Made:
    title = "REKAPITULASI KEHADIRAN APEL"
    tables = [recap_table(ground), kinds_table(ground)]
    return _made(ground, _document(ground, title, tables, recap_notes(ground), signatory))


async def _absent(
    session: AsyncSession, caller: Principal, ground: Ground, signatory: Signatory, opd_code: str | None
) -> Made:
    people = list_people(ground, await load_letters(session, ground), await load_notes(session, ground), ABSENT)
    title = "DAFTAR ASN YANG TIDAK HADIR APEL"
    if opd_code:
        title = f"{title} – {ground.units[0].name.upper()}"
    table = absent_table(ground, people, eyes_of(caller), "Tidak hadir")
    document = _document(ground, title, [table], _people_notes(ground), signatory)
    return _made(ground, document, people, opd_code)


def _people_notes(ground: Ground) -> list[str]:
    notes = ["Belum lapor bukan tidak hadir: pegawai OPD yang belum melapor tidak ada dalam daftar ini."]
    if ground.pending:
        notes.append("Tenggat laporan belum lewat: daftar ini belum lengkap.")
    if disputed := sum(tally.disputed for tally in ground.tallies.values()):
        notes.append(f"Sedang diperiksa, dan karena itu tidak ada dalam daftar ini: {disputed} orang.")
    counted = counted_only(ground)
    return [*notes, counted] if counted else notes


async def _return(
    session: AsyncSession, caller: Principal, ground: Ground, signatory: Signatory, opd_code: str | None
) -> Made:
    day = ground.apel.on_date
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    await ensure_years(session, first, last)
    if day not in days_after_idul_fitri(await load_days(session, first, last)):
        raise NotAfterIdulFitri(day=long_date(day))
    letters, notes = await load_letters(session, ground), await load_notes(session, ground)
    people = list_people(ground, letters, notes, {Code.TK})
    title = "LAPORAN KEHADIRAN ASN HARI PERTAMA KERJA SETELAH CUTI BERSAMA IDUL FITRI"
    listed = absent_table(ground, people, eyes_of(caller), "Tanpa keterangan")
    told = [*recap_notes(ground)[:-1], "Untuk disalin ke SiDina pada hari yang sama, sebelum pukul 15.00."]
    counted = counted_only(ground)
    document = _document(
        ground, title, [return_table(ground), listed], [*told, counted] if counted else told, signatory
    )
    return _made(ground, document, people)


async def _own(
    session: AsyncSession, caller: Principal, ground: Ground, signatory: Signatory, opd_code: str | None
) -> Made:
    people = list_people(ground, await load_letters(session, ground), await load_notes(session, ground), None)
    title = f"DAFTAR HADIR APEL – {ground.units[0].name.upper()}"
    tables = [recap_table(ground), own_table(ground, people, eyes_of(caller))]
    document = _document(ground, title, tables, recap_notes(ground), signatory)
    return _made(ground, document, people, opd_code)


_Composer = Callable[[AsyncSession, Principal, Ground, Signatory, str | None], Awaitable[Made]]
_COMPOSERS: dict[Kind, _Composer] = {
    Kind.RECAP: _recap,
    Kind.ABSENT: _absent,
    Kind.IDULFITRI_RETURN: _return,
    Kind.OPD: _own,
}
