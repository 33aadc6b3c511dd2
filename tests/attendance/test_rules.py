"""The conclusion table, sentence by sentence."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attendance.rules import (
    BL,
    NR,
    Claimed,
    Corrected,
    Grade,
    Ground,
    Person,
    Reason,
    Seen,
    Verdict,
    conclude_person,
)
from app.duty.rules import ABSENCE_CODES, EXCUSED, NOT_REQUIRED, Code

LONG, SHORT = Seen(1700), Seen(60)
OK = Grade.OK, ()
WFA = Claimed("H", "wfa")
WFO = Claimed("H", "wfo")

TABLE = [
    ("reported in the office is present", Person(claim=WFO), Ground(), "H", "wfo", []),
    ("one of the rest is present in the office", Person(claim=Claimed("H", "wfo", False)), Ground(), "H", "wfo", []),
    ("wfa with enough presence is present", Person(claim=WFA, seen=LONG), Ground(), "H", "wfa", []),
    (
        "wfa with little presence is present and left early",
        Person(claim=WFA, seen=SHORT),
        Ground(),
        "H",
        "wfa",
        [("left-early", "explainable")],
    ),
    (
        "wfa cut off by the network did not leave early",
        Person(claim=WFA, seen=Seen(60, network_gap=True)),
        Ground(),
        "H",
        "wfa",
        [],
    ),
    (
        "wfa never seen is present, and somebody should ask",
        Person(claim=WFA),
        Ground(),
        "H",
        "wfa",
        [("wfa-without-presence", "suspicious")],
    ),
    (
        "wfa never seen from a blank spot is explainable",
        Person(claim=WFA),
        Ground(weak=True),
        "H",
        "wfa",
        [("wfa-without-presence", "explainable")],
    ),
    ("wfa never seen while evidence has a gap is no finding", Person(claim=WFA), Ground(gap=True), "H", "wfa", []),
    ("wfa without any meeting is no finding", Person(claim=WFA), Ground(watched=False), "H", "wfa", []),
    ("excused keeps its code", Person(claim=Claimed("CT")), Ground(), "CT", None, []),
    (
        "excused but connected keeps the code",
        Person(claim=Claimed("DL"), seen=LONG),
        Ground(),
        "DL",
        None,
        [("excused-but-connected", "explainable")],
    ),
    ("unexplained is TK after the deadline", Person(claim=Claimed("TK")), Ground(), "TK", None, []),
    (
        "unexplained but connected is nobody's TK until a person decided",
        Person(claim=Claimed("TK"), seen=SHORT),
        Ground(),
        None,
        None,
        [("unexplained-but-connected", "suspicious")],
    ),
    (
        "a dispute that a person decided is decided, and stays to be seen",
        Person(claim=Claimed("TK"), seen=SHORT, decided="H"),
        Ground(),
        "H",
        "wfa",
        [("unexplained-but-connected", "suspicious")],
    ),
    (
        "a decision outlasts the evidence that it was made on",
        Person(claim=Claimed("TK"), decided="H"),
        Ground(),
        "H",
        "wfo",
        [],
    ),
    (
        "a decision about a TK says nothing about another claim",
        Person(claim=WFO, decided="TK"),
        Ground(),
        "H",
        "wfo",
        [],
    ),
    (
        "leave confirmed late takes back a TK that was decided",
        Person(claim=Claimed("TK"), seen=SHORT, absence="CS", decided="TK"),
        Ground(),
        "CS",
        None,
        [("excused-but-connected", "explainable")],
    ),
    (
        "on shift is not required, whatever was decided before",
        Person(claim=Claimed("TK"), seen=SHORT, absence="SF", decided="TK"),
        Ground(),
        "SF",
        None,
        [],
    ),
    (
        "unexplained with leave confirmed late becomes that leave",
        Person(claim=Claimed("TK"), absence="CT"),
        Ground(),
        "CT",
        None,
        [],
    ),
    (
        "present while a letter of assignment runs is looked at",
        Person(claim=WFO, absence="DL"),
        Ground(),
        "H",
        "wfo",
        [("present-during-absence", "suspicious")],
    ),
    ("no report and nothing seen is BL, never TK", Person(), Ground(), BL, None, []),
    ("no report but seen is present from elsewhere", Person(seen=LONG), Ground(), "H", "wfa", []),
    ("no report and on leave is BL all the same", Person(absence="CT"), Ground(), BL, None, []),
    ("on shift is not required, report or not", Person(absence="SF"), Ground(), "SF", None, []),
    ("reported on shift is not required", Person(claim=Claimed("SF")), Ground(), "SF", None, []),
    ("on shift but named as present is present", Person(claim=WFO, absence="SF"), Ground(), "H", "wfo", []),
    ("without apel duty is not required", Person(required=False), Ground(), NR, None, []),
]


@pytest.mark.parametrize(
    ("person", "ground", "status", "mode", "findings"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_conclusion(
    person: Person, ground: Ground, status: str | None, mode: str | None, findings: list[tuple[str, str]]
) -> None:
    verdict = conclude_person(person, ground)
    assert verdict is not None
    assert (verdict.status, verdict.mode, list(verdict.findings)) == (status, mode, findings)
    assert not verdict.pending


CORRECTED = Corrected(UUID(int=1), "DL")
CORRECTIONS = [
    ("a corrected TK keeps what the facts say beside it", Person(claim=Claimed("TK")), "TK", []),
    ("a disputed one too, and the dispute stays to be seen", Person(claim=Claimed("TK"), seen=SHORT), None,
     [("unexplained-but-connected", "suspicious")]),
    ("it stands above a decision", Person(claim=Claimed("TK"), decided="H"), "H", []),
    ("it stands above a confirmed absence", Person(claim=Claimed("TK"), absence="CT"), "CT", []),
    ("it stands above what is not required", Person(required=False), NR, []),
    ("it stands above a silent OPD", Person(), BL, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "before", "findings"), [row[1:] for row in CORRECTIONS], ids=[row[0] for row in CORRECTIONS]
)
def test_correction(person: Person, before: str | None, findings: list[tuple[str, str]]) -> None:
    verdict = conclude_person(replace(person, corrected=CORRECTED), Ground())
    assert verdict is not None
    assert verdict.instead_of is not None
    assert (verdict.status, verdict.reason, verdict.instead_of.status) == ("DL", Reason.CORRECTED, before)
    assert list(verdict.findings) == findings


def test_a_correction_marks_somebody_of_whom_only_a_count_is_known() -> None:
    verdict = conclude_person(Person(reported=True, corrected=CORRECTED), Ground())
    assert verdict == Verdict("DL", None, Reason.CORRECTED, instead_of=None)


def test_where_no_apel_counts_everybody_is_nr_and_a_correction_stands_above_that_too() -> None:
    period = Ground(no_apel="Ramadan")
    for person in (Person(), Person(claim=Claimed("TK"), seen=SHORT), Person(claim=WFO, absence="DL")):
        assert conclude_person(person, period) == Verdict(NR, None, Reason.NO_APEL_PERIOD)
        corrected = conclude_person(replace(person, corrected=CORRECTED), period)
        assert corrected is not None
        assert (corrected.status, corrected.findings) == ("DL", ())


def test_counts_only_marks_nobody_without_own_evidence() -> None:
    assert conclude_person(Person(reported=True), Ground()) is None
    seen = conclude_person(Person(reported=True, seen=LONG), Ground())
    assert seen == Verdict("H", "wfa", Reason.OWN_EVIDENCE)


people = st.builds(
    Person,
    required=st.booleans(),
    claim=st.none()
    | st.builds(
        Claimed, st.sampled_from([code.value for code in Code]), st.sampled_from([None, "wfo", "wfa"]), st.booleans()
    ),
    reported=st.booleans(),
    seen=st.none() | st.builds(Seen, st.integers(0, 7200), st.booleans()),
    absence=st.none() | st.sampled_from(sorted(ABSENCE_CODES)),
    decided=st.none() | st.sampled_from(["H", "TK", "DL"]),
)
grounds = st.builds(
    Ground,
    due=st.booleans(),
    watched=st.booleans(),
    gap=st.booleans(),
    weak=st.booleans(),
    held_seconds=st.integers(0, 7200),
    wfa_share_percent=st.integers(0, 100),
)


@given(people, grounds)
def test_nobody_is_marked_before_window_and_deadline(person: Person, ground: Ground) -> None:
    verdict = conclude_person(person, Ground(due=False, gap=ground.gap))
    assert verdict == Verdict(None, None, Reason.PENDING, pending=True)


@given(people, grounds, st.sampled_from([code.value for code in Code] + [NR]))
def test_a_correction_changes_the_mark_and_nothing_that_was_found(person: Person, ground: Ground, status: str) -> None:
    plain = conclude_person(person, ground)
    corrected = conclude_person(replace(person, corrected=Corrected(UUID(int=1), status)), ground)
    assert corrected is not None
    if not ground.due:
        assert corrected == plain
        return
    assert (corrected.status, corrected.reason, corrected.instead_of) == (status, Reason.CORRECTED, plain)
    assert corrected.findings == (plain.findings if plain else ())


@given(people, grounds)
def test_tk_needs_a_report_that_says_so_and_nothing_that_explains_it(person: Person, ground: Ground) -> None:
    verdict = conclude_person(person, ground)
    if verdict is not None and verdict.status == Code.TK:
        assert person.claim is not None
        assert person.claim.status == "TK"
        assert person.absence not in EXCUSED | NOT_REQUIRED


@given(people, grounds, st.integers(1, 3600))
def test_staying_longer_never_lowers_a_mark(person: Person, ground: Ground, more: int) -> None:
    if person.seen is None or person.seen.seconds == 0:
        return
    longer = Person(
        person.required,
        person.claim,
        person.reported,
        Seen(person.seen.seconds + more, person.seen.network_gap),
        person.absence,
        person.decided,
    )
    before, after = conclude_person(person, ground), conclude_person(longer, ground)
    assert before is not None
    assert after is not None
    assert (after.status, after.mode) == (before.status, before.mode)
    assert set(after.findings) <= set(before.findings)


@given(people, grounds)
def test_a_gap_in_the_evidence_never_adds_a_finding(person: Person, ground: Ground) -> None:
    whole = Ground(ground.due, ground.watched, False, ground.weak, ground.held_seconds, ground.wfa_share_percent)
    holed = Ground(ground.due, ground.watched, True, ground.weak, ground.held_seconds, ground.wfa_share_percent)
    sure, unsure = conclude_person(person, whole), conclude_person(person, holed)
    assert (sure is None) == (unsure is None)
    if sure is not None and unsure is not None:
        assert set(unsure.findings) <= set(sure.findings)
