"""From what was concluded about a unit to its points, sentence by sentence."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance.rules import FindingCode, Grade
from app.policies.models import Policy
from app.policies.reading import read_rules, shipped_document
from app.policies.rules import Inaccuracy, Rules
from app.scoring.rules import Evidence, EvidenceKind, Figures, Found, Reason, Rule, Unit, UnitScore, score_unit
from tests.make import NOBODY

POLICY: Rules = read_rules(
    Policy(
        id=NOBODY,
        code="apel-dasar",
        version=1,
        legal_basis="Contoh",
        effective_from=date(2020, 1, 1),
        document=shipped_document().model_dump(mode="json"),
    )
)
"""60 points for the duty rate, 20 for being in time (one less per 3 minutes), 20 for accuracy (suspicious: 5)."""


def unit(present: int = 8, strength: int = 10, excused: dict[str, int] | None = None, **facts: Any) -> Unit:
    return Unit("DISDIK", Figures(present, strength, excused or {}), **facts)


def found(code: str, grade: str = "suspicious", *, is_open: bool = True) -> Found:
    return Found(uuid4(), code, grade, is_open)


def score(who: Unit, *, due: bool = True, gap: bool = False, policy: Rules = POLICY) -> UnitScore:
    return score_unit(who, policy, due=due, gap=gap)


def told(result: UnitScore) -> dict[Rule, tuple[str | None, Reason]]:
    return {line.rule: (None if line.points is None else str(line.points), line.reason) for line in result.lines}


ALL_PRESENT = (Rule.DUTY_RATE, "60.00", Reason.COUNTED)
IN_TIME = (Rule.TIMELINESS, "20.00", Reason.IN_TIME)
CLEAN = (Rule.ACCURACY, "20.00", Reason.CLEAN)

TABLE: list[tuple[str, Unit, dict[str, Any], str | None, tuple[tuple[Rule, str | None, Reason], ...]]] = [
    ("everybody there, in time and right gives a hundred", unit(10), {}, "100.00", (ALL_PRESENT, IN_TIME, CLEAN)),
    (
        "eight of ten give eight tenths of the duty rate's points",
        unit(8),
        {},
        "88.00",
        ((Rule.DUTY_RATE, "48.00", Reason.COUNTED), IN_TIME, CLEAN),
    ),
    ("accepted reasons cost nothing", unit(8, 10, {"DL": 1, "S": 1}), {}, "100.00", (ALL_PRESENT, IN_TIME, CLEAN)),
    (
        "one third of sixty is rounded half-up to the hundredth",
        unit(1, 9),
        {},
        "46.67",
        ((Rule.DUTY_RATE, "6.67", Reason.COUNTED), IN_TIME, CLEAN),
    ),
    (
        "two minutes late are not three",
        unit(10, late_minutes=2),
        {},
        "100.00",
        (ALL_PRESENT, (Rule.TIMELINESS, "20.00", Reason.LATE), CLEAN),
    ),
    (
        "seven minutes late cost two points",
        unit(10, late_minutes=7),
        {},
        "98.00",
        (ALL_PRESENT, (Rule.TIMELINESS, "18.00", Reason.LATE), CLEAN),
    ),
    (
        "a day late costs the line and no more",
        unit(10, late_minutes=1500),
        {},
        "80.00",
        (ALL_PRESENT, (Rule.TIMELINESS, "0.00", Reason.LATE), CLEAN),
    ),
    (
        "a delay that was explained costs nothing",
        unit(10, late_minutes=55, findings=(found("late", "explainable", is_open=False),)),
        {},
        "100.00",
        (ALL_PRESENT, (Rule.TIMELINESS, "20.00", Reason.LATE_EXPLAINED), CLEAN),
    ),
    (
        "an open finding of lateness costs once, by its minutes",
        unit(10, late_minutes=7, findings=(found("late"),)),
        {},
        "98.00",
        (ALL_PRESENT, (Rule.TIMELINESS, "18.00", Reason.LATE), CLEAN),
    ),
    (
        "one part of four missing costs a quarter of the timeliness",
        unit(10, claims_needed=4, claims_missing=1),
        {},
        "95.00",
        (ALL_PRESENT, (Rule.TIMELINESS, "15.00", Reason.PART_MISSING), CLEAN),
    ),
    (
        "who never reported loses every line, whoever was seen",
        unit(2, 10, reported=False, not_reported=8, claims_missing=1, findings=(found("not-reported", "explainable"),)),
        {},
        "0.00",
        (
            (Rule.DUTY_RATE, "0.00", Reason.NOT_REPORTED),
            (Rule.TIMELINESS, "0.00", Reason.NOT_REPORTED),
            (Rule.ACCURACY, "0.00", Reason.NOT_REPORTED),
        ),
    ),
    (
        "a suspicious finding costs five",
        unit(10, findings=(found("spoken-differs"),)),
        {},
        "95.00",
        (ALL_PRESENT, IN_TIME, (Rule.ACCURACY, "15.00", Reason.FINDINGS)),
    ),
    (
        "findings add up, and never below nothing",
        unit(10, findings=tuple(found("wfa-without-presence") for _ in range(9))),
        {},
        "80.00",
        (ALL_PRESENT, IN_TIME, (Rule.ACCURACY, "0.00", Reason.FINDINGS)),
    ),
    (
        "an impossible claim costs the whole line",
        unit(10, findings=(found("not-on-roster", "impossible"),)),
        {},
        "80.00",
        (ALL_PRESENT, IN_TIME, (Rule.ACCURACY, "0.00", Reason.FINDINGS)),
    ),
    (
        "an explainable finding is open and costs nothing",
        unit(10, findings=(found("strength-differs", "explainable"),)),
        {},
        "100.00",
        (ALL_PRESENT, IN_TIME, (Rule.ACCURACY, "20.00", Reason.FINDINGS)),
    ),
    (
        "a finding that was explained or dismissed costs nothing",
        unit(10, findings=(found("spoken-differs", is_open=False),)),
        {},
        "100.00",
        (ALL_PRESENT, IN_TIME, CLEAN),
    ),
    (
        "a finding that the policy does not name costs nothing",
        unit(10, findings=(found("left-early"), found("unexplained-but-connected"))),
        {},
        "100.00",
        (ALL_PRESENT, IN_TIME, CLEAN),
    ),
    (
        "while evidence has a gap accuracy rests and the other lines are the whole",
        unit(8, findings=(found("spoken-differs"),)),
        {"gap": True},
        "85.00",
        ((Rule.DUTY_RATE, "48.00", Reason.COUNTED), IN_TIME, (Rule.ACCURACY, None, Reason.EVIDENCE_GAP)),
    ),
    (
        "who never reported loses with a gap as well",
        unit(0, 10, reported=False, not_reported=10),
        {"gap": True},
        "0.00",
        (
            (Rule.DUTY_RATE, "0.00", Reason.NOT_REPORTED),
            (Rule.TIMELINESS, "0.00", Reason.NOT_REPORTED),
            (Rule.ACCURACY, None, Reason.EVIDENCE_GAP),
        ),
    ),
    (
        "where everybody had a reason, being in time and right is the whole",
        unit(0, 3, {"DL": 3}, late_minutes=30),
        {},
        "75.00",
        (
            (Rule.DUTY_RATE, None, Reason.NOBODY_EXPECTED),
            (Rule.TIMELINESS, "10.00", Reason.LATE),
            CLEAN,
        ),
    ),
    (
        "a unit without anybody that reported nothing is not judged",
        unit(0, 0, reported=False),
        {},
        None,
        (
            (Rule.DUTY_RATE, None, Reason.NOBODY_EXPECTED),
            (Rule.TIMELINESS, None, Reason.NOBODY_EXPECTED),
            (Rule.ACCURACY, None, Reason.NOBODY_EXPECTED),
        ),
    ),
    ("before the apel is due nothing is judged", unit(0, 10, reported=False), {"due": False}, None, ()),
]


@pytest.mark.parametrize(("who", "ground", "points", "lines"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_points(
    who: Unit, ground: dict[str, Any], points: str | None, lines: tuple[tuple[Rule, str | None, Reason], ...]
) -> None:
    result = score(who, **ground)
    assert (None if result.points is None else str(result.points)) == points
    assert told(result) == {rule: (given, reason) for rule, given, reason in lines}


def test_every_finding_that_a_policy_can_name_exists_and_none_is_judged_twice() -> None:
    codes = {code.value for code in FindingCode}
    assert {code.value for code in Inaccuracy} <= codes
    assert not {"late", "not-reported", "connected-not-reported"} & {code.value for code in Inaccuracy}
    assert set(POLICY.accuracy_cost) == {grade.value for grade in Grade} - {"ok"}


def test_a_line_says_what_went_in_and_by_which_rule() -> None:
    version, mark, room = (Evidence(kind, uuid4(), "DISDIK") for kind in list(EvidenceKind)[:3])
    dispute, spoken = found("unexplained-but-connected"), found("spoken-differs")
    late = found("late", "explainable")
    who = unit(
        7,
        12,
        {"DL": 1, "S": 1},
        unexplained=1,
        disputed=2,
        not_reported=0,
        late_minutes=4,
        versions=(version,),
        marks=(mark,),
        rooms=(room,),
        findings=(dispute, spoken, late),
    )
    duty, time, accuracy = score(who).lines
    assert duty.facts == {
        "present": 7,
        "expected": 10,
        "strength": 12,
        "excused": 2,
        "unexplained": 1,
        "not_reported": 0,
        "disputed": 2,
        "most": 60,
        "base": "Hadir dibagi (jumlah - berketerangan sah)",
        "source": "Kebijakan instansi: tingkat kehadiran (Bupati Mamuju, 9 Oktober 2023)",
        "verified": False,
    }
    assert time.facts.items() >= {"late_minutes": 4, "minutes_per_point": 3, "claims_needed": 1}.items()
    assert accuracy.facts.items() >= {"costs": {"spoken-differs": 5}, "open": 1, "settled": 0}.items()
    assert {one.id for one in duty.evidence} == {version.id, mark.id, dispute.id}
    assert {one.id for one in time.evidence} == {version.id, late.id}
    assert {one.id for one in accuracy.evidence} == {version.id, room.id, spoken.id}


def test_which_findings_concern_accuracy_is_the_policy_s_to_say() -> None:
    strict = replace(POLICY, accuracy_concerns=frozenset({"left-early"}), accuracy_cost={"suspicious": 7})
    who = unit(10, findings=(found("left-early"), found("spoken-differs"), found("left-early", "explainable")))
    assert told(score(who, policy=strict))[Rule.ACCURACY] == ("13.00", Reason.FINDINGS)


@pytest.mark.parametrize(
    ("strength", "band"), [(0, "kecil"), (15, "kecil"), (16, "sedang"), (50, "sedang"), (51, "besar"), (900, "besar")]
)
def test_the_band_is_the_policy_s_size_class(strength: int, band: str) -> None:
    assert score(unit(0, strength, reported=False)).band == band


findings = st.lists(
    st.builds(
        Found,
        st.uuids(),
        st.sampled_from([code.value for code in FindingCode]),
        st.sampled_from([grade.value for grade in Grade]),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)


@st.composite
def units(draw: st.DrawFn) -> Unit:
    excused = draw(st.dictionaries(st.sampled_from(["DL", "S", "CT"]), st.integers(1, 20), max_size=3))
    present, absent, parts = draw(st.integers(0, 60)), draw(st.integers(0, 60)), draw(st.integers(1, 5))
    return Unit(
        "DISDIK",
        Figures(present, present + absent + sum(excused.values()), excused),
        unexplained=absent,
        reported=draw(st.booleans()),
        claims_needed=parts,
        claims_missing=draw(st.integers(0, parts)),
        late_minutes=draw(st.none() | st.integers(0, 400)),
        findings=tuple(draw(findings)),
    )


grounds = st.fixed_dictionaries({"due": st.booleans(), "gap": st.booleans()})


@given(units(), grounds)
def test_points_lie_between_nothing_and_a_hundred(who: Unit, ground: dict[str, Any]) -> None:
    result = score(who, **ground)
    assert result.points is None or 0 <= result.points <= 100
    assert all(line.points is None or 0 <= line.points <= line.most for line in result.lines)


@given(units(), grounds, st.sampled_from(["came instead of staying away", "was excused and came", "is one more"]))
def test_one_more_present_person_never_lowers_points(who: Unit, ground: dict[str, Any], how: str) -> None:
    before, figures = score(who, **ground).points, who.figures
    if how == "came instead of staying away" and who.unexplained:
        more = Figures(figures.present + 1, figures.strength, figures.excused)
    elif how == "was excused and came" and figures.excused:
        code, number = next(iter(figures.excused.items()))
        more = Figures(figures.present + 1, figures.strength, {**figures.excused, code: number - 1})
    else:
        more = Figures(figures.present + 1, figures.strength + 1, figures.excused)
    after = score(replace(who, figures=more), **ground).points
    assert before is None or (after is not None and after >= before)


@given(units(), grounds, st.randoms(use_true_random=False))
def test_the_order_of_facts_never_matters(who: Unit, ground: dict[str, Any], dice: Any) -> None:
    shuffled = list(who.findings)
    dice.shuffle(shuffled)
    excused = list(who.figures.excused.items())
    dice.shuffle(excused)
    figures = replace(who.figures, excused=dict(excused))
    assert score(replace(who, figures=figures, findings=tuple(shuffled)), **ground) == score(who, **ground)


@given(units(), grounds, st.uuids())
def test_settling_a_finding_never_lowers_points(who: Unit, ground: dict[str, Any], fresh: UUID) -> None:
    asked = replace(who, findings=(*who.findings, Found(fresh, "spoken-differs", "suspicious", open=True)))
    settled = replace(who, findings=(*who.findings, Found(fresh, "spoken-differs", "suspicious", open=False)))
    lower, higher = score(asked, **ground).points, score(settled, **ground).points
    assert higher == score(who, **ground).points
    assert (lower is None) == (higher is None)
    assert lower is None or (higher is not None and lower <= higher)
