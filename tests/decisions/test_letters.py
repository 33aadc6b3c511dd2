"""What the drafts of a case's letters say, and that they open as DOCX files."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from docx import Document

from app.decisions.letters import (
    BLANK,
    CaseFacts,
    Fields,
    Grid,
    Heading,
    Letter,
    LetterKind,
    Official,
    Paragraph,
    Points,
    Proceedings,
    Sanctions,
    Signatures,
    Subject,
)
from app.decisions.letters_docx import render
from app.decisions.letters_of_case import write_letter
from tests.decisions.drafts import B3C, DAYS, R1, S1, case

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)


def words_of(letter: Letter) -> str:
    """Everything that a letter says, without its notes."""
    return "\n".join(word for block in letter.blocks for word in _words(block))


def _words(block: object) -> list[str]:
    match block:
        case Heading(text) | Paragraph(text):
            return [text]
        case Fields(rows):
            return [f"{label}: {value}" for label, value in rows]
        case Points(label, items):
            return [label, *items]
        case Grid(header, rows):
            return [" | ".join(row) for row in (header, *rows)]
        case Signatures(officials, before):
            return [before, *(f"{one.title} {one.name} {one.nip}" for one in officials)]
    raise AssertionError(block)


def everything(letter: Letter) -> str:
    return "\n".join([words_of(letter), *letter.notes])


@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_letter_is_a_draft_without_number_that_names_its_source(kind: LetterKind) -> None:
    letter = write_letter(kind, case())
    assert letter.marks == ("DRAF – belum bernomor dan belum ditandatangani", "RAHASIA")
    assert "Sumber: PP 94/2021; PerBKN 6/2022." in letter.notes[0]
    assert "apel-mamuju@1" in letter.notes[0]
    assert any("belum diverifikasi" in note for note in letter.notes)
    if kind in (LetterKind.PANGGILAN_1, LetterKind.PANGGILAN_2, LetterKind.SK):
        assert f"NOMOR: {BLANK}" in words_of(letter)
    assert not any("belum diverifikasi" in note for note in write_letter(kind, confirmed()).notes)


def confirmed() -> CaseFacts:
    facts = case()
    return case(basis=type(facts.basis)(facts.basis.policy, facts.basis.source, True))


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_sample_says_contoh(kind: LetterKind) -> None:
    assert write_letter(kind, case(sample=True)).marks[0] == "CONTOH – data contoh, bukan data pegawai"


@pytest.mark.parametrize("kind", list(LetterKind))
def test_both_names_of_the_sanction_stand_in_every_draft(kind: LetterKind) -> None:
    told = everything(write_letter(kind, case()))
    assert S1.transitional is not None
    assert S1.tukin in told
    assert S1.transitional in told
    assert f"yang berlaku ialah “{S1.transitional}”, bukan “{S1.tukin}”" in told


def test_a_summons_says_who_comes_when_and_before_whom() -> None:
    letter = write_letter(LetterKind.PANGGILAN_1, case())
    told = words_of(letter)
    for expected in (
        "SURAT PANGGILAN I",
        "Nama: Siti Aminah",
        "NIP: 198501012010011001",
        "Jabatan: Analis Kebijakan",
        "Nama: Budi Santoso",
        "Hari, tanggal: Selasa, 24 November 2026",
        "tidak masuk kerja tanpa alasan yang sah (11 hari kerja, 2 November 2026 s.d. 16 November 2026).",
        "2. Demikian untuk dilaksanakan.",
    ):
        assert expected in told
    assert letter.blocks[-1] == Signatures((Official("Sekretaris Dinas", "Budi Santoso", "197001011995031002"),))


def test_the_second_summons_warns_that_evidence_suffices() -> None:
    told = words_of(write_letter(LetterKind.PANGGILAN_2, case()))
    assert "SURAT PANGGILAN II" in told
    assert "menyusul Surat Panggilan I tanggal 17 November 2026 yang tidak Saudara penuhi" in told
    assert "berdasarkan bukti yang ada tanpa pemeriksaan" in told
    assert f"Hari, tanggal: {BLANK}" in told


def test_the_minutes_list_the_days_and_ask_for_the_reason() -> None:
    letter = write_letter(LetterKind.BAP, case())
    grids = [block for block in letter.blocks if isinstance(block, Grid)]
    assert grids[0].rows[0] == ("1.", "Senin, 2 November 2026")
    assert len(grids[0].rows) == len(DAYS)
    assert [row[2] for row in grids[1].rows] == [BLANK] * 5
    last = letter.blocks[-1]
    assert isinstance(last, Signatures)
    assert [one.name for one in last.officials] == ["Siti Aminah", "Budi Santoso"]


def test_a_team_examines_in_its_own_name() -> None:
    team = Proceedings(examined_on=date(2026, 11, 24), team=("Budi Santoso", "Inspektur", "Kepala BKPP"))
    last = write_letter(LetterKind.BAP, case(sanctions=B3C, proceedings=team)).blocks[-1]
    assert isinstance(last, Signatures)
    assert [one.title for one in last.officials] == ["Yang diperiksa", *["Anggota Tim Pemeriksa"] * 3]


def test_the_report_leaves_the_opinion_to_the_examiner_and_names_who_decides() -> None:
    told = words_of(write_letter(LetterKind.LHP, case()))
    assert f"Pendapat pemeriksa: {BLANK}." in told
    assert "ada pada Kepala Dinas Pendidikan" in told
    assert "pada Selasa, 24 November 2026 telah dilakukan pemeriksaan" in told


def test_who_never_came_is_reported_without_examination() -> None:
    absent = Proceedings(absent_on=(date(2026, 11, 24), date(2026, 12, 4)))
    told = words_of(write_letter(LetterKind.LHP, case(proceedings=absent)))
    assert "dipanggil dua kali dan tidak hadir (24 November 2026 dan 4 Desember 2026), tanpa pemeriksaan" in told
    decision = words_of(write_letter(LetterKind.SK, case(proceedings=absent)))
    assert "menurut bukti yang ada, setelah yang bersangkutan dua kali dipanggil dan tidak hadir" in decision


@pytest.mark.parametrize(
    ("sanctions", "verdict"),
    [
        pytest.param(R1, "KESATU: Menjatuhkan hukuman disiplin ringan berupa “teguran lisan” kepada:", id="ringan"),
        pytest.param(
            S1,
            "KESATU: Menjatuhkan hukuman disiplin sedang berupa “pemotongan tunjangan kinerja 25 % selama 6 bulan” "
            "atau “penundaan kenaikan gaji berkala 1 tahun” *) kepada:",
            id="sedang in both variants",
        ),
        pytest.param(
            B3C,
            "KESATU: Menjatuhkan hukuman disiplin berat berupa “pemberhentian dengan hormat tidak atas permintaan "
            "sendiri” kepada:",
            id="berat",
        ),
    ],
)
def test_a_decision_of_each_severity(sanctions: Sanctions, verdict: str) -> None:
    told = words_of(write_letter(LetterKind.SK, case(sanctions=sanctions)))
    assert verdict in told
    assert f"HUKUMAN DISIPLIN {sanctions.severity.upper()}" in told
    assert "terhitung sejak tanggal Saudara menerima keputusan ini" in told
    assert "hari kerja ke-15" in told
    assert f"menurut {sanctions.article} Peraturan Pemerintah Nomor 94 Tahun 2021 diancam" in told
    assert ("Coret yang tidak perlu" in told) is (sanctions is S1)


def test_without_a_period_in_the_policy_the_day_of_effect_is_left_blank() -> None:
    told = words_of(write_letter(LetterKind.SK, case(effective_working_day=None)))
    assert f"keputusan ini mulai berlaku pada {BLANK}." in told


def test_pay_is_stopped_by_a_person_and_the_draft_says_so() -> None:
    notes = write_letter(LetterKind.SK, case(sanctions=B3C)).notes
    assert any("(Pasal 15). Sistem ini tidak menghentikan pembayaran apa pun." in note for note in notes)


def test_who_is_no_civil_servant_is_not_judged_by_their_law() -> None:
    subject = Subject("PPPK", "Siti Aminah", "198501012010011001", "Guru", "SDN 1")
    own = case(subject=subject, basis=type(case().basis)("mamuju@2", "Perbup 12/2026 tentang Disiplin PPPK", True))
    told = everything(write_letter(LetterKind.SK, own))
    assert "TERHADAP PEGAWAI PEMERINTAH DENGAN PERJANJIAN KERJA ATAS NAMA" in told
    assert "Perbup 12/2026 tentang Disiplin PPPK;" in told
    assert "menurut Ps 10 (2) f angka 1 Perbup 12/2026 tentang Disiplin PPPK diancam" in told
    assert "Peraturan Pemerintah Nomor 94" not in told


@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_letter_opens_as_docx_with_all_that_it_says(kind: LetterKind) -> None:
    letter = write_letter(kind, case(sample=True))
    document = Document(BytesIO(render(letter, at=AT)))
    header = document.sections[0].header.paragraphs[0].text
    assert header.startswith("CONTOH – data contoh, bukan data pegawai · DRAF")
    written = "\n".join(paragraph.text for paragraph in document.paragraphs)
    written += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "PEMERINTAH KABUPATEN MAMUJU" in written
    for block in letter.blocks:
        if isinstance(block, Heading | Paragraph):
            assert block.text in written
    for name in ("Siti Aminah", "198501012010011001", *letter.notes):
        assert name in written
    assert document.core_properties.author == "Pemerintah Kabupaten Mamuju"
    assert document.core_properties.created == datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_a_name_that_xml_cannot_hold_does_not_stop_a_letter() -> None:
    subject = Subject("PNS", "Si\x0bti\ufffe <b>&", "198501012010011001", "Guru", "SDN 1")
    document = Document(BytesIO(render(write_letter(LetterKind.SK, case(subject=subject)), at=AT)))
    written = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "Siti <b>&" in written
