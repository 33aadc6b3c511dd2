"""The facts below a month's pay as sheets: marks, report versions, days, records, letters, what people changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.exports import gathering
from app.exports.sheets import Sheet
from app.tpp.members import Member
from app.tpp.periods import Period
from app.workdays.reading import load_verdicts
from app.workdays.rules import DayFact, VerdictKind

Who = Mapping[UUID, tuple[str, str]]
"""Person → NIP and name."""
_PERSON = ("NIP", "Nama")


async def list_fact_sheets(session: AsyncSession, people: Sequence[Member], period: Period, month: date) -> list[Sheet]:
    """Everything about these people's month that the calculation rests on."""
    who = {person.asn_id: (person.nip, person.name) for person in people}
    marks = await gathering.list_marks(session, who, period)
    units = {mark.unit_code for mark, *_ in marks} | {mark.opd_code for mark, *_ in marks}
    verdicts = await load_verdicts(session, list(who), period.from_date, period.to_date)
    return [
        _marks(marks, who),
        _versions(await gathering.list_versions(session, units, period)),
        _days(verdicts, who),
        _records(await gathering.list_records(session, who, period), who),
        _letters(await gathering.list_letters(session, who, period), who),
        _overrides(
            await gathering.list_overrides(session, who, period),
            await gathering.list_sheet_objections(session, who, month),
            who,
        ),
    ]


def _marks(rows: Sequence[Any], who: Who) -> Sheet:
    about = ("Status", "Mode", "Alasan", "Detik di Zoom", "Menunggu", "Unit", "Revisi")
    header = (
        *_PERSON,
        "Tanggal",
        "Jenis apel",
        *about,
        "Versi laporan",
        "Kanal",
        "Dilaporkan oleh",
        "Pada",
        "ID tanda",
    )
    return Sheet(
        "Apel",
        header,
        [
            (
                *who[mark.asn_id],
                day,
                kind,
                *(mark.status, mark.mode, mark.reason, mark.seconds, mark.pending, mark.unit_code, mark.revision),
                *((version.version, version.channel, version.by_name, version.at) if version else (None,) * 4),
                mark.id,
            )
            for mark, day, kind, version in rows
        ],
    )


def _versions(rows: Sequence[Any]) -> Sheet:
    figures = ("Jumlah", "Hadir WFO", "Hadir WFA", "Berketerangan", "Tanpa keterangan")
    header = ("OPD", "Tanggal", "Versi", *figures, "Kanal", "Oleh", "Pada", "Alasan perubahan", "ID versi")
    return Sheet(
        "Versi laporan",
        header,
        [
            (
                *(one.opd_code, day, one.version, one.strength, one.present_wfo, one.present_wfa, one.excused_total),
                *(one.unexplained, one.channel, one.by_name, one.at, one.reason, one.id),
            )
            for one, day in rows
        ],
    )


def _is_plain(day: DayFact) -> bool:
    """Worked from begin to end: its record says so, and most days of a regency are of this kind."""
    told = day.late_minutes or day.early_minutes or day.no_clock_in or day.no_clock_out
    return day.kind is VerdictKind.PRESENT and not told


def _days(verdicts: Mapping[UUID, Sequence[Any]], who: Who) -> Sheet:
    header = (*_PERSON, "Tanggal", "Penilaian", "Kode", "Terlambat", "Pulang cepat", "Tanpa masuk", "Tanpa pulang")
    return Sheet(
        "Hari kerja",
        (*header, "Belum jelas karena", "ID rekaman", "ID surat"),
        [
            (
                *(*who[asn_id], day.day, day.kind.value, day.code, day.late_minutes, day.early_minutes),
                *(day.no_clock_in, day.no_clock_out, day.unclear, day.record_id, day.absence_id),
            )
            for asn_id, days in verdicts.items()
            for day in days
            if not _is_plain(day)
        ],
    )


def _records(rows: Sequence[Any], who: Who) -> Sheet:
    header = (*_PERSON, "Tanggal", "Masuk", "Pulang", "Keterangan sistem", "Dibaca sebagai", "Berkas", "SHA-256")
    return Sheet(
        "Rekaman harian",
        (*header, "Baris", "Dimuat pada", "ID rekaman"),
        [
            (
                *(*who[one.asn_id], one.day, _clock(one.clock_in), _clock(one.clock_out), one.status, one.code),
                *(filename, sha256, one.line, applied_at, one.id),
            )
            for one, filename, sha256, applied_at in rows
        ],
    )


def _clock(value: Any) -> str | None:
    return None if value is None else f"{value:%H:%M:%S}"


def _letters(rows: Sequence[Any], who: Who) -> Sheet:
    header = (*_PERSON, "Kode", "Dari", "Sampai", "Nomor surat", "Tanggal surat", "Keadaan", "Diusulkan pada")
    return Sheet(
        "Surat",
        (*header, "Diputuskan pada", "Diputuskan oleh", "ID surat"),
        [
            (
                *(*who[one.asn_id], one.code, one.from_date, one.to_date, one.letter_no, one.letter_date, one.state),
                *(one.proposed_at, one.decided_at, one.decided_by, one.id),
            )
            for (one,) in rows
        ],
    )


def _overrides(rows: Sequence[Any], objections: Sequence[Any], who: Who) -> Sheet:
    header = ("Pada", "Oleh", "Apa", *_PERSON, "Hari", "Hasil", "Alasan", "Dokumen")
    said: list[Sequence[Any]] = [
        (row.at, row.by, row.what, *who[row.asn_id], row.day, row.outcome, row.reason, row.document) for row in rows
    ]
    for (one,) in objections:
        about = (*who[one.asn_id], None, one.outcome, one.note or one.reason, None)
        said.append((one.answered_at or one.made_at, one.answered_by_name, "keberatan atas lembar TPP", *about))
    return Sheet("Perubahan oleh orang", header, said)


def list_corrections(kept: Sequence[Any], who: Mapping[UUID, Member]) -> Sheet:
    """Repayments that a later month settles."""
    header = (
        *_PERSON,
        "Diselesaikan bulan",
        "% semula",
        "Rp semula",
        "% menjadi",
        "Rp menjadi",
        "Keadaan",
        "ID lembar",
    )
    return Sheet(
        "Koreksi",
        header,
        [
            (
                *(who[line.asn_id].nip, who[line.asn_id].name, f"{sheet.month:%Y-%m}"),
                *((line.before or {}).get(name) for name in ("percent", "amount")),
                *(line.percent, line.amount, sheet.state, sheet.id),
            )
            for line, sheet in kept
            if sheet.corrects_id is not None
        ],
    )
