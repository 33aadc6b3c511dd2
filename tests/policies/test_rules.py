"""What the shipped policy and the examples say, as the plain values that rules take."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.policies.checking import check_policy
from app.policies.examples import list_examples
from app.policies.models import Policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.rules_of_cases import Clock
from app.policies.rules_of_persons import LedgerStep, NoApel, PersonRules, Reset
from app.policies.rules_of_tpp import ApelCut, Cut, Rounding, RoundWhat, TppBase
from app.policies.rules_of_workdays import Severity
from app.policies.schemas import PolicyDocument
from app.policies.sources import Source
from tests.make import MONDAY, NOBODY
from tests.policies.documents import changed


def rules_of(document: PolicyDocument | dict[str, Any]) -> Rules:
    read = PolicyDocument.model_validate(document) if isinstance(document, dict) else document
    return read_rules(
        Policy(
            id=NOBODY,
            code=read.code,
            version=read.version,
            legal_basis=read.legal_basis,
            effective_from=read.effective_from,
            document=read.model_dump(mode="json"),
            created_at=MONDAY,
        )
    )


def example(name: str) -> Rules:
    document = check_policy(list_examples()[name].encode()).document
    assert document is not None
    return rules_of(document)


BASE = rules_of(changed())
CUMULATIVE = {2: None, 3: "R1", 5: "R2", 9: "R3", 12: "S1", 16: "S2", 19: "S3", 23: "B1", 26: "B2", 29: "B3", 366: "B3"}


@pytest.mark.parametrize(("days", "code"), CUMULATIVE.items())
def test_so_many_absent_days_of_a_pns_are(days: int, code: str | None) -> None:
    pns = BASE.discipline_for("PNS")
    assert pns is not None
    tier = pns.tier_of(days)
    assert (tier and tier.code) == code


@pytest.mark.parametrize("employment_type", ["CPNS", "PPPK", "PPPK_PW"])
def test_no_table_of_the_shipped_policy_judges(employment_type: str) -> None:
    assert BASE.discipline_for(employment_type) is None


def test_the_cut_of_tunjangan_waits_and_both_names_are_known() -> None:
    pns = BASE.discipline_for("PNS")
    assert pns is not None
    assert not pns.cut_in_force(date(2026, 11, 23))
    medium = [tier for tier in pns.tiers if tier.severity is Severity.SEDANG]
    assert [(tier.code, tier.months, tier.cut_percent, tier.transitional) for tier in medium] == [
        ("S1", 6, 25, "Penundaan kenaikan gaji berkala selama 1 tahun"),
        ("S2", 9, 25, "Penundaan kenaikan pangkat selama 1 tahun"),
        ("S3", 12, 25, "Penurunan pangkat setingkat lebih rendah selama 1 tahun"),
    ]
    assert pns.streak is not None
    assert (pns.streak.code, pns.streak.days, pns.streak.pay_article) == ("B3c", 10, "Ps 15")
    assert (pns.events_from, pns.source.verified) == (date(2021, 8, 31), False)


def test_a_switch_brings_the_cut_into_force_from_its_day_on() -> None:
    document = changed()
    later = {"from_date": "2028-01-01", "in_force": True, "basis": "PP"}
    document["discipline"][0]["tukin_cut"].append(later)
    pns = rules_of(document).discipline_for("PNS")
    assert pns is not None
    assert [pns.cut_in_force(day) for day in (date(2021, 8, 30), date(2027, 12, 31), date(2028, 1, 1))] == [
        False,
        False,
        True,
    ]


def test_each_clock_has_its_days_and_its_source() -> None:
    procedure = BASE.procedure
    assert procedure is not None
    assert {clock.value: days for clock, days in procedure.clocks.items()} == {
        "superior_acts": 7,
        "panggilan": 7,
        "panggilan_2": 7,
        "sampaikan_sk": 14,
        "kirim_sk": 3,
        "berlaku": 15,
        "keberatan": 14,
        "putus_keberatan": 21,
        "banding": 14,
        "tanggapan_ppk": 21,
        "bpasn": 65,
    }
    assert procedure.sources[Clock.KIRIM_SK] == Source("PerBKN 6/2022 Ps 49 (8)", verified=False)
    assert procedure.sources.keys() == set(Clock)
    assert (list(procedure.team_required), sorted(procedure.dismissal)) == ([Severity.BERAT], ["B3", "B3c"])


def test_the_table_of_authority_begins_with_the_lowest_official() -> None:
    assert BASE.procedure is not None
    rows = BASE.procedure.competence
    ranks = ("pengawas", "administrator", "jpt_pratama", "ppk")
    assert [row.authority for row in rows] == sorted((row.authority for row in rows), key=ranks.index)
    assert [(row.below, list(row.severities)) for row in rows if row.below] == [
        (1, [Severity.RINGAN]),
        (1, [Severity.RINGAN]),
        (2, [Severity.SEDANG]),
        (1, [Severity.RINGAN]),
        (2, [Severity.SEDANG]),
    ]
    severe = [row for row in rows if Severity.BERAT in row.severities]
    assert {row.authority for row in severe} == {"ppk"}
    assert {level for row in severe for level in row.targets} == {
        "jpt_pratama",
        "administrator",
        "pengawas",
        "pelaksana",
        "jf_ahli_utama",
        "jf_ahli_madya",
        "jf_ahli_muda",
        "jf_ahli_pertama",
        "jf_penyelia",
        "jf_mahir",
        "jf_terampil",
        "jf_pemula",
    }


def test_persons_ledger_and_rewards_are_read() -> None:
    said = "Kebijakan instansi: tingkat kehadiran (Bupati Mamuju, 9 Oktober 2023)"
    base = "Nilai penuh satu apel, dirata-ratakan atas apel yang wajib diikuti"
    assert BASE.person == PersonRules(100, 80, 0, 4, 1, 5, 2, Source(said, False, base))
    assert BASE.apel_ledger is not None
    assert (list(BASE.apel_ledger.counts), BASE.apel_ledger.reset) == (["TK"], Reset.YEAR)
    assert [step.at_least for step in BASE.apel_ledger.steps] == [1, 3, 5]
    assert BASE.apel_ledger.steps[1] == LedgerStep("pembinaan-lisan", 3, "Atasan langsung melakukan pembinaan lisan.")
    assert BASE.rewards is not None
    assert BASE.mark_objections is not None
    assert (BASE.mark_objections.days, BASE.rewards.recent_months) == (5, 12)


def test_minutes_become_no_day_and_alerts_rise() -> None:
    workdays = BASE.workdays
    assert workdays is not None
    assert (workdays.minutes_per_day, workdays.convert_employment) == (None, frozenset())
    assert workdays.alerts == (3, 5, 7, 9, 10)
    minutes = (0, 1, 30, 31, 60, 61, 90, 91, 1000)
    found = [next((one.code for one in workdays.late if one.holds(minute)), None) for minute in minutes]
    assert found == [None, "TL1", "TL1", "TL2", "TL2", "TL3", "TL3", "TL4", "TL4"]


def test_no_apel_is_asked_in_a_span_or_in_ramadan() -> None:
    span = {"from_date": "2026-11-16", "to_date": "2026-11-23", "reason": "Cuti bersama daerah"}
    exemptions = rules_of(changed(**{"exemptions.no_apel": [span], "exemptions.ramadan": True})).exemptions
    assert exemptions is not None
    assert exemptions.no_apel == (NoApel(date(2026, 11, 16), date(2026, 11, 23), "Cuti bersama daerah"),)
    assert exemptions.no_apel_on(date(2026, 11, 23), ramadan=False) == "Cuti bersama daerah"
    assert exemptions.no_apel_on(date(2026, 11, 24), ramadan=False) is None
    assert exemptions.no_apel_on(date(2027, 2, 15), ramadan=True) == "Ramadan"


def test_a_table_of_pay_is_read_with_exact_percentages() -> None:
    table = example("bulukumba").tpp_for("PNS")
    assert table is not None
    assert (table.base, table.source.base) == (TppBase.DISCIPLINE, "Bagian disiplin dari TPP")
    assert (table.discipline_percent, table.absent_day, table.cap_percent) == (Decimal(40), Decimal(3), Decimal(100))
    assert table.late[0] == Cut("TL1", 1, 30, Decimal("0.5"))
    assert [cut.percent for cut in table.early] == [Decimal("0.5"), Decimal(1), Decimal("1.25"), Decimal("1.5")]
    assert table.apel[0] == ApelCut("apel_gabungan", frozenset({1}), Decimal(2))
    assert table.apel[1].percent == Decimal("0.25")
    assert (table.rounding, table.round_what, table.round_to) == (Rounding.HALF_UP, RoundWhat.TOTAL, 1)
    assert example("bulukumba").tpp_for("PPPK") is None
    assert example("pekalongan").tpp[0].full_cut_days == 7
    pppk = example("pppk").discipline_for("PPPK")
    assert pppk is not None
    assert (pppk.code, example("pppk").discipline_for("PPPK_PW")) == ("contoh-pppk", None)


def test_a_document_kept_before_these_parts_were_known_judges_nobody_by_them() -> None:
    document = changed()
    parts = ("person", "apel_ledger", "exemptions", "mark_objections", "rewards", "workdays", "procedure")
    for part in (*parts, "discipline", "tpp", "spot_check"):
        del document[part]
    for part in ("source", "verified"):
        del document["ranking"][part]
    rules = rules_of(document)
    assert [getattr(rules, part) for part in parts] == [None] * len(parts)
    assert (rules.discipline, rules.tpp, rules.ranking) == ((), (), Source("Kebijakan instansi", verified=False))
