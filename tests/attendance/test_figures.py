"""Figures of units and the findings about them."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apel.rules import Figures
from app.attendance.figures import Counts, Spoken, Unit, correct_counts, find_differences, find_in_unit
from app.attendance.rules import Claimed, FindingCode, Ground, Reason, Verdict
from app.evidence.rules import Compared, Presence, SubjectKind


def test_a_dispute_moves_one_person_out_of_unexplained() -> None:
    claimed = Counts(10, wfo=8, unexplained=2)
    disputed = Verdict(None, None, Reason.DISPUTED)
    assert correct_counts(claimed, [(Claimed("TK"), disputed)]) == Counts(10, wfo=8, unexplained=1, disputed=1)


statuses = st.sampled_from(["H", "TK", "DL", "S", "BL", None])


@given(st.lists(st.tuples(st.sampled_from(["H", "TK", "DL", "S"]), statuses)))
def test_moving_people_keeps_the_strength(moves: list[tuple[str, str | None]]) -> None:
    claimed = Counts(100, wfo=40, wfa=20, excused={"DL": 20, "S": 10}, unexplained=10)
    mode = {"H": "wfo"}
    people = [
        (Claimed(before, mode.get(before)), Verdict(after, mode.get(after or ""), Reason.DECIDED))
        for before, after in moves
    ]
    moved = correct_counts(claimed, people)
    parts = moved.wfo + moved.wfa + sum(moved.excused.values()) + moved.unexplained + moved.disputed
    assert moved.strength == 100 == parts + moved.not_reported


UNIT = Unit(
    roster_strength=10,
    claims=1,
    missing=0,
    reporters=1,
    claimed=Counts(10, wfo=8, excused={"DL": 1}, unexplained=1),
    late_minutes=None,
    room_seconds=1500,
    room_seen=True,
)


def _with(**changes: object) -> Unit:
    return Unit(**{**UNIT.__dict__, **changes})


SAID = Figures(strength=10, wfo=9, wfa=0, excused={"DL": 1}, unexplained=0)

UNITS = [
    ("a unit that reported, was seen and agrees has none", UNIT, Ground(), []),
    ("late is explainable", _with(late_minutes=7), Ground(), [("late", "explainable")]),
    (
        "strength other than the roster's",
        _with(roster_strength=12),
        Ground(),
        [("strength-differs", "explainable")],
    ),
    (
        "reported people in a room that never connected",
        _with(room_seen=False, room_seconds=0),
        Ground(),
        [("reported-never-connected", "suspicious")],
    ),
    (
        "the same from a blank spot",
        _with(room_seen=False, room_seconds=0),
        Ground(weak=True),
        [("reported-never-connected", "explainable")],
    ),
    (
        "the same while evidence has a gap",
        _with(room_seen=False, room_seconds=0),
        Ground(gap=True),
        [("reported-never-connected", "explainable")],
    ),
    ("no meeting, no finding about rooms", _with(room_seen=False), Ground(watched=False), []),
    (
        "connected but silent",
        _with(claims=0, missing=1, claimed=Counts()),
        Ground(),
        [("not-reported", "explainable"), ("connected-not-reported", "explainable")],
    ),
    (
        "before the deadline nothing is missing",
        _with(claims=0, missing=1, claimed=Counts(), room_seen=False),
        Ground(due=False),
        [],
    ),
    ("said otherwise than written", _with(spoken=Spoken(SAID, False)), Ground(), [("spoken-differs", "suspicious")]),
    ("said: as written", _with(spoken=Spoken(None, True)), Ground(), []),
]


@pytest.mark.parametrize(("unit", "ground", "expected"), [row[1:] for row in UNITS], ids=[row[0] for row in UNITS])
def test_findings_about_a_unit(unit: Unit, ground: Ground, expected: list[tuple[str, str]]) -> None:
    assert [(code, grade) for code, grade, _ in find_in_unit(unit, ground)] == expected


def test_a_spoken_difference_shows_both_figures() -> None:
    found = find_in_unit(_with(spoken=Spoken(SAID, False)), Ground())
    assert found[0][0] is FindingCode.SPOKEN_DIFFERS
    assert found[0][2] == {"wfo": {"spoken": 9, "written": 8}, "unexplained": {"spoken": 0, "written": 1}}


SITI = UUID(int=1)


def _seen(webhook: int, report: int, *, asn_id: UUID | None = None, whole: bool = True) -> Presence:
    kind = SubjectKind.ROOM if asn_id is None else SubjectKind.PERSON
    compared = Compared(webhook, report, whole)
    return Presence(UUID(int=9), kind, "DISDIK", asn_id, None, report, (), False, False, compared)


def _differing(about: str, subjects: int, webhook: int, report: int) -> dict[str, object]:
    return {"about": about, "subjects": subjects, "webhook_seconds": webhook, "report_seconds": report}


DIFFERENCES = [
    ("a minute is none", [_seen(600, 660)], False, []),
    (
        "a room and a person who differ are named",
        [_seen(600, 661), _seen(0, 600, asn_id=SITI), _seen(600, 600, asn_id=UUID(int=2))],
        False,
        [
            (None, "explainable", _differing("room", 1, 600, 661)),
            (SITI, "explainable", _differing("person", 1, 0, 600)),
        ],
    ),
    (
        "one for all where messages were lost in numbers, and nobody has to explain it",
        [_seen(0, 600, whole=False), _seen(60, 600, asn_id=SITI, whole=False)],
        False,
        [(None, "ok", _differing("unit", 2, 60, 1200))],
    ),
    ("the same where a gap is known", [_seen(0, 600)], True, [(None, "ok", _differing("unit", 1, 0, 600))]),
    ("no list, no difference", [_seen(0, 600)._replace(compared=None)], False, []),
]


@pytest.mark.parametrize(
    ("seen", "explained", "found"), [row[1:] for row in DIFFERENCES], ids=[row[0] for row in DIFFERENCES]
)
def test_differences_between_messages_and_list(seen: list[Presence], explained: bool, found: list[object]) -> None:
    assert find_differences(seen, explained=explained) == found
