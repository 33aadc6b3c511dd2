"""Who is expected, who reports for whom, and under which name a person is recognised."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apel.roster import Entry, OpdOfDay, Roster, build_roster, codes_within, match_person, name_joins
from app.core.fields import fold
from app.registry.rules import HeadRow, Reports, RosterRow


def opd(code: str, reports: str = "yes", parent: str | None = None, order: int = 1) -> OpdOfDay:
    return OpdOfDay(
        code=code,
        parent_code=parent,
        reports=Reports(reports),
        name=f"Dinas {code}",
        short_name=code.title(),
        type="dinas",
        protocol_order=order,
        connectivity="good",
        contact=None,
        zoom_email=None,
    )


def row(key: int, opd_code: str, name: str = "Siti Aminah", digits: str = "1001", *, duty: bool = True) -> RosterRow:
    nip = f"1985010120{key:04d}{digits}"
    return RosterRow(UUID(int=key), nip, name, fold(name), "PNS", "Pelaksana", "5", duty, opd_code)


TREE = {
    one.code: one
    for one in (
        opd("SETDA", "no"),
        opd("DISDIK"),
        opd("SMP-1", "part", "DISDIK"),
        opd("SD-2", "no", "SMP-1"),
        opd("BIDANG", "no", "DISDIK"),
        opd("KEC-SIMBORO", order=2),
        opd("KEL-RANGAS", "no", "KEC-SIMBORO"),
        opd("PKM-LEPAS", "part"),
    )
}


def test_everybody_is_placed_under_reporter_and_unit() -> None:
    places = ["DISDIK", "SMP-1", "SD-2", "BIDANG", "KEL-RANGAS", "PKM-LEPAS"]
    roster = build_roster(TREE, [row(n, code, digits=f"{n:04d}") for n, code in enumerate(places)], [])
    assert [(entry.opd_code, entry.reporter_code, entry.unit_code) for entry in roster.entries] == [
        ("DISDIK", "DISDIK", "DISDIK"),
        ("SMP-1", "SMP-1", "DISDIK"),
        ("SD-2", "SMP-1", "DISDIK"),
        ("BIDANG", "DISDIK", "DISDIK"),
        ("KEL-RANGAS", "KEC-SIMBORO", "KEC-SIMBORO"),
        ("PKM-LEPAS", "PKM-LEPAS", "PKM-LEPAS"),
    ]
    assert {code: (unit.unit_code, unit.strength) for code, unit in roster.units.items()} == {
        "DISDIK": ("DISDIK", 2),
        "SMP-1": ("DISDIK", 2),
        "KEC-SIMBORO": ("KEC-SIMBORO", 1),
        "PKM-LEPAS": ("PKM-LEPAS", 1),
    }
    assert [unit.opd_code for unit in roster.parts_of("DISDIK")] == ["DISDIK", "SMP-1"]


def test_a_unit_counts_the_people_of_its_parts_and_of_what_reports_nothing_itself() -> None:
    assert codes_within(TREE, ["DISDIK"]) == ["DISDIK", "SMP-1", "SD-2", "BIDANG"]
    assert codes_within(TREE, ["KEC-SIMBORO", "PKM-LEPAS"]) == ["KEC-SIMBORO", "KEL-RANGAS", "PKM-LEPAS"]
    assert codes_within(TREE, ["SETDA", "SMP-1"]) == []


def test_who_has_no_apel_duty_is_on_the_roster_but_not_in_the_strength() -> None:
    roster = build_roster(TREE, [row(1, "DISDIK"), row(2, "DISDIK", digits="1002", duty=False)], [])
    assert ([entry.required for entry in roster.entries], roster.units["DISDIK"].strength) == ([True, False], 1)


def test_people_below_nobody_who_reports_are_left_out() -> None:
    assert build_roster(TREE, [row(1, "SETDA")], []).entries == []


@pytest.mark.parametrize(
    ("only", "units", "people"),
    [
        pytest.param(
            None, sorted({"DISDIK", "KEC-SIMBORO", "PKM-LEPAS", "SMP-1"}), {"DISDIK", "SD-2", "KEL-RANGAS"}, id="all"
        ),
        pytest.param(["DISDIK"], ["DISDIK", "SMP-1"], {"DISDIK", "SD-2"}, id="an OPD calls those below it"),
        pytest.param(["SD-2"], ["DISDIK", "SMP-1"], {"SD-2"}, id="an OPD is called through its reporter"),
        pytest.param(["KEL-RANGAS"], ["KEC-SIMBORO"], {"KEL-RANGAS"}, id="a kelurahan through its kecamatan"),
    ],
)
def test_an_apel_calls_only_its_opds(only: list[str] | None, units: list[str], people: set[str]) -> None:
    rows = [row(n, code, digits=f"{n:04d}") for n, code in enumerate(["DISDIK", "SD-2", "KEL-RANGAS"])]
    roster = build_roster(TREE, rows, [], only)
    assert sorted(roster.units) == units
    assert {entry.opd_code for entry in roster.entries} == people


def test_the_first_head_of_a_reporting_unit_counts() -> None:
    heads = [
        HeadRow("DISDIK", UUID(int=1), "Andi", "definitif"),
        HeadRow("DISDIK", UUID(int=2), "Budi", "Plh"),
        HeadRow("SETDA", UUID(int=3), "Citra", "definitif"),
    ]
    roster = build_roster(TREE, [], heads)
    assert {code: (head.name, head.title) for code, head in roster.heads.items()} == {"DISDIK": ("Andi", "definitif")}


def joins(*rows: RosterRow) -> list[str]:
    return [entry.join_name for entry in build_roster(TREE, rows, []).entries]


NAMES = {
    "digits of one's own need one word": ([("DISDIK", "Siti Aminah")], ["[DISDIK] 1001 Siti"]),
    "titles are no name": ([("DISDIK", "Dr. H. Andi Mappangara, S.Pd.")], ["[DISDIK] 1001 Andi"]),
    "shared digits need the word that differs": (
        [("DISDIK", "Siti Aminah"), ("DISDIK", "Siti Rahma")],
        ["[DISDIK] 1001 Aminah", "[DISDIK] 1001 Rahma"],
    ),
    "a single name is enough": ([("DISDIK", "Sutrisno"), ("DISDIK", "Sukarno")],
        ["[DISDIK] 1001 Sutrisno", "[DISDIK] 1001 Sukarno"]),
    "two words where one does not suffice": (
        [("DISDIK", "Siti Nur Aminah"), ("DISDIK", "Siti Rahma Aminah"), ("DISDIK", "Nur Siti Rahma")],
        ["[DISDIK] 1001 Nur Aminah", "[DISDIK] 1001 Rahma Aminah", "[DISDIK] 1001 Nur Siti Rahma"],
    ),
    "homonyms of one unit are told apart by their part": (
        [("DISDIK", "Siti Aminah"), ("SMP-1", "Siti Aminah")],
        ["[DISDIK] 1001 Siti Aminah (1)", "[SMP-1] 1001 Siti"],
    ),
    "homonyms of two units do not disturb each other": (
        [("DISDIK", "Siti Aminah"), ("KEC-SIMBORO", "Siti Aminah")],
        ["[DISDIK] 1001 Siti", "[KEC-SIMBORO] 1001 Siti"],
    ),
    "true twins are numbered and left to a person": (
        [("DISDIK", "Siti Aminah"), ("DISDIK", "Siti Aminah")],
        ["[DISDIK] 1001 Siti Aminah (1)", "[DISDIK] 1001 Siti Aminah (2)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("people", "expected"), NAMES.values(), ids=NAMES)
def test_join_names(people: list[tuple[str, str]], expected: list[str]) -> None:
    assert joins(*(row(key, code, name) for key, (code, name) in enumerate(people))) == expected


COLLIDING = build_roster(
    TREE, [row(1, "DISDIK", "Siti Aminah"), row(2, "DISDIK", "Siti Rahma"), row(3, "DISDIK", "Nur'aini", "1002")], []
)

TYPED = {
    "the digits suffice where one person bears them": ("1002", "", 3),
    "digits of one person with a part of the name": ("1002", "nuraini dikbud", 3),
    "digits of one person with another's name are mistyped": ("1002", "siti aminah", None),
    "shared digits with a name of one": ("1001", "aminah", 1),
    "the words in any order": ("1001", "rahma siti", 2),
    "shared digits with a shared name": ("1001", "siti", None),
    "shared digits without a name": ("1001", "", None),
    "a mistyped name connects nobody": ("1001", "sity", None),
    "a nickname connects nobody": ("1001", "ami", None),
    "one word right and one wrong": ("1001", "aminah sari", None),
    "digits of nobody": ("9999", "siti aminah", None),
}


@pytest.mark.parametrize(("digits", "words", "key"), TYPED.values(), ids=TYPED)
def test_who_is_meant(digits: str, words: str, key: int | None) -> None:
    found = match_person(COLLIDING.people_of("DISDIK"), digits, fold(words).split())
    assert (found and found.asn_id) == (key and UUID(int=key))


words = st.sampled_from(["Siti", "Nur", "Aini", "Andi", "H.", "Dr.", "Rahma", "Nur'aini", "Ahmad", "A."])
people = st.lists(
    st.tuples(
        st.sampled_from(["DISDIK", "SMP-1", "SD-2", "BIDANG", "KEC-SIMBORO"]),
        st.lists(words, min_size=1, max_size=4).map(" ".join),
        st.sampled_from(["1001", "1002", "2001"]),
    ),
    max_size=14,
)


def typed(roster: Roster, join_name: str) -> Entry | None:
    """What the convention makes of a display name."""
    code, _, rest = join_name.removeprefix("[").partition("] ")
    digits, _, name = rest.partition(" ")
    return match_person(roster.people_of(code), digits, fold(name).split())


@given(people)
def test_a_join_name_hits_its_person_or_honestly_nobody(drawn: list[tuple[str, str, str]]) -> None:
    rows = [row(key, code, name, digits) for key, (code, name, digits) in enumerate(drawn)]
    roster = build_roster(TREE, rows, [])
    assert len({entry.join_name for entry in roster.entries}) == len(rows)
    for entry in roster.entries:
        hit = typed(roster, entry.join_name)
        assert hit is entry or (hit is None and nobody_can_tell(roster, entry))


def nobody_can_tell(roster: Roster, entry: Entry) -> bool:
    """Somebody with the same digits bears every word of this name, wherever the two serve together."""
    own = set(entry.folded_name.split())
    return all(
        any(
            other is not entry and other.nip[-4:] == entry.nip[-4:] and own <= set(other.folded_name.split())
            for other in roster.people_of(code)
        )
        for code in (entry.unit_code, entry.reporter_code, entry.opd_code)
    )


@given(people)
def test_names_do_not_depend_on_who_is_listed_first(drawn: list[tuple[str, str, str]]) -> None:
    rows = [row(key, code, name, digits) for key, (code, name, digits) in enumerate(drawn)]
    forward = {entry.asn_id: entry.join_name for entry in build_roster(TREE, rows, []).entries}
    backward = {entry.asn_id: entry.join_name for entry in build_roster(TREE, rows[::-1], []).entries}
    assert {key: name for key, name in forward.items() if "(" not in name} == {
        key: name for key, name in backward.items() if "(" not in name
    }


def test_nobody_has_no_join_names() -> None:
    assert name_joins([]) == []
