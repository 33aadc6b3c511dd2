"""`apel policy check` names everything that is wrong with its place; the examples pass it."""

import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from app import cli
from app.apel.rules import ApelKind
from app.duty.rules import EXCUSED, NOT_REQUIRED
from app.policies.checking import check_policy
from app.policies.examples import list_examples
from app.policies.reading import shipped_document
from app.policies.schemas_of_parts import MarkCode
from app.policies.schemas_of_tpp import ApelCutPart
from app.policies.unverified import list_sourced
from tests.policies.documents import replaced

TERMINAL = tuple[int, str, str]


@pytest.fixture
def apel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str) -> TERMINAL:
        monkeypatch.setattr(sys, "argv", ["apel", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        seen = capsys.readouterr()
        return int(str(ended.value.code)), seen.out, seen.err

    return run


# What is changed in the text of an example, where the error stands (a word of its line) and in which field.
WRONG = [
    ("points that make 101", "pppk", ("points: 60", "points: 61"), "points:", "points", "points_not_hundred"),
    ("bands that fall", "pppk", ("at_most: 50", "at_most: 5"), "bands:", "bands", "bands_not_rising"),
    ("tiers that leave a hole", "pppk", ("at_least: 0}", "at_least: 1}"), "tiers:", "tiers", "tiers_not_falling"),
    (
        "a tier of days that overlaps",
        "pppk",
        ("R2, at_least: 4", "R2, at_least: 3"),
        "    tiers:",
        "discipline[0].tiers",
        "spans_not_seamless",
    ),
    (
        "a hole between tiers of days",
        "pppk",
        ("R2, at_least: 4", "R2, at_least: 5"),
        "    tiers:",
        "discipline[0].tiers",
        "spans_not_seamless",
    ),
    (
        "more days judged more mildly",
        "pppk",
        ("K-B\n        at_least: 28\n        severity: berat", "K-B\n        at_least: 28\n        severity: ringan"),
        "    tiers:@2",
        "discipline[1].tiers",
        "severity_falls",
    ),
    (
        "an employment type under two tables",
        "pppk",
        ("employment: [PPPK]", "employment: [PPPK, PNS]"),
        "discipline:",
        "discipline",
        "employment_twice",
    ),
    (
        "a percentage of nothing",
        "pppk",
        ("    base: Tunjangan setiap bulan\n", ""),
        "- code: contoh-pppk",
        "discipline[1].base",
        "base_missing",
    ),
    (
        "a cut without an end",
        "pppk",
        ("        months: 6\n        cut_percent: 25\n      - code: K-B", "        cut_percent: 25\n      - code: K-B"),
        "cut_percent: 25@4",
        "discipline[1].tiers[3].cut_percent",
        "cut_without_months",
    ),
    (
        "dismissal of no tier",
        "pppk",
        ("dismissal: [B3,", "dismissal: [B9,"),
        "procedure:",
        "procedure",
        "code_unknown",
    ),
    (
        "authority over nobody",
        "pppk",
        ("{authority: pengawas, targets: [], below: 1,", "{authority: pengawas, targets: [],"),
        "{authority: pengawas",
        "procedure.competence[0].below",
        "competence_unclear",
    ),
    (
        "minutes converted into nothing",
        "pppk",
        ("convert_employment: []", "convert_employment: [PNS]"),
        "convert_employment",
        "workdays.convert_employment",
        "conversion_unclear",
    ),
    ("alerts that fall", "pppk", ("[3, 5, 7, 9, 10]", "[3, 5, 7, 10, 9]"), "alerts:", "workdays.alerts", "not_rising"),
    (
        "a miss that is none of the person's",
        "pppk",
        ("counts: [TK]", "counts: [BL]"),
        "counts:",
        "apel_ledger.counts[0]",
        "literal_error",
    ),
    (
        "leaving worth more than staying",
        "pppk",
        ("  present: 100", "  present: 70"),
        "left_early",
        "person.left_early",
        "points_not_falling",
    ),
    (
        "steps of one code",
        "pppk",
        ("code: pembinaan-lisan", "code: pengingat"),
        "  steps:",
        "apel_ledger.steps",
        "listed_twice",
    ),
    (
        "a span that ends before it begins",
        "pppk",
        ("no_apel: []", "no_apel: [{from_date: 2027-02-08, to_date: 2027-02-07, reason: x}]"),
        "no_apel:",
        "exemptions.no_apel[0].to_date",
        "to_before_from",
    ),
    (
        "a percentage in words",
        "kotim",
        ("absent_day: 8", "absent_day: 8 %"),
        "absent_day",
        "tpp[0].absent_day",
        "percent_form",
    ),
    (
        "a percentage of three decimals",
        "kotim",
        ("absent_day: 8", "absent_day: 8.125"),
        "absent_day",
        "tpp[0].absent_day",
        "percent_form",
    ),
    (
        "more than everything",
        "kotim",
        ("cap_percent: 100", "cap_percent: 100.01"),
        "cap_percent",
        "tpp[0].cap_percent",
        "percent_form",
    ),
    ("a base nobody knows", "kotim", ("base: whole", "base: gaji"), "base: gaji", "tpp[0].base", "enum"),
    (
        "a class of no table",
        "kotim",
        ("no_clock_in: T0", "no_clock_in: T9"),
        "no_clock_in: T9",
        "tpp[0].no_clock_in",
        "code_unknown",
    ),
    (
        "an apel cut twice",
        "kotim",
        ("kind: apel_opd", "kind: apel_gabungan"),
        "    apel:",
        "tpp[0].apel",
        "listed_twice",
    ),
    (
        "a source that is missing",
        "kotim",
        ('source: "Kode terbuka sistem TTU', 'sourced: "Kode terbuka sistem TTU'),
        "- base: whole",
        "tpp[0].source",
        "missing",
    ),
]


@pytest.mark.parametrize(
    ("example", "change", "line", "field", "code"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_an_error_is_told_with_its_place(
    example: str, change: tuple[str, str], line: str, field: str, code: str
) -> None:
    text = replaced(list_examples()[example], *change)
    problems = check_policy(text.encode()).problems
    found = next(problem for problem in problems if problem.code == code)
    word, _, nth = line.partition("@")
    lines = [number for number, words in enumerate(text.splitlines(), 1) if word in words]
    assert (found.field_name, found.place.line) == (field, lines[int(nth or 1) - 1])
    others = {problem.code for problem in problems} - {code}
    assert others <= {"extra_forbidden"}
    for language in ("id", "en"):
        assert found.say(language) != code


def test_all_errors_are_told_at_once_in_the_order_of_their_lines(apel: Any, tmp_path: Path) -> None:
    text = list_examples()["bulukumba"]
    text = replaced(text, "wfa_share_percent: 50", "wfa_share_percent: 500")
    text = replaced(text, "  streak_every: 4", "  streak_every: 4\n  streak_every: 5")
    text = replaced(text, "december_closes_on: null", "december_closes_at: 15")
    file = tmp_path / "kebijakan.yaml"
    file.write_text(text, "utf-8")
    wrong = ("wfa_share_percent", "streak_every: 5", "december_closes_at")
    share, streak, december = (_line(text, word) for word in wrong)
    status, out, err = apel("policy", "check", str(file))
    assert (status, err) == (1, f"apel: {file}: 3 kesalahan / errors\n")
    twice = "Isian ini sudah ditulis di atas; tulis sekali saja. / This field stands above already; write it once."
    unknown = "Ada isian yang tidak dikenal di sini. / There is a field here that is not known."
    assert out.splitlines() == [
        f"{file}:{share}:3: presence.wfa_share_percent: Paling banyak 100. / This must be at most 100.",
        f"{file}:{streak}:3: person.streak_every: {twice}",
        f"{file}:{december}:5: tpp[0].december_closes_at: {unknown}",
    ]


def _line(text: str, word: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


def test_a_file_that_is_right_is_named_with_what_nobody_verified(apel: Any, tmp_path: Path) -> None:
    file = tmp_path / "kebijakan.yaml"
    file.write_text(list_examples()["kotim"], "utf-8")
    status, out, err = apel("policy", "check", str(file))
    assert (status, out) == (0, f"{file}: sah / valid: contoh-kotim@1, 2027-01-01\n")
    assert err.startswith("31 dari 31 aturan belum diverifikasi / not verified: presence, points.duty_rate,")
    assert apel("policy", "check", str(tmp_path / "tidak-ada.yaml"))[0] == 1


def test_examples_are_listed_and_printed(apel: Any) -> None:
    status, out, _ = apel("policy", "example", "list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["default", "bulukumba", "kotim", "pekalongan", "pppk"]
    assert all("CONTOH" in line for line in out.splitlines()[1:])
    assert apel("policy", "example", "pppk")[1] == list_examples()["pppk"]
    assert apel("policy", "example", "jakarta")[::2] == (
        1,
        "apel: jakarta: tidak ada contoh itu / no such example: default, bulukumba, kotim, pekalongan, pppk\n",
    )


@pytest.mark.parametrize("name", sorted(list_examples()))
def test_an_example_passes_the_check_and_is_verified_by_nobody(name: str) -> None:
    document = check_policy(list_examples()[name].encode()).document
    assert document is not None
    sourced = list_sourced(document)
    assert len(sourced) >= 25
    assert not any(rule.verified for _, rule in sourced)
    if name != "default":
        assert document.title.startswith("CONTOH")
        assert document.legal_basis.startswith("CONTOH")
        assert list_examples()[name].startswith("# CONTOH.")


def test_the_shipped_policy_cuts_nobodys_pay_and_judges_none_but_pns() -> None:
    document = shipped_document()
    assert document.tpp == []
    assert [kind for part in document.discipline for kind in part.employment] == ["PNS"]
    assert document.workdays is not None
    assert document.workdays.minutes_per_day is None


def test_the_codes_and_kinds_a_policy_may_name_are_those_of_the_roll_call() -> None:
    assert set(get_args(MarkCode)) == EXCUSED | NOT_REQUIRED
    assert set(get_args(ApelCutPart.model_fields["kind"].annotation)) == set(ApelKind)
