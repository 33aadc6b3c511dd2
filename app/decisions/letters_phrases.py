"""Words and rows that several letters share. Pure."""

from collections.abc import Sequence
from datetime import date

from app.core.texts.dates import long_date, long_day
from app.decisions.letters import BLANK, Block, CaseFacts, Grid, Official, Paragraph, Sanctions, Subject

STRIKE = "*) Coret yang tidak perlu."
SHORT_PP94 = "Peraturan Pemerintah Nomor 94 Tahun 2021"


def strike(sanctions: Sanctions) -> list[Block]:
    return [Paragraph(STRIKE)] if len(sanctions.both) > 1 else []


def sanction_names(sanctions: Sanctions) -> str:
    """Both names, for the competent official to strike one."""
    names = [f"“{name}”" for name in sanctions.both]
    return names[0] if len(names) == 1 else f"{' atau '.join(names)} *)"


def rests_on_pp94(facts: CaseFacts) -> bool:
    """Whether the rule set that judged the person is that of PP 94/2021; another one is cited as it names itself."""
    return "PP 94/2021" in facts.basis.source


def article_of(facts: CaseFacts) -> str:
    """The tier's article with its law."""
    law = SHORT_PP94 if rests_on_pp94(facts) else facts.basis.source
    return f"{facts.sanctions.article} {law}"


def violation_of(facts: CaseFacts) -> str:
    return f"{facts.violation} ({facts.counted} hari kerja, {span_of(facts.days)})."


def span_of(days: Sequence[date]) -> str:
    if not days:
        return BLANK
    first, last = min(days), max(days)
    return long_date(first) if first == last else f"{long_date(first)} s.d. {long_date(last)}"


def days_grid(facts: CaseFacts) -> Grid:
    rows = tuple((f"{place}.", long_day(day)) for place, day in enumerate(sorted(facts.days), 1))
    return Grid(("No.", "Hari kerja tanpa alasan yang sah"), rows or (("", BLANK),))


def subject_rows(subject: Subject) -> tuple[tuple[str, str], ...]:
    return (
        ("Nama", subject.name),
        ("NIP", subject.nip),
        ("Pangkat/golongan ruang", BLANK),
        ("Jabatan", subject.position),
        ("Unit kerja", subject.unit),
    )


def official_rows(official: Official) -> tuple[tuple[str, str], ...]:
    return (("Nama", official.name), ("NIP", official.nip), ("Pangkat", BLANK), ("Jabatan", official.title))
