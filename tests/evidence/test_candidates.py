"""Whom an unmatched name may mean: suggestions with reasons, which match nobody."""

from dataclasses import replace
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import fold
from app.core.texts import has_text
from app.demo.names import MEN, SURNAMES, WOMEN
from app.evidence.candidates import MOST, Candidate, Directory, ReasonCode
from app.evidence.identity import Known, Shown
from app.evidence.rules import SubjectKind
from tests.evidence.people import ASN, ROSTER
from tests.evidence.test_identity import DEVICE
from tests.make import MONDAY

DIRECTORY = Directory(ROSTER)
WHO = {asn_id: key for key, asn_id in ASN.items()}


def found(name: str, claimed: str | None = None, directory: Directory = DIRECTORY) -> list[tuple[str, list[str]]]:
    """Key of the person or code of the room, with the reasons."""
    return [
        (WHO[one.asn_id] if one.asn_id else one.opd_code, [str(reason) for reason in one.reasons])
        for one in directory.find(name, claimed)
    ]


@pytest.mark.parametrize(
    ("name", "best"),
    [
        pytest.param("[DISDIK] 1001 Sity", ("siti", ["name-close", "nip-digits", "code-same"]), id="a mistyped name"),
        pytest.param(
            "[DISDIK] 1010 Siti Aminah", ("siti", ["name-same", "nip-digits-close", "code-same"]), id="swapped digits"
        ),
        pytest.param(
            "[DISDIK] 1901 Siti Aminah", ("siti", ["name-same", "nip-digits-close", "code-same"]), id="a mistyped digit"
        ),
        pytest.param(
            "[DISDIK] 10012 Siti", ("siti", ["name-part", "nip-digits-close", "code-same"]), id="a digit too many"
        ),
        pytest.param(
            "[DISDIK] 198501012010011001 Siti", ("siti", ["name-part", "nip-digits", "code-same"]), id="a whole NIP"
        ),
        pytest.param("[DISDK] 1001 Siti", ("siti", ["name-part", "nip-digits", "code-close"]), id="a mistyped code"),
        pytest.param("(DISDIK) 1001 Siti", ("siti", ["name-part", "nip-digits", "code-same"]), id="the wrong brackets"),
        pytest.param("disdik 1001 siti", ("siti", ["name-part", "nip-digits", "code-same"]), id="no brackets"),
        pytest.param("Siti Aminah", ("siti", ["name-same"]), id="a name alone"),
        pytest.param("Aminah, Siti", ("siti", ["name-order"]), id="the same words in another order"),
        pytest.param("Dra. Hj. Siti Aminah", ("siti", ["name-same"]), id="titles are no names"),
        pytest.param("[DINKES] 1001 Siti Aminah", ("siti", ["name-same", "nip-digits"]), id="the code of another OPD"),
        pytest.param("[DINKE] Aula", ("DINKES", ["code-close"]), id="a room with a mistyped code"),
        pytest.param("(DISDIK) Ruang 1", ("DISDIK", ["code-same"]), id="a room in the wrong brackets"),
        pytest.param("Ruang DISDIK", ("DISDIK", ["code-same"]), id="a room with its code at the end"),
        pytest.param("Dinas BKPSDM", ("BKPSDM", ["opd-name", "code-same"]), id="a room by the name of its OPD"),
        pytest.param("[SMPI] Ruang 1", ("DISDIK", ["code-close"]), id="a mistyped part is the room of its unit"),
    ],
)
def test_the_best_candidate_and_why(name: str, best: tuple[str, list[str]]) -> None:
    assert found(name)[0] == best


@pytest.mark.parametrize("name", ["", "iPhone", "vivo 1904", "Galaxy A12", "Ibu", "[XYZ] Ruang 1", "9999", "????"])
def test_whom_nothing_points_to_has_no_candidates(name: str) -> None:
    assert found(name) == []


def test_a_name_or_digits_alone_are_less_than_both() -> None:
    alone, digits, both = ("Siti Aminah", "1001", "1001 Siti Aminah")
    assert [DIRECTORY.find(name)[0].score for name in (alone, digits, both)] == [71, 43, 100]


def test_homonyms_are_both_listed_alike() -> None:
    """A machine matches neither; a person knows."""
    first, second = DIRECTORY.find("[DINKES] 1004 Andi Baso")
    assert {first.asn_id, second.asn_id} == {ASN["twin1"], ASN["twin2"]}
    assert (first.score, first.reasons) == (second.score, second.reasons)
    assert first.score == 100


