"""The report's own rules: agreement, sameness, completeness, masking. No database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apel.rules import Figures
from app.duty.rules import EXCUSED, NOT_REQUIRED
from app.reports import rules
from app.reports.rules import Claim, CurrentClaim, EntriesAre, EntryClaim, ReportState, ReviewKind

PEOPLE = [UUID(int=number) for number in range(1, 8)]
ANDI, BUDI, CICI, DEDI, EKA, *_ = PEOPLE
DEADLINE = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)

H_WFO = EntryClaim("H", "wfo")
H_WFA = EntryClaim("H", "wfa")
DL = EntryClaim("DL", note="ST 090/12")
TK = EntryClaim("TK")
SF = EntryClaim("SF")


def claim(
    wfo: int,
    wfa: int = 0,
    excused: Mapping[str, int] | None = None,
    unexplained: int = 0,
    not_required: Mapping[str, int] | None = None,
    *,
    entries_are: EntriesAre | None = None,
    entries: Mapping[UUID, EntryClaim] | None = None,
    **rest: Any,
) -> Claim:
    excused = excused or {}
    strength = wfo + wfa + sum(excused.values()) + unexplained
    figures = Figures(strength, wfo, wfa, excused, unexplained, not_required or {})
    return Claim(figures, entries_are=entries_are, entries=entries or {}, **rest)


ALL, EXCEPTIONS = EntriesAre.ALL, EntriesAre.EXCEPTIONS
ROSTER = {ANDI, BUDI, CICI}

AGREEMENT = [
    pytest.param(claim(3, entries_are=EXCEPTIONS), [], id="no exception among three present"),
    pytest.param(
        claim(1, 1, {"DL": 1}, entries_are=EXCEPTIONS, entries={BUDI: H_WFA, CICI: DL}),
        [],
        id="the unnamed one is present in the office",
    ),
    pytest.param(
        claim(2, entries_are=EXCEPTIONS, entries={ANDI: H_WFO}),
        [],
        id="an exception may name one present in the office",
    ),
    pytest.param(
        claim(1, 1, {"DL": 1}, entries_are=EXCEPTIONS, entries={CICI: DL}),
        [("/present/wfa", 1, 0)],
        id="who works elsewhere is named",
    ),
    pytest.param(
        claim(2, 0, {"S": 1}, entries_are=EXCEPTIONS, entries={CICI: DL}),
        [("/excused/DL", 0, 1), ("/excused/S", 1, 0)],
        id="sick in the counts, on duty travel by name",
    ),
    pytest.param(
        claim(2, unexplained=1, entries_are=EXCEPTIONS),
        [("/unexplained", 1, 0)],
        id="nobody is unexplained without a name",
    ),
    pytest.param(
        claim(2, not_required={"SF": 1}, entries_are=EXCEPTIONS, entries={CICI: DL}),
        [("/excused/DL", 0, 1), ("/not_required/SF", 1, 0)],
        id="a shift is no duty travel",
    ),
    pytest.param(
        claim(1, entries_are=EXCEPTIONS, entries={ANDI: H_WFO, BUDI: H_WFO}),
        [("/present/wfo", 1, 2)],
        id="more named in the office than counted",
    ),
    pytest.param(
        claim(1, 0, {"DL": 1}, 1, entries_are=ALL, entries={ANDI: H_WFO, BUDI: DL, CICI: TK}),
        [],
        id="all named, one of each",
    ),
    pytest.param(
        claim(2, not_required={"SF": 1}, entries_are=ALL, entries={ANDI: H_WFO, BUDI: H_WFO, CICI: SF}),
        [],
        id="somebody on shift is named outside the strength",
    ),
    pytest.param(
        claim(4, entries_are=ALL, entries={ANDI: H_WFO, BUDI: H_WFO, CICI: H_WFO, DEDI: H_WFO}),
        [],
        id="a person of another roster is kept and counts",
    ),
    pytest.param(
        claim(3, entries_are=ALL, entries={ANDI: H_WFO, BUDI: H_WFO}),
        [("/present/wfo", 3, 2), ("/entries", None, 1)],
        id="all leaves nobody out",
    ),
    pytest.param(claim(1, 1, {"S": 9}, 4), [], id="counts alone contradict nobody"),
]


@pytest.mark.parametrize(("said", "wrong"), AGREEMENT)
def test_named_people_agree_with_the_counts(said: Claim, wrong: list[tuple[str, int | None, int]]) -> None:
    found = [
        (
            error.pointer,
            (error.facts or {}).get("claimed"),
            (error.facts or {}).get("named", (error.facts or {}).get("count")),
        )
        for error in rules.find_disagreements(said, ROSTER)
    ]
    assert found == wrong


def test_a_person_named_again_is_found_at_the_later_place() -> None:
    found = rules.find_duplicates([ANDI, BUDI, None, ANDI, None, ANDI])
    assert [error.pointer for error in found] == ["/entries/3", "/entries/5"]


SAME = claim(1, 1, {"DL": 1}, entries_are=EXCEPTIONS, entries={BUDI: H_WFA, CICI: DL})
OTHER = [
    pytest.param(replace(SAME, note="x"), id="another note"),
    pytest.param(replace(SAME, others=1), id="guests"),
    pytest.param(replace(SAME, figures=replace(SAME.figures, not_required={"SF": 1})), id="somebody on shift"),
    pytest.param(replace(SAME, entries={BUDI: H_WFA, DEDI: DL}), id="another person"),
    pytest.param(replace(SAME, entries={BUDI: H_WFA, CICI: EntryClaim("DL")}), id="no letter number"),
    pytest.param(replace(SAME, entries={BUDI: H_WFO, CICI: DL}), id="another mode"),
    pytest.param(claim(1, 1, {"DD": 1}, entries_are=EXCEPTIONS, entries=SAME.entries), id="another code"),
    pytest.param(replace(SAME, entries_are=ALL), id="all instead of exceptions"),
    pytest.param(replace(SAME, entries_are=None, entries={}), id="counts only"),
]


@pytest.mark.parametrize("other", OTHER)
def test_another_claim_has_another_digest(other: Claim) -> None:
    assert rules.digest(other) != rules.digest(SAME)


@given(st.permutations(PEOPLE), st.dictionaries(st.sampled_from(sorted(EXCUSED)), st.just(0)))
def test_order_of_entries_and_written_zeros_make_no_other_claim(order: list[UUID], zeros: dict[str, int]) -> None:
    first = claim(0, 7, entries_are=ALL, entries=dict.fromkeys(PEOPLE, H_WFA))
    again = claim(0, 7, zeros, entries_are=ALL, entries=dict.fromkeys(order, H_WFA))
    assert rules.digest(first) == rules.digest(again)


STATUSES = [H_WFO, H_WFA, TK, *(EntryClaim(code) for code in sorted(EXCUSED | NOT_REQUIRED))]


@given(st.lists(st.sampled_from(STATUSES), max_size=7), st.integers(0, 7))
def test_counts_made_from_the_names_always_agree_and_one_more_never_does(said: list[EntryClaim], unnamed: int) -> None:
    entries = dict(zip(PEOPLE, said, strict=False))
    excused = {str(code): said.count(EntryClaim(code)) for code in EXCUSED}
    exempt = {str(code): said.count(EntryClaim(code)) for code in NOT_REQUIRED}
    honest = claim(
        said.count(H_WFO) + unnamed,
        said.count(H_WFA),
        excused,
        said.count(TK),
        exempt,
        entries_are=EXCEPTIONS,
        entries=entries,
    )
    assert rules.find_disagreements(honest, ROSTER) == []
    padded = replace(honest, figures=replace(honest.figures, unexplained=honest.figures.unexplained + 1))
    assert [error.pointer for error in rules.find_disagreements(padded, ROSTER)] == ["/unexplained"]


FIT = [
    pytest.param(41, claim(41), True, id="strength as on the roster"),
    pytest.param(41, claim(37, not_required={"SF": 4}), True, id="four of the roster on shift"),
    pytest.param(37, claim(37, not_required={"SF": 4}), True, id="four without apel duty in the register, on shift"),
    pytest.param(39, claim(37, not_required={"SF": 4}), True, id="two of either"),
    pytest.param(41, claim(40), False, id="one forgotten"),
    pytest.param(41, claim(42), False, id="one too many"),
    pytest.param(41, claim(36, not_required={"SF": 4}), False, id="one forgotten beside four on shift"),
]


@pytest.mark.parametrize(("roster", "said", "fits"), FIT)
def test_strength_fits_the_roster(roster: int, said: Claim, fits: bool) -> None:
    assert rules.fits_roster(said.figures, roster) is fits


def current(**fields: Any) -> CurrentClaim:
    known: dict[str, Any] = {
        "figures": Figures(3, 3, 0),
        "opd_code": "DISDIK",
        "version_id": UUID(int=9),
        "version": 1,
        "channel": "app",
        "at": DEADLINE,
        "first_at": DEADLINE,
    }
    return CurrentClaim(**known | fields)


CLEAN = [
    pytest.param(current(), True, id="strength fits and nobody is foreign"),
    pytest.param(current(entries={ANDI: H_WFO}), True, id="everybody named is on the roster"),
    pytest.param(current(entries={EKA: H_WFO}), False, id="a person of another roster"),
    pytest.param(current(review=ReviewKind.RETURNED), False, id="returned"),
    pytest.param(current(review=ReviewKind.VERIFIED), True, id="verified already"),
    pytest.param(current(figures=Figures(2, 2, 0)), False, id="one forgotten"),
]


@pytest.mark.parametrize(("said", "clean"), CLEAN)
def test_a_report_without_complaint_may_be_verified_with_others(said: CurrentClaim, clean: bool) -> None:
    assert rules.is_clean(said, ROSTER, 3) is clean


NEEDED = [
    pytest.param({"DINKES": 20}, ["DINKES"], id="a unit without parts"),
    pytest.param({"DINKES": 20, "PKM1": 9, "PKM2": 0}, ["DINKES", "PKM1"], id="a part without people sends nothing"),
    pytest.param({"DINKES": 0, "PKM1": 9}, ["PKM1"], id="all its people are in parts"),
    pytest.param({"DINKES": 0, "PKM1": 0}, ["DINKES"], id="an empty unit still answers itself"),
]


@pytest.mark.parametrize(("strengths", "needed"), NEEDED)
def test_needed_reporters_have_somebody_to_report(strengths: dict[str, int], needed: list[str]) -> None:
    assert rules.needed_reporters("DINKES", strengths) == needed


LATE = DEADLINE + timedelta(seconds=1)
STATES = [
    pytest.param([], ["DINKES"], ReportState.MISSING, id="nothing came"),
    pytest.param([current()], ["PKM1"], ReportState.PARTIAL, id="a part is missing"),
    pytest.param([current()], [], ReportState.SUBMITTED, id="on the stroke of the deadline is in time"),
    pytest.param([current(), current(first_at=LATE)], [], ReportState.LATE, id="as late as its latest claim"),
    pytest.param(
        [current(first_at=DEADLINE, at=LATE)],
        [],
        ReportState.SUBMITTED,
        id="an amendment after the deadline is not late",
    ),
    pytest.param(
        [current(review=ReviewKind.VERIFIED), current()],
        [],
        ReportState.SUBMITTED,
        id="verified in part is not verified",
    ),
    pytest.param([current(review=ReviewKind.VERIFIED)], [], ReportState.VERIFIED, id="verified"),
    pytest.param(
        [current(review=ReviewKind.VERIFIED, first_at=LATE)],
        [],
        ReportState.VERIFIED,
        id="late and verified is verified",
    ),
    pytest.param(
        [current(review=ReviewKind.VERIFIED), current(review=ReviewKind.RETURNED)],
        [],
        ReportState.RETURNED,
        id="a returned part returns the unit",
    ),
]


@pytest.mark.parametrize(("claims", "missing", "state"), STATES)
def test_a_unit_stands_as_its_weakest_claim(claims: list[CurrentClaim], missing: list[str], state: ReportState) -> None:
    assert rules.unit_state(claims, missing, DEADLINE) is state


def test_a_masked_nip_shows_its_last_four_digits() -> None:
    assert rules.mask_nip("198501012010011002") == "**************1002"
