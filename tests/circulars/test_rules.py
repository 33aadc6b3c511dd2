"""Whom a circular addresses, and how those who acknowledged are counted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.apel.roster import OpdOfDay
from app.circulars import rules
from app.circulars.errors import CircularNotPublished, CircularNotValid, CircularPublished
from app.circulars.rules import CircularScope, CircularState, Counted, covers
from app.registry.rules import Reports


def opd(code: str, parent: str | None = None, kind: str = "dinas", reports: Reports = Reports.YES) -> OpdOfDay:
    return OpdOfDay(code, parent, reports, code, code, kind, 1, "good", None, None)


OPDS = {
    one.code: one
    for one in (
        opd("DISDIK"),
        opd("SD-1", "DISDIK", "sekolah", Reports.NO),
        opd("DINKES"),
        opd("KEC", kind="kecamatan"),
        opd("KEL", "KEC", "kelurahan", Reports.NO),
    )
}


def scope(**said: Any) -> CircularScope:
    return CircularScope.read({"offices": [], "employment_types": ["PNS"]} | said)


@pytest.mark.parametrize(
    ("said", "addressed"),
    [
        pytest.param({"offices": ["heads"]}, {"DISDIK", "DINKES", "KEC"}, id="heads are those of OPDs that report"),
        pytest.param({"offices": ["camat"]}, {"KEC"}, id="a camat heads a kecamatan"),
        pytest.param({"offices": ["lurah"]}, {"KEL"}, id="a lurah heads a kelurahan, which need not report"),
        pytest.param({"offices": ["desa"]}, set(), id="a village is no office of the regency"),
        pytest.param({"offices": []}, set(), id="without offices no head is addressed"),
        pytest.param({"offices": ["heads", "lurah"], "opd_types": ["dinas"]}, {"DISDIK", "DINKES"}, id="only types"),
        pytest.param({"offices": ["heads"], "opd_codes": ["DISDIK"]}, {"DISDIK"}, id="only named OPDs"),
        pytest.param({"offices": ["lurah"], "opd_codes": ["KEC"]}, {"KEL"}, id="what lies below a named OPD is named"),
        pytest.param(
            {"offices": ["heads"], "opd_types": ["kecamatan"], "opd_codes": ["DISDIK"]}, set(), id="both filters hold"
        ),
    ],
)
def test_the_offices_that_a_circular_addresses(said: dict[str, Any], addressed: set[str]) -> None:
    assert rules.offices_addressed(scope(**said), OPDS) == addressed


@pytest.mark.parametrize(
    ("said", "employment_type", "code", "covered"),
    [
        pytest.param({}, "PNS", "SD-1", True, id="without a filter everybody of the type"),
        pytest.param({}, "PPPK", "SD-1", False, id="nobody of another type"),
        pytest.param({"employment_types": []}, "PNS", "SD-1", False, id="no types, no people"),
        pytest.param({"opd_codes": ["DISDIK"]}, "PNS", "SD-1", True, id="who serves below a named OPD"),
        pytest.param({"opd_codes": ["SD-1"]}, "PNS", "DISDIK", False, id="not who serves above it"),
        pytest.param({"opd_types": ["dinas"]}, "PNS", "SD-1", False, id="the type is that of the OPD where they serve"),
    ],
)
def test_whether_a_circular_covers_a_person(said: Any, employment_type: str, code: str, covered: bool) -> None:
    found = covers(scope(**said), employment_type, OPDS[code].type, rules.lineage(OPDS, code))
    assert found is covered
    assert (code in rules.opds_in_filter(scope(**said), OPDS)) is (
        covered or employment_type not in scope(**said).employment_types
    )


def test_villages_are_those_of_the_kecamatan_in_the_filter() -> None:
    assert rules.kecamatan_addressed(scope(offices=["desa"]), OPDS) == {"KEC"}
    assert rules.kecamatan_addressed(scope(offices=["heads"]), OPDS) == set()
    assert rules.kecamatan_addressed(scope(offices=["desa"], opd_codes=["DISDIK"]), OPDS) == set()


@pytest.mark.parametrize(
    ("published", "withdrawn", "superseded", "state"),
    [
        pytest.param(False, False, False, CircularState.DRAFT, id="a draft"),
        pytest.param(True, False, False, CircularState.PUBLISHED, id="published"),
        pytest.param(True, False, True, CircularState.SUPERSEDED, id="another took its place"),
        pytest.param(True, True, True, CircularState.WITHDRAWN, id="withdrawn outweighs superseded"),
        pytest.param(False, True, False, CircularState.WITHDRAWN, id="a draft that was given up"),
    ],
)
def test_the_state_of_a_circular(published: bool, withdrawn: bool, superseded: bool, state: CircularState) -> None:
    assert rules.state_of(published=published, withdrawn=withdrawn, superseded=superseded) is state


def test_only_a_draft_changes_and_only_what_is_in_force_is_acknowledged() -> None:
    rules.require_draft(CircularState.DRAFT)
    rules.require_open(CircularState.PUBLISHED)
    for state in set(CircularState) - {CircularState.DRAFT}:
        with pytest.raises(CircularPublished):
            rules.require_draft(state)
    with pytest.raises(CircularNotPublished):
        rules.require_open(CircularState.DRAFT)
    for state in (CircularState.SUPERSEDED, CircularState.WITHDRAWN):
        with pytest.raises(CircularNotValid):
            rules.require_open(state)


ACTS = st.dictionaries(st.sampled_from(sorted(OPDS)), st.sets(st.sampled_from(["read", "acknowledged"]), min_size=1))


@given(acts=ACTS)
def test_who_acknowledged_has_read_and_nobody_counts_twice(acts: dict[str, set[str]]) -> None:
    counted = rules.count_those(OPDS, acts)
    assert 0 <= counted.acknowledged <= counted.read <= counted.addressed == len(OPDS)
    assert counted.pending == sum("acknowledged" not in acts.get(code, ()) for code in OPDS)


@given(acts=ACTS, seen=st.sets(st.sampled_from(sorted(OPDS))))
def test_rows_hold_what_lies_in_reach_once(acts: dict[str, set[str]], seen: set[str]) -> None:
    counted = {code: rules.count_those([code], acts) for code in OPDS}
    rows = rules.sum_by_row(counted, OPDS, frozenset(seen))
    assert sum(rows.values(), Counted()) == sum((counted[code] for code in seen), Counted())
    assert rows.keys() <= seen


def test_an_operator_of_a_part_reads_the_part_and_not_the_unit() -> None:
    counted = {"KEC": Counted(10, 5, 5), "KEL": Counted(3, 1, 0)}
    assert rules.sum_by_row(counted, OPDS) == {"KEC": Counted(13, 6, 5)}
    assert rules.sum_by_row(counted, OPDS, frozenset({"KEL"})) == {"KEL": Counted(3, 1, 0)}


def test_what_awaits_somebody_comes_first() -> None:
    def rank(state: CircularState = CircularState.PUBLISHED, **said: bool) -> int:
        return rules.rank_for(**{"addressed": True, "read": False, "acknowledged": False, "state": state} | said)  # type: ignore[arg-type]

    assert rank() < rank(read=True) < rank(acknowledged=True)
    assert rank(CircularState.SUPERSEDED) == rank(addressed=False) == rank(acknowledged=True)