def test_the_own_opd_goes_before_others_who_fit_no_better() -> None:
    assert [who for who, _ in found("[DISDIK] Sitti")] == ["sitti", "siti"]
    assert "rahmat" in [who for who, _ in found("Rahma")]
    assert [who for who, _ in found("[DISDIK] 9999 Rahma")] == ["sitti"]


def test_whoever_is_connected_already_is_marked() -> None:
    directory = Directory(ROSTER, connected={ASN["siti"], "DINKES"})
    assert found("Siti Aminah", directory=directory)[0] == ("siti", ["name-same", "already-connected"])
    assert found("[DINKE] Aula", directory=directory)[0] == ("DINKES", ["code-close", "already-connected"])


def test_an_opd_is_told_of_its_own_unit_only() -> None:
    everybody = {who for who, _ in found("Rahmat")}
    assert {"sitti", "rahmat"} <= everybody
    assert {who for who, _ in found("Rahmat", directory=Directory(ROSTER, only={"DISDIK"}))} == {"sitti"}
    assert found("[DINKE] Aula", directory=Directory(ROSTER, only={"DISDIK"})) == []


def test_more_who_fit_alike_than_can_be_listed_are_not_cut_by_chance() -> None:
    crowd = [entry for entry in ROSTER.entries if entry.asn_id == ASN["siti"]] * (MOST + 1)
    assert Directory(type(ROSTER)(ROSTER.units, crowd, {})).find("Siti Aminah") == []


@given(st.one_of(st.text(max_size=40), st.from_regex(r"\[[A-Z]{4,8}\] ?[0-9]{3,5} [A-Za-z ]{0,20}", fullmatch=True)))
def test_any_name_has_few_ordered_candidates_of_the_roster(name: str) -> None:
    candidates = DIRECTORY.find(name)
    assert len(candidates) <= MOST
    assert [one.score for one in candidates] == sorted((one.score for one in candidates), reverse=True)
    assert candidates == DIRECTORY.find(name)
    for one in candidates:
        assert 40 <= one.score <= 100
        assert one.reasons
        assert one.opd_code in ROSTER.units
        assert one.asn_id is None or one.asn_id in WHO


@given(st.sampled_from([entry.join_name for entry in ROSTER.entries]), st.integers(0, 30), st.sampled_from("xq7 "))
def test_a_slip_in_a_join_name_matches_nobody_else_and_suggests_its_bearer(join: str, at: int, slip: str) -> None:
    written = join[: at % len(join)] + slip + join[at % len(join) + 1 :]
    shown = Shown(DEVICE, names={written: MONDAY})
    subject, _ = Known(ROSTER, decided={}, remembered={}).identify(shown)
    bearer = next(entry for entry in ROSTER.entries if entry.join_name == join)
    if subject.kind is SubjectKind.PERSON:
        assert subject.asn_id == bearer.asn_id


def test_a_full_page_against_five_thousand_people_takes_no_second() -> None:
    """Measured at 0.06 s for names of the region; the bound only tells that nothing grows with the product of both."""
    names = [f"{given} {family}" for given in (*MEN, *WOMEN) for family in SURNAMES]
    names = (names * 2)[:5000]
    people = [
        replace(
            ROSTER.entries[0], asn_id=UUID(int=1000 + n), name=name, folded_name=fold(name),
            nip=f"19850101201001{n:04d}",
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    began = process_time()
    directory = Directory(replace(ROSTER, entries=people))
    found = [directory.find(f"[DISDIK] {n:04d} {names[n][:-1]}") for n in range(0, 5000, 50)]
    assert process_time() - began < 1
    assert all(candidates[0].asn_id == UUID(int=1000 + 50 * n) for n, candidates in enumerate(found))


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    assert all(has_text(language, "candidate", code) for language in ("id", "en") for code in ReasonCode)


def test_a_candidate_is_told_by_name_and_unit() -> None:
    (best, *_) = DIRECTORY.find("[DISDIK] 1001 Sity")
    assert best == Candidate(ASN["siti"], "DISDIK", "Siti Aminah", best.score, best.reasons)
    assert best.score == round(50 * 0.883 * (0.5 + 0.5 / 2) + 30 + 20)
